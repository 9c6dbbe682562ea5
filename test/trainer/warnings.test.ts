import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { Affine } from '../../src/layers/affine.js';
import { IdentityWithLoss } from '../../src/layers/identity-with-loss.js';
import { Relu } from '../../src/layers/relu.js';
import { Standardization } from '../../src/layers/standardization.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import type { Network } from '../../src/models/network.js';
import { Sequential } from '../../src/models/sequential.js';
import { SGD } from '../../src/optim/sgd.js';
import { Random } from '../../src/random.js';
import type { EpochRecord } from '../../src/trainer/epoch-record.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { TrainerOptions } from '../../src/trainer/trainer-options.js';
import { findingsOf, warningOf } from '../../src/trainer/warnings.js';

/** 150 rows in three classes, as a table of wine might be: each column tells the classes, in units of its own. */
function wine(scales: readonly number[]): Dataset {
  const random = new Random(1);
  const labels = Array.from({ length: 150 }, (_, i) => (i % 10 < 4 ? 0 : i % 10 < 7 ? 1 : 2));
  const x = labels.map((label) =>
    scales.map((scale, j) => scale * (j === label ? 2 : 1) * (1 + 0.1 * random.normal())),
  );
  return Dataset.from({ x, labels });
}

const newNet = (): MultiLayerNet => new MultiLayerNet({ inputSize: 4, hiddenSizes: [10], outputSize: 3, seed: 1 });

function warningsAfter(net: Network, train: Dataset, options: Partial<TrainerOptions> = {}): readonly string[] {
  return new Trainer(net, { train, epochs: 20, batchSize: 30, seed: 1, ...options } as TrainerOptions).fitSync()
    .warnings;
}

