/** Answers that mean something: labels that are checked, scores that are finite, bytes of one scale. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, DataError, StateError } from '../../src/errors.js';
import { requireMatch } from '../../src/models/match.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

describe('FOUND A4: the same checks of labels for every kind of array, in every method', () => {
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1, dtype: 'float64' });
  const wrong = {
    'a plain array': [1, 2, 2, 1],
    'an Int32Array': Int32Array.of(1, 2, 2, 1),
    'a Uint8Array': Uint8Array.of(1, 2, 2, 1),
    'a Float64Array': Float64Array.of(1, 2, 2, 1),
    'a tensor': Tensor.from([1, 2, 2, 1]),
  };
  const methods = {
    loss: (labels: never) => net.loss(x, labels),
    accuracy: (labels: never) => net.accuracy(x, labels),
    evaluate: (labels: never) => net.evaluate(x, labels),
    lossAndGradient: (labels: never) => net.lossAndGradient(x, labels),
    gradient: (labels: never) => net.gradient(x, labels),
    numericalGradient: (labels: never) => net.numericalGradient(x, labels),
  };
  for (const [kind, labels] of Object.entries(wrong)) {
    test.each(Object.keys(methods) as (keyof typeof methods)[])(`${kind} in %s`, (method) => {
      expect(() => methods[method](labels as never)).toThrow(
        expect.objectContaining({
          name: 'ArgumentError',
          message: expect.stringMatching(/: labels\[1\] is 2; expected an integer in \[0, 2\)$/),
        }),
      );
    });
  }

  test('also for a network that answers yes or no', () => {
    const binary = new MultiLayerNet({ inputSize: 2, hiddenSizes: [], outputSize: 1, task: 'binary' });
    expectRefusal(
      () => binary.accuracy(x, Int32Array.of(1, 2, 2, 1)),
      ArgumentError,
      'MultiLayerNet.accuracy: labels[1] is 2; expected an integer in [0, 2)',
    );
  });
});

describe('FOUND F: evaluate takes what loss takes', () => {
  test('x with labels, or one data set', () => {
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1 });
    const labels = [0, 1, 1, 0];
    const expected = { loss: net.loss(x, labels), accuracy: net.accuracy(x, labels) };
    expect(net.evaluate(x, labels)).toEqual(expected);
    expect(net.evaluate(Dataset.from({ x, labels })).accuracy).toBe(expected.accuracy);
    const regression = new MultiLayerNet({ inputSize: 2, hiddenSizes: [], outputSize: 1, task: 'regression' });
    expect(regression.evaluate(x, [[0], [1], [1], [0]])).toMatchObject({
      loss: regression.loss(x, [[0], [1], [1], [0]]),
    });
    expectRefusal(
      () => net.evaluate(x as never),
      ArgumentError,
      'TwoLayerNet.evaluate: labels is undefined; expected labels in addition to x, or a Dataset',
    );
  });
});

for (const backend of runnableBackends()) {
  describe(`FOUND A5: scores that are not finite, on ${backend.name}`, () => {
    const classifier = new TwoLayerNet({
      inputSize: 4,
      hiddenSize: 3,
      outputSize: 3,
      activation: 'tanh',
      seed: 1,
      backend,
    });
    const binary = new MultiLayerNet({
      inputSize: 4,
      hiddenSizes: [3],
      outputSize: 1,
      task: 'binary',
      seed: 1,
      backend,
    });
    const multiLabel = new MultiLayerNet({
      inputSize: 4,
      hiddenSizes: [3],
      outputSize: 2,
      task: 'multiLabel',
      backend,
    });
    const rows = [
      [1, 2, 3, 4],
      [5, 6, Number.NaN, Number.NEGATIVE_INFINITY],
    ];

    test('are reported with the row and its first non-finite input', () => {
      for (const net of [classifier, binary]) {
        const name = net.constructor.name;
        const message = 'x[1][2] is NaN; expected finite numbers';
        expectRefusal(() => net.classify(rows), DataError, `${name}.classify: ${message}`);
        expectRefusal(() => net.accuracy(rows, [0, 1]), DataError, `${name}.accuracy: ${message}`);
        expectRefusal(() => net.evaluate(rows, [0, 1]), DataError, `${name}.evaluate: ${message}`);
      }
      expectRefusal(
        () => multiLabel.accuracy(rows, Tensor.ones([2, 2])),
        DataError,
        'MultiLayerNet.accuracy: x[1][2] is NaN; expected finite numbers',
      );
    });

    test('predict and logits let them through, row by row', () => {
      expect([...classifier.predict(rows).data].map(Number.isFinite)).toEqual([true, true, true, false, false, false]);
      expect(binary.logits(rows).data[1]).toBeNaN();
      expect(classifier.loss(rows, [0, 1])).toBeNaN();
    });

    test('are reported with the parameter where x is finite, and count as wrong in an evaluation', () => {
      for (const task of ['classification', 'binary', 'multiLabel'] as const) {
        const net = new MultiLayerNet({
          inputSize: 2,
          hiddenSizes: [],
          outputSize: task === 'binary' ? 1 : 2,
          task,
          seed: 1,
          backend,
        });
        net.params['W1']!.data[net.outputSize] = Number.NaN; // W1[1][0]
        const cause =
          'are not finite; expected finite numbers to compare. The cause is in the parameters: W1[1][0] is NaN';
        const labels = task === 'multiLabel' ? x.map(() => [0, 0]) : [0, 0, 0, 0];
        const dataset =
          task === 'multiLabel'
            ? Dataset.from({ x, multiLabels: labels as number[][] })
            : Dataset.from({ x, labels: labels as number[], classes: 2 });
        expectRefusal(
          () => net.accuracy(x, labels as never),
          StateError,
          `MultiLayerNet.accuracy: the scores of row 0 ${cause}`,
        );
        expectRefusal(() => net.accuracy(dataset), StateError, `MultiLayerNet.accuracy: the scores ${cause}`);
        expect(net.evaluate(dataset)).toEqual({ loss: Number.NaN, accuracy: 0 });
      }
    });

    test('are reported as an overflow where everything is finite', () => {
      const net = new MultiLayerNet({ inputSize: 2, hiddenSizes: [], outputSize: 2, seed: 1, backend });
      net.params['W1']!.set([
        [3e38, 0],
        [3e38, 0],
      ]);
      expectRefusal(
        () => net.classify([[1, 1]]),
        StateError,
        'MultiLayerNet.classify: the scores of row 0 are not finite; expected finite numbers to compare. x and the parameters are finite, so a product exceeds what float32 can hold',
      );
    });
  });

  describe(`FOUND A6: bytes and floats, on ${backend.name}`, () => {
    const scale = 1 / 255;
    const bytes = Uint8Array.of(0, 51, 255, 7, 128, 200, 3, 99, 254, 1, 17, 64);

    test.each(['float32', 'float64'] as const)(
      'bytes are scaled as in training, to the bit, floats taken as they are (%s)',
      (dtype) => {
        const net = new TwoLayerNet({
          inputSize: 4,
          hiddenSize: 5,
          outputSize: 3,
          weightInitStd: 'he',
          seed: 1,
          dtype,
          backend,
        });
        net.byteScale = scale;
        const { x: scaled } = Dataset.from({ x: { data: bytes, shape: [3, 4] }, labels: [0, 1, 2], scale }).toTensors({
          dtype,
          backend,
        });
        const expected = net.predict(scaled).data;
        const nested = [0, 1, 2].map((row) => bytes.slice(4 * row, 4 * row + 4));
        for (const given of [
          { data: bytes, shape: [3, 4] },
          { data: new Uint8ClampedArray(bytes) as never, shape: [3, 4] },
          nested,
          nested.map((row) => Buffer.from(row)),
        ]) {
          expect(net.predict(given).data).toEqual(expected);
          expect(net.lossAndGradient(given, [0, 1, 2])).toBe(net.lossAndGradient(scaled, [0, 1, 2]));
        }
        const floats = Tensor.from(bytes, { dtype, backend }).reshape([3, 4]);
        expect(net.predict(floats).data).not.toEqual(expected);
        net.byteScale = undefined;
        expect(net.predict({ data: bytes, shape: [3, 4] }).data).toEqual(net.predict(floats).data);
      },
    );
  });
}

describe('FOUND A6: the scale of bytes', () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  const bytes = { data: Uint8Array.of(0, 255, 51, 102), shape: [2, 2] };
  const dataset = (scale?: number): Dataset =>
    Dataset.from({ x: bytes, labels: [0, 1], ...(scale === undefined ? {} : { scale }) });

  test('is kept in the file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zerokara-bytes-'));
    folders.push(folder);
    const path = join(folder, 'net.safetensors');
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1 });
    net.byteScale = 1 / 255;
    await net.save(path);
    for (const loaded of [await TwoLayerNet.load(path), await Sequential.load(path)]) {
      expect(loaded.byteScale).toBe(1 / 255);
      expect(loaded.predict(bytes).data).toEqual(net.predict(bytes).data);
    }
  });

  test('of a data set must be the network’s', () => {
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1 });
    expect(net.evaluate(dataset(0.5)).loss).toBeGreaterThan(0); // before training there is nothing to compare with
    net.byteScale = 1 / 255;
    expect(net.evaluate(dataset(1 / 255)).loss).toBe(net.loss(bytes, [0, 1]));
    expectRefusal(
      () => net.evaluate(dataset()),
      ArgumentError,
      `TwoLayerNet.evaluate: dataset holds bytes with the scale 1; expected the scale ${1 / 255}, which this network uses for bytes. Give Dataset.from the option scale: ${1 / 255}`,
    );
    requireMatch('Trainer', 'train', net, Dataset.from({ x, labels: [0, 1, 1, 0] })); // floats are taken as they are
  });

  test.each([
    { type: 'rescaling', scale: 1 / 255 },
    { type: 'standardization', mean: [100, 100], deviation: [50, 50] },
  ] as const)('is 1 for a network that begins with $type', (front) => {
    const net = Sequential.from({ input: 2, layers: [front, { type: 'affine', outputSize: 2 }] }, { seed: 1 });
    expect(net.byteScale).toBe(1);
    expect(net.evaluate(dataset()).loss).toBe(net.loss(bytes, [0, 1]));
    expect(net.predict(bytes).data).toEqual(net.predict(Tensor.from(bytes)).data);
    expectRefusal(
      () => net.evaluate(dataset(1 / 255)),
      ArgumentError,
      `Sequential.evaluate: dataset holds bytes with the scale ${1 / 255}; expected the scale 1, which this network uses for bytes. Leave the option scale out`,
    );
  });

  test('is a number above 0', () => {
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1 });
    expectRefusal(
      () => {
        net.byteScale = 0;
      },
      ArgumentError,
      'TwoLayerNet: byteScale is 0; expected a finite number greater than 0',
    );
  });
});
