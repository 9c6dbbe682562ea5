import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/errors.js';
import { DeepConvNet, type DeepConvNetOptions } from '../../src/models/deep-conv-net.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { Sequential } from '../../src/models/sequential.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { float64Backends } from '../support/runnable.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zerokara-deep-conv-'));
});
afterAll(() => rm(folder, { recursive: true }));

const TABLE = `
DeepConvNet, classification, float32, js
  layer                    output  parameters
  x                   28 × 28 × 1
  Convolution, relu  28 × 28 × 16         160
  Convolution, relu  28 × 28 × 16       2,320
  MaxPooling         14 × 14 × 16           0
  Convolution, relu  14 × 14 × 32       4,640
  Convolution, relu  16 × 16 × 32       9,248
  MaxPooling           8 × 8 × 32           0
  Convolution, relu    8 × 8 × 64      18,496
  Convolution, relu    8 × 8 × 64      36,928
  MaxPooling           4 × 4 × 64           0
  Affine, relu                 50      51,250
  Dropout                      50           0
  Affine                       10         510
  Dropout                      10           0
  SoftmaxWithLoss                     123,552
`.trim();

describe('DeepConvNet', () => {
  test('V1: images of 28 become 14, 8 (of 16) and 4; 123,552 parameters', () => {
    expect(String(new DeepConvNet({ seed: 1, backend: 'js' }))).toBe(TABLE);
  });

  test('V1: has W1 b1 … W8 b8, with He’s deviation throughout', () => {
    const net = new DeepConvNet({ seed: 1 });
    expect(Object.keys(net.params)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].flatMap((k) => [`W${k}`, `b${k}`]));
    const inputs = [9, 144, 144, 288, 288, 576, 1024, 50];
    inputs.forEach((count, i) => {
      const W = net.params[`W${i + 1}` as 'W1'];
      const deviation = Math.sqrt(W.mul(W).mean());
      expect(Math.abs(deviation / Math.sqrt(2 / count) - 1)).toBeLessThan(4 / Math.sqrt(2 * W.size));
    });
    expect(net.params.W1.shape).toEqual([3, 3, 1, 16]);
    expect(net.params.W7.shape).toEqual([1024, 50]);
  });

  for (const backend of float64Backends()) {
    test(`V1: gradient check below 1e-7 with the dropout masks held fixed, on ${backend.name}`, () => {
      const net = new DeepConvNet({
        inputShape: [4, 4, 1],
        hiddenSize: 6,
        outputSize: 3,
        seed: 1,
        dtype: 'float64',
        backend,
      });
      const x = Tensor.randomNormal([2, 16], { seed: 2, dtype: 'float64', backend });
      const result = gradientCheck(net, x, [0, 2], { seed: 3, samples: 3 });
      expect(result.ok && result.maxError).toBeLessThan(1e-7);
    }, 60_000);
  }

  test('is its description', () => {
    const net = new DeepConvNet({ seed: 1 });
    expect(net.describe().layers.slice(3, 6)).toEqual([
      { type: 'convolution', filters: 32, kernelSize: 3, padding: 1, activation: 'relu', weightInitStd: 'he' },
      { type: 'convolution', filters: 32, kernelSize: 3, padding: 2, activation: 'relu', weightInitStd: 'he' },
      { type: 'maxPooling', poolSize: 2, padding: 'valid' },
    ]);
    const again = Sequential.from(net.describe(), { seed: 1 });
    const x = Tensor.randomNormal([2, 784], { seed: 1 });
    expect(again.predict(x).data).toEqual(net.predict(x).data);
  });

  test('takes other images, and drops the last row and column of an odd size as the book does', () => {
    const net = new DeepConvNet({ inputShape: [32, 20, 3], seed: 1 });
    expect(net.summary().layers.map(({ outputShape }) => outputShape)).toMatchObject([
      [32, 20, 16],
      [32, 20, 16],
      [16, 10, 16],
      [16, 10, 32],
      [18, 12, 32],
      [9, 6, 32],
      [9, 6, 64],
      [9, 6, 64],
      [4, 3, 64],
      [50],
      [50],
      [10],
      [10],
    ]);
    expect(net.params.W7.shape).toEqual([768, 50]);
  });

  test('is saved and read again, to the bit', async () => {
    const path = join(folder, 'net.safetensors');
    const options = { inputShape: [12, 10, 2], hiddenSize: 7, outputSize: 3, dropoutRatio: 0.25, seed: 3 } as const;
    const net = new DeepConvNet({ ...options, l2: 0.5 });
    await net.save(path);
    const loaded = await DeepConvNet.load(path);
    expect(loaded).toBeInstanceOf(DeepConvNet);
    expect(loaded.describe()).toEqual(net.describe());
    const { inputShape, hiddenSize, outputSize, dropoutRatio, seed } = loaded;
    expect({ inputShape, hiddenSize, outputSize, dropoutRatio, seed }).toEqual(options);
    for (const name of Object.keys(net.params) as 'W1'[]) {
      expect(loaded.params[name].data).toEqual(net.params[name].data);
    }
  });

  test('refuses sizes that do not fit', () => {
    const create = (options: DeepConvNetOptions) => () => new DeepConvNet(options);
    expectRefusal(
      create({ inputShape: [1, 28, 28] }),
      ArgumentError,
      "DeepConvNet: layer 3 (maxPooling): poolSize is 2 × 2 for images of 1 × 28 with padding 0 and stride 2; expected at most 1 × 28, the padded image. Use a smaller poolSize, or padding: 'same'",
    );
    expectRefusal(
      create({ dropoutRatio: 1 }),
      ArgumentError,
      'DeepConvNet: dropoutRatio is 1; expected a number in [0, 1)',
    );
    expectRefusal(
      create({ filters: 3 } as never),
      ArgumentError,
      'DeepConvNet: unknown option "filters"; known are inputShape, hiddenSize, outputSize, dropoutRatio, l2, seed, dtype, backend',
    );
  });
});
