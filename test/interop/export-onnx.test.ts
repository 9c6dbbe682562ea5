import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError, StateError } from '../../src/errors.js';
import { exportOnnx, requireReadable } from '../../src/interop/export-onnx.js';
import { EXPORTED } from '../../src/interop/onnx-layers.js';
import { Affine } from '../../src/layers/affine.js';
import { BatchNormalization } from '../../src/layers/batch-normalization.js';
import { Convolution } from '../../src/layers/convolution.js';
import { IdentityWithLoss } from '../../src/layers/identity-with-loss.js';
import type { LayerDescription } from '../../src/layers/layer-types.js';
import { Relu } from '../../src/layers/relu.js';
import { DeepConvNet } from '../../src/models/deep-conv-net.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { SimpleConvNet } from '../../src/models/simple-conv-net.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { VERSION } from '../../src/version.js';
import { Square } from '../support/layers.js';
import { hasOnnxruntime, readOnnx, runOnnx } from '../support/onnx.js';
import { randomStack } from '../support/random-stack.js';
import { expectRefusal } from '../support/refusal.js';

/** The largest difference, beside the largest number of the second. */
function apart(values: ArrayLike<number>, from: ArrayLike<number>): number {
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < from.length; i++) {
    difference = Math.max(difference, Math.abs(values[i]! - from[i]!));
    largest = Math.max(largest, Math.abs(from[i]!));
  }
  return largest === 0 ? difference : difference / largest;
}

/**
 * How far the file's output is from what the network computes in float64. `predict` in float32 rounds as much again, so
 * that the two are within the sum of both bounds.
 */
async function errorOf(net: Sequential, x: Tensor): Promise<number> {
  const y = await runOnnx(exportOnnx(net), Float32Array.from(x.data), x.shape[0]!);
  const predicted = net.predict(x);
  expect(y.length).toBe(predicted.size);
  expect(apart(y, predicted.data)).toBeLessThan(2e-6);
  return apart(y, exactly(net, x));
}

/** What the network computes, in float64. */
function exactly(net: Sequential, x: Tensor): ArrayLike<number> {
  const twin = Sequential.from(net.describe(), { dtype: 'float64', backend: 'js' });
  const wide = Object.entries(net.stateDict()).map(([name, { data, shape }]) => {
    return [name, { data: Float64Array.from(data), shape }] as const;
  });
  twin.loadStateDict(Object.fromEntries(wide));
  // Layer by layer: a network without parameters takes float32 only.
  const rows = new Tensor(Float64Array.from(x.data), x.shape, twin.backend);
  return twin.lossLayer.predict(twin.layers.reduce((value, layer) => layer.infer!(value), rows)).data;
}

