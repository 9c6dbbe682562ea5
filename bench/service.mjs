#!/usr/bin/env node
/**
 * What a model of a table costs in a service: the time of one row, how soon a new process answers, and what an HTTP server
 * answers while it is idle, trains a new model, and goes on training the one that answers.
 *
 * usage: [PYTHON=/usr/bin/python3] node bench/service.mjs [--seconds 5] [--connections 8]
 *
 * Where Python has scikit-learn, its pipeline (StandardScaler, MLPClassifier of the same sizes) does the same beside it.
 * Server and training share this process's one thread; the load comes from a Worker, each connection asking again as soon as it
 * has its answer. An answer other than a class with status 200 counts as failed.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

if (isMainThread) await measure();
else load(workerData);

async function measure() {
  const { Table, TableModel } = await import('../dist/index.js');
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '5' }, connections: { type: 'string', default: '8' } },
  });
  const seconds = Number(values.seconds);
  const table = await Table.read(new URL('../examples/data/iris.csv', import.meta.url));
  const options = /** @type {const} */ ({ target: 'species', task: 'classification' });
  let model = await TableModel.train(table, { ...options, seed: 1 });
  const rows = [...table.rows()].map(({ species, ...row }) => row);
  console.log(`Node ${process.version}, ${os.cpus()[0]?.model}, load ${os.loadavg()[0]?.toFixed(1)}`);
  console.log(`iris, ${model.settings.hiddenSizes.join('-')} hidden neurons, backend ${model.net.backend.name}`);

  const x = new Float32Array(model.net.inputSize ?? 0);
  const out = new Float32Array(3);
  console.log(`one row, TableModel.predict:       ${microseconds((i) => model.predict(rows[i % 150])).toFixed(1)} µs`);
  console.log(`its network alone, predictInto:    ${microseconds(() => model.net.predictInto(out, x)).toFixed(1)} µs`);

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-service-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'iris.safetensors');
  await model.save(file);
  const library = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  const program = `require(${JSON.stringify(library)}).TableModel.load(${JSON.stringify(file)}).then((model) =>
    console.log(model.predict({ sepalLength: 6.7, sepalWidth: 3, petalLength: 5.8, petalWidth: 2.3 }).label))`;
  console.log(`a new process, to its first answer: ${firstAnswer(process.execPath, ['-e', program])} ms`);
  console.log(`the file, preprocessing and all:    ${(fs.statSync(file).size / 1e3).toFixed(1)} kB`);
  tellPython(path.join(folder, 'iris.pickle'));

  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.stringify(model.predict(JSON.parse(text)));
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  server.listen(0);
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

  const phases = {
    idle: async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return false;
    },
    'training a new model': async () => {
      model = await TableModel.train(table, options);
      return true;
    },
    'partialFit of the model that answers': async () => {
      await model.partialFit([...table.rows()]);
      return true;
    },
  };
  console.log('HTTP, '.padEnd(40) + 'requests  a second  failed  p50 ms  p99 ms  max ms  trainings');
  for (const [name, train] of Object.entries(phases)) {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { port, rows, milliseconds: 1000 * seconds, connections: Number(values.connections) },
    });
    let isOver = false;
    const result = once(worker, 'message').finally(() => {
      isOver = true;
    });
    let trainings = 0;
    while (!isOver) trainings += (await train()) ? 1 : 0;
    const [{ times, failed }] = await result;
    times.sort();
    const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(2).padStart(8);
    console.log(
      `  ${name.padEnd(38)}${String(times.length).padStart(8)}${(times.length / seconds).toFixed(0).padStart(10)}` +
        `${String(failed).padStart(8)}${at(0.5)}${at(0.99)}${at(1)}${String(trainings).padStart(11)}`,
    );
    if (failed > 0) process.exitCode = 1;
  }
  server.close();
  server.closeAllConnections();
}

/** Milliseconds from the start of a process to its end, the least of seven. */
function firstAnswer(command, args) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round++) {
    const began = performance.now();
    const { stdout } = spawnSync(command, args, { encoding: 'utf8' });
    best = Math.min(best, performance.now() - began);
    if (stdout.trim() !== 'virginica') throw new Error(`${command} answered ${stdout}`);
  }
  return best.toFixed(0);
}

/** The same of scikit-learn, if it is there. */
function tellPython(file) {
  const { PYTHON = 'python3' } = process.env;
  const script = fileURLToPath(new URL('peers/sklearn_row.py', import.meta.url));
  const csv = fileURLToPath(new URL('../examples/data/iris.csv', import.meta.url));
  const { status, stdout } = spawnSync(PYTHON, [script, 'train', file, csv], { encoding: 'utf8' });
  if (status !== 0) return console.log(`${PYTHON} has no scikit-learn`);
  console.log(`scikit-learn, predict_proba of a row: ${Number(stdout).toFixed(0)} µs`);
  console.log(`scikit-learn, a new process:         ${firstAnswer(PYTHON, [script, 'answer', file])} ms`);
}

/** The least time of a call among rounds of a thousand. */
function microseconds(call) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 200; round++) {
    const began = performance.now();
    for (let i = 0; i < 1000; i++) call(i);
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

/** Asks until the time is over, and reports how long each answer took in milliseconds. */
async function load({ port, rows, milliseconds, connections }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const end = performance.now() + milliseconds;
  const times = [];
  let failed = 0;
  const ask = (row) =>
    new Promise((resolve, reject) => {
      const request = http.request({ port, agent, method: 'POST', path: '/predict' }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(response.statusCode === 200 && typeof JSON.parse(text).label === 'string'));
        response.on('error', reject);
      });
      request.on('error', reject);
      request.end(JSON.stringify(row));
    });
  const connection = async (_, first) => {
    for (let i = first; performance.now() < end; i++) {
      const began = performance.now();
      if (!(await ask(rows[i % rows.length]).catch(() => false))) failed++;
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  agent.destroy();
  parentPort?.postMessage({ times: Float64Array.from(times), failed });
}
