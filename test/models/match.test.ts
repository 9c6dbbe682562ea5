import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import type { Kind } from '../../src/data/kind.js';
import { ArgumentError, ShapeError } from '../../src/errors.js';
import { Affine } from '../../src/layers/affine.js';
import type { Targets } from '../../src/layers/layer.js';
import { SoftmaxWithLoss } from '../../src/layers/softmax-with-loss.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { requireMatch } from '../../src/models/match.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { expectRefusal } from '../support/refusal.js';

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const labelled = Dataset.from({ x, labels: [0, 1, 1, 0] });
const regression = Dataset.from({ x, targets: [0.5, 1.5, -2, 3] });

const netOf = (task: Kind, outputSize: number): MultiLayerNet =>
  new MultiLayerNet({ inputSize: 2, hiddenSizes: [3], outputSize, task, seed: 1 });

describe('FOUND A1: a network and a data set that cannot belong together', () => {
  const classifier = netOf('classification', 2);
  const message =
    "has targets; expected labels: this network answers one class of several. Build the network with task: 'regression' (MultiLayerNet), or give the data set labels";

  test.each([
    ['loss', () => classifier.loss(regression), 'MultiLayerNet.loss: dataset'],
    ['accuracy', () => classifier.accuracy(regression), 'MultiLayerNet.accuracy: dataset'],
    ['evaluate', () => classifier.evaluate(regression), 'MultiLayerNet.evaluate: dataset'],
    ['evaluator', () => classifier.evaluator(regression), 'MultiLayerNet.evaluator: dataset'],
    ['the Trainer’s constructor', () => new Trainer(classifier, { train: regression, epochs: 1 }), 'Trainer: train'],
    [
      'the Trainer’s constructor, for test',
      () => new Trainer(classifier, { train: labelled, test: regression, epochs: 1 }),
      'Trainer: test',
    ],
  ])('are refused by %s', (_, call, place) => {
    expectRefusal(call, ArgumentError, `${place} ${message}`);
  });

  test.each([
    [
      netOf('regression', 1),
      labelled,
      "has labels; expected targets: this network is a regression. Build the network with task: 'binary' (MultiLayerNet), or give the data set targets",
    ],
    [
      netOf('regression', 2),
      labelled,
      "has labels; expected targets: this network is a regression. Build the network with task: 'classification' (MultiLayerNet), or give the data set targets",
    ],
    [
      netOf('binary', 1),
      regression,
      "has targets; expected labels of two classes: this network answers yes or no. Build the network with task: 'regression' (MultiLayerNet), or give the data set labels",
    ],
    [
      netOf('multiLabel', 2),
      labelled,
      "has labels; expected multiLabels: this network answers any number of labels per row. Build the network with task: 'classification' (MultiLayerNet), or give the data set multiLabels",
    ],
    [
      new Sequential([new Affine({ inputSize: 2, outputSize: 2 })]),
      regression,
      "has targets; expected labels: this network answers one class of several. Build the network with task: 'regression' (MultiLayerNet), or give the data set labels",
    ],
  ])('say which option is missing', (net, dataset, text) => {
    expectRefusal(() => requireMatch('evaluate', 'dataset', net, dataset), ArgumentError, `evaluate: dataset ${text}`);
  });

  test('raw targets are refused too, by lossAndGradient, loss and evaluate', () => {
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1 });
    for (const method of ['lossAndGradient', 'loss', 'evaluate'] as const) {
      expect(() => net[method](x, [[0.5], [1.5], [-2], [3]])).toThrow(ShapeErrorOrArgumentError);
    }
    for (const method of ['lossAndGradient', 'loss', 'evaluate'] as const) {
      expect(() => netOf('regression', 1)[method](x, Int32Array.of(0, 1, 1, 0) as never)).toThrow(
        /targets is an Int32Array, which is what class indices are; expected values of shape \[4, 1\] \(the shape of the outputs\)$/,
      );
    }
  });
});

/** Which of the two a wrong width of rows is, is for the labels' own rules to say. */
const ShapeErrorOrArgumentError = expect.objectContaining({ name: expect.stringMatching(/ShapeError|ArgumentError/) });