const LAYERS: Readonly<Record<string, readonly LayerDescription[]>> = {
  affine: [{ type: 'affine', outputSize: 7 }],
  'affine, relu': [{ type: 'affine', outputSize: 7, activation: 'relu' }],
  'affine, sigmoid': [{ type: 'affine', outputSize: 7, activation: 'sigmoid' }],
  'affine, tanh': [{ type: 'affine', outputSize: 7, activation: 'tanh' }],
  matMul: [{ type: 'matMul', outputSize: 7 }],
  convolution: [{ type: 'convolution', filters: 4, kernelSize: [3, 2] }],
  'convolution, same, stride 2': [
    { type: 'convolution', filters: 4, kernelSize: 3, stride: 2, padding: 'same', activation: 'relu' },
  ],
  'convolution, padding 2': [{ type: 'convolution', filters: 4, kernelSize: 3, stride: 3, padding: 2 }],
  maxPooling: [{ type: 'maxPooling', poolSize: 3, stride: 2, padding: 'same' }],
  'maxPooling, valid': [{ type: 'maxPooling', poolSize: 4, padding: 'valid' }],
  averagePooling: [{ type: 'averagePooling', poolSize: 3, stride: 2, padding: 'same' }],
  'averagePooling, padding 1': [{ type: 'averagePooling', poolSize: [2, 3], stride: 1, padding: 1 }],
  globalAveragePooling: [{ type: 'globalAveragePooling' }],
  relu: [{ type: 'relu' }],
  sigmoid: [{ type: 'sigmoid' }],
  tanh: [{ type: 'tanh' }],
  leakyRelu: [{ type: 'leakyRelu', alpha: 0.3 }],
  gelu: [{ type: 'gelu' }],
  'gelu by tanh': [{ type: 'gelu', exact: false }],
  softplus: [{ type: 'softplus' }],
  dropout: [{ type: 'dropout' }],
  batchNormalization: [{ type: 'batchNormalization', epsilon: 1e-3 }],
  'batchNormalization behind a pooling': [
    { type: 'maxPooling', poolSize: 2, padding: 'valid' },
    { type: 'batchNormalization' },
  ],
  layerNormalization: [{ type: 'layerNormalization', epsilon: 1e-3 }],
  'layerNormalization behind a pooling': [
    { type: 'maxPooling', poolSize: 2, padding: 'valid' },
    { type: 'layerNormalization' },
  ],
  rescaling: [{ type: 'rescaling', scale: 1 / 255, offset: -0.5 }],
  standardization: [
    {
      type: 'standardization',
      mean: Array.from({ length: 90 }, (_, i) => i / 10),
      deviation: Array.from({ length: 90 }, (_, i) => 1 + i / 7),
    },
  ],
};

/** Parameters and buffers as after some training: none is 0 or 1. */
function trained(net: Sequential): Sequential {
  Object.entries({ ...net.params, ...net.buffers }).forEach(([name, tensor], i) => {
    if (/^(W|mean|deviation)/.test(name)) return;
    tensor.set(Tensor.randomUniform(tensor.shape, { low: 0.5, high: 1.5, seed: i }));
  });
  return net;
}

const skipped = "skipped without the bench's peers: npm ci --prefix bench/peers --ignore-scripts";

