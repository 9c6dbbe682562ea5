import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError } from '../../src/errors.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { EarlyStopping } from '../../src/trainer/early-stopping.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { TrainerOptions } from '../../src/trainer/trainer-options.js';
import { expectRefusal } from '../support/refusal.js';

const folder = mkdtempSync(join(tmpdir(), 'evaluate-every-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** 100 rows of 4 numbers; the class is which of the first three is largest. An epoch is two steps. */
const x = Tensor.randomUniform([100, 4], { seed: 1 });
const train = Dataset.from({ x, labels: x.slice([0, 100], [0, 3]).argMax(1), classes: 3 });

const newTrainer = (options: Partial<TrainerOptions> = {}): Trainer =>
  new Trainer(new TwoLayerNet({ inputSize: 4, hiddenSize: 8, outputSize: 3, seed: 3 }), {
    ...{ train, validation: 0.2, epochs: 8, batchSize: 40, seed: 4 },
    ...options,
  } as TrainerOptions);

const mean = (losses: Float64Array): number => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;

describe('evaluateEvery', () => {
  test('has a record of every third epoch and of the last, and changes nothing else', () => {
    const [all, few] = [newTrainer(), newTrainer({ evaluateEvery: 3 })];
    const [whole, part] = [all.fitSync(), few.fitSync()];
    expect(part.epochs).toEqual(
      [3, 6, 8].map((epoch, i) => ({
        ...whole.epochs[epoch - 1],
        trainLoss: mean(whole.losses.subarray([0, 6, 12][i], 2 * epoch)),
        seconds: expect.any(Number),
      })),
    );
    expect(part.losses).toEqual(whole.losses);
    expect(few.net.stateDict()).toEqual(all.net.stateDict());
  });

  test('counts from the first epoch where records stand at its start', () => {
    const { epochs } = newTrainer({ evaluateEvery: 3, evaluate: 'epochStart' }).fitSync();
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 1],
      [4, 7],
      [7, 13],
    ]);
  });

  test('makes the patience of EarlyStopping one of records', () => {
    const stopping = new EarlyStopping({ monitor: 'validationLoss', minDelta: 100, patience: 2 });
    const { epochs } = newTrainer({ evaluateEvery: 2, callbacks: [stopping] }).fitSync();
    expect(epochs.map(({ epoch }) => epoch)).toEqual([2, 4, 6]);
    expect(stopping.bestAt).toBe(4); // updates: those of the first record
  });

  test('goes back to the weights of the last record where the loss is no longer finite', () => {
    const trainer = newTrainer({ evaluateEvery: 3 });
    const poison = ({ step }: { step: number }): void => {
      if (step === 9) trainer.net.params['b2']!.data[0] = Number.NaN;
    };
    expect(() => trainer.fitSync({ onStep: poison })).toThrow(
      /^Trainer: the loss is NaN at step 10 .*Nothing of this step was written, and the weights are those after step 6\. /,
    );
  });

  test('is saved with the run, which continues with the same bits', async () => {
    const path = join(folder, 'run.safetensors');
    const whole = newTrainer({ evaluateEvery: 3 });
    await whole.fit();
    const half = newTrainer({ evaluateEvery: 3 });
    await half.fit({ onStep: ({ step }) => (step === 9 ? half.save(path) : undefined) });
    const again = await Trainer.resume(path, { train });
    await again.fit();
    expect(again.net.stateDict()).toEqual(whole.net.stateDict());
    expect(again.history.epochs.map(({ epoch }) => epoch)).toEqual([3, 6, 8]);
  });

  test('refuses anything but a whole number of at least 1', () => {
    expectRefusal(
      () => newTrainer({ evaluateEvery: 0 }),
      ArgumentError,
      'Trainer: evaluateEvery is 0; expected an integer of at least 1',
    );
  });

  test('is the distance of the records without evaluation too, also in a run resumed from a file', async () => {
    const path = join(folder, 'without.safetensors');
    const trainer = newTrainer({ evaluateEvery: 3, evaluate: false });
    await trainer.fit({ onStep: ({ step }) => (step === 9 ? trainer.save(path) : undefined) });
    const records = ({ history }: Trainer): unknown[] =>
      history.epochs.map(({ epoch, trainLoss, testLoss }) => [epoch, Number.isFinite(trainLoss), testLoss]);
    const wanted = [3, 6, 8].map((epoch) => [epoch, true, undefined]);
    expect(records(trainer)).toEqual(wanted);
    const again = await Trainer.resume(path, { train });
    await again.fit();
    expect(records(again)).toEqual(wanted);
  });
});
