import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, DtypeError, ShapeError, StateError } from '../../src/errors.js';
import { BatchNormalization } from '../../src/layers/batch-normalization.js';
import { LayerNormalization } from '../../src/layers/layer-normalization.js';
import type { LayerDescription } from '../../src/layers/layer-types.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { Sequential } from '../../src/models/sequential.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

/** A matrix of value(row, column). */
const matrix = (rows: number, columns: number, value: (n: number, d: number) => number): number[][] =>
  Array.from({ length: rows }, (_, n) => Array.from({ length: columns }, (_, d) => value(n, d)));

const expectClose = (actual: Iterable<number>, expected: readonly number[], tolerance = 1e-12): void => {
  const values = [...actual];
  expect(values.length).toBe(expected.length);
  values.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(tolerance);
  });
};

for (const backend of runnableBackends()) {
  const options = { dtype: 'float64', backend } as const;

  describe(`BatchNormalization on ${backend.name}`, () => {
    test('R1: forward, backward and running statistics have the figures of SPEC', () => {
      const layer = new BatchNormalization({ inputSize: 3, ...options });
      layer.params.gamma.data.set([1, 0.5, 2]);
      layer.params.beta.data.set([0.1, -0.2, 0.3]);
      const x = Tensor.from(
        matrix(5, 3, (n, d) => (((5 * n + 3 * d) % 7) - 3) / 2),
        options,
      );
      const dy = Tensor.from(
        matrix(5, 3, (n, d) => (((3 * n + 2 * d) % 5) - 2) / 10),
        options,
      );
      const y = layer.forward(x);
      expectClose(y.data.subarray(0, 3), [-1.2155819690396241, -0.2581234266473807, 2.714028991026724]);
      const dx = layer.backward(dy)!;
      expectClose(dx.data.subarray(0, 3), [-0.13493179538201652, 0.0031417643895288285, 0.3089578294922788]);
      expectClose(layer.grads.gamma.data, [0.17541092920528323, 0.2324937065895228, 0.13927090332846484]);
      expectClose(layer.grads.beta.data, [0, 0, 0]);
      // From 0 and 1, a tenth of the way to the mean 0, 0.1, 0.2 and the biased variance 1.3, 0.74, 1.16.
      expectClose(layer.buffers.runningMean.data, [0, 0.01, 0.02]);
      expectClose(layer.buffers.runningVariance.data, [1.03, 0.974, 1.016]);
    });

    test('R1: inference takes the running statistics and leaves them alone', () => {
      const layer = new BatchNormalization({ inputSize: 2, momentum: 0, epsilon: 0.25, ...options });
      layer.forward(
        Tensor.from(
          [
            [1, 0],
            [5, 0],
          ],
          options,
        ),
      );
      expect(layer.buffers.runningMean.toArray()).toEqual([3, 0]);
      expect(layer.buffers.runningVariance.toArray()).toEqual([4, 0]);
      layer.params.gamma.data.set([2, 3]);
      const y = layer.infer(Tensor.from([[3 + Math.sqrt(4.25), 0.5]], options));
      expectClose(y.data, [2, 3], 1e-15);
      expect(layer.buffers.runningMean.toArray()).toEqual([3, 0]);
    });

    test('R2: of images it normalises each channel over rows and places, not each pixel', () => {
      const net = Sequential.from(
        { input: [3, 2, 4], layers: [{ type: 'batchNormalization' }], task: 'regression' },
        options,
      );
      const layer = net.layers[0] as BatchNormalization;
      expect([layer.inputSize, layer.channels, layer.minimumRows]).toEqual([24, 4, 1]);
      const x = Tensor.randomNormal([5, 24], { seed: 1, ...options });
      const columns = new BatchNormalization({ inputSize: 4, ...options });
      expect(layer.forward(x).data).toEqual(columns.forward(x.reshape([30, 4])).data);
      const dy = Tensor.randomNormal([5, 24], { seed: 2, ...options });
      expect(layer.backward(dy)!.data).toEqual(columns.backward(dy.reshape([30, 4]))!.data);
      expect(layer.grads.gamma.data).toEqual(columns.grads.gamma.data);
      expect(layer.infer(x).data).toEqual(columns.infer(x.reshape([30, 4])).data);
    });

    test('a shifted and scaled column gives the same output', () => {
      const layer = new BatchNormalization({ inputSize: 1, epsilon: 1e-12, ...options });
      const x = Tensor.randomNormal([40, 1], { seed: 3, ...options });
      const y = layer.forward(x).clone();
      expectClose(layer.forward(x.mul(1000).add(1e6)).data, [...y.data], 1e-9);
    });
  });

  describe(`LayerNormalization on ${backend.name}`, () => {
    test('each row has mean 0 and variance 1 but for ε, before γ and β', () => {
      const layer = new LayerNormalization({ inputSize: 4, epsilon: 0.25, ...options });
      layer.params.gamma.data.set([1, 2, 3, 4]);
      layer.params.beta.data.set([0, 0, 1, 0]);
      const y = layer.forward(
        Tensor.from(
          [
            [1, 3, 1, 3],
            [7, 7, 7, 7],
          ],
          options,
        ),
      );
      const value = 1 / Math.sqrt(1.25);
      expectClose(y.data, [-value, 2 * value, 1 - 3 * value, 4 * value, 0, 0, 1, 0], 1e-15);
    });
  });

  const LAYERS: readonly LayerDescription[] = [
    { type: 'batchNormalization' },
    { type: 'batchNormalization', momentum: 0.5, epsilon: 0.1 },
    { type: 'layerNormalization', epsilon: 0.01 },
  ];
  test.each(LAYERS)(`R1: %j passes the gradient check on ${backend.name}`, (layer) => {
    const net = Sequential.from(
      {
        input: [2, 2],
        layers: [layer, { type: 'affine', outputSize: 5 }, layer, { type: 'tanh' }, { type: 'affine', outputSize: 3 }],
      },
      { seed: 1, ...options },
    );
    for (const tensor of Object.values(net.params)) {
      if (tensor.rank === 1) tensor.data.set(Tensor.randomNormal(tensor.shape, { seed: 4, ...options }).data);
    }
    const result = gradientCheck(net, Tensor.randomNormal([7, 4], { seed: 2, ...options }), [0, 2, 1, 1, 0, 2, 2]);
    expect(result.ok, String(result)).toBe(true);
  });
}

