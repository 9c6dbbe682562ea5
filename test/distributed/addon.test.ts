import { describe, expect, test } from 'vitest';
import { mpirun, program, resultsOf, whyNoMpi } from '../support/mpi.js';

const why = whyNoMpi();

const FLOATS = 'a Float32Array or Float64Array whose memory is not shared';

describe.skipIf(why !== undefined)(`the addon of MPI${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  test('refuses what it cannot use, and computes on', async () => {
    const results = resultsOf<{ messages: [string, string][]; sums: number[] }>(await mpirun(2, program('calls.cjs')));
    for (const { messages } of results) {
      expect(messages.map(([, message]) => message)).toEqual([
        'Error: barrier: MPI has not begun',
        'Error: begin: MPI begins once in a process',
        `TypeError: allReduce: argument 1 is not ${FLOATS}`,
        `TypeError: allReduce: argument 1 is not ${FLOATS}`,
        `TypeError: allReduce: argument 1 is not ${FLOATS}`,
        `TypeError: allReduce: argument 1 is not ${FLOATS}`,
        `TypeError: treeReduce: argument 1 is not ${FLOATS}`,
        'TypeError: broadcast: argument 2 is not a whole number below 2',
        'TypeError: broadcast: argument 2 is not a whole number below 2',
        'TypeError: broadcast: argument 2 is not a number',
        'TypeError: broadcast: argument 1 is not a typed array whose memory is not shared',
        'TypeError: allGather: argument 2 is not an array of the type of the first, whose length times the ranks is that of the first',
        'TypeError: allGather: argument 2 is not an array of the type of the first, whose length times the ranks is that of the first',
        'TypeError: allGather: argument 3 is not a number of at least 0',
        'TypeError: startSum: argument 2 is not followed by an array',
        'TypeError: startSum: argument 1 is not a whole number below 65536',
        'TypeError: startSum: argument 1 is not a whole number below 65536',
        'TypeError: startSum: argument 2 is not a number',
        'TypeError: startSum: argument 4 is not an array of the type of the first',
        'TypeError: finishSum: argument 1 is not a slot with a sum under way',
        'TypeError: startSum: argument 1 is not a slot without a sum under way',
        'TypeError: finishSum: argument 2 is not the last array of as many numbers as were summed',
        'TypeError: finishSum: argument 2 is not the last array of as many numbers as were summed',
        'TypeError: setPatience: argument 1 is not a number of at least 0',
        'TypeError: setPatience: argument 1 is not a number of at least 0',
        'TypeError: abort: argument 1 is not a whole number below 256',
        'Error: end: a sum is under way',
        'Error: barrier: MPI has ended',
        'Error: end: MPI has ended',
      ]);
    }
    expect(results.map(({ sums }) => sums)).toEqual(Array(2).fill([2, 4, 3, 3, 0, 10, 6]));
  });
});
