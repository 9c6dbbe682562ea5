/** Training on images that are changed a little: the same for the same seed, resumed to the bit, never in an evaluation. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Batches, type BatchesOptions } from '../../src/data/batches.js';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError } from '../../src/errors.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/io/safetensors.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Random } from '../../src/random.js';
import { crossValidate } from '../../src/search/cross-validate.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { TrainerOptions } from '../../src/trainer/trainer-options.js';
import { errorOf } from '../data/error-of.js';
import { runnableBackends } from '../support/runnable.js';
import { sameState } from '../support/same-state.js';

const folder = mkdtempSync(join(tmpdir(), 'augment-'));
const path = join(folder, 'run.safetensors');
afterAll(() => rmSync(folder, { recursive: true }));

/** Bytes of 5 × 6 pixels; the class is which half is brighter. */
function images(size: number, inputShape: readonly number[] = [5, 6, 1]): Dataset<Int32Array> {
  const random = new Random(1, 'data');
  const data = new Uint8Array(size * 30).map(() => random.integer(256));
  const half = (row: number, from: number): number =>
    data.subarray(row * 30 + from, row * 30 + from + 15).reduce((sum, byte) => sum + byte, 0);
  const labels = Int32Array.from({ length: size }, (_, row) => Number(half(row, 0) > half(row, 15)));
  return Dataset.from({ x: { data, shape: [size, 30] }, inputShape, labels, classes: 2, scale: 1 / 255 });
}

const train = images(50);
const augment = { shift: 1, rotate: 10, scale: 0.1 };
const newNet = (backend?: TwoLayerNet['backend']): TwoLayerNet =>
  new TwoLayerNet({
    ...{ inputSize: 30, hiddenSize: 7, outputSize: 2, weightInitStd: 'he', seed: 2 },
    ...(backend === undefined ? {} : { backend }),
  });
const newTrainer = (options: Partial<TrainerOptions> = {}, net = newNet()): Trainer =>
  new Trainer(net, { train, epochs: 2, batchSize: 16, seed: 3, augment, ...options } as TrainerOptions);

describe.each(runnableBackends())('on $name', (backend) => {
  const batchesOf = (options: Partial<BatchesOptions> = {}): Batches =>
    new Batches(train, {
      ...{ batchSize: 16, sampling: 'shuffle', dtype: 'float32', backend, augment },
      random: new Random(4, 'order'),
      augmentRandom: new Random(4, 'augmentation'),
      ...options,
    } as BatchesOptions);
  const epoch = (batches: Batches): number[][] =>
    Array.from({ length: batches.stepsPerEpoch }, () => {
      const { x, labels } = batches.next();
      return [...x.data, ...(labels as Int32Array)];
    });

  test('batches of equal seeds are equal, and those of an epoch differ from the next', () => {
    const [a, b] = [batchesOf({ sampling: 'inOrder' }), batchesOf({ sampling: 'inOrder' })];
    const first = epoch(a);
    expect(epoch(b)).toEqual(first);
    expect(epoch(a)).not.toEqual(first);
    expect(epoch(batchesOf({ sampling: 'inOrder', augmentRandom: new Random(5) }))).not.toEqual(first);
  });

  test('rows come in the order that they have without changes, with their labels', () => {
    const plain = batchesOf({ augment: undefined as never });
    const still = batchesOf({ augment: { shift: 0 } });
    for (let i = 0; i < 3; i++) expect(epoch(still)).toEqual(epoch(plain));
  });

  test('a position in them is taken up again to the bit', () => {
    const batches = batchesOf();
    for (let steps = 0; steps < 9; steps++) {
      const state = structuredClone(batches.state());
      const other = batchesOf({ random: new Random(7), augmentRandom: new Random(8) });
      other.restore(state);
      const next = [...batches.next().x.data];
      expect([...other.next().x.data]).toEqual(next);
      expect(epoch(other).length).toBe(4);
    }
  });

  test('what comes in from outside is the background, scaled as the bytes are', () => {
    const white = batchesOf({ augment: { shift: 1e6, background: 255 } }).next().x.data;
    const data = new Uint8Array(30).fill(255);
    const byte = Dataset.from({ x: { data, shape: [1, 30] }, labels: [0], scale: 1 / 255 });
    const [expected] = new Batches(byte, { batchSize: 1, sampling: 'inOrder', dtype: 'float32', backend }).next().x
      .data;
    // Each image is moved so far that nothing of it is left.
    expect(new Set(white)).toEqual(new Set([expected]));
  });

  test('a resumed run equals the uninterrupted one to the bit after any step', async () => {
    const whole = newTrainer({}, newNet(backend));
    whole.fitSync();
    for (let steps = 0; steps <= 8; steps++) {
      const parts = newTrainer({}, newNet(backend));
      const abort = new AbortController();
      if (steps === 0) abort.abort('enough');
      const stop = { onStep: ({ step }: { step: number }) => step === steps && abort.abort('enough') };
      await parts.fit({ signal: abort.signal, ...stop }).catch((reason) => expect(reason).toBe('enough'));
      await parts.save(path);
      const resumed = await Trainer.resume(path, { train, backend });
      expect(sameState(resumed['run'].state(), parts['run'].state())).toBe(true);
      if (!resumed.isComplete) resumed.fitSync();
      expect(sameState(resumed['run'].state(), whole['run'].state())).toBe(true);
    }
  });
});

