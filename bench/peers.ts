/** The other systems of the bench: each in its own process, each taking part only in the jobs it can do. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from './compile.js';
import type { ProgramEntrant } from './entrants.js';
import type { JobName } from './jobs.js';
import { BENCH, TABLES } from './places.js';

/** `threads` are the counts it can use; `needs` is a package of bench/peers. */
interface Peer extends Omit<ProgramEntrant, 'threads'> {
  readonly threads: readonly number[];
  readonly needs?: string;
}

const script = (name: string): string => join(BENCH, 'peers', name);
const python = (name: string, ...after: string[]) => ({
  command: [process.env['PYTHON'] || 'python3', script(name)],
  after,
});
/** Bundled beside the packages it needs. */
const node = (name: string, ...after: string[]) => ({
  command: [process.execPath, script(join('build', `${name}.cjs`))],
  after,
});

/**
 * glibc gives large arrays back to the system and PyTorch takes new ones in every step: page faults took up to nine tenths of
 * its time on a virtual machine. We keep ours, so PyTorch may keep its own.
 */
const KEEP_MEMORY = { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: String(2 ** 33) };

/** A system with several entries has a program for each kind of job. */
const PEERS: readonly Peer[] = [
  { name: 'torch', title: 'PyTorch', threads: [1, 2], jobs: ['j1', 'j2', 'j3'], ...python('torch_peer.py') },
  {
    name: 'torch',
    title: 'PyTorch',
    threads: [1, 2],
    jobs: ['j5', 'j6', 'j9'],
    env: KEEP_MEMORY,
    ...python('torch_images.py'),
  },
  {
    name: 'numpy-float32',
    title: 'NumPy float32',
    threads: [1, 2],
    jobs: ['j1', 'j2', 'j3', 'full'],
    ...python('numpy_book.py', 'float32'),
  },
  {
    name: 'numpy-float32',
    title: 'NumPy float32',
    threads: [1],
    jobs: ['j7'],
    ...python('numpy_arithmetic.py'),
  },
  {
    name: 'numpy-float64',
    title: 'NumPy float64',
    threads: [1, 2],
    jobs: ['j1', 'full'],
    ...python('numpy_book.py', 'float64'),
  },
  {
    name: 'sklearn',
    title: 'scikit-learn',
    threads: [1, 2],
    jobs: ['sklearn'],
    ...python('sklearn_peer.py', TABLES),
  },
  {
    name: 'sklearn',
    title: 'scikit-learn, MLP pipeline',
    threads: [1],
    jobs: ['tables'],
    ...python('sklearn_tables.py', 'mlp'),
  },
  {
    name: 'sklearn-trees',
    title: 'scikit-learn, boosted trees',
    threads: [1],
    jobs: ['tables'],
    ...python('sklearn_tables.py', 'trees'),
  },
  {
    name: 'onnxruntime',
    title: 'onnxruntime-node',
    threads: [1, 2],
    jobs: ['j3', 'j4', 'j5', 'j6'],
    needs: 'onnxruntime-node',
    ...node('onnxruntime'),
  },
  {
    name: 'tfjs-wasm',
    title: 'tfjs wasm',
    threads: [1],
    jobs: ['j1', 'j3'],
    needs: '@tensorflow/tfjs-backend-wasm',
    ...node('tfjs', 'wasm'),
  },
  {
    name: 'tfjs-wasm',
    title: 'tfjs wasm',
    threads: [1],
    jobs: ['j5', 'j6'],
    needs: '@tensorflow/tfjs-backend-wasm',
    ...node('tfjs-images', 'wasm'),
  },
  { name: 'jax-js', title: 'jax-js wasm', threads: [1], jobs: ['j1'], needs: '@jax-js/jax', ...node('jax-js') },
  {
    name: 'tfjs-cpu',
    title: 'tfjs cpu',
    threads: [1],
    jobs: ['j1'],
    needs: '@tensorflow/tfjs-backend-cpu',
    ...node('tfjs', 'cpu'),
  },
  {
    name: 'tfjs-cpu',
    title: 'tfjs cpu',
    threads: [1],
    jobs: ['j5'],
    needs: '@tensorflow/tfjs-backend-cpu',
    ...node('tfjs-images', 'cpu'),
  },
  { name: 'brain', title: 'brain.js', threads: [1], jobs: ['j1'], needs: 'brain.js', ...node('brain') },
];

/** Every name that `--peers` knows. */
export const PEER_NAMES: readonly string[] = ['reference', ...new Set(PEERS.map(({ name }) => name))];

/** The selected peers, once for each number of threads they can use; `missing` has one line for each unavailable one. */
export function findPeers(
  wanted: readonly string[],
  threads: readonly number[],
): { entrants: ProgramEntrant[]; missing: string[] } {
  const entrants: ProgramEntrant[] = [];
  const missing = new Set<string>();
  if (wanted.includes('reference')) {
    const compiled = compile('reference');
    if ('reason' in compiled) missing.add(`reference: ${compiled.reason}`);
    else {
      const command = [compiled.program];
      const jobs: readonly JobName[] = ['j1', 'j1-60k', 'j2', 'j3', 'gemm'];
      entrants.push(...each({ name: 'reference', title: 'C++ reference', threads: [1, 2], jobs, command }, threads));
    }
  }
  for (const peer of PEERS) {
    if (!wanted.includes(peer.name)) continue;
    if (peer.needs !== undefined && !existsSync(script(join('node_modules', peer.needs)))) {
      missing.add(`${peer.name}: not installed; npm ci --prefix bench/peers --ignore-scripts installs it`);
    } else entrants.push(...each(peer, threads));
  }
  return { entrants, missing: [...missing] };
}

/** One entrant for each number of threads; each system reads its threads from the usual variables. */
function each({ threads: possible, needs: _, ...peer }: Peer, wanted: readonly number[]): ProgramEntrant[] {
  return possible
    .filter((count) => wanted.includes(count))
    .map((count) => ({ ...peer, threads: count, after: [...(peer.after ?? []), String(count)] }));
}
