import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { DatasetStream } from '../../src/data/dataset-stream.js';
import type { StreamOptions } from '../../src/data/stream-options.js';
import type { ClassRows } from '../../src/data/stream-rows.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { SGD } from '../../src/optim/sgd.js';
import { Random } from '../../src/random.js';
import { EarlyStopping } from '../../src/trainer/early-stopping.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { TrainerOptions } from '../../src/trainer/trainer-options.js';
import { errorOf } from '../data/error-of.js';
import { runnableBackends } from '../support/runnable.js';
import { sameState } from '../support/same-state.js';

const folder = mkdtempSync(join(tmpdir(), 'stream-'));
const path = join(folder, 'run.safetensors');
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows of 4 numbers; the class is which of the first three is largest. */
const ROWS = 300;
const random = new Random(1, 'data');
const x = Float32Array.from({ length: 4 * ROWS }, () => random.normal());
const labels = Int32Array.from({ length: ROWS }, (_, i) => {
  const three = [...x.subarray(4 * i, 4 * i + 3)];
  return three.indexOf(Math.max(...three));
});
const validation = Dataset.from({
  x: { data: x.slice(0, 400), shape: [100, 4] },
  labels: labels.slice(0, 100),
  classes: 3,
});

interface Opened {
  passes: number;
  closed: number;
  /** The most rows that were asked for in a pass. */
  asked: number;
}

/** The rows, `chunk` at a time, with pauses where `pause` says so. */
function streamOf(
  options: Partial<StreamOptions> = {},
  { chunk = 7, rows = ROWS, pause = (): boolean => false } = {},
): { readonly stream: DatasetStream; readonly opened: Opened } {
  const opened = { passes: 0, closed: 0, asked: 0 };
  async function* source(): AsyncGenerator<ClassRows> {
    opened.passes++;
    try {
      for (let row = 0; row < rows; row += chunk) {
        if (pause()) await new Promise((resolve) => setTimeout(resolve, 1));
        opened.asked = Math.max(opened.asked, row);
        const end = Math.min(row + chunk, rows);
        yield { x: x.slice(4 * row, 4 * end), labels: labels.slice(row, end) };
      }
    } finally {
      opened.closed++;
    }
  }
  return {
    stream: DatasetStream.from(source, { inputSize: 4, classes: 3, window: 50, ...options } as StreamOptions),
    opened,
  };
}

const newNet = (backend?: TwoLayerNet['backend'], seed = 3): TwoLayerNet =>
  new TwoLayerNet({
    ...{ inputSize: 4, hiddenSize: 8, outputSize: 3, weightInitStd: 'he', seed },
    ...(backend === undefined ? {} : { backend }),
  });

const newTrainer = (train: DatasetStream, options: object = {}, net = newNet()): Trainer =>
  new Trainer(net, { train, validation, steps: 60, batchSize: 20, seed: 4, ...options } as TrainerOptions);

const stateOf = (trainer: Trainer): ReturnType<Trainer['run']['state']> => trainer['run'].state();

/** Leaves the run after so many updates. */
async function steps(trainer: Trainer, count: number): Promise<void> {
  const end = new AbortController();
  const first = trainer.step;
  if (count === 0) end.abort('enough');
  await trainer
    .fit({ signal: end.signal, onStep: ({ step }) => step === first + count && end.abort('enough') })
    .catch((reason) => expect(reason).toBe('enough'));
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.unreachable('it resolved'),
    (error) => error,
  );
}