describe('a run', () => {
  test('trains on changed images, and is evaluated on the images as they are', () => {
    const trainer = newTrainer({ test: train.take(20), validation: 0.2 });
    const { epochs, losses } = trainer.fitSync();
    const { loss, accuracy } = trainer.net.evaluate(train.take(20));
    const last = epochs.at(-1)!;
    expect([last.testLoss, last.testAccuracy]).toEqual([loss, accuracy]);
    expect(losses[0]).not.toBe(newTrainer({ augment: undefined as never, validation: 0.2 }).fitSync().losses[0]);
  });

  test('that is not augmented draws nothing more than before', () => {
    const plain = newTrainer({ augment: undefined as never });
    expect(plain['run'].state().order).toEqual({ step: 0, random: new Random(3, 'order').state() });
    const changed = newTrainer()['run'].state().order;
    expect(changed.augmentRandom).toEqual(new Random(3, 'augmentation').state());
    expect(changed.random).toEqual(plain['run'].state().order.random);
  });

  test('of each fold of a cross-validation is augmented too', async () => {
    const options = { folds: 2, epochs: 1, seed: 1 };
    const makeNetwork = (seed: number) => new TwoLayerNet({ inputSize: 30, hiddenSize: 3, outputSize: 2, seed });
    const plain = await crossValidate(makeNetwork, train, options);
    const changed = await crossValidate(makeNetwork, train, { ...options, augment });
    expect(changed.mean['loss']).not.toBe(plain.mean['loss']);
  });
});

