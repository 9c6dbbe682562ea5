/**
 * The runs of the notes on the full MNIST: 784-50-10, batch 100, learning rate 0.1, 10,000 updates, rows drawn with
 * replacement, accuracies measured after updates 1, 601, 1201 … 9601.
 *
 * The bands come from NumPy runs of the same loop with random seeds.
 */
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { loadMnist } from '../../src/data/mnist.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { SGD } from '../../src/optim/sgd.js';
import type { EpochRecord } from '../../src/trainer/epoch-record.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { runnableBackends } from '../support/runnable.js';

const dir = process.env['MNIST_DIR'];
const backend = runnableBackends()[0]!; // the fastest there is
if (dir === undefined) console.warn('full MNIST: skipped, because MNIST_DIR is not set');

function train(
  data: { readonly train: Dataset; readonly test: Dataset },
  activation: 'relu' | 'sigmoid',
  seed: number,
): readonly EpochRecord[] {
  const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, activation, seed, backend });
  const trainer = new Trainer(net, {
    ...data,
    steps: 10_000,
    batchSize: 100,
    sampling: 'replacement',
    evaluate: 'epochStart',
    optimizer: new SGD({ learningRate: 0.1 }),
    seed,
  });
  return trainer.fitSync().epochs;
}

function expectBands(
  records: readonly EpochRecord[],
  bands: Readonly<Record<number, readonly [number, number]>>,
): void {
  for (const [epoch, [low, high]] of Object.entries(bands)) {
    const { testAccuracy } = records[Number(epoch) - 1]!;
    expect(testAccuracy, `epoch ${epoch}`).toBeGreaterThanOrEqual(low);
    expect(testAccuracy, `epoch ${epoch}`).toBeLessThanOrEqual(high);
  }
}

describe.skipIf(dir === undefined || backend.name !== 'native')('full MNIST', () => {
  test('the ReLU run reaches the accuracies of the table, five seeds on average 0.966 to 0.974 (T10, T11)', async () => {
    const { train: rows, test: heldOut } = await loadMnist({ dir: dir! });
    expect([rows.size, heldOut.size]).toEqual([60_000, 10_000]);
    let sum = 0;
    for (const seed of [1, 2, 3, 4, 5]) {
      const records = train({ train: rows, test: heldOut }, 'relu', seed);
      expect(records.map(({ epoch, step }) => [epoch, step])).toEqual(
        Array.from({ length: 17 }, (_, i) => [i + 1, 600 * i + 1]),
      );
      expectBands(records, { 1: [0.05, 0.25], 2: [0.89, 0.92], 3: [0.91, 0.94], 17: [0.96, 0.976] });
      sum += records[16]!.testAccuracy!;
    }
    expect(sum / 5).toBeGreaterThanOrEqual(0.966);
    expect(sum / 5).toBeLessThanOrEqual(0.974);
  }, 300_000);

  test('the sigmoid run stays inside the bands of the NumPy runs (T12)', async () => {
    const { train: rows, test: heldOut } = await loadMnist({ dir: dir! });
    const records = train({ train: rows, test: heldOut }, 'sigmoid', 1);
    expectBands(records, { 1: [0.05, 0.25], 2: [0.76, 0.83], 3: [0.865, 0.895], 17: [0.939, 0.952] });
  }, 120_000);
});
