/** The networks of files that version 0.1.0 wrote: their class and the options of its constructor. */

import type { Activation, Dtype } from '../backend/backend.js';
import type { Kind } from '../data/kind.js';
import type { LayerDescription } from '../layers/layer-types.js';
import { affineLayers } from './affine-layers.js';
import type { SavedNetwork } from './file-format.js';

/** The metadata entry that held them, as JSON. */
export const ARCHITECTURE = 'zerokara.architecture';

/** The options of the three classes; anything invalid is found when the network is built. */
interface Options {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly hiddenSizes: readonly number[];
  readonly outputSize: number;
  readonly activation: Activation | readonly Activation[];
  readonly task?: Kind;
  readonly seed?: number;
  readonly dtype: Dtype;
}

/** The same network in today's format; undefined for one whose layers were not recorded. */
export function fromArchitecture(architecture: unknown): SavedNetwork | undefined {
  const { network, options } = (architecture ?? {}) as { network?: unknown; options?: Options };
  if (typeof options !== 'object' || options === null) return undefined;
  const { inputSize, outputSize, task = 'classification', seed, dtype } = options;
  const saved = (layers: readonly LayerDescription[], tensors: readonly string[]): SavedNetwork => ({
    format: 1,
    network: network as string,
    description: { input: inputSize, layers, task },
    built: { dtype, ...(seed === undefined ? {} : { seed }) },
    tensors,
  });
  if (network === 'SimpleNet') return saved([{ type: 'matMul', outputSize }], ['W']);
  if (network !== 'TwoLayerNet' && network !== 'MultiLayerNet') return undefined;
  const hidden = network === 'TwoLayerNet' ? [options.hiddenSize] : options.hiddenSizes;
  if (!Array.isArray(hidden)) return undefined;
  const sizes = [...hidden, outputSize];
  return saved(
    affineLayers(sizes, [options.activation].flat(), undefined),
    sizes.flatMap((_, i) => [`W${i + 1}`, `b${i + 1}`]),
  );
}
