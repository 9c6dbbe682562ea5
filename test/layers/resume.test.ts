/** What layers remember is part of a saved run: masks to come, running statistics, embedded rows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import type { NetworkDescription } from '../../src/models/description.js';
import { Sequential } from '../../src/models/sequential.js';
import { Trainer } from '../../src/trainer/trainer.js';

const description: NetworkDescription = {
  input: 3,
  layers: [
    { type: 'embedding', vocabularySize: 4, outputSize: 2 },
    { type: 'batchNormalization', momentum: 0.5 },
    { type: 'dropout', ratio: 0.3 },
    { type: 'affine', outputSize: 6 },
    { type: 'layerNormalization' },
    { type: 'gelu' },
    { type: 'dropout', ratio: 0.2 },
    { type: 'affine', outputSize: 2 },
  ],
  labelSmoothing: 0.1,
};

const rows = Array.from({ length: 30 }, (_, n) => [n % 4, (n * 3) % 4, (n >> 2) % 4]);
const train = Dataset.from({ x: rows, labels: rows.map(([a, b]) => Number(a! > b!)) });

test('R5: a resumed run draws the masks of the uninterrupted one, and ends with the same bits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zerokara-'));
  try {
    const path = join(folder, 'run.safetensors');
    const trainer = (): Trainer<Sequential> =>
      new Trainer(Sequential.from(description, { seed: 1 }), { train, batchSize: 8, epochs: 4, seed: 2 });
    const whole = trainer();
    await whole.fit();
    const interrupted = trainer();
    const stopped = new Error('stopped on purpose');
    const fit = interrupted.fit({
      onStep: ({ step }) => {
        if (step === 7) throw stopped;
      },
    });
    await expect(fit).rejects.toBe(stopped);
    await interrupted.save(path);
    const resumed = await Trainer.resume(path, { train });
    await resumed.fit();
    expect(resumed.history.losses).toEqual(whole.history.losses);
    const expected = whole.net.stateDict();
    const found = (resumed.net as Sequential).stateDict();
    for (const name of Object.keys(expected)) expect(found[name]!.data, name).toEqual(expected[name]!.data);
    expect((resumed.net as Sequential).layerStates()).toEqual(whole.net.layerStates());
  } finally {
    rmSync(folder, { recursive: true });
  }
});
