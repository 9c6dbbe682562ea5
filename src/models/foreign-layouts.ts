/** How the layers of other programs keep their numbers, and how theirs become ours. */

import type { Layer } from '../layers/layer.js';
import { sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

type Shape = readonly number[];

/** One array of a layer as another program has it. */
export interface ForeignPart {
  /** The short name of ours: W. */
  readonly ours: string;
  /** The short name of theirs: weight. */
  readonly theirs: string;
  /** The shapes that theirs may have. */
  readonly shapes: readonly Shape[];
  /** Ours from theirs; without it, both lie in memory alike. */
  readonly turn?: (tensor: Tensor) => Tensor;
  /** What ours is filled with where theirs is absent; without it, theirs must be there. */
  readonly absent?: number;
}

/** A program whose dicts can be read. */
export interface ForeignProgram {
  readonly title: string;
  /** Layer and array of a name, e.g. ['fc1', 'weight'] of fc1.weight. */
  split(name: string): readonly [layer: string, array: string];
  /** Names of arrays that layers of ours have no use for. */
  readonly ignored: readonly string[];
  /** Arrays that a layer has in this order, next to one another; sorted by name, they have the other order. */
  readonly pairs: readonly (readonly string[])[];
  /** The arrays of a layer, by the type in its description. */
  readonly layers: Readonly<Record<string, (layer: Layer, input: Shape) => readonly ForeignPart[]>>;
}

/** The arrays of each layer of the library that has any, but for those that no other program has. */
const pytorch: ForeignProgram = {
  title: 'PyTorch',
  split: (name) => cut(name, '.'),
  ignored: ['num_batches_tracked'],
  pairs: [['weight', 'bias']],
  layers: {
    affine: ({ params: { W, b } }, input) => [
      { ours: 'W', theirs: 'weight', shapes: [reversed(W!)], turn: (weight) => columnsLast(weight, input) },
      { ours: 'b', theirs: 'bias', shapes: [b!.shape], absent: 0 },
    ],
    matMul: ({ params: { W } }, input) => [
      { ours: 'W', theirs: 'weight', shapes: [reversed(W!)], turn: (weight) => columnsLast(weight, input) },
    ],
    convolution: ({ params: { W, b } }) => {
      const [height, width, channels, filters] = W!.shape as readonly [number, number, number, number];
      const shapes = [[filters, channels, height, width]];
      return [
        { ours: 'W', theirs: 'weight', shapes, turn: (weight) => weight.transpose([2, 3, 1, 0]) },
        { ours: 'b', theirs: 'bias', shapes: [b!.shape], absent: 0 },
      ];
    },
    embedding: ({ params: { W } }) => [{ ours: 'W', theirs: 'weight', shapes: [W!.shape] }],
    batchNormalization: ({ params: { gamma } }, input) => {
      const one = (ours: string, theirs: string, absent?: number): ForeignPart => ({
        ...perColumn(ours, theirs, gamma!.size, input),
        ...(absent === undefined ? {} : { absent }),
      });
      return [
        one('gamma', 'weight', 1),
        one('beta', 'bias', 0),
        one('runningMean', 'running_mean'),
        one('runningVariance', 'running_var'),
      ];
    },
    layerNormalization: ({ params: { gamma } }, input) => [
      perColumn('gamma', 'weight', gamma!.size, input),
      perColumn('beta', 'bias', gamma!.size, input),
    ],
  },
};

/** Keras has channels last, as we do, and W as (in, out): nothing is turned. */
const keras: ForeignProgram = {
  title: 'Keras',
  split: (name) => cut(name.replace(/:\d+$/, ''), '/'),
  ignored: [],
  pairs: [
    ['kernel', 'bias'],
    ['gamma', 'beta'],
  ],
  layers: {
    affine: ({ params: { W, b } }) => [
      { ours: 'W', theirs: 'kernel', shapes: [W!.shape] },
      { ours: 'b', theirs: 'bias', shapes: [b!.shape], absent: 0 },
    ],
    matMul: ({ params: { W } }) => [{ ours: 'W', theirs: 'kernel', shapes: [W!.shape] }],
    convolution: ({ params: { W, b } }) => [
      { ours: 'W', theirs: 'kernel', shapes: [W!.shape] },
      { ours: 'b', theirs: 'bias', shapes: [b!.shape], absent: 0 },
    ],
    embedding: ({ params: { W } }) => [{ ours: 'W', theirs: 'embeddings', shapes: [W!.shape] }],
    batchNormalization: ({ params: { gamma } }) => [
      { ours: 'gamma', theirs: 'gamma', shapes: [gamma!.shape], absent: 1 },
      { ours: 'beta', theirs: 'beta', shapes: [gamma!.shape], absent: 0 },
      { ours: 'runningMean', theirs: 'moving_mean', shapes: [gamma!.shape] },
      { ours: 'runningVariance', theirs: 'moving_variance', shapes: [gamma!.shape] },
    ],
    layerNormalization: ({ params: { gamma } }, input) => [
      { ours: 'gamma', theirs: 'gamma', shapes: [gamma!.shape, input], absent: 1 },
      { ours: 'beta', theirs: 'beta', shapes: [gamma!.shape, input], absent: 0 },
    ],
  },
};

/** The programs by the name that `from` gives them. */
export const PROGRAMS = { pytorch, keras } as const satisfies Readonly<Record<string, ForeignProgram>>;

/** ['a.b', 'c'] of a.b.c; ['', 'c'] of c. */
function cut(name: string, mark: string): readonly [string, string] {
  const at = name.lastIndexOf(mark);
  return [name.slice(0, Math.max(at, 0)), name.slice(at + 1)];
}

const reversed = ({ shape }: Tensor): Shape => [...shape].reverse();

/** An image as places and channels; any other row as columns alone, whose order is the same everywhere. */
function placesOf(input: Shape): readonly [places: number, channels: number] {
  const [height, width, channels] = input;
  return input.length === 3 ? [height! * width!, channels!] : [1, sizeOf(input)];
}

/** (out, channels · places) → (places · channels, out): W of a layer whose input PyTorch flattens channel by channel. */
function columnsLast(weight: Tensor, input: Shape): Tensor {
  const [outputs, columns] = weight.shape as readonly [number, number];
  const [places, channels] = placesOf(input);
  return weight.reshape([outputs, channels, places]).transpose([2, 1, 0]).reshape([columns, outputs]);
}

/** An array with a number for each channel, or for each column: (channels, height, width), flat or not. */
function perColumn(ours: string, theirs: string, size: number, input: Shape): ForeignPart {
  const [places, channels] = placesOf(input);
  if (places === 1 || size !== places * channels) return { ours, theirs, shapes: [[size]] };
  const [height, width] = input as readonly [number, number, number];
  return {
    ours,
    theirs,
    shapes: [[size], [channels, height, width]],
    turn: (tensor) => tensor.reshape([channels, places]).transpose().reshape([size]),
  };
}
