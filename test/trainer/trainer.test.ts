import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { SGD } from '../../src/optim/sgd.js';
import { Tensor } from '../../src/tensor/tensor.js';
import type { FitOptions, StepEvent } from '../../src/trainer/fit-options.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { TrainerOptions } from '../../src/trainer/trainer-options.js';

/** 50 rows of 4 numbers; the class is which of the first three is largest. */
function rows(size: number, seed: number): Dataset {
  const x = Tensor.randomUniform([size, 4], { seed });
  return Dataset.from({ x, labels: x.slice([0, size], [0, 3]).argMax(1), classes: 3 });
}

const train = rows(50, 1);
const testSet = rows(20, 2);

const newNet = (): TwoLayerNet =>
  new TwoLayerNet({ inputSize: 4, hiddenSize: 8, outputSize: 3, weightInitStd: 'he', seed: 3 });
const newTrainer = (options: Partial<TrainerOptions> = {}, net = newNet()): Trainer =>
  new Trainer(net, { train, epochs: 6, batchSize: 8, seed: 4, ...options } as TrainerOptions);
const weights = (trainer: Trainer): number[] => Object.values(trainer.net.params).flatMap(({ data }) => [...data]);

describe('Trainer', () => {
  test('makes ⌈N / batchSize⌉ updates an epoch and records each of them (T9, E25)', async () => {
    const trainer = newTrainer({ test: testSet });
    expect([trainer.stepsPerEpoch, trainer.totalSteps, trainer.step, trainer.epoch]).toEqual([7, 42, 0, 0]);
    const { losses, epochs } = await trainer.fit();
    expect(losses).toHaveLength(42);
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual(
      [1, 2, 3, 4, 5, 6].map((epoch) => [epoch, 7 * epoch]),
    );
    const last = epochs.at(-1)!;
    expect(last.trainAccuracy).toBe(trainer.net.accuracy(train));
    expect(last.testAccuracy).toBe(trainer.net.accuracy(testSet));
    expect(last.testLoss).toBeCloseTo(trainer.net.loss(testSet), 12);
    expect(last.trainLoss).toBeCloseTo(losses.slice(-7).reduce((sum, loss) => sum + loss) / 7, 12);
    expect(last.seconds).toBeGreaterThan(0);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
  });

  test('one step is: forward, loss, backward, W ← W − η · dW (T9, S7)', () => {
    const trainer = newTrainer({ steps: 1, epochs: undefined as never, batchSize: 50, sampling: 'shuffle' });
    const net = newNet();
    const { x, labels } = { x: Tensor.from(train.toTensors().x), labels: train.toTensors().labels as Int32Array };
    const gradient = net.gradient(x, labels);
    trainer.fitSync();
    for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
      net.params[name].addScaled(gradient[name], -0.1);
      // The batch holds the same rows in another order: sums of 50 differ by rounding alone.
      trainer.net.params[name]!.data.forEach((value, i) => {
        expect(value).toBeCloseTo(net.params[name].data[i]!, 6);
      });
    }
  });

  test('fit and fitSync of one seed give the same bits', async () => {
    const [a, b] = [newTrainer(), newTrainer()];
    await a.fit();
    b.fitSync();
    expect(a.history.losses).toEqual(b.history.losses);
    expect(weights(a)).toEqual(weights(b));
    expect(a.seed).toBe(4);
  });

  test('the weights of the rows count in the loss, the update and the evaluation', () => {
    const { x, labels } = train.toTensors();
    const dataset = (weight: number): Dataset =>
      Dataset.from({ x, labels: labels as Int32Array, classes: 3, weights: new Float32Array(50).fill(weight) });
    const doubled = newTrainer({ train: dataset(2), test: dataset(2) });
    const faster = newTrainer({ optimizer: new SGD({ learningRate: 0.2 }), test: dataset(1) });
    expect([...doubled.fitSync().losses]).toEqual([...faster.fitSync().losses].map((loss) => 2 * loss));
    expect(weights(doubled)).toEqual(weights(faster));
    expect(doubled.history.epochs.at(-1)!.testLoss).toBe(2 * faster.history.epochs.at(-1)!.testLoss!);
  });

  test('FOUND A6: the network remembers the scale of the bytes that it is trained on', () => {
    const { x, labels } = train.toTensors();
    const bytes = { data: Uint8Array.from(x.data, (value) => 255 * value), shape: [50, 4] };
    const [scaled, floats] = [newNet(), newNet()];
    new Trainer(scaled, { train: Dataset.from({ x: bytes, labels: labels as Int32Array, scale: 1 / 255 }), epochs: 1 });
    new Trainer(floats, { train, epochs: 1 });
    expect([scaled.byteScale, floats.byteScale]).toEqual([1 / 255, undefined]);
  });

  test('FOUND F: the loss of a regression is half the squared error, so √(2 · loss) is the root mean square error', () => {
    const net = new MultiLayerNet({ inputSize: 4, hiddenSizes: [], outputSize: 1, task: 'regression', seed: 1 });
    const { x } = train.toTensors();
    const test = Dataset.from({ x, targets: x.slice([0, 50], [0, 1]) });
    const { testLoss } = new Trainer(net, { train: test, test, epochs: 3, seed: 1 }).fitSync().epochs.at(-1)!;
    const squares = net
      .predict(x)
      .sub(x.slice([0, 50], [0, 1]))
      .pow(2)
      .mean();
    expect(Math.sqrt(2 * testLoss!)).toBeCloseTo(Math.sqrt(squares), 6);
  });

  test('a drawn seed is readable and repeats the run', () => {
    const drawn = new Trainer(newNet(), { train, steps: 20 });
    const again = new Trainer(newNet(), { train, steps: 20, seed: drawn.seed });
    expect(drawn.fitSync().losses).toEqual(again.fitSync().losses);
  });

  test('aborted anywhere, it keeps its history and continues with the bits of a run that never stopped', async () => {
    const whole = newTrainer({ test: testSet, evaluate: 'epochStart' });
    whole.fitSync();
    for (const stop of [1, 6, 7, 8, 30]) {
      const parts = newTrainer({ test: testSet, evaluate: 'epochStart' });
      const controller = new AbortController();
      const reason = new Error('enough');
      const aborted = parts.fit({
        signal: controller.signal,
        onStep: ({ step }) => {
          if (step === stop) controller.abort(reason);
        },
      });
      await expect(aborted).rejects.toBe(reason);
      expect(parts.step).toBe(stop);
      expect(parts.history.losses).toEqual(whole.history.losses.slice(0, stop));
      await parts.fit();
      expect(parts.history.losses).toEqual(whole.history.losses);
      const without = ({ seconds, ...record }: { seconds: number }): object => record;
      expect(parts.history.epochs.map(without)).toEqual(whole.history.epochs.map(without));
      expect(weights(parts)).toEqual(weights(whole));
    }
  });

  test('an aborted signal stops before the first step', async () => {
    const trainer = newTrainer();
    await expect(trainer.fit({ signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(trainer.step).toBe(0);
    expect(trainer.fitSync().losses).toHaveLength(42);
  });

  test('evaluate: epochStart measures after updates 1, 8, 15 …, as the book’s loop does (T10, T11)', () => {
    const trainer = newTrainer({
      steps: 30,
      epochs: undefined as never,
      evaluate: 'epochStart',
      sampling: 'replacement',
    });
    const { epochs } = trainer.fitSync();
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 1],
      [2, 8],
      [3, 15],
      [4, 22],
      [5, 29],
    ]);
  });

  test('a run that ends within an epoch is recorded at its end', () => {
    const { epochs } = newTrainer({ steps: 10, epochs: undefined as never }).fitSync();
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 7],
      [2, 10],
    ]);
  });

  test('evaluate: false measures nothing, and losses are recorded all the same', () => {
    const { losses, epochs } = newTrainer({ evaluate: false, test: testSet }).fitSync();
    expect(losses).toHaveLength(42);
    expect(Object.keys(epochs[0]!)).toEqual(['epoch', 'step', 'trainLoss', 'learningRate', 'seconds']);
  });

  test('batchSize is min(100, N) by default, and a larger one means all rows', () => {
    expect(new Trainer(newNet(), { train, epochs: 3 }).stepsPerEpoch).toBe(1);
    expect(newTrainer({ batchSize: 1000 }).stepsPerEpoch).toBe(1);
    expect(new Trainer(newNet(), { train: rows(250, 9), epochs: 3 }).stepsPerEpoch).toBe(3);
  });

  test('tells onStep the rate of each update, also of a schedule', () => {
    const rates: number[] = [];
    const optimizer = new SGD({ learningRate: (step) => 1 / (step + 1) });
    newTrainer({ optimizer }).fitSync({ onStep: ({ learningRate }) => rates.push(learningRate) });
    expect(rates.slice(0, 3)).toEqual([1, 1 / 2, 1 / 3]);
  });

  test('calls onStep after each update and onEpochEnd after each record, and awaits them', async () => {
    const events: (StepEvent | string)[] = [];
    const trainer = newTrainer({ epochs: 2 });
    await trainer.fit({
      onStep: async (event) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        events.push(event);
      },
      onEpochEnd: ({ epoch }) => {
        events.push(`epoch ${epoch}`);
      },
    });
    expect(events.map((event) => (typeof event === 'string' ? event : event.step))).toEqual([
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      'epoch 1',
      8,
      9,
      10,
      11,
      12,
      13,
      14,
      'epoch 2',
    ]);
    expect(events[0]).toEqual({ step: 1, epoch: 1, loss: trainer.history.losses[0], learningRate: 0.1 });
  });

  test('FOUND F: the optimizer by name is the one with its defaults', () => {
    expect(newTrainer({ optimizer: 'sgd' }).fitSync().losses).toEqual(
      newTrainer({ optimizer: new SGD({ learningRate: 0.1 }) }).fitSync().losses,
    );
  });

  test('FOUND L6: an abort ends the wait for a callback that never resolves, and the run continues from there', async () => {
    const whole = newTrainer();
    whole.fitSync();
    const trainer = newTrainer();
    const controller = new AbortController();
    const onStep = (): Promise<never> => {
      setImmediate(() => controller.abort('enough'));
      return new Promise(() => {});
    };
    const fitting = trainer.fit({ signal: controller.signal, onStep });
    await expect(fitting).rejects.toBe('enough');
    expect(trainer.step).toBe(1);
    trainer.fitSync();
    expect(trainer.history.losses).toEqual(whole.history.losses);
  });

  test('a callback that aborts and then rejects leaves no rejection unhandled', async () => {
    const rejections: unknown[] = [];
    const listen = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', listen);
    const controller = new AbortController();
    const onStep = async (): Promise<void> => {
      controller.abort('enough');
      await new Promise((resolve) => setTimeout(resolve, 1));
      throw new Error('too late');
    };
    await expect(newTrainer().fit({ signal: controller.signal, onStep })).rejects.toBe('enough');
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', listen);
    expect(rejections).toEqual([]);
  });

  test('a callback that throws ends the fit, and the next one continues', async () => {
    const whole = newTrainer();
    whole.fitSync();
    const trainer = newTrainer();
    const onStep = ({ step }: StepEvent): void => {
      if (step === 5) throw new Error('my own');
    };
    await expect(trainer.fit({ onStep })).rejects.toThrow('my own');
    trainer.fitSync();
    expect(trainer.history.losses).toEqual(whole.history.losses);
  });

  test('predict during a fit sees whole steps and changes no bit of the training', async () => {
    const quiet = newTrainer();
    quiet.fitSync();
    const asked = newTrainer();
    await asked.fit({
      onStep: () => {
        asked.net.predict(Tensor.ones([13, 4]));
        asked.net.accuracy(testSet);
      },
    });
    expect(asked.history.losses).toEqual(quiet.history.losses);
  });

  test('lets timers run while it trains', async () => {
    // It ends by the third tick: how many steps fit between two is the machine's affair.
    const trainer = newTrainer({ epochs: 100_000, evaluate: false });
    const controller = new AbortController();
    let ticks = 0;
    const timer = setInterval(() => {
      if (++ticks === 3) controller.abort('ticked');
    }, 5);
    await expect(trainer.fit({ signal: controller.signal })).rejects.toBe('ticked');
    clearInterval(timer);
  });
});