describe('requireMatch', () => {
  test('takes labels of two classes for one output, and fewer classes than outputs', () => {
    requireMatch('t', 'train', netOf('binary', 1), labelled);
    requireMatch('t', 'train', netOf('classification', 3), labelled);
    requireMatch('t', 'train', netOf('regression', 1), regression);
  });

  test.each([
    [
      netOf('classification', 2),
      Dataset.from({ x: [[1, 2, 3]], labels: [0] }),
      'has rows of 3; expected 2 (inputSize of the network)',
    ],
    [
      netOf('classification', 2),
      Dataset.from({ x: [[1, 2]], labels: [2] }),
      'has 3 classes; expected at most 2 (outputSize of the network). No row has class 0: where labels count from 1, give labels.map((label) => label - 1)',
    ],
    [
      netOf('binary', 1),
      Dataset.from({ x: [[1, 2]], labels: [2] }),
      'has 3 classes; expected 2 (a network with one output answers yes or no). No row has class 0: where labels count from 1, give labels.map((label) => label - 1)',
    ],
    [
      netOf('classification', 2),
      Dataset.from({
        x: [
          [1, 2],
          [3, 4],
        ],
        labels: [0, 2],
      }),
      'has 3 classes; expected at most 2 (outputSize of the network)',
    ],
    [
      netOf('classification', 3),
      Dataset.from({ x: [[1, 2]], labels: [[0, 1]] }),
      'has 2 classes; expected 3 (outputSize of the network)',
    ],
    [netOf('regression', 3), regression, 'has 1 targets per row; expected 3 (outputSize of the network)'],
  ])('refuses other sizes', (net, dataset, text) => {
    expectRefusal(() => requireMatch('Trainer', 'train', net, dataset), ShapeError, `Trainer: train ${text}`);
  });

  describe('compares images by their shape', () => {
    /** A network of which only the input is known. */
    const ofShape = (inputShape: readonly number[]): Parameters<typeof requireMatch>[2] => ({
      kind: 'classification',
      inputSize: inputShape.reduce((size, n) => size * n, 1),
      inputShape,
      outputSize: 2,
      byteScale: undefined,
    });
    const images = (...shape: number[]): Dataset =>
      Dataset.from({
        x: { data: new Uint8Array(shape.reduce((size, n) => size * n, 1)), shape: [1, ...shape] },
        labels: [0],
      });

    test('and takes rows without one, or for a network without one, by their columns', () => {
      requireMatch('t', 'train', ofShape([4, 6, 1]), images(4, 6, 1));
      requireMatch('t', 'train', ofShape([4, 6, 1]), images(4, 6));
      requireMatch('t', 'train', ofShape([4, 6, 1]), images(24));
      requireMatch('t', 'train', ofShape([4, 6, 1]), images(2, 2, 3, 2));
      requireMatch('t', 'train', ofShape([24]), images(4, 6, 1));
      requireMatch('t', 'train', ofShape([6, 4]), images(4, 6));
    });

    test.each([
      [
        [4, 6, 1],
        [6, 4],
        'has images of [6, 4, 1]; expected [4, 6, 1] (inputShape of the network). If its rows are such images, give Dataset.from the option inputShape: [4, 6, 1]',
      ],
      [
        [4, 6, 1],
        [1, 4, 6],
        'has images of [1, 4, 6]; expected [4, 6, 1] (inputShape of the network). If its rows are such images, give Dataset.from the option inputShape: [4, 6, 1]',
      ],
      [
        [4, 6, 3],
        [3, 4, 6],
        'has images of [3, 4, 6]; expected [4, 6, 3] (inputShape of the network). Channels come last: give x as (N, height, width, channels)',
      ],
      [[4, 6, 1], [4, 5], 'has rows of 20 (shape [4, 5]); expected 24 ([4, 6, 1], inputShape of the network)'],
      [[4, 6, 1], [20], 'has rows of 20; expected 24 ([4, 6, 1], inputShape of the network)'],
      [[24], [4, 5], 'has rows of 20 (shape [4, 5]); expected 24 (inputSize of the network)'],
    ])('a network of %j refuses images of %j', (inputShape, shape, text) => {
      const refused = (): void => requireMatch('Trainer', 'train', ofShape(inputShape), images(...shape));
      expectRefusal(refused, ShapeError, `Trainer: train ${text}`);
    });

    test('as a network of a description knows it', () => {
      const net = Sequential.from({ input: [4, 6, 1], layers: [{ type: 'affine', outputSize: 2 }] });
      expect([net.inputShape, net.inputSize]).toEqual([[4, 6, 1], 24]);
      expect(() => net.loss(images(6, 4))).toThrow(
        'Sequential.loss: dataset has images of [6, 4, 1]; expected [4, 6, 1] (inputShape of the network)',
      );
    });
  });

  test('FOUND A3: takes rows with a sum other than 1 where data set and loss both allow them', () => {
    const general = Dataset.from({ x: [[1, 2]], labels: [[0.5, 1]], unnormalized: true });
    const net = netOf('classification', 2);
    expectRefusal(
      () => requireMatch('Trainer', 'train', net, general),
      ArgumentError,
      'Trainer: train has unnormalized labels; expected rows that sum to 1. Build the network with the loss new SoftmaxWithLoss({ unnormalized: true })',
    );
    const allowing = new Sequential(net.layers, new SoftmaxWithLoss({ unnormalized: true }));
    requireMatch('Trainer', 'train', allowing, general);
    expect(allowing.accuracy(general)).toBe(allowing.accuracy([[1, 2]], [[0.5, 1]]));
  });
});