describe('a run on a stream', () => {
  test('learns, and records each pass of the stream as an epoch', async () => {
    const { stream, opened } = streamOf();
    const trainer = newTrainer(stream, { steps: 300, optimizer: new SGD({ learningRate: 0.5 }) });
    expect(trainer.stepsPerEpoch).toBe(Number.POSITIVE_INFINITY);
    const { epochs, losses } = await trainer.fit();
    expect(trainer.stepsPerEpoch).toBe(15);
    expect(stream.rows).toBe(300);
    expect(epochs).toHaveLength(20);
    expect(epochs[3]).toMatchObject({ epoch: 4, step: 60 });
    expect(Object.keys(epochs[0]!)).toEqual([
      ...['epoch', 'step', 'trainLoss', 'validationLoss', 'validationAccuracy', 'learningRate', 'seconds'],
    ]);
    expect(epochs.at(-1)!.validationAccuracy).toBeGreaterThan(0.9);
    expect(losses).toHaveLength(300);
    expect(opened).toEqual({ passes: 20, closed: 20, asked: 294 });
  });

  test('sees every row once in an epoch, whatever the window, the chunks and the last batch', async () => {
    for (const [window, chunk, batchSize] of [
      [50, 7, 20],
      [1, 1, 64],
      [1000, 300, 7],
      [20, 300, 20],
    ] as const) {
      const { stream } = streamOf({ window, rows: ROWS }, { chunk });
      const trainer = newTrainer(stream, { batchSize, steps: undefined, epochs: 2, evaluate: false });
      const { batches } = trainer['run']['rows'] as unknown as {
        batches: { next(): { x: { data: Float32Array }; size: number } };
      };
      const seen: number[] = [];
      const next = batches.next.bind(batches);
      batches.next = () => {
        const batch = next();
        for (let i = 0; i < batch.size; i++) seen.push(batch.x.data[4 * i]!);
        return batch;
      };
      await trainer.fit();
      const all = [...x.filter((_, i) => i % 4 === 0)];
      expect(seen).toHaveLength(2 * ROWS);
      expect(seen.slice(0, ROWS).sort()).toEqual([...all].sort());
      expect(seen.slice(0, ROWS)).not.toEqual(seen.slice(ROWS));
      expect(seen.slice(ROWS).sort()).toEqual([...all].sort());
    }
  });

  test('gives the same bits whenever the rows arrive, and however many at a time', async () => {
    const whole = newTrainer(streamOf().stream);
    await whole.fit();
    const chance = new Random(5);
    for (const [chunk, share] of [
      [1, 0.02],
      [64, 0.5],
      [300, 0],
      [49, 1],
    ] as const) {
      const other = newTrainer(streamOf({}, { chunk, pause: () => chance.uniform() < share }).stream);
      await other.fit();
      expect(sameState(stateOf(other), stateOf(whole))).toBe(true);
    }
  });

  test('reads no more than two windows and what the source gives at a time ahead', async () => {
    const { stream, opened } = streamOf({ window: 20 });
    const trainer = newTrainer(stream, { steps: 1 });
    await trainer.fit();
    expect(opened.asked).toBeLessThanOrEqual(40 + 20 + 7);
    expect(opened).toMatchObject({ passes: 1, closed: 1 });
  });

  test('ends where a callback stops it, and goes on after extend', async () => {
    const { stream } = streamOf();
    const trainer = newTrainer(stream, {
      callbacks: [{ onStep: ({ step }: { step: number }) => (step === 7 ? 'stop' : 0) }],
    });
    await trainer.fit();
    expect([trainer.step, trainer.isComplete]).toEqual([7, true]);
    expect(errorOf(() => trainer.extend({ epochs: 1 })).message).toBe(
      'Trainer.extend: epochs is given for a stream of unknown length; expected steps',
    );
    trainer.extend({ steps: 53 });
    await trainer.fit();
    expect(trainer.step).toBe(60);
    expect(trainer.epoch).toBe(4);
    trainer.extend({ epochs: 1 });
    await trainer.fit();
    expect(trainer.step).toBe(75);
  });

  test('drops the last batch where it is asked to', async () => {
    const { stream } = streamOf({}, { rows: 290 });
    const trainer = newTrainer(stream, { dropLast: true, steps: 28 });
    const { epochs } = await trainer.fit();
    expect(epochs.map(({ step }) => step)).toEqual([14, 28]);
    expect(trainer.stepsPerEpoch).toBe(14);
  });

  test('trains a regression, augments images, scales bytes and weighs classes', async () => {
    const pixels = Uint8Array.from(x, (value) => Math.max(0, Math.min(255, 128 + 60 * value)));
    const bytes = DatasetStream.from(
      function* () {
        yield { x: pixels, labels };
      },
      { inputShape: [2, 2, 1], classes: 3, scale: 1 / 255 },
    );
    const net = newNet();
    const trainer = newTrainer(bytes, { validation: undefined, augment: { shift: 0.2 }, classWeights: [1, 2, 1] }, net);
    await trainer.fit();
    expect(net.byteScale).toBe(1 / 255);
    const regression = DatasetStream.from(
      async function* () {
        for (let i = 0; i < ROWS; i++) yield { x: x.subarray(4 * i, 4 * i + 4), targets: x[4 * i]! + x[4 * i + 1]! };
      },
      { inputSize: 4, outputSize: 1 },
    );
    const values = new MultiLayerNet({ inputSize: 4, hiddenSizes: [16], outputSize: 1, task: 'regression', seed: 1 });
    const { losses } = await new Trainer(values, { train: regression, steps: 400, seed: 2 }).fit();
    expect(losses.at(-1)).toBeLessThan(0.1 * losses[0]!);
  });

  test('steers by validation rows: EarlyStopping restores the best', async () => {
    const stopping = new EarlyStopping({ patience: 2 });
    const trainer = newTrainer(streamOf().stream, {
      steps: 10_000,
      callbacks: [stopping],
      optimizer: new SGD({ learningRate: 0.5 }),
    });
    const { epochs } = await trainer.fit();
    expect(trainer.isComplete).toBe(true);
    expect(epochs.length).toBeLessThan(600);
  });

  test('does not take a class for absent that the first window does not have', async () => {
    const order = [1, 2, 0].flatMap((label) => [...labels.keys()].filter((row) => labels[row] === label));
    const sorted = DatasetStream.from(
      function* () {
        for (const row of order) yield { x: x.slice(4 * row, 4 * row + 4), labels: labels[row]! };
      },
      { inputSize: 4, classes: 3, window: 150 },
    );
    const { warnings } = await newTrainer(sorted, { steps: 300 }).fit();
    expect(warnings).toEqual([]);
  });

  test('an endless stream has one epoch', async () => {
    const endless = DatasetStream.from(
      function* () {
        for (let i = 0; ; i = (i + 1) % ROWS) yield { x: x.subarray(4 * i, 4 * i + 4), labels: labels[i]! };
      },
      { inputSize: 4, classes: 3 },
    );
    const trainer = newTrainer(endless, { steps: 100 });
    const { epochs } = await trainer.fit();
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual([[1, 100]]);
    expect(JSON.parse(JSON.stringify(trainer))).toMatchObject({ epoch: 1, stepsPerEpoch: null });
    expect(String(trainer)).toBe(
      'Trainer of a TwoLayerNet on a DatasetStream: x [4], labels of 3 classes, 100 validation rows: complete',
    );
  });
});

