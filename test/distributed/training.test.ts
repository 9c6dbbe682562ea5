import { beforeAll, describe, expect, test } from 'vitest';
import type { DistributedStatistics, EpochRecord } from '../../src/index.js';
import { LONG } from '../support/long.js';
import { mpirun, program, resultsOf, runAlone, whyNoMpi } from '../support/mpi.js';

const why = whyNoMpi();

/** What programs/train.cjs tells of a run. */
interface Result {
  readonly rank: number;
  readonly size: number;
  readonly localRank: number;
  readonly localSize: number;
  readonly step: number;
  readonly losses: readonly number[];
  readonly epochs: readonly Omit<EpochRecord, 'seconds'>[];
  readonly weights: string;
  readonly called: number;
  readonly rate: number;
  readonly statistics: DistributedStatistics;
  readonly error?: string;
}

const STEPS = LONG ? 500 : 60;

// Not Adam: the bias before the layer has a gradient of rounding alone, which Adam would scale up to a whole step.
const SYNCHRONISED = {
  ...{ net: 'normalised', optimizer: 'momentum' },
  connect: { synchronizeBatchNormalization: true },
} as const;

/** Runs that every number of ranks makes: 101 rows in batches of 23 give unequal slices, and a last batch of 9. */
const SAME = {
  float64: { dtype: 'float64', steps: STEPS, optimizer: 'momentum' },
  float32: { dtype: 'float32', steps: STEPS, optimizer: 'momentum' },
  'fewer rows than ranks': { rows: 25, batchSize: 23 },
  dropout: { net: 'dropout' },
  'a penalty': { l2: 0.01 },
  'batch normalisation of the whole batch': SYNCHRONISED,
  'the same in float32': { ...SYNCHRONISED, dtype: 'float32' },
  'the same with fewer rows than ranks': { ...SYNCHRONISED, rows: 26 },
  'clipping, class weights and validation': {
    options: { clipGlobalNorm: 0.5, classWeights: 'balanced', validation: 0.2 },
  },
};

/** The same with fixed bits. */
const FIXED = {
  'batch normalisation': { net: 'normalised', rows: 96, batchSize: 32, connect: { deterministic: true } },
  'dropout in float32': { net: 'dropout', dtype: 'float32', connect: { deterministic: true } },
};

/** What two ranks do beyond that. */
const OF_TWO = {
  seeds: { net: 'normalised', rows: 96, batchSize: 32, seedByRank: true },
  stop: { steps: 40, stopAt: 7, rate: 0.25, options: { evaluate: 'epochStart' } },
  early: { epochs: 30, callbacks: ['early', 'plateau'] },
  abort: { steps: 40, abortAt: 5 },
  broken: { epochs: 3, breakWeights: true },
  data: { rowsByRank: true },
  small: { net: 'normalised', rows: 26, batchSize: 23 },
  diverged: { options: { optimizer: 'sgd' }, rate: 1e200, epochs: 3 },
};

type Name = keyof typeof SAME | keyof typeof FIXED | keyof typeof OF_TWO;

/** By the number of ranks and the name of the run, what each rank tells. */
const told = new Map<number, ReadonlyMap<string, readonly Result[]>>();

async function run(ranks: number, runs: Readonly<Record<string, object>>): Promise<void> {
  const args = [JSON.stringify(Object.values(runs))];
  const ended =
    ranks < 2 ? runAlone(program('train.cjs'), { args }) : await mpirun(ranks, program('train.cjs'), { args });
  const ofRanks = resultsOf<readonly Result[]>(ended);
  told.set(ranks, new Map(Object.keys(runs).map((name, i) => [name, ofRanks.map((of) => of[i]!)])));
}

function resultsBy(ranks: number, name: Name): readonly Result[] {
  return told.get(ranks)!.get(name)!;
}

/** The largest relative difference of two lists of numbers. */
function difference(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!) / Math.abs(b[i]!)));
}

