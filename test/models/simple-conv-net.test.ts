import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, DataError } from '../../src/errors.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { Sequential } from '../../src/models/sequential.js';
import { SimpleConvNet, type SimpleConvNetOptions } from '../../src/models/simple-conv-net.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { expectRefusal } from '../support/refusal.js';
import { float64Backends, runnableBackends } from '../support/runnable.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zerokara-simple-conv-'));
});
afterAll(() => rm(folder, { recursive: true }));

const SMALL = { inputShape: [6, 8, 2], filters: 3, kernelSize: 3, hiddenSize: 5, outputSize: 4, seed: 1 } as const;

describe('SimpleConvNet', () => {
  test('K7: has W1 (5, 5, 1, 30), W2 (4320, 100), W3 (100, 10) of deviation 0.01: 433,890 parameters', () => {
    const net = new SimpleConvNet({ seed: 1 });
    expect(Object.entries(net.params).map(([name, { shape }]) => [name, shape])).toEqual([
      ['W1', [5, 5, 1, 30]],
      ['b1', [30]],
      ['W2', [4320, 100]],
      ['b2', [100]],
      ['W3', [100, 10]],
      ['b3', [10]],
    ]);
    for (const name of ['W1', 'W2', 'W3'] as const) {
      const W = net.params[name];
      const deviation = Math.sqrt(W.mul(W).mean());
      expect(Math.abs(deviation / 0.01 - 1)).toBeLessThan(4 / Math.sqrt(2 * W.size)); // 4 σ of a deviation
    }
    for (const name of ['b1', 'b2', 'b3'] as const) expect(net.params[name].data.every((b) => b === 0)).toBe(true);
    expect(String(new SimpleConvNet({ seed: 1, backend: 'js' }))).toBe(
      `
SimpleConvNet, classification, float32, js
  layer                    output  parameters
  x                   28 × 28 × 1
  Convolution, relu  24 × 24 × 30         780
  MaxPooling         12 × 12 × 30           0
  Affine, relu                100     432,100
  Affine                       10       1,010
  SoftmaxWithLoss                     433,890
`.trim(),
    );
    expect(net.decayed).toEqual(['W1', 'W2', 'W3']);
  });

  for (const backend of float64Backends()) {
    test(`K7: gradient check below 1e-7 on ${backend.name}`, () => {
      const random = (columns: number): Tensor =>
        Tensor.randomNormal([2, columns], { seed: 2, dtype: 'float64', backend });
      const small = new SimpleConvNet({ ...SMALL, weightInitStd: 0.3, dtype: 'float64', backend });
      const every = gradientCheck(small, random(96), [0, 3], { seed: 3 });
      expect(every.ok && every.maxError).toBeLessThan(1e-7);
      const whole = new SimpleConvNet({ seed: 1, dtype: 'float64', backend });
      const some = gradientCheck(whole, random(784), [0, 7], { seed: 3, samples: 3 });
      expect(some.ok && some.maxError).toBeLessThan(1e-7);
    }, 60_000);
  }

  for (const backend of runnableBackends()) {
    test(`learns where a bar stands on ${backend.name}`, () => {
      // One bright column of 8, anywhere: its class is its half.
      const x = Array.from({ length: 8 }, (_, column) =>
        Array.from({ length: 48 }, (_, place) => (place % 8 === column ? 1 : 0)),
      );
      const train = Dataset.from({ x, labels: x.map((_, column) => Math.floor(column / 4)) });
      const net = new SimpleConvNet({ ...SMALL, inputShape: [6, 8, 1], outputSize: 2, weightInitStd: 'he', backend });
      new Trainer(net, { train, epochs: 60, batchSize: 8, optimizer: 'adam', seed: 1 }).fitSync();
      expect(net.accuracy(train)).toBe(1);
    });
  }

  test('is its description, with filters, stride and padding of one’s own', () => {
    const options = { ...SMALL, kernelSize: [3, 2], stride: 2, padding: 1, weightInitStd: 'he', l2: 0.1 } as const;
    const net = new SimpleConvNet(options);
    expect(net.describe()).toEqual({
      input: [6, 8, 2],
      layers: [
        {
          type: 'convolution',
          filters: 3,
          kernelSize: [3, 2],
          stride: 2,
          padding: 1,
          activation: 'relu',
          weightInitStd: 'he',
        },
        { type: 'maxPooling', poolSize: 2, padding: 'valid' },
        { type: 'affine', outputSize: 5, activation: 'relu', weightInitStd: 'he' },
        { type: 'affine', outputSize: 4, weightInitStd: 'he' },
      ],
      loss: 'crossEntropy',
      l2: 0.1,
    });
    const again = Sequential.from(net.describe(), { seed: 1 });
    const x = Tensor.randomNormal([3, 96], { seed: 1 });
    expect(again.predict(x).data).toEqual(net.predict(x).data);
  });

  test('is saved and read again, to the bit', async () => {
    const path = join(folder, 'net.safetensors');
    const net = new SimpleConvNet({ ...SMALL, padding: 'same', weightInitStd: 0.2, l2: 0.5, dtype: 'float64' });
    await net.save(path);
    const loaded = await SimpleConvNet.load(path);
    expect(loaded).toBeInstanceOf(SimpleConvNet);
    expect(loaded.describe()).toEqual(net.describe());
    for (const name of ['W1', 'b1', 'W2', 'b2', 'W3', 'b3'] as const) {
      expect(loaded.params[name].data).toEqual(net.params[name].data);
      expect(loaded.params[name].shape).toEqual(net.params[name].shape);
    }
    const { inputShape, filters, hiddenSize, outputSize, seed } = loaded;
    expect({ inputShape, filters, kernelSize: 3, hiddenSize, outputSize, seed }).toEqual(SMALL);
    expect((await Sequential.load(path)).describe()).toEqual(net.describe());
  });

  test('load refuses files of other networks', async () => {
    const path = join(folder, 'two.safetensors');
    await new TwoLayerNet({ inputSize: 4, hiddenSize: 5, outputSize: 3 }).save(path);
    await expect(SimpleConvNet.load(path)).rejects.toThrow(
      new DataError({
        operation: 'SimpleConvNet.load',
        found: `${path} holds a TwoLayerNet`,
        expected: 'a SimpleConvNet',
        fix: 'Load it with TwoLayerNet.load',
      }),
    );
  });

  test('refuses sizes that do not fit', () => {
    const create = (options: SimpleConvNetOptions) => () => new SimpleConvNet(options);
    expectRefusal(
      create({ inputShape: [28, 28] as never }),
      ArgumentError,
      'SimpleConvNet: inputShape is [28, 28]; expected the shape of an image, [height, width, channels]. A grey image has one channel: [28, 28, 1]',
    );
    expectRefusal(
      create({ kernelSize: 30 }),
      ArgumentError,
      "SimpleConvNet: layer 1 (convolution): kernelSize is 30 × 30 for images of 28 × 28 with padding 0 and stride 1; expected at most 28 × 28, the padded image. Use a smaller kernelSize, or padding: 'same'",
    );
    expectRefusal(
      create({ outputSize: 1 }),
      ArgumentError,
      "SimpleConvNet: outputSize is 1; expected at least 2 classes: softmax of a single score is always 1. Use two outputs, or one sigmoid output: task: 'binary' of a MultiLayerNet, SigmoidWithLoss as the loss of a Sequential",
    );
    expectRefusal(
      create({ inputSize: 784 } as never),
      ArgumentError,
      'SimpleConvNet: unknown option "inputSize"; did you mean "inputShape"?',
    );
  });
});
