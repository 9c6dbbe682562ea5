import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, DataError } from '../../src/errors.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { SGD } from '../../src/optim/sgd.js';
import { Random } from '../../src/random.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { withClassWeights } from '../../src/trainer/class-weights.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { TrainerOptions } from '../../src/trainer/trainer-options.js';
import { expectRefusal } from '../support/refusal.js';

const random = new Random(1, 'data');
const x = Array.from({ length: 103 }, () => [random.normal(), random.normal()]);
/** 80 rows of class 0, 20 of class 1, 3 of class 2. */
const labels = x.map((_, i) => (i < 80 ? 0 : i < 100 ? 1 : 2));
const train = Dataset.from({ x, labels });
const newTrainer = (options: object): Trainer =>
  new Trainer(new TwoLayerNet({ inputSize: 2, hiddenSize: 4, outputSize: 3, weightInitStd: 'he', seed: 1 }), {
    ...{ train, epochs: 2, batchSize: 25, seed: 5 },
    ...options,
  } as TrainerOptions);

describe('validation', () => {
  test('H1: 20 % of the training rows are held out, shuffled, with the classes in their proportions', () => {
    const { validation, train } = newTrainer({ validation: 0.2 })['options'];
    const rest = train as Dataset;
    expect([rest.size, validation!.size]).toEqual([82, 21]);
    expect([...validation!.classCounts()]).toEqual([16, 4, 1]);
    const held = [...validation!.parts.rows];
    expect(held).not.toEqual([...held].sort((a, b) => a - b));
    expect([...held, ...rest.parts.rows].sort((a, b) => a - b)).toEqual([...x.keys()]);
    expect([...newTrainer({ validation: 0.2 })['options'].validation!.parts.rows]).toEqual(held);
    expect([...newTrainer({ validation: 0.2, seed: 6 })['options'].validation!.parts.rows]).not.toEqual(held);
  });

  test('is measured at each record, beside the rate', () => {
    const trainer = newTrainer({ validation: 0.2, test: train.take(10), optimizer: new SGD({ learningRate: 0.05 }) });
    const last = trainer.fitSync().epochs.at(-1)!;
    const { loss, accuracy } = trainer.net.evaluate(trainer['options'].validation!);
    expect(last).toMatchObject({ validationLoss: loss, validationAccuracy: accuracy, learningRate: 0.05 });
    expect(last.testLoss).toBe(trainer.net.loss(train.take(10)));
  });

  test('may be a data set', () => {
    const trainer = newTrainer({ validation: train.take(7) });
    expect(trainer.fitSync().epochs[1]!.validationLoss).toBe(trainer.net.loss(train.take(7)));
  });

  test('the rate of a record is that of its last update, also by a schedule', () => {
    const optimizer = new SGD({ learningRate: (step) => 1 / (10 + step) });
    const rates = newTrainer({ optimizer })
      .fitSync()
      .epochs.map(({ learningRate }) => learningRate);
    expect(rates).toEqual([1 / 14, 1 / 19]);
  });

  test('of one row is refused, and classes of one row each are split without their proportions', () => {
    expectRefusal(
      () => newTrainer({ train: train.take(1), validation: 0.5 }),
      DataError,
      'Trainer: train has 1 row; expected at least 2, one to validate on',
    );
    const single = Dataset.from({ x: x.slice(0, 3), labels: [0, 1, 2] });
    expect(newTrainer({ train: single, validation: 0.3 })['options'].validation!.size).toBe(1);
  });
});

describe('dropLast', () => {
  test('leaves the short batch of each epoch out', () => {
    expect([newTrainer({}).stepsPerEpoch, newTrainer({ dropLast: true }).stepsPerEpoch]).toEqual([5, 4]);
    const sizes: number[] = [];
    const trainer = newTrainer({ dropLast: true });
    const { net } = trainer;
    const learn = net.lossAndGradient.bind(net);
    net.lossAndGradient = (batch, ...rest) => {
      sizes.push((batch as Tensor).shape[0]!);
      return learn(batch, ...rest);
    };
    trainer.fitSync();
    expect(sizes).toEqual([25, 25, 25, 25, 25, 25, 25, 25]);
  });

  test('changes nothing where all rows fit, or are one batch', () => {
    expect(newTrainer({ train: train.take(100), dropLast: true }).stepsPerEpoch).toBe(4);
    expect(newTrainer({ batchSize: 1000, dropLast: true }).stepsPerEpoch).toBe(1);
    expect(newTrainer({ sampling: 'replacement', dropLast: true }).stepsPerEpoch).toBe(5);
  });
});

describe('clipping', () => {
  test.each([
    [{ clipGlobalNorm: 0.01 }, (g: number[]) => Math.sqrt(g.reduce((sum, v) => sum + v * v, 0))],
    [{ clipValue: 0.01 }, (g: number[]) => Math.max(...g.map(Math.abs))],
  ])('bounds the gradients of a step: %o', (options, size) => {
    const trainer = newTrainer(options);
    trainer.fitSync({
      onStep: () => {
        const all = Object.values(trainer.net.grads).flatMap(({ data }) => [...data]);
        expect(size(all)).toBeLessThanOrEqual(0.01 * (1 + 1e-6));
        expect(size(all)).toBeGreaterThan(0.0099);
      },
    });
  });
});

describe('classWeights', () => {
  const weightsOf = (dataset: Dataset): number[] => [...dataset.toTensors({ dtype: 'float64' }).weights!.data];

  test("'balanced' lets each class count alike, with a mean of 1, times the rows' own weights", () => {
    const weights = weightsOf(withClassWeights('Trainer', train, 'balanced'));
    const sums = [0, 1, 2].map((k) => weights.reduce((sum, w, i) => (labels[i] === k ? sum + w : sum), 0));
    for (const sum of sums) expect(sum).toBeCloseTo(103 / 3, 12);
    const own = Dataset.from({ x, labels, weights: x.map((_, i) => i + 1) });
    expect(weightsOf(withClassWeights('Trainer', own, [1, 2, 0.5]))).toEqual(
      labels.map((label, i) => (i + 1) * [1, 2, 0.5][label]!),
    );
  });

  test('a class that does not occur takes no part', () => {
    const four = Dataset.from({ x, labels, classes: 4 });
    const weights = weightsOf(withClassWeights('Trainer', four, 'balanced'));
    expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(103, 10);
  });

  test('are those of a data set with weights', () => {
    const weights = labels.map((label) => [0.5, 2, 4][label]!);
    const run = (options: object): readonly number[] => [...newTrainer(options).fitSync().losses];
    expect(run({ classWeights: [0.5, 2, 4] })).toEqual(run({ train: Dataset.from({ x, labels, weights }) }));
  });

  test('are for one class a row', () => {
    expectRefusal(
      () => withClassWeights('Trainer', Dataset.from({ x, targets: x }), 'balanced'),
      ArgumentError,
      'Trainer: classWeights is given for a regression data set; expected it for labels, one class a row',
    );
  });
});
