/** The other systems of the bench: each in a process of its own, each taking part only in what it can do. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from './compile.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const script = (name) => path.join(here, 'peers', name);

const python = (name, ...after) => ({ command: [process.env.PYTHON || 'python3', script(name)], after });
const node = (name, ...after) => ({ command: [process.execPath, script(name)], after });

/** `threads` are the counts it can use; `needs` is a package of bench/peers. */
const PEERS = [
  { name: 'torch', title: 'PyTorch', threads: [1, 2], jobs: ['j1', 'j2', 'j3'], ...python('torch_peer.py') },
  {
    name: 'numpy-float32',
    title: 'NumPy float32',
    threads: [1, 2],
    jobs: ['j1', 'j2', 'j3', 'full'],
    ...python('numpy_book.py', 'float32'),
  },
  {
    name: 'numpy-float64',
    title: 'NumPy float64',
    threads: [1, 2],
    jobs: ['j1', 'full'],
    ...python('numpy_book.py', 'float64'),
  },
  {
    name: 'onnxruntime',
    title: 'onnxruntime-node',
    threads: [1, 2],
    jobs: ['j3'],
    needs: 'onnxruntime-node',
    ...node('onnxruntime.mjs'),
  },
  {
    name: 'tfjs-wasm',
    title: 'tfjs wasm',
    threads: [1],
    jobs: ['j1', 'j3'],
    needs: '@tensorflow/tfjs-backend-wasm',
    ...node('tfjs.mjs', 'wasm'),
  },
  {
    name: 'jax-js',
    title: 'jax-js wasm',
    threads: [1],
    jobs: ['j1'],
    needs: '@jax-js/jax',
    ...node('jax-js.mjs'),
  },
  {
    name: 'tfjs-cpu',
    title: 'tfjs cpu',
    threads: [1],
    jobs: ['j1'],
    needs: '@tensorflow/tfjs-backend-cpu',
    ...node('tfjs.mjs', 'cpu'),
  },
  { name: 'brain', title: 'brain.js', threads: [1], jobs: ['j1'], needs: 'brain.js', ...node('brain.mjs') },
];

/** Every name that `--peers` knows. */
export const PEER_NAMES = ['reference', ...PEERS.map(({ name }) => name)];

/**
 * @param {readonly string[]} wanted names of PEER_NAMES
 * @param {readonly number[]} threads
 * @returns {{ entrants: import('../dist/bench/entrants.js').Entrant[], missing: string[] }} missing: one line each
 */
export function findPeers(wanted, threads) {
  const entrants = [];
  const missing = [];
  if (wanted.includes('reference')) {
    const { program, reason } = compile('reference');
    if (reason) missing.push(`reference: ${reason}`);
    else
      entrants.push(
        ...each({ name: 'reference', title: 'C++ reference', threads: [1, 2], command: [program] }, threads),
      );
  }
  for (const { needs, ...peer } of PEERS) {
    if (!wanted.includes(peer.name)) continue;
    if (needs && !fs.existsSync(path.join(here, 'peers/node_modules', needs))) {
      missing.push(`${peer.name}: not installed; npm ci --prefix bench/peers --ignore-scripts installs it`);
    } else entrants.push(...each(peer, threads));
  }
  return { entrants, missing };
}

/** One entrant for each number of threads; what threads mean to a system, it reads from the usual variables. */
function each({ threads: possible, ...peer }, wanted) {
  return possible
    .filter((count) => wanted.includes(count))
    .map((count) => ({ ...peer, threads: count, after: [...(peer.after ?? []), String(count)] }));
}
