/** Networks of only Affine layers: from sizes to a description, and back. */

import type { Activation } from '../backend/backend.js';
import type { Kind } from '../data/kind.js';
import type { WeightInitStd } from '../init/standard-deviation.js';
import type { LayerDescription } from '../layers/layer-types.js';
import type { NetworkDescription } from './description.js';

/** Affine layers to sizes[0], sizes[1], …, the i-th with activations[i], those beyond the end of the list without one. */
export function affineLayers(
  sizes: readonly number[],
  activations: readonly Activation[],
  weightInitStd: WeightInitStd | undefined,
): LayerDescription[] {
  return sizes.map((outputSize, i) => ({
    type: 'affine',
    outputSize,
    ...((activations[i] ?? 'identity') === 'identity' ? {} : { activation: activations[i]! }),
    ...(weightInitStd === undefined ? {} : { weightInitStd }),
  }));
}

/** The arguments of `affineLayers`, as read back from a description. */
export interface AffineParts {
  readonly inputSize: number;
  readonly hiddenSizes: readonly number[];
  readonly outputSize: number;
  /** Of the hidden layers. */
  readonly activation: readonly Activation[];
  readonly task: Kind;
  readonly weightInitStd?: WeightInitStd;
  readonly l2?: number;
}

/** The parts of a description of Affine layers, the last without an activation; undefined for any other. */
export function affineParts({
  input,
  layers,
  loss,
  task,
  l2,
  ...lossOptions
}: NetworkDescription): AffineParts | undefined {
  if (loss === 'huber' || Object.keys(lossOptions).length > 0) return undefined;
  if (typeof input !== 'number' || !Array.isArray(layers) || layers.length === 0) return undefined;
  const affine: Extract<LayerDescription, { readonly type: 'affine' }>[] = [];
  for (const layer of layers as readonly (LayerDescription | undefined)[]) {
    if (layer?.type !== 'affine') return undefined;
    affine.push(layer);
  }
  const hidden = affine.slice(0, -1);
  const last = affine.at(-1)!;
  if (last.activation !== undefined) return undefined;
  return {
    inputSize: input,
    hiddenSizes: hidden.map(({ outputSize }) => outputSize),
    outputSize: last.outputSize,
    activation: hidden.map(({ activation = 'identity' }) => activation),
    task: task ?? (loss === 'meanSquaredError' ? 'regression' : 'classification'),
    ...(last.weightInitStd === undefined ? {} : { weightInitStd: last.weightInitStd }),
    ...(l2 === undefined ? {} : { l2 }),
  };
}
