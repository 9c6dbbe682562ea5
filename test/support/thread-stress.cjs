#!/usr/bin/env node
/**
 * What may end or hang a process that uses threads: each trial runs in a process that is watched.
 *
 * usage: node test/support/thread-stress.cjs [--spawns 1000] [--workers 500] [--exits 50] [--threads 3] [--addon file]
 *
 * Prints one line per trial and exits with 1 if any process crashed, hung or computed a wrong loss. It asks for more
 * threads than cores, so that what can go wrong goes wrong sooner.
 */
const { spawn, spawnSync } = require('node:child_process');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const { losses, open, training } = require('./training.cjs');

/** A process that makes no progress for this long hangs. Other processes may take the cores for a while. */
const PATIENCE = 120_000;

/** Tells whoever watches this process that it is alive. */
const progress = () => process.stdout.write('.');

/** Trains in slices, so that timers run. */
function trainForever(addon) {
  const step = training(addon);
  const slice = () => {
    for (let i = 0; i < 5; i++) step();
    setImmediate(slice);
  };
  slice();
}

/** What runs in the process that is watched; each resolves to a sentence. */
const TRIALS = {
  /** Child processes, started while this thread and a Worker train. */
  async spawns({ spawns, threads, addon: file }) {
    trainForever(open(file, threads));
    const worker = worked({ file, threads, how: 'forever' });
    let ended = 0;
    while (ended < spawns) {
      if (ended % 10 === 0 && spawnSync('true').status === 0) ended++;
      const children = await Promise.all(
        [1, 2, 3].map(() => new Promise((resolve) => spawn('true').on('exit', resolve))),
      );
      if (children.some((code) => code !== 0)) throw new Error(`a child ended with ${children}`);
      ended += children.length;
      progress();
    }
    await worker.terminate();
    return `${ended} child processes during training`;
  },

  /** Workers that come and go, each in one of three ways, while this thread trains. */
  async workers({ workers, threads, addon: file }) {
    trainForever(open(file, threads));
    let ended = 0;
    const next = async () => {
      while (ended < workers) {
        const how = ['end', 'exit', 'forever'][ended % 3];
        ended++;
        progress();
        const worker = worked({ file, threads, how });
        const left = new Promise((resolve) => worker.on('exit', resolve));
        if (how === 'forever') {
          await new Promise((resolve) => worker.on('message', resolve));
          setTimeout(() => worker.terminate(), ended % 5);
        }
        const code = await left;
        if (code !== { end: 0, exit: 3, forever: 1 }[how]) throw new Error(`a Worker (${how}) ended with ${code}`);
      }
    };
    await Promise.all([next(), next(), next()]);
    return `${ended} Workers ended, exited or were terminated in the middle of a call`;
  },

  /** Eight Workers and this thread train at once; only one of them can have the team at a time. */
  async together({ threads, addon: file }) {
    const addon = open(file, 1);
    const expected = String(losses(addon, 40));
    addon.setThreads(threads);
    const others = Array.from({ length: 8 }, () => {
      const worker = worked({ file, threads, how: 'losses' });
      return new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
    });
    const own = String(losses(addon, 40));
    const wrong = [own, ...(await Promise.all(others))].filter((said) => said !== expected).length;
    if (wrong > 0) throw new Error(`${wrong} of 9 threads had other losses`);
    return '8 Workers and the main thread had the losses of one thread';
  },

  /** process.exit in the middle of training, with two Workers that train. */
  async exit({ threads, addon: file, after }) {
    trainForever(open(file, threads));
    for (let i = 0; i < 2; i++) worked({ file, threads, how: 'forever' });
    setTimeout(() => process.exit(7), Number(after));
    return new Promise(() => {});
  },

  /** The end of the event loop while workers of the team look for the next call. */
  async end({ threads, addon: file }) {
    losses(open(file, threads), 5);
    return 'the event loop ran dry';
  },
};

function worked(data) {
  return new Worker(__filename, { workerData: data });
}

function work({ file, how }) {
  const addon = open(file);
  if (how === 'losses') return parentPort?.postMessage(String(losses(addon, 40)));
  const step = training(addon);
  step();
  if (how === 'exit') process.exit(3);
  if (how === 'end') return;
  parentPort?.postMessage('running');
  for (;;) step();
}

/** Runs a trial in a process of its own. @returns what it said, or what went wrong */
function watch(trial, options, expectedStatus = 0) {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const began = Date.now();
  const seconds = () => ((Date.now() - began) / 1000).toFixed(1);
  const child = spawn(process.execPath, [__filename, '--trial', trial, ...args]);
  let [said, complained, hangs] = ['', '', false];
  const timer = setTimeout(() => {
    hangs = true;
    child.kill('SIGKILL');
  }, PATIENCE);
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
    timer.refresh();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complained += text;
  });
  return new Promise((resolve) => {
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const ending = hangs ? 'a hang' : (signal ?? `status ${status}`);
      if (status === expectedStatus) resolve({ said: `${said.replace(/^\.+/, '').trim()} (${seconds()} s)` });
      else resolve({ failure: `${trial}: ${ending} after ${seconds()} s\n${complained}` });
    });
  });
}

/** Prints how a trial ended. */
/** @param {{ said?: string, failure?: string }} outcome */
function report({ said, failure }) {
  console.log(failure === undefined ? `ok    ${said}` : `FAILED ${failure}`);
  if (failure !== undefined) process.exitCode = 1;
}

async function main() {
  const { values } = parseArgs({
    options: {
      spawns: { type: 'string', default: '1000' },
      workers: { type: 'string', default: '500' },
      exits: { type: 'string', default: '50' },
      threads: { type: 'string', default: '3' },
      addon: { type: 'string', default: path.join(__dirname, '../../build/Release/zerokara.node') },
      trial: { type: 'string' },
      after: { type: 'string', default: '0' },
    },
  });
  const options = {
    addon: path.resolve(values.addon),
    spawns: Number(values.spawns),
    workers: Number(values.workers),
    threads: Number(values.threads),
    after: Number(values.after),
  };
  if (values.trial !== undefined) {
    console.log(await TRIALS[values.trial](options));
    // Workers of a trial may still train; where there are none, the process must end by itself.
    if (values.trial !== 'end') process.exit(0);
    return;
  }
  for (const trial of ['end', 'together', 'spawns', 'workers']) report(await watch(trial, options));
  const exits = Number(values.exits);
  for (let i = 0; i < exits; i++) {
    const { failure } = await watch('exit', { ...options, after: 20 + 7 * i }, 7);
    if (failure !== undefined) return report({ failure });
  }
  report({ said: `${exits} times process.exit during training` });
}

if (isMainThread) main();
else work(workerData);
