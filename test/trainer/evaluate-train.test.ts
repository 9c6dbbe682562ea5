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

const folder = mkdtempSync(join(tmpdir(), 'evaluate-train-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** 600 rows of 4 numbers, three chunks of an evaluation; the class is which of the first three is largest. */
const x = Tensor.randomUniform([600, 4], { seed: 1 });
const train = Dataset.from({ x, labels: x.slice([0, 600], [0, 3]).argMax(1), classes: 3 });

const newTrainer = (options: Partial<TrainerOptions> = {}): Trainer =>
  new Trainer(new TwoLayerNet({ inputSize: 4, hiddenSize: 8, outputSize: 3, seed: 3 }), {
    ...{ train, validation: 0.2, epochs: 3, batchSize: 64, seed: 4 },
    ...options,
  } as TrainerOptions);

describe('evaluateTrain: false', () => {
  test('leaves the accuracy on the training rows out, and changes nothing else', () => {
    const [all, few] = [newTrainer(), newTrainer({ evaluateTrain: false })];
    const [whole, part] = [all.fitSync(), few.fitSync()];
    expect(part.epochs).toEqual(
      whole.epochs.map(({ trainAccuracy: _, seconds: __, ...record }) => ({ ...record, seconds: expect.any(Number) })),
    );
    expect(few.net.stateDict()).toEqual(all.net.stateDict());
    expect(few.measured).toEqual(['trainLoss', 'validationLoss', 'validationAccuracy', 'learningRate']);
    expect(() =>
      newTrainer({ evaluateTrain: false, callbacks: [new EarlyStopping({ monitor: 'trainAccuracy' })] }),
    ).toThrow('monitor is "trainAccuracy", which this run does not measure');
  });

  test('is saved with the run, which continues with the same bits, also within its last check', async () => {
    const path = join(folder, 'run.safetensors');
    const whole = newTrainer({ evaluateTrain: false });
    await whole.fit();
    const turns = whole.step + 3 + 3; // a turn for each step, each validation and each record
    for (const cut of [5, turns + 1, turns + 2]) {
      const half = newTrainer({ evaluateTrain: false });
      let left = cut;
      const signal = {
        get aborted() {
          return left-- === 0;
        },
        reason: 'enough',
      };
      await half.fit({ signal }).catch(() => undefined);
      await half.save(path);
      const again = await Trainer.resume(path, { train });
      if (!again.isComplete) await again.fit();
      expect(again.net.stateDict()).toEqual(whole.net.stateDict());
      expect(again.history.epochs.some(({ trainAccuracy }) => trainAccuracy !== undefined)).toBe(false);
    }
  });

  test('still ends with weights that give a finite loss', async () => {
    const trainer = newTrainer({ evaluateTrain: false });
    const poison = ({ step }: { step: number }): void => {
      if (step === trainer.totalSteps) trainer.net.params['b2']!.data[0] = Number.NaN;
    };
    await expect(trainer.fit({ onEpochEnd: poison })).rejects.toThrow('the loss of train is NaN after step');
    expect(trainer.net.loss(train)).toSatisfy(Number.isFinite);
  });

  test('tells of a network that gives every row one class', () => {
    const trainer = newTrainer({ evaluateTrain: false, epochs: 1 });
    trainer.fitSync({
      onEpochEnd: () => {
        trainer.net.params['W2']!.data.fill(0);
        trainer.net.params['b2']!.data.set([1, 0, 0]);
      },
    });
    expect(trainer.history.warnings[0]).toMatch(/^The network gives every training row class 0, which is right for /);
  });

  test('refuses anything but true and false', () => {
    expectRefusal(
      () => newTrainer({ evaluateTrain: 1 as never }),
      ArgumentError,
      'Trainer: evaluateTrain is 1; expected true or false',
    );
  });
});
