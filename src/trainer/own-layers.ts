/**
 * Which layer that the user has written computes what is not finite.
 *
 * Those of the library are not asked: with them the weights, the data or the learning rate are the cause.
 */

import type { Floats } from '../backend/backend.js';
import { Batches } from '../data/batches.js';
import { CHUNK_ROWS } from '../data/chunk.js';
import type { Dataset } from '../data/dataset.js';
import type { Layer, LossLayer } from '../layers/layer.js';
import { isBuiltIn } from '../layers/layer-builder.js';
import type { Network } from '../models/network.js';
import type { Tensor } from '../tensor/tensor.js';

/** Beyond this a layer may give what is not finite, as the exponential of 89 does in float32: the layer is named, up to here. */
const MODERATE = 1e6;

type Layered = Network & { readonly layers: readonly Layer[]; readonly lossLayer: LossLayer };

/**
 * The first layer of the user's own that gives NaN or infinity for finite and moderate numbers, as a sentence; undefined if there
 * is none.
 *
 * @param name of the data set in messages
 */
export function brokenForward(net: Network, dataset: Dataset, name: string): string | undefined {
  if (!isLayered(net) || !net.layers.some(isOwn)) return brokenLoss(net, dataset);
  const batches = batchesOf(net, dataset);
  for (let chunk = 0; chunk < batches.stepsPerEpoch; chunk++) {
    let x: Tensor = batches.next().x;
    for (const [i, layer] of net.layers.entries()) {
      const y = layer.infer?.(x) ?? layer.forward(x);
      const place = firstNonFinite(y.data, y.size);
      if (place >= 0) {
        if (!isOwn(layer)) return undefined;
        const row = Math.floor((place * x.shape[0]!) / y.size);
        const width = x.size / x.shape[0]!;
        const [least, most] = rangeOf(x.data.subarray(row * width, (row + 1) * width));
        if (!(Math.max(-least, most) <= MODERATE)) return undefined;
        const at = chunk * CHUNK_ROWS + row;
        return `Layer ${nameOf(net, i)} gives ${y.data[place]} for finite numbers (row ${at} of ${name}: its x is from ${short(least)} to ${short(most)}). Check its forward`;
      }
      x = y;
    }
  }
  return brokenLoss(net, dataset);
}

/** The same of a loss layer, whose scores are finite. */
function brokenLoss(net: Network, dataset: Dataset): string | undefined {
  if (!isLayered(net) || net.lossLayer.describe !== undefined) return undefined;
  const batches = batchesOf(net, dataset);
  for (let chunk = 0; chunk < batches.stepsPerEpoch; chunk++) {
    const { x, labels, weights } = batches.next();
    const scores = net.layers.reduce((y: Tensor, layer) => layer.infer?.(y) ?? layer.forward(y), x);
    const [least, most] = rangeOf(scores.data.subarray(0, scores.size));
    if (!(Math.max(-least, most) <= MODERATE)) return undefined;
    const loss = net.lossLayer.loss(scores, labels, weights);
    if (Number.isFinite(loss)) continue;
    return `The loss layer (${net.lossLayer.constructor.name}) gives ${loss} for finite scores (from ${short(least)} to ${short(most)}). Check its loss and forward`;
  }
  return undefined;
}

/**
 * The layers of the user's own that may have given a gradient that is not finite, as a sentence; undefined where there is none, or
 * where an overflow may be the cause.
 *
 * @param loss that the gradients are of
 */
export function brokenBackward(net: Network, loss: number): string | undefined {
  const found = Object.keys(net.grads).find((name) => !net.grads[name]!.data.every(Number.isFinite));
  if (found === undefined || !(Math.abs(loss) <= MODERATE)) return undefined;
  const because = `The gradient of ${found} is not finite, although the loss that it is of was ${short(loss)}`;
  if (!isLayered(net)) return `${because}. Check the lossAndGradient of ${net.constructor.name} with gradientCheck`;
  const { layers, lossLayer } = net;
  // From the loss on, the first layer whose gradients are not finite: what it was handed, or what it made of that, is wrong.
  const trained = layers.map(({ grads }) => Object.values(grads));
  const broken = trained.findLastIndex((grads) => grads.some(({ data }) => !data.every(Number.isFinite)));
  const sound = trained.findIndex((grads, i) => i > broken && grads.length > 0);
  const suspects = layers.flatMap((layer, i) =>
    i >= broken && (sound < 0 || i <= sound) && isOwn(layer) ? [`layer ${nameOf(net, i)}`] : [],
  );
  if (sound < 0 && lossLayer.describe === undefined) suspects.push(`the loss layer (${lossLayer.constructor.name})`);
  if (suspects.length === 0) return undefined;
  return `${because}. Check the backward of ${suspects.join(' or ')} with gradientCheck`;
}

function isLayered(net: Network): net is Layered {
  const { layers, lossLayer } = net as Partial<Layered>;
  return Array.isArray(layers) && typeof lossLayer?.forward === 'function';
}

function isOwn(layer: Layer): boolean {
  const type = layer.describe?.().type;
  return type === undefined || !isBuiltIn(type);
}

function batchesOf({ dtype, backend }: Network, dataset: Dataset): Batches {
  return new Batches(dataset, { batchSize: CHUNK_ROWS, sampling: 'inOrder', dtype, backend });
}

function nameOf({ layers }: Layered, i: number): string {
  return `${i + 1} (${layers[i]!.constructor.name})`;
}

function firstNonFinite(data: Floats, size: number): number {
  for (let i = 0; i < size; i++) if (!Number.isFinite(data[i])) return i;
  return -1;
}

function rangeOf(data: Floats): readonly [least: number, most: number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    least = Math.min(least, data[i]!);
    most = Math.max(most, data[i]!);
  }
  return [least, most];
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