describe('FOUND A4: labels out of range', () => {
  const net = netOf('classification', 2);
  const methods = {
    loss: (labels: Targets) => net.loss(x, labels),
    accuracy: (labels: Targets) => net.accuracy(x, labels),
    evaluate: (labels: Targets) => net.evaluate(x, labels),
    lossAndGradient: (labels: Targets) => net.lossAndGradient(x, labels),
    gradient: (labels: Targets) => net.gradient(x, labels),
  };
  test.each(Object.entries(methods))('are refused by %s in every kind of array', (_, method) => {
    for (const labels of [
      [1, 0, 2, 1],
      [[1], [0], [2], [1]],
      Int32Array.of(1, 0, 2, 1),
      Uint8Array.of(1, 0, 2, 1),
      Float64Array.of(1, 0, 2, 1),
      Tensor.from([1, 0, 2, 1]),
      { data: Uint8Array.of(1, 0, 2, 1), shape: [4] },
    ]) {
      expect(() => method(labels)).toThrow(
        expect.objectContaining({
          name: 'ArgumentError',
          message: expect.stringMatching(/: labels\[2\](\[0\])? is 2; expected an integer in \[0, 2\)$/),
        }),
      );
    }
    expect(() => method(BigInt64Array.of(1n, 0n, 0n, 1n) as never)).toThrow(
      expect.objectContaining({ name: 'DtypeError' }),
    );
  });
});

describe('a data set where x belongs', () => {
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, dtype: 'float64', seed: 1 });
  const dataset = labelled as never;
  test.each([
    ['gradientCheck', () => gradientCheck(net, dataset, undefined as never)],
    ['gradientCheck', () => gradientCheck(net, dataset, { samples: 3 } as never)],
    ['TwoLayerNet.gradient', () => net.gradient(dataset, undefined as never)],
    ['TwoLayerNet.lossAndGradient', () => net.lossAndGradient(dataset, undefined as never)],
    ['TwoLayerNet.numericalGradient', () => net.numericalGradient(dataset, undefined as never)],
    ['TwoLayerNet.predict', () => net.predict(dataset)],
    ['TwoLayerNet.logits', () => net.logits(dataset)],
    ['TwoLayerNet.classify', () => net.classify(dataset)],
  ])('%s says how to take x and labels out of it', (operation, call) => {
    expectRefusal(
      call,
      ArgumentError,
      `${operation}: x is a Dataset; expected rows of numbers. Take them out of it: const { x, labels } = dataset.toTensors()`,
    );
  });
});

test('flat targets of a regression are the column of its one output, as in a data set', () => {
  const net = netOf('regression', 1);
  const nested = net.evaluate(x, [[1], [2], [3], [4]]);
  expect(net.evaluate(x, [1, 2, 3, 4])).toEqual(nested);
  expect(net.evaluate(Dataset.from({ x, targets: [1, 2, 3, 4] }))).toEqual(nested);
  expect(net.lossAndGradient(x, [1, 2, 3, 4])).toBe(net.loss(x, [[1], [2], [3], [4]]));
  expectRefusal(
    () => net.evaluate(x, [1, 2, 3]),
    ShapeError,
    'IdentityWithLoss.loss: targets has shape [3]; expected [4, 1] (the shape of the outputs)',
  );
  expectRefusal(
    () => netOf('regression', 2).evaluate(x, [1, 2, 3, 4]),
    ShapeError,
    'IdentityWithLoss.loss: targets has shape [4]; expected [4, 2] (the shape of the outputs)',
  );
});