describe('normalisation in networks', () => {
  const net = (): Sequential =>
    Sequential.from(
      {
        input: 2,
        layers: [
          { type: 'affine', outputSize: 4 },
          { type: 'batchNormalization', epsilon: 0.001 },
          { type: 'relu' },
          { type: 'affine', outputSize: 2 },
          { type: 'layerNormalization' },
          { type: 'batchNormalization', momentum: 0.5 },
        ],
      },
      { seed: 1, backend: 'js' },
    );

  test('names and decay: γ, β and running statistics are numbered by themselves, and only weights decay', () => {
    expect(Object.keys(net().params)).toEqual([
      'W1',
      'b1',
      'gamma1',
      'beta1',
      'W2',
      'b2',
      'gamma2',
      'beta2',
      'gamma3',
      'beta3',
    ]);
    expect(Object.keys(net().buffers)).toEqual([
      'runningMean1',
      'runningVariance1',
      'runningMean3',
      'runningVariance3',
    ]);
    expect(net().decayed).toEqual(['W1', 'W2']);
    expect(net().describe().layers[1]).toEqual({ type: 'batchNormalization', momentum: 0.9, epsilon: 0.001 });
    expect(net().describe().layers[5]).toEqual({ type: 'batchNormalization', momentum: 0.5, epsilon: 1e-5 });
  });

  const rows = (count: number): Dataset =>
    Dataset.from({
      x: matrix(count, 2, (n, d) => ((n * 7 + d * 3) % 11) / 11),
      labels: Array.from({ length: count }, (_, n) => n % 2),
    });

  test.each([
    [
      { train: rows(101), batchSize: 100, epochs: 1 },
      'batchSize 100 leaves a last batch of 1 row (101 rows in all); expected at least 2 rows, which layer 2 (BatchNormalization) needs in training. Use dropLast: true, or another batchSize',
    ],
    [
      { train: rows(10), batchSize: 1, epochs: 1 },
      'each batch has 1 row (batchSize 1, 10 rows in all); expected at least 2 rows, which layer 2 (BatchNormalization) needs in training. Use a larger batchSize and more rows',
    ],
    [
      { train: rows(1), steps: 1 },
      'each batch has 1 row (batchSize 1, 1 rows in all); expected at least 2 rows, which layer 2 (BatchNormalization) needs in training. Use a larger batchSize and more rows',
    ],
    [
      { train: rows(10), batchSize: 1, steps: 1, sampling: 'replacement' },
      'each batch has 1 row (batchSize 1, 10 rows in all); expected at least 2 rows, which layer 2 (BatchNormalization) needs in training. Use a larger batchSize and more rows',
    ],
  ] as const)('a Trainer refuses a batch of one row before the first step: %#', (options, message) => {
    expectRefusal(() => new Trainer(net(), options), ArgumentError, `Trainer: ${message}`);
  });

  test('a Trainer takes a last batch of two rows, and one row where all batches are full', () => {
    expect(() => new Trainer(net(), { train: rows(102), batchSize: 100, epochs: 1 })).not.toThrow();
    const options = { train: rows(101), batchSize: 100, steps: 1, sampling: 'replacement' } as const;
    expect(() => new Trainer(net(), options)).not.toThrow();
  });

  test('learns, and a row is answered alike alone and among others', () => {
    const network = net();
    new Trainer(network, { train: rows(60), batchSize: 20, epochs: 3, seed: 1 }).fitSync();
    const all = network.predict(matrix(5, 2, (n, d) => n + d));
    expect(network.predict(matrix(1, 2, (n, d) => n + d)).data).toEqual(all.rows(0, 1).data);
    expect(network.buffers['runningMean1']!.data.some((value) => value !== 0)).toBe(true);
  });
});

