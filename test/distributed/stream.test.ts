import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mpirun, program, resultsOf, runAlone, whyNoMpi } from '../support/mpi.js';

const why = whyNoMpi();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-mpi-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const ROWS = 101;

/** What programs/stream.cjs tells of a run. */
interface Result {
  readonly error?: string;
  readonly errors?: readonly (string | number)[];
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Of each step the numbers of the rows that were computed there. */
  readonly rows: readonly (readonly number[])[];
  readonly losses: readonly number[];
  readonly testLosses: readonly number[];
  readonly weights: string;
}

describe.skipIf(why !== undefined)(`streams over MPI${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  const told = new Map<number, readonly Readonly<Record<string, Result>>[]>();
  const of = (ranks: number, name: string): readonly Result[] => told.get(ranks)!.map((ofRank) => ofRank[name]!);

  beforeAll(async () => {
    const x = Float32Array.from({ length: 4 * ROWS }, (_, i) => (i % 4 === 0 ? i / 4 : Math.sin(i * i)));
    const labels = Float32Array.from({ length: ROWS }, (_, i) => Number(x[4 * i + 1]! + x[4 * i + 2]! > 0));
    fs.writeFileSync(path.join(folder, 'x.f32'), x);
    fs.writeFileSync(path.join(folder, 'labels.f32'), labels);
    told.set(1, resultsOf(runAlone(program('stream.cjs'), { args: [folder] })));
    const env = { ZEROKARA_MPI_TIMEOUT: '10' };
    told.set(3, resultsOf(await mpirun(3, program('stream.cjs'), { args: [folder], env })));
  }, 60_000);

  test.each(['files', 'function'])('each row is computed once in an epoch, on one of the ranks: %s', (name) => {
    for (const ranks of [1, 3]) {
      const results = of(ranks, name);
      for (const { error, step, stepsPerEpoch, weights, losses } of results) {
        expect(error).toBeUndefined();
        expect([step, stepsPerEpoch]).toEqual([20, 5]);
        expect(weights).toBe(results[0]!.weights);
        expect(losses).toEqual(results[0]!.losses);
      }
      for (let epoch = 0; epoch < 4; epoch++) {
        const batches = Array.from({ length: 5 }, (_, i) => results.flatMap(({ rows }) => rows[5 * epoch + i]!));
        expect(batches.map(({ length }) => length)).toEqual([23, 23, 23, 23, 9]);
        expect(batches.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, i) => i));
      }
    }
  });

  test('of files a rank reads rows that follow each other; of a function it keeps some', () => {
    const seen = (name: string): number[][] =>
      of(3, name).map(({ rows }) =>
        rows
          .slice(0, 5)
          .flat()
          .sort((a, b) => a - b),
      );
    expect(seen('files')).toEqual([
      Array.from({ length: 35 }, (_, i) => i),
      Array.from({ length: 35 }, (_, i) => 35 + i),
      Array.from({ length: 31 }, (_, i) => 70 + i),
    ]);
    const places = Array.from({ length: ROWS }, (_, i) => i);
    expect(seen('function')).toEqual([0, 1, 2].map((rank) => places.filter((i) => (i % 23) % 3 === rank)));
  });

  test('batches of all rows give the losses of one process', () => {
    const [one] = of(1, 'whole');
    expect(one!.losses).toHaveLength(20);
    for (const { losses, testLosses } of of(3, 'whole')) {
      losses.forEach((loss, i) => {
        expect(Math.abs(loss / one!.losses[i]! - 1)).toBeLessThan(1e-12);
      });
      testLosses.forEach((loss, i) => {
        expect(Math.abs(loss / one!.testLosses[i]! - 1)).toBeLessThan(1e-12);
      });
    }
  });

  test('short last batches can be dropped', () => {
    for (const ranks of [1, 3]) {
      const results = of(ranks, 'last batches dropped');
      for (const { error, stepsPerEpoch } of results) expect([error, stepsPerEpoch]).toEqual([undefined, 4]);
      for (let step = 0; step < 16; step++) expect(results.flatMap(({ rows }) => rows[step]!)).toHaveLength(23);
    }
  });

  test('a run that was saved in the middle of an epoch continues with the same bits', () => {
    for (const ranks of [1, 3])
      for (const [rank, { losses, weights }] of of(ranks, 'resumed').entries()) {
        const whole = of(ranks, 'files')[rank]!;
        expect(losses).toEqual(whole.losses);
        expect(weights).toBe(whole.weights);
      }
  });

  test('rows that cannot be read on one rank end the run on all', () => {
    const [first, second, third] = of(3, 'broken');
    expect(second!.error).toMatch(/^DataError: DatasetStream: x\[61\]\[2\] is NaN/);
    expect(first!.error).toBe(
      'StateError: Trainer: an error was thrown on rank 1; expected a gradient of each rank. See the error there',
    );
    expect(third!.error).toBe(first!.error);
  });

  test('a source that has fewer rows on one rank ends the run on all', () => {
    const error = (first: string, second: number): string =>
      `ArgumentError: Trainer: a pass over the stream has ${first} rows on rank 0 and ${second} on rank 1; expected the same on all ranks. Give every rank the same source`;
    for (const { errors } of of(3, 'other lengths'))
      expect(errors).toEqual([error('more than 92', 92), 3, error('101', 99), 4]);
  });

  test('a loss that is not finite ends the run on all ranks with the same weights', () => {
    const results = of(3, 'diverged');
    for (const { error, weights } of results) {
      expect(error).toMatch(/^DivergenceError: Trainer: the loss is (NaN|Infinity) at step/);
      expect(weights).toBe(results[0]!.weights);
    }
  });

  test('a batch has a row for each rank', () => {
    for (const { error } of of(3, 'small'))
      expect(error).toBe(
        'ArgumentError: Trainer: batchSize is 1 for 3 ranks that share a stream; expected at least 3, a row for each',
      );
  });
});
