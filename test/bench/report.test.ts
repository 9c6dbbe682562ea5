import { describe, expect, test } from 'vitest';
import { format, inUnit, reportJob } from '../../src/bench/report.js';
import { textTable } from '../../src/bench/text-table.js';
import { lane, result } from './lanes.js';

describe('the report of a job', () => {
  test('lists systems from fast to slow with time, spread, work and ratio, and names those not available', () => {
    const text = reportJob(
      result(
        'j1',
        [
          lane('j1', 'js@1 step', [4000, 4000, 4000]),
          lane('j1', 'reference@1 step', [100, 200, 100]),
          lane('j1', 'native@1 step', [90, 180, 90]),
        ],
        { absent: [{ entrant: { name: 'wasm', title: 'wasm', threads: 1 }, reason: 'no module' }] },
      ),
    );
    expect(text).toBe(
      [
        'J1: train 784-50-10, sigmoid, batch 100',
        '8,000 digits; 3 rounds',
        'noise: a fixed loop on one core takes 4.00 ms, at times 4.20; every turn was calm',
        '',
        'one step   threads     µs   best  spread  GFLOP/s  time ÷ reference@1',
        '─────────  ───────  ─────  ─────  ──────  ───────  ──────────────────',
        'native           1   90.0   81.0    50 %      178               0.900',
        'reference        1    100   90.0    50 %      160                1.00',
        'js               1  4,000  3,600     0 %     4.00                40.0',
        '',
        'not here: wasm@1: no module',
        '',
      ].join('\n'),
    );
  });

  test('compares with native where there is no reference, and with nothing where both are missing', () => {
    const both = [lane('j1', 'native@1 step', [1]), lane('j1', 'torch@1 step/eager', [2])];
    expect(reportJob(result('j1', both))).toContain('time ÷ native@1');
    expect(reportJob(result('j1', both.slice(1)))).not.toContain('÷');
  });

  test('shows no time of a system with wrong results, but that and why', () => {
    const wrong = lane('j1', 'torch@1 step/eager', [], { failure: 'wrong results: number 3 is 9' });
    const text = reportJob(result('j1', [lane('j1', 'native@1 step', [1]), wrong]));
    expect(text).toContain('no time for torch@1 step/eager: wrong results: number 3 is 9');
    expect(text).not.toContain('torch, eager');
  });

  test('FOUND K1: says what the noise check measured, on one core and on two, and what was left out', () => {
    const text = reportJob(
      result('j1', [
        lane('j1', 'native@1 step', [1, 1, 9, 1], { calm: [0, 1, 3] }),
        lane('j1', 'native@2 step', [1, 1, 1, 1], { calm: [0] }),
        lane('j1', 'wasm@1 step', [1, 1, 1, 1]),
      ]),
    );
    expect(text).toContain('on one core takes 4.00 ms, at times 4.20; 1 of 8 turns were noisy\n');
    expect(text).toContain('on two cores at once takes 4.00 ms, at times 8.10; 3 of 4 turns were noisy\n');
    expect(text).toMatch(/^native +1 .* 1 noisy turn left out$/m);
    expect(text).toMatch(/^native +2 .* 3 noisy turns kept: read with care$/m);
    expect(text).toMatch(/^wasm +1 .*\d$/m);
  });

  test('takes medians and ratios of the rounds that count only', () => {
    const native = lane('j1', 'native@1 step', [100, 900, 900, 100, 100], { calm: [0, 3, 4] });
    const wasm = lane('j1', 'wasm@1 step', [700, 100, 100, 200, 200], { calm: [1, 2, 3, 4] });
    const text = reportJob(result('j1', [native, lane('j1', 'js@1 step', [200, 9, 9, 200, 200]), wasm]));
    expect(text).toMatch(/^native +1 +100 /m);
    expect(text).toMatch(/^js .* 2\.00$/m);
    // Calm together in two rounds only: all five count.
    expect(text).toMatch(/^wasm .* 2\.00 {2}1 noisy turn left out$/m);
  });

  test('shows figures and the accuracy of systems that draw their own batches', () => {
    const fit = lane('loop', 'native@1 fit', [5], { figures: { 'p99 event-loop delay, ms': 12.34 } });
    expect(reportJob(result('loop', [fit]))).toContain('p99 event-loop delay, ms 12.3');
    const brain = lane('j1', 'brain@1 step/row by row', [5], { accuracy: 0.825 });
    expect(reportJob(result('j1', [brain]))).toContain('own batches, accuracy 0.825');
  });

  test('prints figures without times where only they matter', () => {
    const text = reportJob(result('memory', [lane('memory', 'native@1 allocations', [1], { figures: { heap: 0 } })]));
    expect(text).toMatch(/^native +1 {2}heap 0$/m);
    expect(text).not.toContain('spread');
  });
});

describe('numbers of the report', () => {
  test('have three significant digits and no exponent', () => {
    expect([128.4, 13.74, 0.8541, 14840, 0.00123, 0, -0.0242].map(format)).toEqual([
      '128',
      '13.7',
      '0.854',
      '14,840',
      '0.00123',
      '0',
      '-0.0242',
    ]);
    expect(format(Number.NaN)).toBe('–');
  });

  test('are times, or work done in them', () => {
    expect(inUnit(2_500, 'ms')).toBe(2.5);
    expect(inUnit(2_500_000, 's')).toBe(2.5);
    expect(inUnit(100, 'M rows/s', 100)).toBe(1);
    expect(inUnit(50, 'GFLOP/s', 7_840_000)).toBeCloseTo(156.8, 9);
    expect(inUnit(50, 'figures')).toBeNaN();
  });

  test('a table is as wide as its widest cells, and its last column is not padded', () => {
    expect(
      textTable(
        ['name', 'n', ''],
        [
          ['a', '100', 'note'],
          ['long name', '2', ''],
        ],
      ),
    ).toBe('name         n\n─────────  ───  ────\na          100  note\nlong name    2');
  });

  test('a row of a table may end before the others', () => {
    expect(textTable(['name', 'n', 'm'], [['a', '1', '2'], ['b']])).toBe('name  n  m\n────  ─  ─\na     1  2\nb');
  });
});
