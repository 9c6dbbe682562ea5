#!/usr/bin/env node
/** `npm run bench`: the library against other systems. `npm run bench -- --help` tells the options. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runBench } from '../dist/bench/bench.js';
import { JOBS } from '../dist/bench/jobs.js';
import { runProfile } from '../dist/bench/run-profile.js';
import { compile } from './compile.mjs';
import { findPeers, PEER_NAMES } from './peers.mjs';

const HELP = `npm run bench -- [options]
  --quick           under two minutes: fewer and shorter rounds of j1, j2, j3, loop and memory, without slow peers
  --jobs a,b        of ${Object.keys(JOBS).join(', ')}
  --peers a,b       of ${PEER_NAMES.join(', ')}; or none
  --backends a,b    of native, wasm, js
  --threads 1,2     numbers of threads (the default; 1 with --quick)
  --rounds n        rounds of each job
  --coretype a,b    run everything once for each value of OPENBLAS_CORETYPE; "unset" removes it.
                    Default: unset, and then the value that is set, if there is one
  --profile         in place of the jobs: where the time of a J1 and a J2 step goes, call by call
`;

const QUICK_JOBS = ['j1', 'j2', 'j3', 'loop', 'memory'];
/** Their steps take so long that a short turn says nothing. */
const SLOW_PEERS = ['tfjs-cpu', 'jax-js', 'brain', 'numpy-float64'];

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    jobs: { type: 'string' },
    peers: { type: 'string' },
    backends: { type: 'string' },
    threads: { type: 'string' },
    rounds: { type: 'string' },
    coretype: { type: 'string' },
    profile: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) console.log(HELP);
else await main();

async function main() {
  const given = process.env.OPENBLAS_CORETYPE;
  const usual = given === undefined || flags.quick ? ['unset'] : ['unset', given];
  for (const coretype of flags.coretype?.split(',') ?? usual) {
    if (coretype === 'unset') delete process.env.OPENBLAS_CORETYPE;
    else process.env.OPENBLAS_CORETYPE = coretype;
    const output = [];
    const print = (text) => {
      output.push(text);
      console.log(text);
    };
    if (given !== undefined || coretype !== 'unset') print(`OPENBLAS_CORETYPE: ${coretype}, for every system\n`);
    const result = flags.profile ? await profile(print) : await compare(print);
    write(coretype, result, output);
  }
}

async function compare(print) {
  const { quick } = flags;
  const jobs = list('job', flags.jobs, Object.keys(JOBS), quick ? QUICK_JOBS : Object.keys(JOBS));
  const fast = PEER_NAMES.filter((name) => !SLOW_PEERS.includes(name));
  const peers = flags.peers === 'none' ? [] : list('peer', flags.peers, PEER_NAMES, quick ? fast : PEER_NAMES);
  const backends = list('backend', flags.backends, ['native', 'wasm', 'js'], ['native', 'wasm', 'js']);
  const threads = list('number of threads', flags.threads, ['1', '2'], quick ? ['1'] : ['1', '2']).map(Number);
  const { entrants, missing } = findPeers(peers, threads);
  for (const line of missing) print(`not here: ${line}`);
  const result = await runBench({
    jobs,
    peers: entrants,
    backends,
    threads,
    quick,
    ...(flags.rounds === undefined ? {} : { rounds: Number(flags.rounds) }),
    env: process.env,
    print,
    say: (line) => process.stderr.write(`  ${line}\n`),
  });
  return { ...result, missing };
}

async function profile(print) {
  const { program, reason } = compile('probe');
  if (reason) print(`the machine's limits are not probed: ${reason}`);
  const probe = (workingSet) => {
    if (program === undefined) return undefined;
    const { flops, bytes } = JSON.parse(spawnSync(program, [String(workingSet)], { encoding: 'utf8' }).stdout);
    return { flops, bytes, how: 'one core: multiply-adds in registers, y ← y + a·x over the working set' };
  };
  return runProfile({ backend: flags.backends ?? 'auto', probe, print });
}

function write(coretype, result, output) {
  const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'results');
  fs.mkdirSync(folder, { recursive: true });
  const time = new Date().toISOString().replaceAll(':', '-').slice(0, 19);
  const stem = path.join(
    folder,
    `${time}${coretype === 'unset' ? '' : `-${coretype}`}${flags.profile ? '-profile' : ''}`,
  );
  fs.writeFileSync(`${stem}.json`, `${JSON.stringify(result, null, 1)}\n`);
  fs.writeFileSync(`${stem}.txt`, `${output.join('\n')}\n`);
  console.log(`written to ${path.relative(process.cwd(), stem)}.json and .txt`);
}

/** The names of a comma-separated option, all of them known, or the usual ones. */
function list(kind, text, known, usual) {
  if (text === undefined) return usual;
  const names = text.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  console.error(`bench: no ${kind} is called "${unknown}"; known are ${known.join(', ')}`);
  process.exit(1);
}