describe('FOUND A7: history.warnings', () => {
  const WILD =
    /^The columns of x differ in scale: column 3 has standard deviation \d+, column 0 has standard deviation 0\.\d+\. Standardize them: subtract the mean, divide by the standard deviation$/;

  test('columns that are not standardized: one class for every row, a dead layer, wild scales, and nothing printed', () => {
    const printed = ['log', 'warn', 'error', 'info'].map((name) => vi.spyOn(console, name as 'log'));
    const net = newNet();
    const warnings = warningsAfter(net, wine([1, 10, 100, 3000]));
    expect(new Set(net.classify(wine([1, 10, 100, 3000]).toTensors().x)).size).toBe(1);
    expect(warnings).toEqual([
      'The network gives every training row class 0, which is right for 40.0 % of them. Standardize the columns of x, try another learning rate, or train longer',
      'Layer 1 (Affine) is dead: its output is the same for every row. Use a smaller learning rate, standardized columns, or other initial weights',
      expect.stringMatching(WILD),
    ]);
    for (const spy of printed) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  test('nothing, once they are standardized', () => {
    const net = newNet();
    const train = wine([1, 1, 1, 1]);
    expect(warningsAfter(net, train, { epochs: 100 })).toEqual([]);
    expect(net.accuracy(train)).toBeGreaterThan(0.9);
  });

  test('nothing about the columns of a network that standardizes them itself', () => {
    const train = wine([1, 10, 100, 3000]);
    const { x } = train.toTensors();
    const mean = x.mean(0).toArray() as number[];
    const deviation = x.sub(x.mean(0)).pow(2).mean(0).sqrt().toArray() as number[];
    const net = new Sequential([
      new Standardization({ mean, deviation }),
      new Affine({ inputSize: 4, outputSize: 10, activation: 'relu', seed: 1 }),
      new Affine({ inputSize: 10, outputSize: 3, seed: 2 }),
    ]);
    expect(warningsAfter(net, train)).toEqual([]);
    expect(net.accuracy(train)).toBeGreaterThan(0.9);
  });

  test('a dead layer of a regression', () => {
    const net = new Sequential(
      [
        new Affine({ inputSize: 1, outputSize: 3, seed: 1 }),
        new Relu(),
        new Affine({ inputSize: 3, outputSize: 1, seed: 2 }),
      ],
      new IdentityWithLoss(),
    );
    net.params['b1']!.data.fill(-1000);
    const x = Array.from({ length: 20 }, (_, i) => [i / 20]);
    const train = Dataset.from({ x, targets: x });
    expect(warningsAfter(net, train)).toEqual([
      'Layer 2 (Relu) is dead: its output is the same for every row. Use a smaller learning rate, standardized columns, or other initial weights',
    ]);
  });

  test('nothing about pixels, as bytes or as floats with faint and empty ones', () => {
    const random = new Random(1);
    const bytes = new Uint8Array(300 * 4).map((_, i) => [random.integer(256), 0, random.integer(256), 1][i % 4]!);
    bytes[1] = 3; // one faint pixel in 300 rows
    const labels = Array.from({ length: 300 }, (_, i) => i % 3);
    const x = { data: bytes, shape: [300, 4] };
    const net = newNet();
    const ofColumns = (warnings: readonly string[]): readonly string[] =>
      warnings.filter((text) => text.includes('columns of x differ'));
    expect(ofColumns(warningsAfter(net, Dataset.from({ x, labels, scale: 1 / 255 })))).toEqual([]);
    const floats = { data: Float32Array.from(bytes, (byte) => byte / 255), shape: [300, 4] };
    expect(ofColumns(warningsAfter(newNet(), Dataset.from({ x: floats, labels })))).toEqual([]);
  });

  test('labels that count from 1', () => {
    const { x, labels } = wine([1, 1, 1, 1]).toTensors();
    const from1 = (labels as Int32Array).map((label) => label + 1);
    const net = (outputSize: number): MultiLayerNet =>
      new MultiLayerNet({ inputSize: 4, hiddenSizes: [10], outputSize, seed: 1 });
    const warning =
      'No training row is of class 0, but of classes 1 to 3. If the labels count from 1, subtract 1: classes count from 0, and the network has 4';
    expect(warningsAfter(net(4), Dataset.from({ x, labels: from1 }))).toContain(warning);
    // A class that is missing elsewhere, or besides another, is no sign of it.
    const others = [from1.map((label) => (label === 2 ? 0 : label)), from1.map((label) => (label === 1 ? 2 : label))];
    for (const other of others) {
      const warnings = warningsAfter(net(4), Dataset.from({ x, labels: other, classes: 4 }));
      expect(warnings.filter((text) => text.startsWith('No training row'))).toEqual([]);
    }
  });

  test('nothing about scales where x names rows of an Embedding, or batch normalisation comes first', () => {
    const x = Array.from({ length: 60 }, (_, i) => [i % 2, (i * 37) % 1000]);
    const labels = x.map((_, i) => (i % 20 === 0 ? 1 : 0));
    const ids = { data: Int32Array.from(x.flat()), shape: [60, 2] };
    const still = { optimizer: new SGD({ learningRate: 1e-12 }), epochs: 1 };
    const rest = [{ type: 'affine', outputSize: 2 }] as const;
    for (const [input, first] of [
      [ids, { type: 'embedding', vocabularySize: 1000, outputSize: 3 }],
      [x, { type: 'batchNormalization' }],
    ] as const) {
      const net = Sequential.from({ input: 2, layers: [first, ...rest] }, { seed: 1 });
      for (const name of ['W1', 'W2']) net.params[name]?.data.fill(0);
      net.params['b1']?.data.set([1, 0]);
      net.params['b2']?.data.set([1, 0]);
      const warnings = warningsAfter(net, Dataset.from({ x: input as never, labels }), still);
      expect(warnings[0]).toBe(
        "The network gives every training row class 0, which is right for 95.0 % of them. Give the Trainer classWeights: 'balanced' (the classes have very different numbers of rows), try another learning rate, or train longer",
      );
      for (const warning of warnings) expect(warning).not.toMatch(/standardize/i);
    }
  });

  test('imbalanced rows over the classes, as of indices', () => {
    const random = new Random(1);
    const x = Array.from({ length: 200 }, () => [random.normal(), random.normal(), random.normal(), random.normal()]);
    const labels = x.map((_, i) => (i % 20 === 0 ? [0, 1, 0] : [1, 0, 0]));
    expect(warningsAfter(newNet(), Dataset.from({ x, labels }), { epochs: 3 })).toEqual([
      "The network gives every training row class 0, which is right for 95.0 % of them. Standardize the columns of x, give the Trainer classWeights: 'balanced' (the classes have very different numbers of rows), try another learning rate, or train longer",
    ]);
  });

  test('all rows of one class, and nothing without evaluation', () => {
    const one = Dataset.from({ x: wine([1, 1, 1, 1]).toTensors().x, labels: new Int32Array(150), classes: 3 });
    expect(warningsAfter(newNet(), one)).toEqual([
      'All training rows are of class 0, so there is nothing to tell apart. Check the labels, and how the rows were chosen',
    ]);
    expect(warningsAfter(newNet(), wine([1, 10, 100, 3000]), { evaluate: false })).toEqual([]);
  });

  test('one class for every row of imbalanced data: classWeights too, unless they are given', () => {
    const random = new Random(1);
    const x = Array.from({ length: 200 }, () => [random.normal(), random.normal(), random.normal(), random.normal()]);
    const train = Dataset.from({ x, labels: x.map((_, i) => +(i % 20 === 0)), classes: 3 });
    const always = 'The network gives every training row class 0, which is right for 95.0 % of them. ';
    expect(warningsAfter(newNet(), train, { epochs: 3 })).toEqual([
      `${always}Standardize the columns of x, give the Trainer classWeights: 'balanced' (the classes have very different numbers of rows), try another learning rate, or train longer`,
    ]);
    const rest = 'Standardize the columns of x, try another learning rate, or train longer';
    const optimizer = new SGD({ learningRate: 1e-9 });
    const weighted = newNet();
    weighted.params['W2']!.data.fill(0);
    weighted.params['b2']!.data.set([1, 0, 0]);
    expect(warningsAfter(weighted, train, { epochs: 1, classWeights: 'balanced', optimizer })).toEqual([
      `${always}${rest}`,
    ]);
  });

  describe('of a regression', () => {
    const x = Array.from({ length: 100 }, (_, i) => [i / 50 - 1]);
    const line = (slope: number, offset = 0): Dataset =>
      Dataset.from({ x, targets: x.map(([value]) => slope * value! + offset) });
    const linear = (train: Dataset, epochs: number, learningRate: number): readonly string[] => {
      const net = new MultiLayerNet({ inputSize: 1, hiddenSizes: [], outputSize: 1, task: 'regression', seed: 1 });
      net.params['W1']!.data.fill(0);
      net.params['b1']!.data.fill(0);
      return warningsAfter(net, train, { epochs, optimizer: new SGD({ learningRate }) });
    };
    const standardize =
      'Standardize them: subtract the mean, divide by the standard deviation, and undo it for the predictions';

    test('worse than the mean, with targets of a large or small scale or of none in particular', () => {
      expect(linear(line(500, 1000), 1, 1e-6)).toEqual([
        `The r2Score of 100 training rows is -11.9: worse than always answering the mean. The targets have mean 995 and standard deviation 289. ${standardize}`,
      ]);
      expect(linear(line(1, 1), 1, 1e-6)).toEqual([
        'The r2Score of 100 training rows is -2.94: worse than always answering the mean. Standardize the columns of x, try another learning rate, or train longer',
      ]);
      expect(linear(line(0.001), 1, 1e-6)).toEqual([
        expect.stringMatching(/The targets have mean -0\.00001 and standard deviation 0\.000577\. Standardize them/),
      ]);
    });

    test('poor with targets of a large scale; nothing once it fits, whatever their scale', () => {
      expect(linear(line(500), 5, 0.05)).toEqual([
        expect.stringMatching(
          /^The r2Score of 100 training rows is 0\.[0-4]\d*\. The targets have mean -5 and standard deviation 289\. Standardize them/,
        ),
      ]);
      expect(linear(line(500), 100, 0.3)).toEqual([]);
      expect(linear(line(1, 1), 100, 0.3)).toEqual([]);
    });

    test('nothing for targets that do not vary, or a single row', () => {
      expect(linear(line(0, 3), 1, 1e-6)).toEqual([]);
      expect(linear(line(500).take(1), 1, 1e-6)).toEqual([]);
    });
  });

  test('those of an aborted fit, until a later one ends better', async () => {
    const train = wine([1, 1, 1, 1]);
    const trainer = new Trainer(newNet(), {
      train,
      epochs: 100,
      batchSize: 30,
      seed: 1,
      optimizer: new SGD({ learningRate: 0.3 }),
    });
    trainer.net.params['b1']!.data.fill(-1000);
    const controller = new AbortController();
    const onEpochEnd = ({ epoch }: { epoch: number }): void => {
      if (epoch === 3) controller.abort('enough');
    };
    await trainer.fit({ signal: controller.signal, onEpochEnd }).catch(() => {});
    expect(trainer.history.warnings).toHaveLength(2);
    trainer.net.params['b1']!.data.fill(0);
    await trainer.fit();
    expect(trainer.history.warnings).toEqual([]);
  });
});

describe('FOUND C3: what console.log and JSON show', () => {
  const trainer = new Trainer(newNet(), { train: wine([1, 1, 1, 1]), test: wine([1, 1, 1, 1]), epochs: 2, seed: 1 });

  test('of a trainer: one line with its progress', () => {
    expect(inspect(trainer)).toBe('Trainer of a MultiLayerNet on 150 rows and 150 test rows: step 0 of 4, epoch 0');
    trainer.fitSync();
    expect(String(trainer)).toBe('Trainer of a MultiLayerNet on 150 rows and 150 test rows: complete');
    expect(Object.keys(JSON.parse(JSON.stringify(trainer)))).toEqual([
      'seed',
      'step',
      'totalSteps',
      'epoch',
      'stepsPerEpoch',
      'isComplete',
      'history',
    ]);
  });

  test('of a history: the last record, and the public fields (FOUND C2)', () => {
    const { history } = trainer;
    expect(inspect(history)).toMatch(
      /^History of 4 steps and 2 records, the last: \{"epoch":2,"step":4,"trainLoss":[^\n]*\}$/,
    );
    const { losses, epochs, warnings } = history;
    expect(JSON.parse(JSON.stringify({ history }))).toEqual({ history: { losses: [...losses], epochs, warnings } });
  });
});

describe('what is no reason to warn', () => {
  /** x (rows, 1) with scores x·W + b of two classes. */
  function linear(w: readonly [number, number], b: readonly [number, number]): MultiLayerNet {
    const net = new MultiLayerNet({ inputSize: 1, hiddenSizes: [], outputSize: 2, seed: 1 });
    net.params['W1']!.data.set(w);
    net.params['b1']!.data.set(b);
    return net;
  }
  const rows = (...x: number[]) =>
    Dataset.from({ x: x.map((value) => [value]), labels: x.map((_, i) => +(i % 4 > 1)) });
  const record = (trainAccuracy?: number): EpochRecord => ({
    ...{ epoch: 1, step: 1, trainLoss: 1, learningRate: 0.1, seconds: 1 },
    ...(trainAccuracy === undefined ? {} : { trainAccuracy }),
  });
  const warningsOf = (...args: Parameters<typeof findingsOf>) => findingsOf(...args).map(warningOf);
  const oneClass = (warnings: readonly string[]) =>
    warnings.filter((text) => text.includes('gives every training row'));

  test('one class for all rows is reported only where the last evaluation found as many right', () => {
    const [constant, train] = [linear([0, 0], [1, 0]), rows(-1, 1, -1, 1)];
    expect(oneClass(warningsOf(constant, train, record(0.5)))).toHaveLength(1);
    expect(oneClass(warningsOf(constant, train, record(0.75)))).toEqual([]);
    // Where no evaluation tells, the rows are looked at; of a sample, that says nothing about the others.
    expect(oneClass(warningsOf(constant, train, record()))).toHaveLength(1);
    expect(oneClass(warningsOf(constant, train, record(), { areSampled: true }))).toEqual([]);
  });

  test('a network that distinguishes the rows, even if it is right for only half of them', () => {
    expect(oneClass(warningsOf(linear([1, -1], [0, 0]), rows(-1, 1, -1, 1), record(0.5)))).toEqual([]);
  });

  test('rows of one class only', () => {
    const train = Dataset.from({ x: [[1], [2]], labels: [0, 0], classes: 2 });
    expect(oneClass(warningsOf(linear([0, 0], [1, 0]), train, record(1)))).toEqual([]);
  });

  test('a single row, or rows that are all the same: no layer is dead because its output is', () => {
    const hidden = newNet();
    const dead = (x: number[][]) =>
      warningsOf(hidden, Dataset.from({ x, labels: x.map((_, i) => i % 3), classes: 3 }), record(0.1)).filter((text) =>
        text.includes('is dead'),
      );
    expect(dead([[1, 2, 3, 4]])).toEqual([]);
    expect(dead([1, 2, 3].map(() => [1, 2, 3, 4]))).toEqual([]);
  });
});
