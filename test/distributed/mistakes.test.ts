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
    results = resultsOf<Results>(await mpirun(2, program('mistakes.cjs'), { env, timeout: 30_000 }));
  }, 60_000);

  test('after all of them the ranks train together', () => {
    const [first, second] = of('none');
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toBe(first);
  });

  test('an error of a layer on one rank ends the step on all of them', () => {
    const thrown = 'RangeError: this layer has had enough';
    const elsewhere = (rank: number): string =>
      `StateError: Trainer: an error was thrown on rank ${rank}; expected a gradient of each rank. See the error there`;
    expect(of('backward')).toEqual([elsewhere(1), thrown]);
    expect(of('deterministic backward')).toEqual([thrown, elsewhere(0)]);
    expect(of('synchronised')).toEqual([Array(2).fill(elsewhere(1)), Array(2).fill(thrown)]);
  });

  test('an error of a callback on rank 0 ends the fit on all ranks, and the next continues it', () => {
    const thrown = 'RangeError: this callback has had enough';
    const elsewhere =
      'StateError: Trainer: a callback of rank 0 has thrown an error; expected all ranks to go on. See the error there. fit continues the run, once all ranks call it';
    for (const [name, step] of [
      ['onStep', 2],
      ['onEpochEnd', 3],
      ['onBegin', 0],
    ] as const) {
      expect(of(name)).toEqual([
        [thrown, step, 6, of('none')[0]],
        [elsewhere, step, 6, of('none')[0]],
      ]);
    }
  });

  test('an error of the optimizer or of the rows on one rank ends the run on all of them, and it cannot continue', () => {
    const thrown = 'RangeError: this layer has had enough';
    const elsewhere = (what: string): string =>
      `StateError: Trainer: an error was thrown on rank 1; expected ${what} of each rank. See the error there`;
    const failed = 'StateError: Trainer.fit: this run has failed; expected a new Trainer';
    expect(of('optimizer')).toEqual([
      // The third step is the last of an epoch, whose evaluation comes next.
      [elsewhere('an evaluation'), failed, elsewhere('an update'), failed],
      [thrown, failed, thrown, failed],
    ]);
    expect(of('rows')).toEqual([elsewhere('a gradient'), thrown]);
  });

  test('an error of onEnd on rank 0 is one on all ranks, after the whole run', () => {
    expect(of('onEnd')).toEqual([
      ['RangeError: this callback has had enough', 6, of('none')[0]],
      [
        'StateError: Trainer: a callback of rank 0 has thrown an error; expected all ranks to go on. See the error there',
        6,
        of('none')[0],
      ],
    ]);
  });

  test('a Trainer that is refused on one rank changes nothing for the next, but for seeds that nobody gave', () => {
    const [first, second] = of('constructing') as [string[], string[]];
    expect(first).toEqual([
      null,
      of('none')[0],
      expect.stringMatching(/^ArgumentError: Trainer: seed is \d+ on rank 0 and \d+ on rank 1; /),
    ]);
    expect(second).toEqual([
      'ArgumentError: Trainer: evaluateEvery is 0; expected an integer of at least 1',
      ...first.slice(1),
    ]);
  });

  test('callbacks that rank 0 alone calls are restored there alone', () => {
    expect(of('restore')).toEqual([['onAttach', 'onAttach', 'restore'], []]);
  });

  test('the rate that onBegin of rank 0 sets is that of all', () => {
    const [first, second] = of('a rate');
    expect(first).toEqual([6, 0.5, expect.any(String)]);
    expect(second).toEqual(first);
  });

  test('options that differ are refused before the first step', () => {
    const differs = (name: string, first: string, second: string, fix?: string): string =>
      `ArgumentError: Trainer: ${name} is ${first} on rank 0 and ${second} on rank 1; expected the same on all ranks. ${fix ?? 'Give every rank the same network, data and options'}`;
    const settings = (patience: number): string =>
      `[{"monitor":"testLoss","minDelta":0,"patience":${patience},"restoreBest":true}]`;
    const [first, second] = of('options');
    expect(first).toEqual({
      evaluate: differs('evaluate', '"epochEnd"', '"epochStart"'),
      evaluateTrain: differs('evaluateTrain', 'false', 'true'),
      evaluateEvery: differs('evaluateEvery', '1', '2'),
      dropLast: differs('dropLast', 'false', 'true'),
      sampling: differs('sampling', '"shuffle"', '"replacement"'),
      clipGlobalNorm: differs('clipGlobalNorm', 'not given', '0.5'),
      clipValue: differs('clipValue', 'not given', '0.5'),
      classWeights: differs('classWeights', 'not given', '[1,2]'),
      optimizer: differs('optimizer', '"sgd"', '"adam"'),
      rate: differs('the learning rate', '0.1', '0.2'),
      callbacks: differs(
        'the list of callbacks that decide',
        '[EarlyStopping]',
        '[]',
        'Give EarlyStopping, ReduceOnPlateau and others with everywhere: true on every rank: each decides by the records, which all ranks have',
      ),
      everywhere: differs(
        'the list of callbacks that decide',
        '[callback]',
        '[]',
        'Give EarlyStopping, ReduceOnPlateau and others with everywhere: true on every rank: each decides by the records, which all ranks have',
      ),
      patience: differs('what these callbacks were made with', settings(4), settings(3)),
      bucketBytes: differs('bucketBytes', '1', '2'),
    });
    expect(second).toEqual(first);
  });

  test('rows that hold NaN on one rank alone are an error that names it, and the weights are the same', () => {
    const differ = (first: string, second: string): string =>
      `ArgumentError: Trainer: the loss is not finite; ${first} rows of train hold finite numbers on rank 0, and ${second} on rank 1; expected the same on all ranks. Give every rank the same data`;
    const [first, second] = of('NaN') as [string[], string[]];
    expect(first.filter((_, i) => i % 2 === 0)).toEqual([
      differ('48', '47'),
      differ('47', '47 other ones'),
      expect.stringMatching(/^DivergenceError: Trainer: the loss is NaN at step/),
    ]);
    expect(second).toEqual(first);
  });

  test('a callback cannot extend a run of several ranks', () => {
    const error =
      'StateError: Trainer.extend: called while several ranks fit this network; expected a call on every rank, between two fits. Give more epochs, and let a callback return "stop" where they are enough';
    expect(of('extend')).toEqual([
      [error, 9],
      [null, 9],
    ]);
  });

  test('a search that differs or fails on one rank ends on all', () => {
    const failed = 'RangeError: this trial has had enough';
    const elsewhere = (rank: number): string =>
      `StateError: randomSearch: rank ${rank} has thrown an error; expected all ranks to go on. See the error there`;
    const finished = (other: string): string =>
      `ArgumentError: randomSearch: finished holds 4 scores on rank 0 and ${other} on rank 1; expected the same on all ranks. Read what was measured before on every rank`;
    const same = {
      finished: finished('0'),
      scores: finished('4 other ones'),
      direction:
        'ArgumentError: randomSearch: space, trials, halving or direction of rank 1 are not those of rank 0; expected the same search on all ranks',
    };
    expect(of('search')).toEqual([
      { ...same, foreign: elsewhere(1), objective: elsewhere(1), onTrial: failed },
      {
        ...same,
        foreign:
          'ArgumentError: randomSearch: finished[0] is not trial 1 of this search; expected trials of the same space, seed and number',
        objective: failed,
        onTrial: elsewhere(0),
      },
    ]);
  });

  test('buffers that no step changes keep their bits', () => {
    expect(of('buffers')).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  test('arrays in the state of a layer reach the other ranks, and what JSON would not preserve is refused', () => {
    const refused =
      'StateError: Trainer: the state of layers[0] is not JSON data; expected finite numbers, strings, lists, plain objects and float arrays, which all ranks begin with';
    expect(of('states')).toEqual([
      ['no error', refused],
      [0, 'Float64Array', [0.1, 0, 7], 'no error', refused],
    ]);
  });
});
