/** TensorFlow.js in a page, on its wasm backend with vectors and one thread. */

import type { Workload } from '../../src/bench/timing.js';
import type { PeerJob } from '../peers/batches.js';
import { byHand, core } from '../peers/tfjs-steps.js';
import type { untyped } from '../peers/untyped.js';
import type { Offers, PageJob } from './page-job.js';

/** The packages are bundled into the page beside this file, because they are installed only beside the peers. */
type Tfjs = ReturnType<typeof untyped>;

export async function startTfjs(tf: Tfjs, wasm: Tfjs): Promise<string> {
  wasm.setWasmPaths('/tfjs/');
  await tf.setBackend('wasm');
  await tf.ready();
  return `tfjs ${tf.version_core}, backend ${tf.getBackend()} ${wasm.version_wasm}`;
}

export function offersOf(tf: Tfjs, { bytes, indices, parameters, ...job }: PageJob): Offers {
  let offset = 0;
  const take = (count: number): Float32Array => {
    offset += count;
    return parameters.slice(offset - count, offset);
  };
  const layers = job.sizes.slice(1).map((outputs, l) => {
    const inputs = job.sizes[l]!;
    return { inputs, outputs, W: take(inputs * outputs), b: take(outputs) };
  });
  const x = Float32Array.from(bytes, (byte) => byte / 255);
  const batches: Int32Array[] = [];
  for (let start = 0; start < indices.length; start += job.batchSize)
    batches.push(indices.subarray(start, start + job.batchSize));
  const peer: PeerJob = { ...job, folder: '', x, batches, layers };
  const offer = (make: typeof core) => (): Workload => ({
    run: make(tf, peer),
    check() {
      const fresh = make(tf, peer);
      return { values: Array.from({ length: peer.checkSteps }, fresh) };
    },
  });
  return { 'tfjs wasm by hand': offer(byHand), 'tfjs wasm core': offer(core) };
}
