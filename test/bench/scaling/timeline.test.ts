import { describe, expect, test } from 'vitest';
import { bucketsOf, type Timeline, timesOf } from '../../../bench/scaling/timeline.js';

const timeline: Timeline = {
  title: 'a net',
  gradients: [
    { name: 'W2', bytes: 40 },
    { name: 'W1', bytes: 400 },
  ],
  measured: [
    { rows: 1, ready: [10, 20], backward: 20, update: 5 },
    { rows: 3, ready: [12, 30], backward: 31, update: 5 },
    { rows: 7, ready: [20, 60], backward: 61, update: 9 },
  ],
};

describe('the times of a step', () => {
  test('are those that were measured', () => {
    for (const times of timeline.measured) expect(timesOf(timeline, times.rows)).toEqual(times);
  });

  test('lie on the line between two that were measured, and beyond the last on that through the last two', () => {
    expect(timesOf(timeline, 5)).toEqual({ rows: 5, ready: [16, 45], backward: 46, update: 7 });
    expect(timesOf(timeline, 11)).toEqual({ rows: 11, ready: [28, 90], backward: 91, update: 13 });
  });

  test('have no gradient after the end of the backward pass', () => {
    const [first, second] = timeline.measured;
    const crossing = { ...timeline, measured: [first!, { ...second!, ready: [12, 33], backward: 32 }] };
    expect(timesOf(crossing, 5)).toMatchObject({ ready: [14, 44], backward: 44 });
  });

  test('of fewer rows than were measured are refused', () => {
    expect(() => timesOf(timeline, 0)).toThrow(new RangeError('a net: 0 rows; the least that was measured is 1'));
  });

  test('of another number of rows than the only one that was measured are refused', () => {
    const one = { ...timeline, measured: [timeline.measured[0]!] };
    expect(timesOf(one, 1)).toEqual(one.measured[0]);
    expect(() => timesOf(one, 2)).toThrow(new RangeError('a net: 2 rows; only 1 were measured'));
  });
});

describe('buckets', () => {
  const gradients = [30, 10, 50, 20, 5].map((bytes, i) => ({ name: `g${i}`, bytes }));
  const ready = [1, 2, 3, 4, 5];

  test('are filled until they have the bytes; the last takes what is left', () => {
    expect(bucketsOf(gradients, ready, 40)).toEqual([
      { ready: 2, bytes: 40 },
      { ready: 3, bytes: 50 },
      { ready: 5, bytes: 25 },
    ]);
  });

  test('are one for each gradient, or one for all', () => {
    expect(bucketsOf(gradients, ready, 0)).toHaveLength(5);
    expect(bucketsOf(gradients, ready, Number.POSITIVE_INFINITY)).toEqual([{ ready: 5, bytes: 115 }]);
  });
});
