import { describe, expect, test } from 'vitest';
import { type SimulationOptions, simulateRun } from '../../../bench/scaling/step-simulation.js';

/** Three buckets, complete after 60, 80 and 100 of a backward pass that ends at 100; 10 to update. */
const plan = {
  buckets: [
    { ready: 60, bytes: 1 },
    { ready: 80, bytes: 2 },
    { ready: 100, bytes: 3 },
  ],
  backward: 100,
  update: 10,
};

/** A sum takes so many microseconds a byte, so many of them on the own core. */
const sums = (perByte: number, ownCore = 0): SimulationOptions['costOf'] => {
  return (bytes) => ({ total: perByte * bytes, ownCore: ownCore * bytes });
};

const options = { ranks: 8, steps: 1, overlap: true, costOf: sums(0) };

describe('a simulated step', () => {
  test('without communication is the computing', () => {
    for (const overlap of [true, false]) {
      expect(simulateRun(plan, { ...options, overlap })).toEqual({ step: 110, waiting: 0 });
    }
  });

  test('without computing is all sums, one after another', () => {
    const nothing = { buckets: plan.buckets.map(({ bytes }) => ({ ready: 0, bytes })), backward: 0, update: 0 };
    expect(simulateRun(nothing, { ...options, costOf: sums(7) })).toEqual({ step: 42, waiting: 42 });
  });

  test('without overlap is the computing and all sums', () => {
    expect(simulateRun(plan, { ...options, overlap: false, costOf: sums(7) })).toEqual({ step: 152, waiting: 42 });
  });

  test('hides all sums but the last while each is shorter than the layer before it takes', () => {
    // 60–67, 80–94, 100–121, then the update
    expect(simulateRun(plan, { ...options, costOf: sums(7) })).toEqual({ step: 131, waiting: 21 });
  });

  test('is as long as the network once it never rests', () => {
    // 60–90, 90–150, 150–240, then the update
    expect(simulateRun(plan, { ...options, costOf: sums(30) })).toEqual({ step: 250, waiting: 140 });
  });

  test('hides nothing where the own core does all of the work', () => {
    expect(simulateRun(plan, { ...options, costOf: sums(7, 7) })).toEqual({ step: 152, waiting: 42 });
  });

  test('hides what the network does while the own core only adds', () => {
    // 60–67 holds up by 2: the second is complete at 82, –96, holds up by 4: the third at 106, –127
    expect(simulateRun(plan, { ...options, costOf: sums(7, 2) })).toEqual({ step: 137, waiting: 27 });
  });

  test('waits for the slowest rank', () => {
    const slowness = (rank: number) => (rank === 3 ? 2 : 1);
    // its third bucket at 200, summed at 221, and it updates in 20
    expect(simulateRun(plan, { ...options, costOf: sums(7), slowness })).toEqual({ step: 241, waiting: 21 });
  });

  test('waits for another rank each step, if another is the slowest', () => {
    const slowness = (rank: number, step: number) => (rank === step ? 2 : 1);
    const run = simulateRun(plan, { ...options, ranks: 2, steps: 2, slowness });
    // Rank 0 ends at 220 and rank 1 at 210; then rank 1 at 410, which rank 0 awaits, and updates until 430.
    expect(run.step).toBe(215);
    expect(simulateRun(plan, { ...options, ranks: 2, steps: 2 }).step).toBe(110);
  });

  test('repeats itself where all ranks are equal', () => {
    const one = simulateRun(plan, { ...options, costOf: sums(7, 2) });
    expect(simulateRun(plan, { ...options, costOf: sums(7, 2), steps: 5 })).toEqual(one);
  });
});
