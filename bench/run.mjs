#!/usr/bin/env node
/** `npm run bench`: the library against other systems. `npm run bench -- --help` tells the options. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runBench } from '../dist/bench/bench.js';
import { JOBS } from '../dist/bench/jobs.js';
import { findPeers, PEER_NAMES } from './peers.mjs';

const HELP = `npm run bench -- [options]
  --quick           under two minutes: fewer and shorter rounds, J1 to J3 and the loop, peers that warm up fast
  --jobs a,b        of ${Object.keys(JOBS).join(', ')}
  --peers a,b       of ${PEER_NAMES.join(', ')}; or none
  --backends a,b    of native, wasm, js
  --threads 1,2     numbers of threads
  --rounds n        rounds of each job
  --as-given        leave OPENBLAS_CORETYPE as it is set; it is removed for every system otherwise
`;

const QUICK_JOBS = ['j1', 'j2', 'j3', 'loop', 'memory'];
const SLOW_PEERS = ['tfjs-cpu', 'jax-js', 'brain'];

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    jobs: { type: 'string' },
    peers: { type: 'string' },
    backends: { type: 'string', default: 'native,wasm,js' },
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string' },
    'as-given': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) console.log(HELP);
else await main();

async function main() {
  const { quick } = flags;
  const jobs = list(flags.jobs, Object.keys(JOBS), quick ? QUICK_JOBS : Object.keys(JOBS), 'job');
  const usual = quick ? PEER_NAMES.filter((name) => !SLOW_PEERS.includes(name)) : PEER_NAMES;
  const wanted = flags.peers === 'none' ? [] : list(flags.peers, PEER_NAMES, usual, 'peer');
  const threads = flags.threads.split(',').map(Number);
  const { entrants, missing } = findPeers(wanted, threads);

  const env = { ...process.env };
  if (!flags['as-given'] && env.OPENBLAS_CORETYPE !== undefined) {
    console.log(`OPENBLAS_CORETYPE=${env.OPENBLAS_CORETYPE} is removed for this run; --as-given keeps it`);
    delete env.OPENBLAS_CORETYPE;
  }
  const output = [];
  const print = (text) => {
    output.push(text);
    console.log(text);
  };
  for (const line of missing) print(`not here: ${line}`);
  const result = await runBench({
    jobs,
    peers: entrants,
    backends: flags.backends.split(','),
    threads,
    quick,
    ...(flags.rounds === undefined ? {} : { rounds: Number(flags.rounds) }),
    env,
    print,
    say: (line) => process.stderr.write(`  ${line}\n`),
  });
  const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'results');
  fs.mkdirSync(folder, { recursive: true });
  const stem = path.join(folder, new Date().toISOString().replaceAll(':', '-').slice(0, 19));
  fs.writeFileSync(`${stem}.json`, JSON.stringify({ ...result, missing }, null, 1) + '\n');
  fs.writeFileSync(`${stem}.txt`, output.join('\n') + '\n');
  console.log(`written to ${path.relative(process.cwd(), stem)}.json and .txt`);
}

function list(text, known, usual, kind) {
  if (text === undefined) return usual;
  const names = text.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  console.error(`bench: no ${kind} is called "${unknown}"; known are ${known.join(', ')}`);
  process.exit(1);
}
