import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { SGD } from '../../src/optim/sgd.js';
import { Random } from '../../src/random.js';
import { type CrossValidateOptions, crossValidate } from '../../src/search/cross-validate.js';
import { EarlyStopping } from '../../src/trainer/early-stopping.js';
import type { Callback } from '../../src/trainer/fit-options.js';
import type { Trainer } from '../../src/trainer/trainer.js';

const random = new Random(3, 'data');
const x = Array.from({ length: 61 }, () => [random.normal(), random.normal()]);
const labels = x.map(([a], i) => (i < 7 ? 2 : Number(a! > 0)));
const dataset = Dataset.from({ x, labels });
const newNet = (seed: number): TwoLayerNet =>
  new TwoLayerNet({ inputSize: 2, hiddenSize: 5, outputSize: 3, weightInitStd: 'he', seed });

describe('folds', () => {
  test.each([true, false])('hold every row once, in sizes that differ by one at most (stratified: %s)', (stratify) => {
    const folds = dataset.folds(4, stratify, new Random(1, 'split'));
    expect(folds.map(({ size }) => size)).toEqual([16, 15, 15, 15]);
    expect(folds.flatMap(({ parts }) => [...parts.rows]).sort((a, b) => a - b)).toEqual([...x.keys()]);
    if (!stratify) return;
    const counts = folds.map((fold) => [...fold.classCounts()]);
    for (let k = 0; k < 3; k++) {
      const own = counts.map((count) => count[k]!);
      expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(1);
    }
  });
});

describe('crossValidate', () => {
  const options = { epochs: 3, folds: 4, seed: 2, optimizer: () => new SGD({ learningRate: 0.5 }) };

  test('trains on the other folds and measures the one held out; equal seeds give equal figures', async () => {
    const seeds: number[] = [];
    const result = await crossValidate(
      (seed) => {
        seeds.push(seed);
        return newNet(seed);
      },
      dataset,
      { ...options, metrics: ['f1Score', 'confusionMatrix'] },
    );
    expect(seeds).toEqual([2, 3, 4, 5]);
    const accuracies = result.folds.map(({ accuracy }) => accuracy!);
    const mean = accuracies.reduce((sum, value) => sum + value, 0) / 4;
    expect(result.mean['accuracy']).toBeCloseTo(mean, 15);
    const squares = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    expect(result.deviation['accuracy']).toBeCloseTo(Math.sqrt(squares / 3), 15);
    expect(Object.keys(result.mean)).toEqual(['loss', 'accuracy', 'f1Score']);
    const tested = result.folds.flatMap(({ confusionMatrix }) => confusionMatrix!.flat());
    expect(tested.reduce((sum, count) => sum + count, 0)).toBe(61);
    expect((await crossValidate(newNet, dataset, options)).mean['loss']).toBe(result.mean['loss']);
  });

  test('no fold is trained on the rows that it is measured on', async () => {
    const trained: number[][] = [];
    const callbacks = (): Callback[] => [
      { onAttach: (training) => trained.push([...((training as Trainer)['options'].train as Dataset).parts.rows]) },
    ];
    await crossValidate(newNet, dataset, { ...options, callbacks });
    const folds = dataset.folds(4, true, new Random(2, 'split'));
    for (const [fold, rows] of trained.entries()) {
      const all = [...rows, ...folds[fold]!.parts.rows];
      expect(all.sort((a, b) => a - b)).toEqual([...x.keys()]);
    }
    expect(trained).toHaveLength(4);
  });

  test('makes callbacks for each fold, steered by rows of the training folds', async () => {
    const made: EarlyStopping[] = [];
    const callbacks = (): EarlyStopping[] => {
      made.push(new EarlyStopping({ patience: 1 }));
      return [made.at(-1)!];
    };
    await crossValidate(newNet, dataset, { ...options, optimizer: 'adam', validation: 0.2, callbacks });
    expect(made).toHaveLength(4);
    expect(made.every(({ bestAt }) => bestAt > 0)).toBe(true);
  });

  test('refuses a makeNetwork that returns no network, or the same one for two folds', async () => {
    const only = newNet(1);
    for (const [make, message] of [
      [
        async () => newNet(1),
        'makeNetwork returned a Promise; expected a network, e.g. new TwoLayerNet({ … }). Await it first: load and what calls it return a promise',
      ],
      [() => {}, 'makeNetwork returned undefined; expected a network, e.g. new TwoLayerNet({ … })'],
      [
        () => only,
        'makeNetwork returned the network of fold 1 again for fold 2; expected a new network for each fold: this one has been trained on the rows that are held out now',
      ],
    ] as const) {
      await expect(crossValidate(make as never, dataset, options)).rejects.toThrow(
        expect.objectContaining({ name: 'ArgumentError', message: `crossValidate: ${message}` }),
      );
    }
  });

  test('evaluates no epoch where no callback looks at it', async () => {
    let chunks = 0;
    const counting = (seed: number): TwoLayerNet => {
      const net = newNet(seed);
      const evaluator = net.evaluator.bind(net);
      net.evaluator = (rows) => {
        const own = evaluator(rows);
        const next = own.next.bind(own);
        own.next = () => {
          chunks++;
          return next();
        };
        return own;
      };
      return net;
    };
    await crossValidate(counting, dataset, { ...options, epochs: 5 });
    expect(chunks).toBe(4); // the last check of each fold
    await crossValidate(counting, dataset, { ...options, epochs: 5, callbacks: () => [{ onEpochEnd: () => {} }] });
    expect(chunks).toBe(4 + 4 * 5);
  });

  test.each<[object, string]>([
    [{ folds: 1 }, 'folds is 1; expected an integer in [2, 61]'],
    [{ folds: 62 }, 'folds is 62; expected an integer in [2, 61]'],
    [{ stratify: 1 }, 'stratify is 1; expected true or false'],
    [
      { optimizer: new SGD() },
      'optimizer is a SGD; expected a name, or a function that makes an optimizer for each fold',
    ],
    [
      { validation: 0.2 },
      'validation is given without callbacks; expected callbacks that steer by it, or no validation: each fold is measured on the rows that it holds out',
    ],
    [{ callbacks: [] }, 'callbacks is []; expected a function that makes those of a fold'],
  ])('refuses %o', async (wrong, message) => {
    const call = crossValidate(newNet, dataset, { ...options, ...wrong } as CrossValidateOptions);
    await expect(call).rejects.toThrow(
      expect.objectContaining({ name: 'ArgumentError', message: `crossValidate: ${message}` }),
    );
  });
});