describe('BatchNormalization and LayerNormalization', () => {
  const batch = (given: object) => () => new BatchNormalization(given as never);
  const layer = (given: object) => () => new LayerNormalization(given as never);
  test.each([
    [batch({}), 'BatchNormalization: inputSize is undefined; expected an integer of at least 1'],
    [
      batch({ inputSize: 6, channels: 4 }),
      'BatchNormalization: inputSize is 6 and channels 4; expected a multiple of channels as inputSize',
    ],
    [batch({ inputSize: 2, momentum: 1 }), 'BatchNormalization: momentum is 1; expected a number in [0, 1)'],
    [batch({ inputSize: 2, momentum: Number.NaN }), 'BatchNormalization: momentum is NaN; expected a number in [0, 1)'],
    [batch({ inputSize: 2, epsilon: 0 }), 'BatchNormalization: epsilon is 0; expected a finite number greater than 0'],
    [batch({ inputSize: 2, eps: 1 }), /^BatchNormalization: unknown option "eps"; known are /],
    [layer({ inputSize: 0 }), 'LayerNormalization: inputSize is 0; expected an integer of at least 1'],
    [
      layer({ inputSize: 2, epsilon: -1 }),
      'LayerNormalization: epsilon is -1; expected a finite number greater than 0',
    ],
    [
      () => Sequential.from({ input: 2, layers: [{ type: 'batchNormalization', epsilon: 0 }] }),
      'Sequential.from: layer 1 (batchNormalization): epsilon is 0; expected a finite number greater than 0',
    ],
  ])('refuses what it cannot use: %#', (call, message) => {
    if (typeof message === 'string') expectRefusal(call, ArgumentError, message);
    else expect(call).toThrow(message);
  });

  test('a training pass of one row is refused with what to do, and changes no running statistics', () => {
    const normalization = new BatchNormalization({ inputSize: 2 });
    expectRefusal(
      () => normalization.forward(Tensor.ones([1, 2])),
      ShapeError,
      'BatchNormalization.forward: x has 1 row; expected at least 2 in training, for a variance. Train with larger batches; inference takes single rows',
    );
    expect(normalization.buffers.runningMean.toArray()).toEqual([0, 0]);
    expect(normalization.infer(Tensor.zeros([1, 2])).toArray()).toEqual([[0, 0]]);
  });

  test.each([
    ['BatchNormalization', batch({ inputSize: 3 })],
    ['LayerNormalization', layer({ inputSize: 3 })],
  ])('%s refuses rows of another width or dtype, and keeps nothing of them', (name, create) => {
    const normalization = create();
    expectRefusal(
      () => normalization.backward(Tensor.ones([2, 3])),
      StateError,
      `${name}.backward: called before forward`,
    );
    expectRefusal(
      () => normalization.forward(Tensor.ones([2, 4])),
      ShapeError,
      `${name}.forward: x has shape [2, 4]; expected [N, 3] (inputSize of this layer)`,
    );
    expect(() => normalization.infer!(Tensor.ones([2, 3], { dtype: 'float64' }))).toThrow(DtypeError);
    normalization.forward(Tensor.ones([2, 3]));
    expect(() => normalization.forward(Tensor.ones([2, 4]))).toThrow(ShapeError);
    expectRefusal(
      () => normalization.backward(Tensor.ones([3, 3])),
      ShapeError,
      `${name}.backward: dy has shape [3, 3]; expected [2, 3] (the shape of the last output)`,
    );
    expect(normalization.backward(Tensor.ones([2, 3]), { inputGradient: false })).toBeUndefined();
    expect(normalization.grads.beta.toArray()).toEqual([2, 2, 2]);
  });
});
