import { beforeAll, describe, expect, test } from 'vitest';
import { mpirun, program, resultsOf, whyNoMpi } from '../support/mpi.js';

const why = whyNoMpi();

/** By the name of a mistake, what came of it: the error, or what the program has returned. */
type Results = Readonly<Record<string, unknown>>;

describe.skipIf(why !== undefined)(`mistakes of ranks${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  let results: readonly Results[];
  const of = (name: string): readonly unknown[] => results.map((ofRank) => ofRank[name]);

  beforeAll(async () => {
    const env = { ZEROKARA_MPI_TIMEOUT: '10' };
    results = resultsOf<Results>(await mpirun(2, program('mistakes.cjs'), { env }));
  }, 60_000);

  test('after all of them the ranks train together', () => {
    const [first, second] = of('none');
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toBe(first);
  });

  test('an error of a layer on one rank ends the step on all of them', () => {
    const thrown = 'RangeError: this layer has had enough';
    const elsewhere = (rank: number): string =>
      `StateError: Trainer: the network has thrown an error on rank ${rank}; expected a gradient of each rank. See the error there; nothing of this step was written`;
    expect(of('backward')).toEqual([elsewhere(1), thrown]);
    expect(of('deterministic backward')).toEqual([thrown, elsewhere(0)]);
  });
});
