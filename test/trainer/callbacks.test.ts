import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, DivergenceError, StateError } from '../../src/errors.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Adam } from '../../src/optim/adam.js';
import { exponentialDecay } from '../../src/optim/schedules.js';
import { SGD } from '../../src/optim/sgd.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { EarlyStopping, type EarlyStoppingOptions } from '../../src/trainer/early-stopping.js';
import type { EpochRecord } from '../../src/trainer/epoch-record.js';
import type { Callback, Training } from '../../src/trainer/fit-options.js';
import { ModelCheckpoint, type ModelCheckpointOptions } from '../../src/trainer/model-checkpoint.js';
import { ReduceOnPlateau, type ReduceOnPlateauOptions } from '../../src/trainer/reduce-on-plateau.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { TrainerOptions } from '../../src/trainer/trainer-options.js';
import { expectRefusal } from '../support/refusal.js';

const folder = mkdtempSync(join(tmpdir(), 'callbacks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const x = Tensor.randomUniform([120, 4], { seed: 1 });
const train = Dataset.from({ x, labels: x.slice([0, 120], [0, 3]).argMax(1), classes: 3 });

const newTrainer = (callbacks: readonly Callback[], options: Partial<TrainerOptions> = {}): Trainer<TwoLayerNet> =>
  new Trainer(new TwoLayerNet({ inputSize: 4, hiddenSize: 8, outputSize: 3, weightInitStd: 'he', seed: 3 }), {
    ...{ train, validation: 0.25, epochs: 8, batchSize: 30, seed: 4, callbacks },
    ...options,
  } as TrainerOptions);

/** Tells another callback made-up validation losses, one a record. */
function told(callback: Callback, losses: readonly number[]): Callback {
  let next = 0;
  return {
    onAttach: (training) => callback.onAttach?.(training),
    onEpochEnd: (record: EpochRecord, training) =>
      callback.onEpochEnd?.({ ...record, validationLoss: losses[next++]! }, training),
    onEnd: (training) => callback.onEnd?.(training),
  };
}

const weightsOf = ({ net }: Trainer): Record<string, readonly number[]> =>
  Object.fromEntries(Object.entries(net.params).map(([name, { data }]) => [name, [...data]]));

describe('a callback', () => {
  const stops = (at: number): Callback => ({ onEpochEnd: ({ epoch }) => (epoch === at ? 'stop' : 'stopp') });

  test.each(['fit', 'fitSync'] as const)('that returns exactly "stop" ends %s', async (method) => {
    for (const [callbacks, options] of [
      [[stops(2)], {}],
      [[], stops(2)],
    ] as const) {
      const trainer = newTrainer(callbacks);
      const ends: number[] = [];
      const { epochs } = await trainer[method]({ ...options, onStep: () => 1 } as never);
      ends.push(epochs.length, trainer.step, trainer.totalSteps);
      expect(ends).toEqual([2, 6, 6]);
      expect(trainer.isComplete).toBe(true);
    }
  });

  test('may promise to stop, and stop in the middle of an epoch', async () => {
    const trainer = newTrainer([{ onStep: async ({ step }) => (step === 4 ? 'stop' : undefined) }]);
    const { epochs, losses } = await trainer.fit();
    expect([epochs.length, losses.length, trainer.isComplete]).toEqual([1, 4, true]);
  });

  test('that stops at the last step of an epoch leaves its record', () => {
    const { epochs } = newTrainer([{ onStep: ({ step }) => (step === 6 ? 'stop' : undefined) }]).fitSync();
    expect(epochs.map(({ step }) => step)).toEqual([3, 6]);
  });

  test('is called at the end: complete, stopped, diverged, but not aborted', async () => {
    const ends: string[] = [];
    const onEnd: Callback = { onEnd: ({ step }) => ends.push(`${step}`) };
    await newTrainer([onEnd]).fit();
    newTrainer([onEnd, stops(1)]).fitSync();
    const diverging = newTrainer([onEnd], { optimizer: new SGD({ learningRate: 1e30 }) });
    await expect(diverging.fit()).rejects.toThrow(DivergenceError);
    const aborted = newTrainer([onEnd]);
    await aborted.fit({ signal: AbortSignal.abort('enough') }).catch(() => {});
    expect(ends).toEqual(['24', '3', String(diverging.step)]);
  });
});

test('a callback of order "last" is called after all others, those of fit included', async () => {
  const calls: string[] = [];
  const named = (name: string, more: Partial<Callback> = {}): Callback => ({
    onBegin: () => calls.push(`${name} begins`),
    onEpochEnd: () => calls.push(name),
    ...more,
  });
  const callbacks = [named('saving', { order: 'last' }), named('first'), named('second')];
  await newTrainer(callbacks, { epochs: 1 }).fit({ onEpochEnd: () => calls.push('of fit') });
  expect(calls).toEqual(['first begins', 'second begins', 'saving begins', 'first', 'second', 'of fit', 'saving']);
  expectRefusal(
    () => newTrainer([named('other', { order: 'first' as 'last' })]),
    ArgumentError,
    'Trainer: callbacks[0].order is "first"; expected "last"',
  );
  expectRefusal(
    () => newTrainer([named('other', { everywhere: 'yes' as never })]),
    ArgumentError,
    'Trainer: callbacks[0].everywhere is "yes"; expected true or false',
  );
});

describe('onEnd', () => {
  const throws = (message: string): Callback => ({
    onEnd() {
      throw new Error(message);
    },
  });

  test.each(['fit', 'fitSync'] as const)(
    'of every callback is called by %s, whatever one throws: the best weights are put back',
    async (method) => {
      let best: unknown;
      const remember: Callback = {
        onEpochEnd: ({ epoch }) => {
          if (epoch === 2) best = weightsOf(trainer);
        },
      };
      const ends: string[] = [];
      const last: Callback = { onEnd: () => ends.push('last') };
      const stopping = new EarlyStopping();
      const watched = told(stopping, [3, 1, 2, 2, 2, 2, 2, 2]);
      const trainer = newTrainer([throws('no disk'), remember, watched, last]);
      const error = await (async () => trainer[method]())().catch((thrown: unknown) => thrown);
      expect(error).toEqual(new Error('no disk'));
      expect([weightsOf(trainer), ends, trainer.isComplete]).toEqual([best, ['last'], true]);
    },
  );

  test('of several that throw gives all errors', async () => {
    const promised: Callback = { onEnd: () => Promise.reject('three') };
    const textless: Callback = { onEnd: () => Promise.reject(Object.create(null)) };
    const error = await newTrainer([throws('one'), throws('two'), promised, textless])
      .fit()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({
      message: 'Trainer.fit: 4 callbacks have thrown in onEnd (Error: one; Error: two; three; an object)',
      errors: [new Error('one'), new Error('two'), 'three', {}],
      cause: new Error('one'),
    });
  });

  test('of a callback that puts weights back comes first: the others see these', async () => {
    const seen: unknown[] = [];
    const net: Callback = { onEnd: ({ net }) => seen.push(net.params['b2']!.data[0]) };
    const putsBack: Callback = {
      putsBack: 3,
      onEnd: ({ net }) => void net.params['b2']!.data.fill(7),
    };
    await newTrainer([net, putsBack]).fit();
    newTrainer([net, putsBack]).fitSync();
    expect(seen).toEqual([7, 7]);
  });
});

describe('a signal', () => {
  const never = new Promise<never>(() => {});

  test.each(['onBegin', 'onStep', 'onEpochEnd', 'onEnd'] as const)('ends the wait for %s', async (name) => {
    const controller = new AbortController();
    let waits = true;
    const callback: Callback = {
      [name]: () => {
        if (!waits) return undefined;
        setImmediate(() => controller.abort('enough'));
        return never;
      },
    };
    const others: string[] = [];
    const other: Callback = { onBegin: () => others.push('onBegin'), onEnd: () => others.push('onEnd') };
    const trainer = newTrainer([callback, other], { epochs: 1 });
    await expect(trainer.fit({ signal: controller.signal })).rejects.toBe('enough');
    expect(others).toEqual(name === 'onEnd' ? ['onBegin', 'onEnd'] : ['onBegin']);
    expect([trainer.step, trainer.isComplete]).toEqual([
      { onBegin: 0, onStep: 1 }[name as string] ?? 3,
      name === 'onEnd',
    ]);
    waits = false; // the network is free again
    if (name === 'onEnd') trainer.extend({ epochs: 1 });
    await trainer.fit();
    expect(trainer.step).toBe(name === 'onEnd' ? 6 : 3);
  });

  test('that aborts while a failed run tells its callbacks does not hide why it failed', async () => {
    const controller = new AbortController();
    const callback: Callback = {
      onEnd: () => {
        controller.abort('enough');
        return never;
      },
    };
    const trainer = newTrainer([callback], { optimizer: new SGD({ learningRate: 1e30 }) });
    await expect(trainer.fit({ signal: controller.signal })).rejects.toThrow(DivergenceError);
  });
});

describe('a callback on a console', () => {
  test('is one line, before and after a run', () => {
    const stopping = new EarlyStopping();
    expect(inspect(stopping)).toBe('EarlyStopping: validationLoss, patience 10, no record yet');
    newTrainer([stopping], { epochs: 1 }).fitSync();
    expect(inspect(stopping)).toBe('EarlyStopping: validationLoss, patience 10, best at step 3');
    expect(inspect(new ReduceOnPlateau())).toBe('ReduceOnPlateau: validationLoss, patience 5, factor 0.1');
    expect(inspect(new ModelCheckpoint({ path: 'a' }))).toBe('ModelCheckpoint: the run into a');
    expect(inspect(new ModelCheckpoint({ path: 'a', what: 'network', bestOnly: true }))).toBe(
      'ModelCheckpoint: the network into a, best validationLoss only',
    );
  });
});

describe('extend', () => {
  test('moves the end: a run of 3 and 2 more epochs equals one of 5', async () => {
    const whole = newTrainer([], { epochs: 5, validation: 0.25 } as never);
    await whole.fit();
    const parts = newTrainer([], { epochs: 3 } as never);
    await parts.fit();
    parts.extend({ steps: 3 });
    parts.extend({ epochs: 1 });
    expect([parts.isComplete, parts.totalSteps]).toEqual([false, 15]);
    await parts.fit();
    expect(weightsOf(parts)).toEqual(weightsOf(whole));
    expect(parts.history.epochs.map(({ seconds, ...rest }) => rest)).toEqual(
      whole.history.epochs.map(({ seconds, ...rest }) => rest),
    );
  });

  test('lets a stopped run go on', () => {
    const trainer = newTrainer([{ onEpochEnd: ({ epoch }) => (epoch === 1 ? 'stop' : undefined) }]);
    trainer.fitSync();
    trainer.extend({ epochs: 2 });
    expect(trainer.fitSync().epochs).toHaveLength(3);
  });

  test('refuses what is no extension', async () => {
    const trainer = newTrainer([]);
    expectRefusal(
      () => trainer.extend({} as never),
      ArgumentError,
      'Trainer.extend: neither epochs nor steps is given; expected exactly one of them',
    );
    expectRefusal(
      () => trainer.extend({ epochs: 0 }),
      ArgumentError,
      'Trainer.extend: epochs is 0; expected an integer of at least 1',
    );
    const failed = newTrainer([], { optimizer: new SGD({ learningRate: 1e30 }) });
    await failed.fit().catch(() => {});
    expectRefusal(
      () => failed.extend({ steps: 1 }),
      StateError,
      'Trainer.extend: this run has failed; expected a new Trainer',
    );
  });
});

describe('EarlyStopping', () => {
  test('stops after patience records that are not better, and puts back the best weights', () => {
    const stopping = new EarlyStopping({ patience: 2, minDelta: 0.1 });
    let best: unknown;
    const trainer = newTrainer([
      told(stopping, [3, 2, 1.95, 1.91, 0, 0]),
      {
        onEpochEnd: ({ epoch }) => {
          if (epoch === 2) best = weightsOf(trainer);
        },
      },
    ]);
    expect(trainer.fitSync().epochs).toHaveLength(4);
    expect(weightsOf(trainer)).toEqual(best);
    expect(stopping.bestAt).toBe(6);
  });

  test.each(['its last step', 'another callback', 'a loss that is not finite'])('puts them back after %s', (ended) => {
    let best: unknown;
    const trainer = newTrainer(
      [
        told(new EarlyStopping(), [3, 1, 2, 2, 2, 2, 2, 2]),
        {
          onEpochEnd: ({ epoch }, { net }) => {
            if (epoch === 2) best = weightsOf(trainer);
            if (epoch !== 3) return undefined;
            if (ended === 'a loss that is not finite') net.params['W1']!.data.fill(Number.NaN);
            return ended === 'another callback' ? 'stop' : undefined;
          },
        },
      ],
      { epochs: 5 } as never,
    );
    if (ended === 'a loss that is not finite') expect(() => trainer.fitSync()).toThrow(DivergenceError);
    else expect(trainer.fitSync().epochs).toHaveLength(ended === 'another callback' ? 3 : 5);
    expect(weightsOf(trainer)).toEqual(best);
  });

  test.each(['fit', 'fitSync'] as const)('%s that diverges says whose weights are there then', async (how) => {
    const failing = async (callbacks: readonly Callback[]): Promise<Error & { trainer: Trainer }> => {
      const trainer = newTrainer([
        ...callbacks,
        {
          onEpochEnd: ({ epoch }, { net }) => {
            if (epoch === 3) net.params['W1']!.data.fill(Number.NaN);
          },
        },
      ]);
      const error: unknown = await (async () => trainer[how]())().catch((thrown: unknown) => thrown);
      return Object.assign(error as Error, { trainer });
    };
    // No record is better than the first by that much.
    const one = await failing([new EarlyStopping({ minDelta: 100 })]);
    expect(one).toBeInstanceOf(DivergenceError);
    expect(one.message).toMatch(
      /^Trainer: the loss is NaN at step 10 \(epoch 4, learning rate 0\.1\)\. Nothing of this step was written, and the weights are those after step 3, which EarlyStopping has put back\. Parameter W1 holds/,
    );
    // What later calls name as the cause is what the caller has seen.
    expect(() => one.trainer.fitSync()).toThrow(expect.objectContaining({ name: 'StateError', cause: one }));

    const other = await failing([{ onEnd: ({ net }) => void net.params['W1']!.data.fill(0.5) }]);
    expect(other.message).toContain('and the weights are those that a callback wrote in onEnd. Parameter');
    const own = await failing([{ putsBack: 2, onEnd: ({ net }) => void net.params['W1']!.data.fill(0.5) }]);
    expect(own.message).toContain('and the weights are those after step 2, which a callback has put back. Parameter');
    expect((await failing([])).message).toMatch(/and the weights are those after step \d+\. Parameter/);
  });

  test('leaves the last weights with restoreBest: false, and watches accuracies for a rise', () => {
    const stopping = new EarlyStopping({ monitor: 'trainAccuracy', patience: 1, restoreBest: false });
    const accuracies = [0.5, 0.6, 0.6];
    const trainer = newTrainer([
      {
        onEpochEnd: (record, training) =>
          stopping.onEpochEnd({ ...record, trainAccuracy: accuracies.shift()! }, training),
      },
    ]);
    expect(trainer.fitSync().epochs).toHaveLength(3);
    const last = weightsOf(trainer);
    stopping.onEnd(trainer);
    expect(weightsOf(trainer)).toEqual(last);
  });

  test.each<[EarlyStoppingOptions | object, string]>([
    [{ patience: 0 }, 'EarlyStopping: patience is 0; expected an integer of at least 1'],
    [
      { monitor: 'validationLos' },
      'EarlyStopping: monitor is "validationLos"; expected "trainLoss", "trainAccuracy", "validationLoss", "validationAccuracy", "testLoss" or "testAccuracy". Did you mean "validationLoss"?',
    ],
    [{ minDelta: -1 }, 'EarlyStopping: minDelta is -1; expected a finite number of at least 0'],
    [{ restoreBest: 1 }, 'EarlyStopping: restoreBest is 1; expected true or false'],
    [{ restore: true }, 'EarlyStopping: unknown option "restore"; known are monitor, minDelta, patience, restoreBest'],
  ])('refuses %o', (options, message) => {
    expectRefusal(() => new EarlyStopping(options as EarlyStoppingOptions), ArgumentError, message);
  });

  test('refuses a run that does not measure what it watches, and a second run', () => {
    expectRefusal(
      () => newTrainer([new EarlyStopping()], { validation: undefined } as never),
      ArgumentError,
      'EarlyStopping: monitor is "validationLoss", which this run does not measure; expected one of trainLoss, trainAccuracy. Give the Trainer validation: 0.2',
    );
    expectRefusal(
      () => newTrainer([new EarlyStopping({ monitor: 'testLoss' })]),
      ArgumentError,
      'EarlyStopping: monitor is "testLoss", which this run does not measure; expected one of trainLoss, trainAccuracy, validationLoss, validationAccuracy. Give the Trainer test',
    );
    const stopping = new EarlyStopping();
    // A Trainer that was refused keeps none of its callbacks.
    expect(() => newTrainer([stopping, new EarlyStopping({ monitor: 'testLoss' })])).toThrow(ArgumentError);
    newTrainer([stopping]);
    expectRefusal(
      () => newTrainer([stopping]),
      StateError,
      'EarlyStopping: this callback belongs to another Trainer; expected a separate callback for each Trainer',
    );
  });

  test('two runs at a time equal each alone', async () => {
    const run = (): Trainer => newTrainer([new EarlyStopping({ patience: 2 })], { optimizer: new Adam() });
    const [alone, a, b] = [run(), run(), run()];
    await alone.fit();
    const pause = { onEpochEnd: () => new Promise((resolve) => setTimeout(resolve, 1)) };
    await Promise.all([a.fit(pause), b.fit(pause)]);
    for (const together of [a, b]) expect(weightsOf(together)).toEqual(weightsOf(alone));
  });
});

describe('ReduceOnPlateau', () => {
  test('multiplies the rate after patience records, down to minRate', () => {
    const plateau = new ReduceOnPlateau({ patience: 2, factor: 0.5, minRate: 0.03 });
    const trainer = newTrainer([told(plateau, [3, 2, 2, 2, 2, 2, 2, 2])]);
    const rates = trainer.fitSync().epochs.map(({ learningRate }) => learningRate);
    expect(rates).toEqual([0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.03, 0.03]);
  });

  test('refuses numbers out of range, and an optimizer with a schedule', () => {
    const refuse = (options: object, message: string): void =>
      expectRefusal(() => new ReduceOnPlateau(options as ReduceOnPlateauOptions), ArgumentError, message);
    refuse({ factor: 1 }, 'ReduceOnPlateau: factor is 1; expected a number less than 1');
    refuse({ patience: 0 }, 'ReduceOnPlateau: patience is 0; expected an integer of at least 1');
    const learningRate = exponentialDecay({ initial: 0.1, factor: 0.9, over: 10 });
    expectRefusal(
      () => newTrainer([new ReduceOnPlateau()], { optimizer: new SGD({ learningRate }) }),
      StateError,
      'ReduceOnPlateau: the learning rate of the optimizer cannot be set; expected an optimizer whose rate is a number. Leave its schedule or this callback out',
    );
  });
});

describe('ModelCheckpoint', () => {
  test('refuses a path that cannot be written before the first step', async () => {
    const trainer = newTrainer([new ModelCheckpoint({ path: join(folder, 'none', 'run-{epoch}') })]);
    await expect(trainer.fit()).rejects.toMatchObject({
      name: 'DataError',
      message: `ModelCheckpoint: ${join(folder, 'none', 'run-1')} cannot be written (ENOENT: no such file or directory); expected a file in a folder that exists and may be written to`,
    });
    expect(trainer.step).toBe(0);
  });

  test('onBegin of any callback is awaited before the first step, in each fit', async () => {
    const steps: number[] = [];
    const onBegin = async (training: Training): Promise<void> => {
      await Promise.resolve();
      steps.push(training.step);
    };
    const trainer = newTrainer([{ onBegin }], { epochs: 1 } as never);
    await trainer.fit();
    const end = trainer.step;
    trainer.extend({ epochs: 1 });
    await trainer.fit();
    expect(steps).toEqual([0, end]);
  });

  test('writes a file every so many epochs and keeps the last', async () => {
    const path = join(folder, 'kept-{epoch}.safetensors');
    await newTrainer([new ModelCheckpoint({ path, everyEpochs: 2, keep: 2 })]).fit();
    expect(readdirSync(folder).filter((name) => name.startsWith('kept'))).toEqual([
      'kept-6.safetensors',
      'kept-8.safetensors',
    ]);
    const resumed = await Trainer.resume(path.replace('{epoch}', '6'), {
      train,
      callbacks: [new ModelCheckpoint({ path, everyEpochs: 2, keep: 2 })],
    });
    expect([resumed.step, resumed.totalSteps]).toEqual([18, 24]);
    await resumed.fit();
  });

  test('forgets no file where a save fails', async () => {
    const inside = mkdtempSync(join(folder, 'full-'));
    const path = join(inside, 'r-{epoch}');
    mkdirSync(path.replace('{epoch}', '4')); // a folder is no file that can be replaced
    const trainer = newTrainer([new ModelCheckpoint({ path, everyEpochs: 2, keep: 1 })]);
    await expect(trainer.fit()).rejects.toMatchObject({ name: 'DataError' });
    expect(readdirSync(inside)).toEqual(['r-2', 'r-4']);
    await trainer.fit(); // goes on after the record that was not written
    expect(readdirSync(inside)).toEqual(['r-4', 'r-8']);
  });

  test('does not count a best record whose file was not written', async () => {
    const path = join(mkdtempSync(join(folder, 'best-')), 'r-{epoch}');
    mkdirSync(path.replace('{epoch}', '1'));
    const checkpoint = new ModelCheckpoint({ path, what: 'network', bestOnly: true });
    const trainer = newTrainer([]);
    const record = (epoch: number, validationLoss: number): EpochRecord =>
      ({ epoch, validationLoss }) as Partial<EpochRecord> as EpochRecord;
    await expect(checkpoint.onEpochEnd(record(1, 0.1), trainer)).rejects.toMatchObject({ name: 'DataError' });
    await checkpoint.onEpochEnd(record(2, 0.3), trainer);
    expect(checkpoint.onEpochEnd(record(3, 0.4), trainer)).toBeUndefined();
    expect(existsSync(path.replace('{epoch}', '2'))).toBe(true);
  });

  test.each([
    ['{epoch}.safetensors', 'as this version writes it'],
    ['{epoch}.safetensors', 'as version 0.1 wrote it'],
    ['run {epoch} (a.b) {epoch}', 'as version 0.1 wrote it'],
  ])('keeps the last of a run that was moved: %s, %s', async (name, how) => {
    const [from, to] = ['from-', 'to-'].map((prefix) => mkdtempSync(join(folder, prefix))) as [string, string];
    const checkpoint = (where: string): ModelCheckpoint => new ModelCheckpoint({ path: join(where, name), keep: 2 });
    const at = (where: string, epoch: number): string => join(where, name.replaceAll('{epoch}', String(epoch)));
    const before = checkpoint(from);
    // Version 0.1 named whole paths.
    if (how !== 'as this version writes it') {
      before.state = () => ({ watch: null, written: [at(from, 3), at(from, 4)] });
    }
    await newTrainer([before], { epochs: 4 }).fit();
    renameSync(from, to);
    const resumed = await Trainer.resume(at(to, 4), { train, callbacks: [checkpoint(to)] });
    resumed.extend({ epochs: 2 });
    await resumed.fit();
    expect(readdirSync(to)).toEqual([basename(at(to, 5)), basename(at(to, 6))]);
  });

  test('remembers no files where all are kept', async () => {
    const checkpoint = new ModelCheckpoint({ path: join(mkdtempSync(join(folder, 'all-')), '{epoch}') });
    await newTrainer([checkpoint], { epochs: 3 }).fit();
    expect(checkpoint.state()).toEqual({ watch: null, written: [] });
  });

  test('writes the best only, after the callbacks that come later have been called', async () => {
    const path = join(folder, 'best.safetensors');
    const stopping = (): EarlyStopping => new EarlyStopping({ patience: 1 });
    const checkpoint = new ModelCheckpoint({ path, bestOnly: true, monitor: 'trainAccuracy' });
    await newTrainer([checkpoint, stopping()]).fit();
    const resumed = await Trainer.resume(path, {
      train,
      callbacks: [new ModelCheckpoint({ path, bestOnly: true, monitor: 'trainAccuracy' }), stopping()],
    });
    expect((resumed['options'].callbacks[1] as EarlyStopping).bestAt).toBe(resumed.step);
  });

  test('writes the network alone', async () => {
    const path = join(folder, 'net.safetensors');
    const trainer = newTrainer([new ModelCheckpoint({ path, what: 'network' })], { epochs: 1 } as never);
    await trainer.fit();
    expect((await Sequential.load(path)).predict(x).toArray()).toEqual(trainer.net.predict(x).toArray());
  });

  test('refuses what it cannot do', () => {
    const refuse = (options: object, message: string): void =>
      expectRefusal(() => new ModelCheckpoint(options as ModelCheckpointOptions), ArgumentError, message);
    refuse({}, 'ModelCheckpoint: path is undefined; expected the path of a file');
    refuse(
      { path: 'a', keep: 2 },
      'ModelCheckpoint: keep is 2 for path "a"; expected {epoch} in the path, which gives each epoch its own file',
    );
    refuse(
      { path: 'a', monitor: 'testLoss' },
      'ModelCheckpoint: monitor is given without bestOnly; expected bestOnly: true with it',
    );
    refuse({ path: 'a', everyEpochs: 0 }, 'ModelCheckpoint: everyEpochs is 0; expected an integer of at least 1');
    const path = join(folder, 'never');
    const trainer = newTrainer([new ModelCheckpoint({ path })]);
    expect(() => trainer.fitSync()).toThrow(
      'Trainer.fitSync: onBegin returned a promise; expected a callback that is not async. Use await trainer.fit(…)',
    );
    expect(trainer.step).toBe(0);
    expect(existsSync('never')).toBe(false);
  });
});