describe.each(runnableBackends())('on $name, a run on a stream', (backend) => {
  test('continues after an abort, and from a file, with the bits of one that never stopped', async () => {
    const whole = newTrainer(streamOf().stream, {}, newNet(backend));
    await whole.fit();
    for (const count of [0, 1, 14, 15, 16, 37, 45, 59]) {
      const { stream, opened } = streamOf({}, { chunk: 11 });
      const parts = newTrainer(stream, {}, newNet(backend));
      await steps(parts, count);
      await parts.save(path);
      const state = stateOf(parts);
      const fresh = streamOf({}, { chunk: 23 });
      const resumed = await Trainer.resume(path, { train: fresh.stream, validation, backend });
      expect(sameState(stateOf(resumed), state)).toBe(true);
      await resumed.fit();
      expect(sameState(stateOf(resumed), stateOf(whole))).toBe(true);
      await parts.fit();
      expect(sameState(stateOf(parts), stateOf(whole))).toBe(true);
      await new Promise((resolve) => setImmediate(resolve));
      expect(opened.closed).toBe(opened.passes);
      expect(fresh.opened.closed).toBe(fresh.opened.passes);
    }
  });
});

describe('a run on a stream refuses', () => {
  const { stream } = streamOf();
  const unknown =
    'Trainer: epochs is given for a stream of unknown length; expected steps. Or give DatasetStream.from the option rows, or let await stream.statistics() count them first';
  test.each([
    [{ epochs: 2, steps: undefined }, unknown],
    [{ validation: 0.2 }, 'Trainer: validation is 0.2; expected a Dataset: a share of a stream cannot be held out'],
    [
      { evaluateTrain: true },
      'Trainer: evaluateTrain is true; expected false or nothing: the rows of a stream are not read again for an evaluation. Give some of them as validation, a Dataset',
    ],
    [
      { sampling: 'replacement' },
      'Trainer: sampling is "replacement"; expected "shuffle": the rows of a stream are drawn from its window',
    ],
    [{ batchSize: 1e9 }, 'Trainer: batchSize is 1000000000; expected an integer in [1, 268435455]'],
    [
      { classWeights: 'balanced' },
      'Trainer: classWeights is "balanced" for a stream, whose rows are not counted; expected 3 numbers, one for each class. Make them from the classCounts of await stream.statistics()',
    ],
    [
      { test: stream },
      'Trainer: test is a DatasetStream; expected a Dataset. Make one with Dataset.from({ x, labels })',
    ],
    [
      { validation: stream },
      'Trainer: validation is a DatasetStream; expected a Dataset. Make one with Dataset.from({ x, labels })',
    ],
  ])('%o', (options, message) => {
    expect(errorOf(() => newTrainer(stream, options)).message).toBe(message);
  });

  test('fitSync', () => {
    expect(errorOf(() => newTrainer(stream).fitSync()).message).toBe(
      'Trainer.fitSync: train is a DatasetStream, whose rows are read while the event loop runs; expected a Dataset. Use await trainer.fit(…)',
    );
  });

  test('rows of another size or kind than those of the network', () => {
    const wide = DatasetStream.from(() => [], { inputSize: 5, classes: 3 });
    expect(errorOf(() => newTrainer(wide)).message).toBe(
      'Trainer: train has rows of 5; expected 4 (inputSize of the network)',
    );
    const values = DatasetStream.from(() => [], { inputSize: 4, outputSize: 3 });
    expect(errorOf(() => newTrainer(values)).message).toMatch(/^Trainer: train has targets; expected labels/);
  });

  test('a last batch that may be too small for a layer', () => {
    const net = Sequential.from({
      input: 4,
      layers: [{ type: 'batchNormalization' }, { type: 'affine', outputSize: 3 }],
      loss: 'crossEntropy',
    });
    expect(errorOf(() => new Trainer(net, { train: stream, steps: 1 })).message).toBe(
      'Trainer: batchSize 100 may leave a last batch of 1 row (the number of rows is not known); expected at least 2 rows, which layer 1 (BatchNormalization) needs in training. Use dropLast: true, or another batchSize',
    );
    expect(new Trainer(net, { train: stream, steps: 1, dropLast: true }).stepsPerEpoch).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a run on a stream ends', () => {
  /** 130 rows, then what `end` does. */
  const breaking = (end: () => unknown, options: object = {}): { stream: DatasetStream; closed: () => number } => {
    let closed = 0;
    return {
      closed: () => closed,
      stream: DatasetStream.from(
        async function* () {
          try {
            for (let i = 0; i < 130; i++) yield { x: x.subarray(4 * i, 4 * i + 4), labels: labels[i]! };
            const last = end();
            if (last !== undefined) yield last as ClassRows;
            yield { x: x.subarray(0, 4), labels: 0 };
          } finally {
            closed++;
          }
        },
        { inputSize: 4, classes: 3, window: 40, name: 'rows.bin', ...options },
      ),
    };
  };

  test.each([
    [
      'a number that is NaN',
      () => ({ x: [1, 2, Number.NaN, 4], labels: 0 }),
      'DatasetStream: x[130][2] of rows.bin is NaN; expected finite numbers',
    ],
    [
      'a number that is text',
      () => ({ x: [1, 2, '3', 4], labels: 0 }),
      'DatasetStream: x[130][2] of rows.bin is "3"; expected finite numbers',
    ],
    [
      'a number beyond float32',
      () => ({ x: [1, 2, 1e300, 4], labels: 0 }),
      'DatasetStream: x[130][2] of rows.bin is 1e+300; expected numbers within the range of float32',
    ],
    [
      'a row of another width',
      () => ({ x: [1, 2, 3], labels: 0 }),
      'DatasetStream: x from row[130] of rows.bin on has 3 numbers; expected 4 for each row (inputSize)',
    ],
    [
      'a label out of range',
      () => ({ x: [1, 2, 3, 4], labels: 3 }),
      'DatasetStream: labels[130] of rows.bin is 3; expected an integer in [0, 3)',
    ],
    [
      'labels of other rows',
      () => ({ x: [1, 2, 3, 4], labels: [0, 1] }),
      'DatasetStream: labels from row[130] of rows.bin on has 2 numbers; expected 1: x has 1 row',
    ],
    [
      'no label',
      () => ({ x: [1, 2, 3, 4] }),
      'DatasetStream: row[130] of rows.bin is { x: [1, 2, 3, 4], labels: undefined }; expected { x, labels }: arrays with the numbers of one row or several',
    ],
    [
      'something else',
      () => 'a line',
      'DatasetStream: row[130] of rows.bin is "a line"; expected { x, labels }: arrays with the numbers of one row or several',
    ],
    [
      'bytes',
      () => ({ x: new Uint8Array(4), labels: 0 }),
      'DatasetStream: x from row[130] of rows.bin on is an Uint8Array of 4; expected floats, because the stream has no scale. For bytes give the option scale, e.g. 1 / 255, or 1 to take them as they are',
    ],
  ])('at %s, with its place', async (_, last, message) => {
    const { stream, closed } = breaking(last);
    const trainer = newTrainer(stream);
    const error = await rejection(trainer.fit());
    expect(error.message).toBe(message);
    expect(error).toHaveProperty('code', expect.stringMatching(/^ZK_(DATA|SHAPE|DTYPE)$/));
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed()).toBe(1);
    // 130 rows are there; a batch needs a full window and one batch more behind it.
    expect(trainer.step).toBe(4);
    const again = await rejection(trainer.fit());
    expect(again.message).toBe(message);
    expect(trainer.step).toBe(4);
  });

  test('where the source throws, with what it threw as the cause', async () => {
    const cause = new Error('connection lost');
    const { stream } = breaking(() => {
      throw cause;
    });
    const error = await rejection(newTrainer(stream).fit());
    expect(error.message).toBe('DatasetStream: rows.bin failed after 130 rows (connection lost)');
    expect(error.cause).toBe(cause);
  });

  test('where a pass is shorter or longer than it should be, or empty', async () => {
    const ends = async (rows: number): Promise<string> =>
      (await rejection(newTrainer(breaking(() => undefined, { rows }).stream, { steps: 100 }).fit())).message;
    expect(await ends(140)).toBe('DatasetStream: rows.bin ended after 131 rows; expected 140, the option rows');
    expect(await ends(120)).toBe('DatasetStream: rows.bin has more rows; expected 120, the option rows');
    const once = [{ x: [1, 2, 3, 4], labels: 0 }][Symbol.iterator]();
    const exhausted = DatasetStream.from(() => once, { inputSize: 4, classes: 3 });
    expect((await rejection(newTrainer(exhausted).fit())).message).toBe(
      'DatasetStream: the source ended after 0 rows; expected 1, as in the pass before. The function must begin a new pass each time it is called',
    );
    const empty = DatasetStream.from(() => [], { inputSize: 4, classes: 3 });
    expect((await rejection(newTrainer(empty).fit())).message).toBe(
      'DatasetStream: the source ended after 0 rows; expected at least one. The function must begin a new pass each time it is called',
    );
    const nothing = DatasetStream.from((() => 5) as never, { inputSize: 4, classes: 3 });
    expect((await rejection(newTrainer(nothing).fit())).message).toBe(
      'DatasetStream: the source returned 5; expected something to iterate over with for await, e.g. what an async function* returns',
    );
  });

  test('at once when it is aborted while it waits for rows, and when a callback throws', async () => {
    let closed = 0;
    const stop = new AbortController();
    let goOn: () => void = () => expect.unreachable('nothing waits for rows');
    const slow = DatasetStream.from(
      async function* () {
        try {
          yield { x: [1, 2, 3, 4], labels: 0 };
          const more = new Promise<void>((resolve) => {
            goOn = resolve;
          });
          setImmediate(() => stop.abort('stopped'));
          await more;
          yield { x: [1, 2, 3, 4], labels: 0 };
        } finally {
          closed++;
        }
      },
      { inputSize: 4, classes: 3 },
    );
    // The rows come only after the fit has ended.
    await expect(newTrainer(slow).fit({ signal: stop.signal })).rejects.toBe('stopped');
    expect(closed).toBe(0);
    goOn();
    await expect.poll(() => closed).toBe(1);
    const { stream, opened } = streamOf();
    const fails = newTrainer(stream).fit({
      onStep: () => {
        throw new Error('no more');
      },
    });
    await expect(fails).rejects.toThrow('no more');
    await new Promise((resolve) => setImmediate(resolve));
    expect(opened.closed).toBe(1);
  });

  test('with a DivergenceError, and weights that give a finite loss, where the rate is too large', async () => {
    const { stream, opened } = streamOf();
    const trainer = newTrainer(stream, { optimizer: new SGD({ learningRate: 1e30 }) });
    const error = await rejection(trainer.fit());
    expect(error.message).toMatch(
      /^Trainer: the loss is NaN at step \d+ \(epoch 1, learning rate 1e\+30\)\. Nothing of this step was written, and the weights are/,
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(opened.closed).toBe(opened.passes);
    for (const { data } of Object.values(trainer.net.params)) expect(data.every(Number.isFinite)).toBe(true);
  });
});

test('a save that could not read the stream leaves the next one free to', async () => {
  let isAway = false;
  const { stream } = streamOf(
    {},
    {
      pause: () => {
        if (isAway) throw new Error('the disk is away');
        return false;
      },
    },
  );
  const trainer = newTrainer(stream);
  await steps(trainer, 20);
  isAway = true;
  expect((await rejection(trainer.save(path))).message).toContain('the disk is away');
  isAway = false;
  await trainer.save(path);
  const resumed = await Trainer.resume(path, { train: streamOf().stream, validation });
  expect(resumed.step).toBe(20);
});

describe('a saved run on a stream is refused', () => {
  const saved = async (): Promise<void> => {
    const trainer = newTrainer(streamOf().stream);
    await steps(trainer, 20);
    await trainer.save(path);
  };
  const resumed = async (train: Dataset | DatasetStream): Promise<string> =>
    (await rejection(Trainer.resume(path, { train, validation }))).message;

  test('with another window, other rows, another length or rows in memory', async () => {
    await saved();
    const fix =
      'A run continues with the data that it began with: the same rows in the same order (a split of the same seed)';
    expect(await resumed(streamOf({ window: 60 }).stream)).toBe(
      `Trainer.resume: train has a window of 60 rows; expected 50, as in the saved run. ${fix}`,
    );
    expect(await resumed(streamOf({}, { rows: 299 }).stream)).toBe(
      `Trainer.resume: train has 299 rows; expected 300, as in the saved run. ${fix}`,
    );
    const other = DatasetStream.from(
      function* () {
        yield { x, labels: labels.map((label) => 2 - label) };
      },
      { inputSize: 4, classes: 3, window: 50 },
    );
    expect(await resumed(other)).toBe(
      `Trainer.resume: train has other labels; expected those of the saved run. ${fix}`,
    );
    expect(await resumed(validation)).toBe(
      `Trainer.resume: train is a Dataset; expected a DatasetStream, as in the saved run. ${fix}`,
    );
  });
});