describe.skipIf(!hasOnnxruntime)(`exportOnnx in onnxruntime (${skipped})`, () => {
  test.each(Object.entries(LAYERS))('gives %s its numbers in onnxruntime', async (_, layers) => {
    const net = trained(Sequential.from({ input: [6, 5, 3], layers, loss: 'meanSquaredError' }, { seed: 1 }));
    expect(await errorOf(net, Tensor.randomNormal([5, 90], { seed: 2 }))).toBeLessThan(1e-6);
  });

  test('gives the outputs of every loss', async () => {
    const x = Tensor.randomNormal([5, 4], { seed: 2 });
    for (const loss of ['crossEntropy', 'binaryCrossEntropy', 'meanSquaredError', 'huber'] as const) {
      const net = Sequential.from({ input: 4, layers: [{ type: 'affine', outputSize: 3 }], loss }, { seed: 1 });
      expect(await errorOf(net, x)).toBeLessThan(1e-6);
    }
    const layers = [{ type: 'affine', outputSize: 1 }] as const;
    const yesOrNo = Sequential.from({ input: 4, layers, loss: 'binaryCrossEntropy' }, { seed: 1 });
    expect(await errorOf(yesOrNo, x)).toBeLessThan(1e-6);
  });

  test('gives the book’s networks their numbers', async () => {
    const x = Tensor.randomUniform([20, 784], { seed: 3 });
    const nets = [
      new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, seed: 1 }),
      new MultiLayerNet({ inputSize: 784, hiddenSizes: [100, 100, 100], outputSize: 10, seed: 1 }),
      new SimpleConvNet({ seed: 1 }),
      new SimpleConvNet({ seed: 1, weightInitStd: 'he' }),
      new DeepConvNet({ seed: 1 }),
    ] as unknown as Sequential[];
    for (const net of nets) expect(await errorOf(net, x), net.constructor.name).toBeLessThan(1e-6);
  });

  test('gives 150 random networks their numbers', async () => {
    let worst = 0;
    const types = new Set(['standardization']); // its means and deviations are tried above
    for (let seed = 0; seed < 150; seed++) {
      const { net, x } = randomStack(seed);
      for (const { type } of net.describe().layers) types.add(type);
      const error = await errorOf(net, x);
      expect(error, `seed ${seed}\n${net.summary()}`).toBeLessThan(1e-6);
      worst = Math.max(worst, error);
    }
    expect([...types].sort()).toEqual([...EXPORTED].sort());
    expect(worst).toBeGreaterThan(0); // two programs that share no code round differently somewhere
  });

  test('takes ids for an embedding', async () => {
    const layers = [{ type: 'embedding', vocabularySize: 9, outputSize: 4 }, { type: 'batchNormalization' }] as const;
    const net = trained(Sequential.from({ input: 3, layers, loss: 'huber' }, { seed: 1 }));
    expect(
      await errorOf(
        net,
        Tensor.from([
          [0, 8, 3],
          [5, 5, 1],
        ]),
      ),
    ).toBeLessThan(1e-6);
  });

  test('hands quantities on beside the rows of an embedding', async () => {
    const layers = [
      { type: 'embedding', quantities: 2, vocabularySize: 5, outputSize: 3 },
      { type: 'affine', outputSize: 4 },
    ] as const;
    const net = trained(Sequential.from({ input: 4, layers, loss: 'huber' }, { seed: 1 }));
    const x = Tensor.from([
      [0.25, -7, 0, 4],
      [1.5, 3, 2, 2],
    ]);
    expect(await errorOf(net, x)).toBeLessThan(1e-6);
  });

  test('rounds a float64 network to float32', async () => {
    const options = { inputSize: 4, hiddenSize: 5, outputSize: 3, seed: 1, dtype: 'float64' } as const;
    const net = new TwoLayerNet(options) as unknown as Sequential;
    const x = Tensor.from([[1, 0.5, -0.25, 2]], { dtype: 'float64' });
    expect(await errorOf(net, x)).toBeLessThan(1e-6);
  });

  test('takes a normalisation of columns behind a convolution, which layers built one by one may have', async () => {
    const convolution = new Convolution({ inputShape: [4, 4, 2], filters: 3, kernelSize: 3, seed: 1 });
    const net = new Sequential([convolution, new BatchNormalization({ inputSize: 12 })], new IdentityWithLoss());
    const x = Tensor.randomNormal([4, 32], { seed: 2 });
    const y = await runOnnx(exportOnnx(trained(net)), x.data as Float32Array, 4);
    expect(apart(y, net.predict(x).data)).toBeLessThan(2e-6);
  });
});