describe('Trainer refuses', () => {
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an Object', {}],
    ['a function', TwoLayerNet],
    ['"net.safetensors"', 'net.safetensors'],
  ])('a net that is %s', (shown, net) => {
    expect(() => new Trainer(net as never, { train, epochs: 1 })).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: `Trainer: net is ${shown}; expected a network, e.g. new TwoLayerNet({ … })`,
      }),
    );
  });

  test('a load that was not awaited', () => {
    expect(() => new Trainer(Promise.resolve(newNet()) as never, { train, epochs: 1 })).toThrow(
      'Trainer: net is a Promise; expected a network, e.g. new TwoLayerNet({ … }). Await it first: load and what calls it return a promise',
    );
  });

  test.each([
    [{ epochs: 1, steps: 1 }, 'Trainer: epochs and steps are both given; expected exactly one of them'],
    [{}, 'Trainer: neither epochs nor steps is given; expected exactly one of them'],
    [{ epochs: 1, batchSize: 0 }, 'Trainer: batchSize is 0; expected an integer of at least 1'],
    [{ epochs: 1, batchSize: 2.5 }, 'Trainer: batchSize is 2.5; expected an integer of at least 1'],
    [{ epochs: 0.5 }, 'Trainer: epochs is 0.5; expected an integer of at least 1'],
    [
      { epochs: 1, sampling: 'suffle' },
      'Trainer: sampling is "suffle"; expected "shuffle" or "replacement". Did you mean "shuffle"?',
    ],
    [{ epochs: 1, evaluate: true }, 'Trainer: evaluate is true; expected "epochEnd" or "epochStart"'],
    [
      { epochs: 1, train: [[1]] },
      'Trainer: train is [[1]]; expected a Dataset. Make one with Dataset.from({ x, labels })',
    ],
    [{ epochs: 1, batchsize: 2 }, 'Trainer: unknown option "batchsize"; did you mean "batchSize"?'],
    [
      { epochs: 1, validation: 20 },
      'Trainer: validation is 20; expected a Dataset, or a share of the training rows greater than 0 and less than 1',
    ],
    [{ epochs: 1, dropLast: 1 }, 'Trainer: dropLast is 1; expected true or false'],
    [{ epochs: 1, clipGlobalNorm: 0 }, 'Trainer: clipGlobalNorm is 0; expected a finite number greater than 0'],
    [{ epochs: 1, clipValue: -1 }, 'Trainer: clipValue is -1; expected a finite number greater than 0'],
    [
      { epochs: 1, classWeights: [1, 2] },
      'Trainer: classWeights has 2 entries; expected "balanced" or 3 numbers, one for each class',
    ],
    [
      { epochs: 1, classWeights: [1, 2, 3, 4] },
      'Trainer: classWeights[3] is for class 3, which does not exist; expected "balanced" or 3 numbers, one for each class',
    ],
    [{ epochs: 1, classWeights: [1, 2, -3] }, 'Trainer: classWeights[2] is -3; expected a finite number of at least 0'],
    [{ epochs: 1, classWeights: [0, 0, 0] }, 'Trainer: classWeights are all 0; expected a class that counts'],
    [
      { epochs: 1, classWeights: 'even' },
      'Trainer: classWeights is "even"; expected "balanced" or 3 numbers, one for each class',
    ],
    [
      { epochs: 1, learningRate: 0.1 },
      'Trainer: unknown option "learningRate"; it belongs to the optimizer: optimizer: new SGD({ learningRate })',
    ],
    [{ epochs: 1, loss: 'mse' }, 'Trainer: unknown option "loss"; it belongs to the network'],
    [
      { epochs: 1, metrics: ['f1Score'] },
      'Trainer: unknown option "metrics"; net.evaluate(dataset, { metrics }) measures them',
    ],
    [{ epochs: 1, onStep: () => {} }, 'Trainer: unknown option "onStep"; give it to fit: trainer.fit({ onStep })'],
    [
      { epochs: 1, optimizer: 'adamm' },
      'Trainer: optimizer is "adamm"; expected "sgd", "momentum", "nesterov", "adaGrad", "rmsProp", "adam", "adamW" or an optimizer, e.g. new SGD({ learningRate: 0.1 }). Did you mean "adam"?',
    ],
    [
      { epochs: 1, optimizer: 'SGD' },
      'Trainer: optimizer is "SGD"; expected "sgd", "momentum", "nesterov", "adaGrad", "rmsProp", "adam", "adamW" or an optimizer, e.g. new SGD({ learningRate: 0.1 }). Did you mean "sgd"?',
    ],
    [
      { epochs: 1, optimizer: SGD },
      'Trainer: optimizer is a function; expected "sgd", "momentum", "nesterov", "adaGrad", "rmsProp", "adam", "adamW" or an optimizer, e.g. new SGD({ learningRate: 0.1 })',
    ],
    [
      { epochs: 1, optimizer: { learningRate: 0.1 } },
      'Trainer: optimizer is an Object; expected "sgd", "momentum", "nesterov", "adaGrad", "rmsProp", "adam", "adamW" or an optimizer, e.g. new SGD({ learningRate: 0.1 })',
    ],
  ])('FOUND F: the options %o', (options, message) => {
    expect(() => new Trainer(newNet(), { train, ...options } as never)).toThrow(
      expect.objectContaining({ name: 'ArgumentError', message }),
    );
  });

  test('an optimizer whose update is not done when it returns', async () => {
    const optimizer = { learningRate: 0.1, update: () => Promise.reject(new Error('too late')) };
    const trainer = new Trainer(newNet(), { train, epochs: 1, optimizer: optimizer as never });
    await expect(trainer.fit()).rejects.toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: 'Trainer: optimizer.update returned a promise; expected a function that is not async',
      }),
    );
  });

  test('data that does not fit the network', () => {
    const narrow = new TwoLayerNet({ inputSize: 5, hiddenSize: 2, outputSize: 3 });
    expect(() => new Trainer(narrow, { train, epochs: 1 })).toThrow(
      expect.objectContaining({
        name: 'ShapeError',
        message: 'Trainer: train has rows of 4; expected 5 (inputSize of the network)',
      }),
    );
    const few = new TwoLayerNet({ inputSize: 4, hiddenSize: 2, outputSize: 2 });
    expect(() => new Trainer(few, { train, epochs: 1 })).toThrow(
      expect.objectContaining({
        name: 'ShapeError',
        message: 'Trainer: train has 3 classes; expected at most 2 (outputSize of the network)',
      }),
    );
    const regression = new MultiLayerNet({ inputSize: 4, hiddenSizes: [], outputSize: 2, task: 'regression' });
    const targets = Dataset.from({ x: [[1, 2, 3, 4]], targets: [[1, 2, 3]] });
    expect(() => new Trainer(regression, { train: targets, epochs: 1 })).toThrow(
      expect.objectContaining({
        name: 'ShapeError',
        message: 'Trainer: train has 3 targets per row; expected 2 (outputSize of the network)',
      }),
    );
  });

  test('FOUND A1, A2: data of another kind than the network’s, before the first step', () => {
    const targets = Dataset.from({ x: train.toTensors().x, targets: Tensor.ones([50, 3]) });
    const regression = new MultiLayerNet({ inputSize: 4, hiddenSizes: [], outputSize: 3, task: 'regression' });
    const yesOrNo = new MultiLayerNet({ inputSize: 4, hiddenSizes: [], outputSize: 1, task: 'binary' });
    expect(() => new Trainer(newNet(), { train: targets, epochs: 1 })).toThrow(
      /^Trainer: train has targets; expected labels/,
    );
    expect(() => new Trainer(newNet(), { train, test: targets, epochs: 1 })).toThrow(/^Trainer: test has targets/);
    expect(() => new Trainer(regression, { train, epochs: 1 })).toThrow(/^Trainer: train has labels; expected targets/);
    expect(() => new Trainer(yesOrNo, { train, epochs: 1 })).toThrow(/^Trainer: train has 3 classes; expected 2/);
  });

  test('two fits on one network at a time', async () => {
    const net = newNet();
    const first = newTrainer({}, net).fit({ onStep: () => new Promise((resolve) => setTimeout(resolve, 1)) });
    await expect(newTrainer({}, net).fit()).rejects.toThrow(
      expect.objectContaining({
        name: 'StateError',
        message:
          'Trainer.fit: this network is being fitted already; expected one fit at a time. Await the first fit, or abort it',
      }),
    );
    await first;
    newTrainer({}, net).fitSync();
  });

  test('FOUND F: an async callback in fitSync, whose rejection does not end the process', async () => {
    const rejections: unknown[] = [];
    const listen = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', listen);
    const onStep = async (): Promise<void> => {
      throw new Error('from the callback');
    };
    expect(() => newTrainer().fitSync({ onStep })).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message:
          'Trainer.fitSync: onStep returned a promise; expected a callback that is not async. Use await trainer.fit(…)',
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', listen);
    expect(rejections).toEqual([]);
  });

  test.each([
    [
      { signal: new AbortController() },
      'signal is an AbortController; expected an AbortSignal. Pass controller.signal',
    ],
    [{ signal: 'stop' }, 'signal is "stop"; expected an AbortSignal'],
    [{ onStep: 'log' }, 'onStep is "log"; expected a function'],
    [{ onEpochEnd: {} }, 'onEpochEnd is an Object; expected a function'],
    [{ onEpoch: () => {} }, 'unknown option "onEpoch"; did you mean "onEpochEnd"?'],
  ])('FOUND F: fit(%o)', async (options, message) => {
    const trainer = newTrainer();
    await expect(trainer.fit(options as FitOptions)).rejects.toThrow(
      expect.objectContaining({ name: 'ArgumentError', message: `Trainer.fit: ${message}` }),
    );
    expect(trainer.step).toBe(0);
  });

  test('FOUND F: a second fit after the end, saying what to do', async () => {
    const trainer = newTrainer();
    const { losses } = await trainer.fit();
    await expect(trainer.fit()).rejects.toThrow(
      expect.objectContaining({
        name: 'StateError',
        message: 'Trainer.fit: this run is complete (42 of 42 steps). Move its end with extend({ epochs }) to train on',
      }),
    );
    expect(() => trainer.fitSync()).toThrow(expect.objectContaining({ name: 'StateError' }));
    expect(trainer.history.losses).toEqual(losses);
    expect(newTrainer({}, trainer.net as TwoLayerNet).fitSync().losses[0]).toBeLessThan(losses[0]!);
  });
});
