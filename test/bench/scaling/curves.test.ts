import { describe, expect, test } from 'vitest';
import type { Network } from '../../../bench/scaling/allreduce.js';
import { type CurveOptions, reportCurves, simulate, strongCurve, weakCurve } from '../../../bench/scaling/curves.js';
import type { Timeline } from '../../../bench/scaling/timeline.js';
import { compare, reportComparison } from '../../../bench/scaling/validation.js';

/** 100 µs a row forward and backward, 400 to update; two gradients of a kilobyte, halfway and at the end. */
const at = (rows: number) => ({ rows, ready: [50 * rows, 100 * rows], backward: 100 * rows, update: 400 });
const timeline: Timeline = {
  title: 'a net',
  gradients: [
    { name: 'W2', bytes: 1000 },
    { name: 'W1', bytes: 1000 },
  ],
  measured: [at(1), at(64)],
};
const free: Network = {
  name: 'free',
  source: 'by hand',
  latency: 0,
  perByte: 0,
  perByteAdded: 0,
  perByteCopied: 0,
  ownCore: 0,
};
const slow: Network = { ...free, name: 'slow', latency: 10, perByte: 0.1 };
const options: CurveOptions = { bucketBytes: 0, overlap: true, spread: 0 };

describe('a curve', () => {
  test('of weak scaling over a network that costs nothing is 1 everywhere', () => {
    const points = weakCurve(timeline, free, 64, [1, 2, 1024], options);
    expect(points.map(({ efficiency }) => efficiency)).toEqual([1, 1, 1]);
  });

  test('of strong scaling falls by the update, which every rank makes, and by rows that cannot be shared', () => {
    const points = strongCurve(timeline, free, 64, [1, 2, 3, 64, 128], options);
    expect(points.map(({ ranks, rows }) => [ranks, rows])).toEqual([
      [1, 64],
      [2, 32],
      [3, 22],
      [64, 1],
    ]);
    expect(points.map(({ efficiency }) => efficiency)).toEqual([1, 6800 / 7200, 6800 / (3 * 2600), 6800 / (64 * 500)]);
  });

  test('is told with the step and the waiting of each network', () => {
    const counts = [1, 2];
    const curves = [free, slow].map((network) => ({
      network: network.name,
      points: weakCurve(timeline, network, 64, counts, options),
    }));
    // recursive doubling: 10 + 100
    expect(reportCurves('weak', curves)).toBe(
      [
        'weak',
        'ranks  rows each  free    ms  waiting  slow    ms  waiting',
        '─────  ─────────  ────  ────  ───────  ────  ────  ───────',
        '1             64  1.00  6.80        0  1.00  6.80        0',
        '2             64  1.00  6.80        0  0.98  6.91    0.110',
        '',
      ].join('\n'),
    );
  });
});

test('ranks that share cores take turns on them', () => {
  expect(simulate(timeline, free, 4, 16, { ...options, cores: 2 }).step).toBe(2 * 2000);
  expect(simulate(timeline, free, 2, 16, { ...options, cores: 2 }).step).toBe(2000);
});

test('ranks that differ in speed are slower than the mean, more of them more so, and the same each time', () => {
  const spread = { ...options, spread: 0.05 };
  const [few, many, again] = [2, 256, 256].map((ranks) => simulate(timeline, free, ranks, 16, spread).step);
  expect(few).toBeGreaterThan(1950);
  expect(many).toBeGreaterThan(few!);
  // The largest of 256 normal numbers is about 2.8.
  expect(many).toBeLessThan(2000 * (1 + 0.05 * 4));
  expect(again).toBe(many);
});

test('the simulation is told beside what was measured', () => {
  const measured = [
    { job: 'net', ranks: 1, rows: 64, step: 6800 },
    { job: 'net', ranks: 2, rows: 64, step: 8638 },
  ];
  const compared = compare(measured, { net: timeline }, slow, options);
  expect(compared.map(({ simulated }) => simulated)).toEqual([6800, 6910]);
  expect(reportComparison(compared)).toBe(
    [
      '     ranks  rows each  measured, ms  simulated, ms  error',
      '───  ─────  ─────────  ────────────  ─────────────  ─────',
      'net      1         64          6.80           6.80   +0 %',
      'net      2         64          8.64           6.91  −20 %',
    ].join('\n'),
  );
});
