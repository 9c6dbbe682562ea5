/** The networks of images that are measured: those of chapters 7 and 8 of the book. */

import type { JobRows } from '../src/bench/jobs.js';
import { Random } from '../src/random.js';

/** A layer as every system reads it: some of what `Sequential.from` takes. */
export type ImageLayer =
  | {
      readonly type: 'convolution';
      readonly filters: number;
      readonly kernelSize: number;
      readonly padding: number;
      readonly activation: 'relu';
    }
  | { readonly type: 'maxPooling'; readonly poolSize: number }
  | { readonly type: 'affine'; readonly outputSize: number; readonly activation?: 'relu' }
  | { readonly type: 'dropout'; readonly ratio: number };

/** Runs to an accuracy on the full MNIST. */
export interface Learning {
  /** Runs; the initial weights and the order of the rows are those of seeds 1, 2, … */
  readonly seeds: number;
  readonly epochs: number;
  /** Accuracies on the test set, ascending; a run ends with the last. */
  readonly marks: readonly number[];
}

export interface ImageNet extends JobRows {
  /** Height, width, channels. */
  readonly input: readonly [number, number, number];
  readonly layers: readonly ImageLayer[];
  /** Standard deviation of the initial weights. */
  readonly weightInitStd: number | 'he';
  readonly learningRate: number;
  readonly stepFlops: number;
  readonly learning?: Learning;
}

/** Weights of one layer: W as (…, fan-out), its last axis the filters or columns, and b. */
export interface WeightedLayer {
  readonly shape: readonly number[];
  readonly fanIn: number;
  /** Products with each of the weights for one image. */
  readonly uses: number;
  /** Height, width and channels of what comes in. */
  readonly input: readonly [number, number, number];
}

/** The layers with weights, first to last. */
export function weightedLayers({ input, layers }: Pick<ImageNet, 'input' | 'layers'>): WeightedLayer[] {
  const weighted: WeightedLayer[] = [];
  let [height, width, channels] = input;
  for (const layer of layers) {
    const before: WeightedLayer['input'] = [height, width, channels];
    if (layer.type === 'convolution') {
      const { kernelSize: size, padding, filters } = layer;
      height += 2 * padding - size + 1;
      width += 2 * padding - size + 1;
      const shape = [size, size, channels, filters];
      weighted.push({ shape, fanIn: size * size * channels, uses: height * width, input: before });
      channels = filters;
    } else if (layer.type === 'maxPooling') {
      height = Math.floor(height / layer.poolSize);
      width = Math.floor(width / layer.poolSize);
    } else if (layer.type === 'affine') {
      const fanIn = height * width * channels;
      weighted.push({ shape: [fanIn, layer.outputSize], fanIn, uses: 1, input: before });
      [height, width, channels] = [1, 1, layer.outputSize];
    }
  }
  return weighted;
}

/** W1, b1, W2, b2, … one after another; biases are 0. */
export function imageParameters(net: ImageNet, seed: number): Float32Array {
  const random = new Random(seed, 'weights');
  const parts = weightedLayers(net).flatMap(({ shape, fanIn }) => {
    const deviation = net.weightInitStd === 'he' ? Math.sqrt(2 / fanIn) : net.weightInitStd;
    const size = shape.reduce((product, length) => product * length, 1);
    return [Array.from({ length: size }, () => deviation * random.normal()), new Array<number>(shape.at(-1)!).fill(0)];
  });
  return Float32Array.from(parts.flat());
}

/** Forward, gradient of the weights, and of the input except for the first layer; a multiply-add counts as two. */
function flops(net: Omit<ImageNet, 'stepFlops'>): number {
  const products = weightedLayers(net).map(({ shape, uses }) => uses * shape.reduce((a, b) => a * b, 1));
  return products.reduce((sum, count, l) => sum + 2 * (l === 0 ? 2 : 3) * net.batchSize * count, 0);
}

const withFlops = (net: Omit<ImageNet, 'stepFlops'>): ImageNet => ({ ...net, stepFlops: flops(net) });

const convolution = (filters: number, kernelSize: number, padding: number): ImageLayer => ({
  type: 'convolution',
  filters,
  kernelSize,
  padding,
  activation: 'relu',
});
const POOLING: ImageLayer = { type: 'maxPooling', poolSize: 2 };
const HALF: ImageLayer = { type: 'dropout', ratio: 0.5 };

/** Convolution 30 of 5×5, pooling, 100 neurons (§7.5). */
export const SIMPLE: ImageNet = withFlops({
  input: [28, 28, 1],
  layers: [
    convolution(30, 5, 0),
    POOLING,
    { type: 'affine', outputSize: 100, activation: 'relu' },
    { type: 'affine', outputSize: 10 },
  ],
  weightInitStd: 0.01,
  learningRate: 0.001,
  batchSize: 100,
  rows: 8_000,
  checkSteps: 8,
});

/** Six convolutions of 3×3 (§8.1). */
export const DEEP: ImageNet = withFlops({
  input: [28, 28, 1],
  layers: [
    convolution(16, 3, 1),
    convolution(16, 3, 1),
    POOLING,
    convolution(32, 3, 1),
    convolution(32, 3, 2),
    POOLING,
    convolution(64, 3, 1),
    convolution(64, 3, 1),
    POOLING,
    { type: 'affine', outputSize: 50, activation: 'relu' },
    HALF,
    { type: 'affine', outputSize: 10 },
    HALF,
  ],
  weightInitStd: 'he',
  learningRate: 0.001,
  batchSize: 100,
  rows: 8_000,
  checkSteps: 4,
});

/** J9, on 60,000 rows in a new order each epoch. */
export const LEARNING: ImageNet = { ...SIMPLE, learning: { seeds: 3, epochs: 20, marks: [0.98, 0.985, 0.989] } };