describe.skipIf(why !== undefined)(`training over MPI${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  beforeAll(async () => {
    const alone = Object.entries(SAME).map(([name, of]) => [name, { ...of, alone: true }]);
    await run(1, { ...Object.fromEntries(alone), ...FIXED });
    await run(2, { ...SAME, ...FIXED, ...OF_TWO });
    await run(4, { ...SAME, ...FIXED, broken: OF_TWO.broken });
    await run(8, FIXED);
  }, 120_000);

  // Sums in another order differ by rounding, which the steps let grow; after 500 of them the losses of these rows are near 0.
  test.each(Object.keys(SAME) as (keyof typeof SAME)[])(
    '2 and 4 ranks train as one process does, and have the same weights: %s',
    (name) => {
      const [one] = resultsBy(1, name);
      const bound = name.endsWith('float32') ? (LONG ? 4e-6 : 1e-6) : 1e-12;
      for (const ranks of [2, 4]) {
        const results = resultsBy(ranks, name);
        expect(results.map(({ rank, size }) => [rank, size])).toEqual(
          Array.from({ length: ranks }, (_, i) => [i, ranks]),
        );
        expect(new Set(results.map(({ weights }) => weights)).size).toBe(1);
        for (const { losses, epochs } of results) {
          expect(difference(losses, one!.losses)).toBeLessThanOrEqual(bound);
          const [found, expected] = [epochs, one!.epochs].map((of) => of.map(({ testLoss }) => testLoss!));
          expect(difference(found!, expected!)).toBeLessThanOrEqual(bound);
          expect(epochs.map((of) => of.trainAccuracy)).toEqual(one!.epochs.map((of) => of.trainAccuracy));
        }
      }
    },
  );

  test.each(Object.keys(FIXED) as (keyof typeof FIXED)[])(
    'deterministic: 1, 2, 4 and 8 ranks have the same bits: %s',
    (name) => {
      const [one] = resultsBy(1, name);
      for (const ranks of [2, 4, 8]) {
        for (const { weights, losses, epochs } of resultsBy(ranks, name)) {
          expect(losses).toEqual(one!.losses);
          expect(epochs).toEqual(one!.epochs);
          expect(weights).toBe(one!.weights);
        }
      }
    },
  );

  test('ranks know their machine, and count what they exchange', () => {
    const results = resultsBy(2, 'float64');
    expect(results.map(({ localRank, localSize }) => [localRank, localSize])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    const { steps, messages, bytes } = results[0]!.statistics;
    expect(steps).toBe(STEPS);
    // The gradients of 6·16 + 16 + 16·3 + 3 weights and the loss in each step, and a few numbers of each evaluation.
    expect(bytes).toBeGreaterThanOrEqual(STEPS * 8 * (163 + 1));
    expect(messages).toBeGreaterThanOrEqual(2 * STEPS);
  });

  test('the ranks begin with the weights and the seed of the first, and keep the mean of running statistics', () => {
    const [first, second] = resultsBy(2, 'seeds');
    expect(second!.weights).toBe(first!.weights);
    expect(second!.losses).toEqual(first!.losses);
  });

  test('rank 0 alone calls back; its stop and its rate hold for all', () => {
    const stopped = resultsBy(2, 'stop');
    expect(stopped.map(({ step }) => step)).toEqual([7, 7]);
    expect(stopped.map(({ rate }) => rate)).toEqual([0.25, 0.25]);
    expect(stopped[0]!.called).toBeGreaterThan(0);
    expect(stopped[1]!.called).toBe(0);
    expect(stopped[1]!.weights).toBe(stopped[0]!.weights);
  });

  test('early stopping and a reduced rate come to the same decision on all ranks', () => {
    const [first, second] = resultsBy(2, 'early');
    expect(first!.step).toBeLessThan(150);
    expect(second).toMatchObject({ step: first!.step, rate: first!.rate, weights: first!.weights });
  });

  test('a signal on one rank aborts all', () => {
    const results = resultsBy(2, 'abort');
    expect(results.map(({ step }) => step)).toEqual([5, 5]);
    expect(results.map(({ error }) => error)).toEqual([
      'Error: enough',
      'StateError: Trainer.fit: another rank has aborted this run. fit continues it, once all ranks call it',
    ]);
  });

  test('weights that differ after an epoch are an error that names the ranks', () => {
    const error = (ranks: string): string =>
      `StateError: Trainer: the weights of ${ranks} differ from those of rank 0; expected equal bits on all ranks after each epoch. Run the same program on the same kind of CPU on every rank; a callback, which rank 0 alone calls, must not write weights`;
    expect(resultsBy(2, 'broken').map((result) => result.error)).toEqual(Array(2).fill(error('rank 1')));
    expect(resultsBy(4, 'broken').map((result) => result.error)).toEqual(Array(4).fill(error('ranks 1, 2 and 3')));
  });

  test('data that differs is an error before the first step', () => {
    const error =
      'ArgumentError: Trainer: the number of training rows is 101 on rank 0 and 102 on rank 1; expected the same on all ranks. Give every rank the same network, data and options';
    expect(resultsBy(2, 'data').map((result) => result.error)).toEqual([error, error]);
  });

  test('a part of a batch that is too small for a layer is refused', () => {
    const error =
      'ArgumentError: Trainer: batchSize 23 leaves a last batch of 3 rows, of which a part has 1 row (26 rows in all); expected at least 2 rows, which layer 2 (BatchNormalization) needs in training. Use dropLast: true, or another batchSize';
    expect(resultsBy(2, 'small').map((result) => result.error)).toEqual([error, error]);
  });

  test('a loss that is not finite ends the run on all ranks with the same weights', () => {
    const [first, second] = resultsBy(2, 'diverged');
    expect(first!.error).toMatch(/^DivergenceError: Trainer: the loss is (NaN|Infinity) at step/);
    expect(second!.error).toBe(first!.error);
    expect(second!.weights).toBe(first!.weights);
  });
});