describe('refused', () => {
  const expected = 'at least one of them, e.g. { shift: 2, rotate: 10, scale: 0.1 }';
  test.each<[unknown, string]>([
    [{}, `augment has none of shift, rotate, scale and flip: true; expected ${expected}`],
    [{ background: 1 }, `augment has none of shift, rotate, scale and flip: true; expected ${expected}`],
    [true, 'augment: options is true; expected an object with any of shift, rotate, scale, flip, background'],
    [{ zoom: 0.1 }, 'augment: unknown option "zoom"; did you mean "scale"?'],
    [{ shift: -1 }, 'augment.shift is -1; expected a finite number of pixels of at least 0'],
    [{ shift: Number.NaN }, 'augment.shift is NaN; expected a finite number of pixels of at least 0'],
    [{ shift: '2' }, 'augment.shift is "2"; expected a finite number of pixels of at least 0'],
    [{ rotate: 181 }, 'augment.rotate is 181; expected degrees in [0, 180]'],
    [{ scale: 1 }, 'augment.scale is 1; expected a number in [0, 1)'],
    [{ flip: false }, `augment has none of shift, rotate, scale and flip: true; expected ${expected}`],
    [{ flip: 0.5 }, 'augment.flip is 0.5; expected true or false'],
    [{ horizontalFlip: true }, 'augment: unknown option "horizontalFlip"; did you mean "flip"?'],
    [{ shift: 1, background: Infinity }, 'augment.background is Infinity; expected a finite number'],
  ])('augment: %o', (wrong, message) => {
    for (const operation of ['Trainer', 'Batches']) {
      const error = errorOf(() =>
        operation === 'Trainer'
          ? newTrainer({ augment: wrong as never })
          : new Batches(train, {
              ...{ batchSize: 1, sampling: 'inOrder', dtype: 'float32', backend: newNet().backend },
              augment: wrong as never,
              augmentRandom: new Random(1),
            }),
      );
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toBe(`${operation}: ${message}`);
    }
  });

  test('rows that are not images', () => {
    const rows = images(10, [30]);
    expect(errorOf(() => newTrainer({ train: rows }))).toEqual(
      expect.objectContaining({
        name: 'ArgumentError',
        message:
          'Trainer: augment is given, and train has rows of 30; expected images, whose shape is known. ' +
          'Give x as (N, height, width, channels), or Dataset.from the option inputShape: [height, width, channels]',
      }),
    );
  });

  test('batches without a generator for the changes', () => {
    const options = { batchSize: 1, sampling: 'inOrder', dtype: 'float32', backend: newNet().backend } as const;
    const { message } = errorOf(() => new Batches(train, { ...options, augment }));
    expect(message).toBe('Batches: augmentRandom is undefined; expected a Random for augment');
  });

  test('a position of other batches', () => {
    const options = { batchSize: 1, sampling: 'inOrder', dtype: 'float32', backend: newNet().backend } as const;
    const changing = new Batches(train, { ...options, augment, augmentRandom: new Random(1) });
    const plain = new Batches(train, options);
    expect(errorOf(() => changing.restore(plain.state())).message).toBe(
      'Batches.restore: augmentRandom is undefined; expected the state of batches with augment, as these',
    );
    expect(errorOf(() => plain.restore(changing.state())).message).toBe(
      'Batches.restore: augmentRandom is given; expected the state of batches without augment, as these',
    );
  });

  test('a file whose parts do not belong together, and images of another shape', async () => {
    await newTrainer().save(path);
    await expect(Trainer.resume(path, { train: images(50, [6, 5]) })).rejects.toThrow(
      'Trainer.resume: train has images of [6, 5, 1]; expected [5, 6, 1], as in the saved run',
    );
    const { tensors, metadata } = decodeSafetensors(readFileSync(path), 'test', path);
    const edited = (edit: (run: Record<string, Record<string, unknown>>) => void): void => {
      const [name, json] = Object.entries(metadata)[0]!;
      const run = JSON.parse(json) as Record<string, Record<string, unknown>>;
      edit(run);
      writeFileSync(path, Buffer.concat(encodeSafetensors(tensors, { [name]: JSON.stringify(run) }, 'test')));
    };
    edited(({ state }) => Object.assign(state!['order'] as object, { augmentRandom: undefined }));
    await expect(Trainer.resume(path, { train })).rejects.toThrow(
      `Trainer.resume: ${path} contradicts itself (Batches.restore: augmentRandom is undefined; expected the state of batches with augment, as these)`,
    );
    edited(({ setup }) => Object.assign(setup!['augment'] as object, { scale: 'large' }));
    await expect(Trainer.resume(path, { train })).rejects.toThrow(
      `Trainer.resume: ${path}: augment.scale is "large"; expected a finite number`,
    );
    edited(({ state }) => Object.assign(state!['order'] as object, { augmentRandom: { words: [0, 0, 0, 0] } }));
    await expect(Trainer.resume(path, { train })).rejects.toThrow(
      `Trainer.resume: ${path}: order.augmentRandom.words is [0, 0, 0, 0]; expected four words, not all 0`,
    );
  });
});