describe('exportOnnx', () => {
  test('turns images once, and not at all when they have one channel', () => {
    const operators = (net: unknown) => readOnnx(exportOnnx(net as Sequential)).operators.join(' ');
    expect(operators(new SimpleConvNet({ seed: 1 }))).toBe('Reshape Conv Relu MaxPool Reshape Gemm Relu Gemm Softmax');
    const layers = [
      { type: 'convolution', filters: 4, kernelSize: 3, activation: 'relu' },
      { type: 'batchNormalization' },
      { type: 'layerNormalization' },
      { type: 'averagePooling', poolSize: 2 },
      { type: 'dropout' },
      { type: 'affine', outputSize: 3 },
    ] as const;
    expect(operators(Sequential.from({ input: [8, 8, 3], layers }))).toBe(
      'Reshape Transpose Conv Relu BatchNormalization LayerNormalization AveragePool Reshape Gemm Softmax',
    );
    expect(operators(Sequential.from({ input: [8, 8, 3], layers: layers.slice(0, 1), loss: 'huber' }))).toBe(
      'Reshape Transpose Conv Relu Transpose Reshape',
    );
  });

  test('writes opset 17 with the names of the parameters, and says what x and y are', () => {
    const net = new SimpleConvNet({ seed: 1 });
    net.byteScale = 1 / 256;
    const { nodes, ...rest } = readOnnx(exportOnnx(net));
    expect(nodes.slice(0, 3)).toEqual(['layer1/Reshape', 'layer1/Conv', 'layer1/Relu']);
    expect(rest).toEqual({
      irVersion: 8,
      opset: 17,
      producer: `zerokara ${VERSION}`,
      name: 'SimpleConvNet',
      doc: 'x: rows of 28 × 28 × 1, channels last, bytes times 0.00390625. y: probabilities of the classes.',
      operators: ['Reshape', 'Conv', 'Relu', 'MaxPool', 'Reshape', 'Gemm', 'Relu', 'Gemm', 'Softmax'],
      constants: ['layer1/shape', 'W1', 'b1', 'layer3/shape', 'W2', 'b2', 'W3', 'b3'],
    });
  });

  test('goes through a list of networks', () => {
    const net = new TwoLayerNet({ inputSize: 1, hiddenSize: 1, outputSize: 2, seed: 1 });
    expect([net, net].map(exportOnnx)).toEqual([exportOnnx(net), exportOnnx(net)]);
  });

  test('refuses a path: it writes no file', () => {
    const written = (...given: unknown[]) => (exportOnnx as (...given: unknown[]) => unknown)(...given);
    expectRefusal(
      () => written(new TwoLayerNet({ inputSize: 1, hiddenSize: 1, outputSize: 2 }), 'n.onnx'),
      ArgumentError,
      'exportOnnx: a second argument, "n.onnx"; expected the network alone: it returns the bytes of the file. Write them to a file: fs.writeFileSync("n.onnx", exportOnnx(net))',
    );
  });

  test('refuses what has no form in ONNX, by its place and name', () => {
    expectRefusal(
      () => exportOnnx({} as Sequential),
      ArgumentError,
      'exportOnnx: net is an Object; expected a network. Build one with Sequential.from',
    );
    const affine = () => new Affine({ inputSize: 2, outputSize: 2, seed: 1 });
    expectRefusal(
      () => exportOnnx(new Sequential([affine(), new Square()])),
      ArgumentError,
      'exportOnnx: layer 2 (Square) has no form in ONNX; expected layers of the types affine, matMul, convolution, maxPooling, averagePooling, globalAveragePooling, embedding, relu, sigmoid, tanh, leakyRelu, gelu, softplus, dropout, batchNormalization, layerNormalization, rescaling, standardization',
    );
    class OwnLoss extends IdentityWithLoss {}
    const loss = Object.assign(new OwnLoss(), { describe: undefined });
    expectRefusal(
      () => exportOnnx(new Sequential([affine()], loss)),
      ArgumentError,
      'exportOnnx: the loss layer (OwnLoss) has no form in ONNX; expected a built-in loss',
    );
    expectRefusal(
      () => exportOnnx(new Sequential([new Relu()], new IdentityWithLoss())),
      StateError,
      'exportOnnx: the columns of x are not known; expected inputSize on the first layer',
    );
  });

  test('refuses more parameters than a file may have', () => {
    requireReadable('exportOnnx', 2 ** 31 - 4);
    expectRefusal(
      () => requireReadable('exportOnnx', 2 ** 31),
      ArgumentError,
      'exportOnnx: the parameters take 2147483648 bytes; expected fewer than 2147483648, the most that a reader of ONNX takes',
    );
  });

  test('refuses numbers that are not finite in float32, by their place', () => {
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1 });
    net.params.W1.data[4] = Number.NaN;
    expectRefusal(() => exportOnnx(net), DataError, 'exportOnnx: W1[1][1] is NaN; expected finite numbers');
    const wide = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1, dtype: 'float64' });
    wide.params.b2.data[1] = 1e300;
    expectRefusal(
      () => exportOnnx(wide),
      DataError,
      'exportOnnx: b2[1] is 1e+300; expected numbers that are finite in float32',
    );
  });
});
