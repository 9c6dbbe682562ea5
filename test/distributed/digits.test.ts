/** The book's runs on the full MNIST, on two ranks: the bands are those of test/runs. */
import { describe, expect, test } from 'vitest';
import { LONG } from '../support/long.js';
import { mpirun, program, resultsOf, whyNoMpi } from '../support/mpi.js';

const dir = process.env['MNIST_DIR'];
const why = whyNoMpi() ?? (LONG ? undefined : 'a long run') ?? (dir === undefined ? 'MNIST_DIR is not set' : undefined);

async function accuracies(name: string): Promise<readonly number[]> {
  const env = { MNIST_DIR: dir! };
  const ended = await mpirun(2, program('digits.cjs'), { args: [name], env, timeout: 1_800_000 });
  const [{ accuracies: of, seconds }] = resultsOf<{ readonly accuracies: readonly number[]; readonly seconds: number }>(
    ended,
  ) as readonly [{ readonly accuracies: readonly number[]; readonly seconds: number }];
  console.log(`${name}: ${of.at(-1)} after ${seconds.toFixed(1)} s on 2 ranks`);
  return of;
}

describe.skipIf(why !== undefined)(`full MNIST on two ranks${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  test('784-50-10 reaches the accuracies of one process (T11)', async () => {
    const of = await accuracies('dense');
    expect(of).toHaveLength(17);
    const bands = { 1: [0.05, 0.25], 2: [0.89, 0.92], 3: [0.91, 0.94], 17: [0.96, 0.976] } as const;
    for (const [epoch, [low, high]] of Object.entries(bands)) {
      expect(of[Number(epoch) - 1], `epoch ${epoch}`).toBeGreaterThanOrEqual(low);
      expect(of[Number(epoch) - 1], `epoch ${epoch}`).toBeLessThanOrEqual(high);
    }
  }, 1_800_000);

  test('SimpleConvNet reaches those of one process after 20 epochs (K8)', async () => {
    const last = (await accuracies('convolutional')).at(-1);
    expect(last).toBeGreaterThanOrEqual(0.985);
    expect(last).toBeLessThanOrEqual(0.993);
  }, 1_800_000);
});
