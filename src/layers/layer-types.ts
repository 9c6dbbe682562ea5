/** How layers and losses are described: plain objects, which make up the description of a network. */

import type { Activation } from '../backend/backend.js';
import type { Kind } from '../data/kind.js';
import type { Padding, WindowSize } from '../functions/windows.js';
import type { InitialWeights } from '../init/initial-weights.js';
import type { WeightInitStd } from '../init/standard-deviation.js';

/**
 * The options of each type of layer. Sizes of inputs are not among them: they follow from the layer before.
 *
 * A custom layer is added by declaration merging, and by `registerLayer` at run time:
 *
 * @example
 * declare module 'zerokara' {
 *   interface LayerTypes { power: { exponent: number } }
 * }
 */
export interface LayerTypes {
  /** `Affine`: y = f(x·W + b). */
  affine: {
    /** Columns of y. */
    outputSize: number;
    /** f; default 'identity'. */
    activation?: Activation;
    /** Standard deviation of the initial weights, 'he' or 'xavier'; default 'he' for relu, 'xavier' otherwise. */
    weightInitStd?: WeightInitStd;
    /** The initial weights by a function, in place of `weightInitStd`. A description that is read back has none. */
    initialWeights?: InitialWeights;
  };
  /** `MatMul`: y = x·W. */
  matMul: {
    /** Columns of y. */
    outputSize: number;
    /** Standard deviation of the initial weights, 'he' or 'xavier'; default 'xavier'. */
    weightInitStd?: WeightInitStd;
    /** The initial weights by a function, in place of `weightInitStd`. A description that is read back has none. */
    initialWeights?: InitialWeights;
  };
  /** `Convolution`: filters slide over an image, y = f(Σ x·W + b) at each place. Its input is [height, width, channels]. */
  convolution: {
    /** Channels of y. */
    filters: number;
    /** [height, width] of the filters, or the side of square ones. */
    kernelSize: WindowSize;
    /** Places from one position of a filter to the next; default 1. */
    stride?: number;
    /** Zeros around the image: a number, 'same' or 'valid', which is the default. */
    padding?: Padding;
    /** f; default 'identity'. */
    activation?: Activation;
    /** Standard deviation of the initial weights, 'he' or 'xavier'; default 'he' for relu, 'xavier' otherwise. */
    weightInitStd?: WeightInitStd;
    /** The initial weights by a function, in place of `weightInitStd`. A description that is read back has none. */
    initialWeights?: InitialWeights;
  };
  /** `MaxPooling`: the largest number of each window, channel by channel. */
  maxPooling: PoolingWindows;
  /** `AveragePooling`: the mean of each window, channel by channel. */
  averagePooling: PoolingWindows;
  /** `GlobalAveragePooling`: the mean of each channel over the whole image. */
  globalAveragePooling: NoOptions;
  /** `Embedding`: a row of numbers to learn for each whole number; the first layer. */
  embedding: {
    /** How many columns of x, the first ones, are quantities and go through as they are; default 0. */
    quantities?: number;
    /** How many numbers there are: x holds 0 … vocabularySize − 1. */
    vocabularySize: number;
    /** Columns that stand for one number. */
    outputSize: number;
    /** Standard deviation of the initial weights; default 1. */
    weightInitStd?: WeightInitStd;
  };
  /** `Relu`: y = max(0, x). */
  relu: NoOptions;
  /** `Sigmoid`: y = 1 / (1 + exp(−x)). */
  sigmoid: NoOptions;
  /** `Tanh`. */
  tanh: NoOptions;
  /** `LeakyRelu`: y = x where x > 0, else alpha · x. */
  leakyRelu: {
    /** At least 0; default 0.01. */
    alpha?: number;
  };
  /** `Gelu`: y = x · Φ(x). */
  gelu: {
    /** Default true; false for the approximation by tanh. */
    exact?: boolean;
  };
  /** `Softplus`: y = log(1 + eˣ). */
  softplus: NoOptions;
  /** `Dropout`: in training, a share of the elements is set to 0. */
  dropout: {
    /** The share, in [0, 1); default 0.5. */
    ratio?: number;
  };
  /** `BatchNormalization`: by the mean and variance of each column over the batch; of an image, of each channel. */
  batchNormalization: {
    /** How much of the running mean and variance a step keeps, in [0, 1); default 0.9. */
    momentum?: number;
    /** Added to the variance; default 1e-5. */
    epsilon?: number;
  };
  /** `LayerNormalization`: by the mean and variance of each row. */
  layerNormalization: {
    /** Added to the variance; default 1e-5. */
    epsilon?: number;
  };
  /** `Rescaling`: y = x · scale + offset. */
  rescaling: {
    scale: number;
    /** Default 0. */
    offset?: number;
  };
  /** `Standardization`: y = (x − mean) / deviation, column by column. */
  standardization: {
    mean: readonly number[];
    deviation: readonly number[];
  };
}

/** The windows of a pooling layer in a description. */
export interface PoolingWindows {
  /** [height, width] of the windows, or the side of square ones. */
  poolSize: WindowSize;
  /** Places from one window to the next; default `poolSize`. */
  stride?: number;
  /**
   * Places around the image that do not count: a number, default 0, or 'same'. With 'valid' the last rows and columns may be
   * dropped, which is otherwise an error.
   */
  padding?: Padding;
}

/** The options of a layer that has none. */
export type NoOptions = Record<never, never>;

/** The options of one type of layer, as its builder is given them. */
export type LayerOptions<T extends keyof LayerTypes> = { readonly [P in keyof LayerTypes[T]]: LayerTypes[T][P] };

/** One layer of a description: its type, and the options of that type. */
export type LayerDescription = {
  readonly [T in keyof LayerTypes]: { readonly type: T } & LayerOptions<T>;
}[keyof LayerTypes];

/**
 * `crossEntropy` of a softmax · `binaryCrossEntropy` of sigmoids · `meanSquaredError`, half the squared error as the mean
 * over the rows · `huber`, the same for small differences and linear for large ones
 */
export type LossName = 'crossEntropy' | 'binaryCrossEntropy' | 'meanSquaredError' | 'huber';

/** The loss of a description. Each of the first two follows from the other, or from the number of outputs. */
export interface LossDescription {
  /** Default: the loss of the task, or 'crossEntropy' when neither is given. */
  readonly loss?: LossName;
  /** What the network answers. Default: the task of the loss; with 'binaryCrossEntropy', 'binary' if there is one output. */
  readonly task?: Kind;
  /** Whether rows of labels may have a sum other than 1; for 'crossEntropy' only. Default false. */
  readonly unnormalized?: boolean;
  /** The share of each label that is spread over all classes, in [0, 1); for 'crossEntropy' only. Default 0. */
  readonly labelSmoothing?: number;
  /** The difference up to which the loss is a square; for 'huber' only. Default 1. */
  readonly delta?: number;
}
