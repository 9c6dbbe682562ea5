/** What callbacks take from a file, which may hold anything, and what they are told when a run fails. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { SGD } from '../../src/optim/sgd.js';
import { EarlyStopping } from '../../src/trainer/early-stopping.js';
import type { Callback } from '../../src/trainer/fit-options.js';
import { ModelCheckpoint } from '../../src/trainer/model-checkpoint.js';
import { ReduceOnPlateau } from '../../src/trainer/reduce-on-plateau.js';
import { Trainer } from '../../src/trainer/trainer.js';

const folder = mkdtempSync(join(tmpdir(), 'zerokara-callbacks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const x = [[1], [2], [3]];
const train = Dataset.from({ x, targets: [1, 2, 3] });
const newNet = (): MultiLayerNet =>
  new MultiLayerNet({ inputSize: 1, hiddenSizes: [], outputSize: 1, task: 'regression', seed: 1, backend: 'js' });

describe('a state that is not its own', () => {
  test.each([
    ['EarlyStopping', new EarlyStopping(), new ReduceOnPlateau().state()],
    ['EarlyStopping', new EarlyStopping(), null],
    ['ReduceOnPlateau', new ReduceOnPlateau(), { best: 'low', waited: 0 }],
    ['ModelCheckpoint', new ModelCheckpoint({ path: 'a' }), new EarlyStopping().state()],
  ])('is refused by %s', (name, callback: Callback, state) => {
    expect(() => callback.restore!(state)).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: `${name}: the state to restore is ${state === null ? 'null' : 'an Object'}; expected what ${name}.state() returned. Resume with the callbacks of the saved run, in the same order`,
      }),
    );
  });

  test('cannot make ModelCheckpoint remove a file that it cannot have written', async () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    const checkpoint = new ModelCheckpoint({ path: join(folder, 'run-{epoch}.safetensors'), keep: 1 });
    const own = join(folder, 'run-7.safetensors');
    writeFileSync(own, 'old');
    checkpoint.restore({ watch: null, written: [victim, join(folder, 'run-x.safetensors'), own] });
    await new Trainer(newNet(), {
      train,
      epochs: 1,
      optimizer: new SGD({ learningRate: 0.01 }),
      callbacks: [checkpoint],
    }).fit();
    expect([existsSync(victim), existsSync(own), existsSync(join(folder, 'run-1.safetensors'))]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('when a run fails', () => {
  const failing = (callbacks: readonly Callback[]): Trainer =>
    new Trainer(newNet(), { train, epochs: 500, optimizer: new SGD({ learningRate: 10 }), evaluate: false, callbacks });

  test('every callback is told, and what one throws does not hide the divergence', async () => {
    const told: string[] = [];
    const callbacks = (): readonly Callback[] => [
      {
        onEnd() {
          throw new Error('in onEnd');
        },
      },
      {
        onEnd() {
          told.push('second');
        },
      },
    ];
    await expect(failing(callbacks()).fit()).rejects.toThrow(expect.objectContaining({ name: 'DivergenceError' }));
    expect(() => failing(callbacks()).fitSync()).toThrow(expect.objectContaining({ name: 'DivergenceError' }));
    expect(told).toEqual(['second', 'second']);
  });

  test('an abort without a reason does not end the run', async () => {
    const told: string[] = [];
    const callbacks: readonly Callback[] = [{ onEnd: () => told.push('end') }];
    const trainer = new Trainer(newNet(), { train, epochs: 3, optimizer: new SGD({ learningRate: 0.01 }), callbacks });
    const signal = { aborted: true, reason: undefined };
    await expect(trainer.fit({ signal })).rejects.toBe(undefined);
    expect(told).toEqual([]);
    await trainer.fit();
    expect(told).toEqual(['end']);
  });
});
