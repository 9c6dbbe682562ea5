/** Every built-in layer and loss, for descriptions that may have any. */

import { requireWindowSize } from '../functions/windows.js';
import { fillByFunction, requireOneInit } from '../init/initial-weights.js';
import { fillNormal } from '../init/normal.js';
import { standardDeviation } from '../init/standard-deviation.js';
import { requireInteger } from '../options.js';
import { sizeOf } from '../tensor/shape.js';
import { allocateTensor } from './allocate-tensor.js';
import { AveragePooling } from './average-pooling.js';
import { BatchNormalization } from './batch-normalization.js';
import { Convolution } from './convolution.js';
import { Dropout } from './dropout.js';
import { Embedding } from './embedding.js';
import { Gelu } from './gelu.js';
import { GlobalAveragePooling } from './global-average-pooling.js';
import { HuberWithLoss } from './huber-with-loss.js';
import { IdentityWithLoss } from './identity-with-loss.js';
import { requireImages } from './images.js';
import { addBuiltIn, type BuiltInLayers, outputs, type Shape } from './layer-builder.js';
import { LayerNormalization } from './layer-normalization.js';
import { LeakyRelu } from './leaky-relu.js';
import { addLosses } from './losses.js';
import { MatMul } from './mat-mul.js';
import { MaxPooling } from './max-pooling.js';
import { Relu } from './relu.js';
import { Rescaling } from './rescaling.js';
import { Sigmoid } from './sigmoid.js';
import { SigmoidWithLoss } from './sigmoid-with-loss.js';
import { Softplus } from './softplus.js';
import { Standardization } from './standardization.js';
import { Tanh } from './tanh.js';

const none = (): readonly Shape[] => [];

/** Of a layer of images without parameters. */
const noneOfImages =
  (type: string) =>
  (_: unknown, inputShape: Shape): readonly Shape[] => {
    requireImages(type, inputShape);
    return [];
  };

const LAYERS: BuiltInLayers = {
  matMul: {
    options: ['outputSize', 'weightInitStd', 'initialWeights'],
    shapes: ({ outputSize }, inputShape) => [[sizeOf(inputShape), outputs('matMul', outputSize)]],
    build: ({ outputSize, weightInitStd, initialWeights }, { inputSize, random, dtype, backend }) => {
      requireOneInit('matMul', { weightInitStd, initialWeights });
      const std = standardDeviation('matMul', weightInitStd ?? 'xavier', inputSize);
      const W = allocateTensor('matMul', 'W', [inputSize, outputs('matMul', outputSize)], { dtype, backend });
      if (initialWeights === undefined) fillNormal(W.data, std, random);
      else fillByFunction('matMul', W.data, inputSize, outputSize, initialWeights, random);
      return new MatMul(W);
    },
  },
  convolution: {
    options: ['filters', 'kernelSize', 'stride', 'padding', 'activation', 'weightInitStd', 'initialWeights'],
    shapes: ({ filters, kernelSize }, inputShape) => {
      const [, , channels] = requireImages('convolution', inputShape);
      const count = requireInteger('convolution', 'filters', filters, 1);
      return [[...requireWindowSize('convolution', 'kernelSize', kernelSize), channels, count], [count]];
    },
    build: (options, { inputShape, random, dtype, backend }) =>
      new Convolution({ ...options, inputShape: requireImages('convolution', inputShape), random, dtype, backend }),
  },
  maxPooling: {
    options: ['poolSize', 'stride', 'padding'],
    shapes: noneOfImages('maxPooling'),
    build: (options, { inputShape }) =>
      new MaxPooling({ ...options, inputShape: requireImages('maxPooling', inputShape) }),
  },
  averagePooling: {
    options: ['poolSize', 'stride', 'padding'],
    shapes: noneOfImages('averagePooling'),
    build: (options, { inputShape }) =>
      new AveragePooling({ ...options, inputShape: requireImages('averagePooling', inputShape) }),
  },
  globalAveragePooling: {
    options: [],
    shapes: noneOfImages('globalAveragePooling'),
    build: (_, { inputShape }) =>
      new GlobalAveragePooling({ inputShape: requireImages('globalAveragePooling', inputShape) }),
  },
  embedding: {
    options: ['quantities', 'vocabularySize', 'outputSize', 'weightInitStd'],
    shapes: ({ vocabularySize, outputSize }) => [
      [requireInteger('embedding', 'vocabularySize', vocabularySize, 1), outputs('embedding', outputSize)],
    ],
    build: (options, { inputSize, random, dtype, backend }) =>
      new Embedding({ ...options, inputSize, random, dtype, backend }),
  },
  relu: { options: [], shapes: none, build: () => new Relu() },
  sigmoid: { options: [], shapes: none, build: () => new Sigmoid() },
  tanh: { options: [], shapes: none, build: () => new Tanh() },
  leakyRelu: { options: ['alpha'], shapes: none, build: (options) => new LeakyRelu(options) },
  gelu: { options: ['exact'], shapes: none, build: (options) => new Gelu(options) },
  softplus: { options: [], shapes: none, build: () => new Softplus() },
  dropout: {
    options: ['ratio'],
    shapes: none,
    build: (options, { generator }) => new Dropout({ ...options, random: generator('dropout') }),
  },
  batchNormalization: {
    options: ['momentum', 'epsilon'],
    shapes: (_, inputShape) => Array.from({ length: 4 }, () => [inputShape.at(-1)!]),
    build: (options, { inputShape, inputSize, dtype, backend }) =>
      new BatchNormalization({ ...options, inputSize, channels: inputShape.at(-1)!, dtype, backend }),
  },
  layerNormalization: {
    options: ['epsilon'],
    shapes: (_, inputShape) => [[sizeOf(inputShape)], [sizeOf(inputShape)]],
    build: (options, { inputSize, dtype, backend }) =>
      new LayerNormalization({ ...options, inputSize, dtype, backend }),
  },
  rescaling: { options: ['scale', 'offset'], shapes: none, build: (options) => new Rescaling(options) },
  standardization: {
    options: ['mean', 'deviation'],
    shapes: (_, inputShape) => [[sizeOf(inputShape)], [sizeOf(inputShape)]],
    build: (options, { dtype, backend }) => new Standardization({ ...options, dtype, backend }),
  },
};

/** From here on a description may have any built-in layer and loss. */
export function addAllLayers(): void {
  addBuiltIn(LAYERS);
  addLosses({
    huber: (delta) => new HuberWithLoss(delta === undefined ? {} : { delta }),
    identity: () => new IdentityWithLoss(),
    sigmoid: (kind) => new SigmoidWithLoss({ kind }),
  });
}
