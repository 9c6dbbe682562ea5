import { describe, expect, test } from 'vitest';
import { BAR, barValue, reportBar } from '../../bench/bar.js';
import { JOBS } from '../../bench/jobs.js';
import type { Job } from '../../src/bench/jobs.js';
import { lane, result } from './lanes.js';

const row = (title: string) => BAR.find((one) => one.title === title)!;

describe('the bar', () => {
  test('every row names a measure of its job', () => {
    for (const { job, lane: id, base, bestOf = [] } of BAR) {
      const measures: Job['measures'] = JOBS[job].measures;
      const workloads = measures.map(({ workload }) => workload);
      for (const name of [id, base, ...bestOf].filter((one) => one !== undefined)) {
        expect(workloads).toContain(name.split(' ')[1]!.split('/')[0]);
      }
    }
  });

  test('takes a ratio of times round by round', () => {
    const j1 = result('j1', [lane('j1', 'native@1 step', [80, 160]), lane('j1', 'reference@1 step', [100, 200])]);
    expect(barValue(row('J1 native ÷ C++ reference'), [j1])).toBe(0.8);
  });

  test('turns a ratio of times into one of rows per second', () => {
    const lanes = [lane('j3', 'native@1 predict:100', [50]), lane('j3', 'onnxruntime@1 predict:100', [75])];
    const title = 'J3 native ÷ onnxruntime-node, rows per second, batch 100';
    expect(barValue(row(title), [result('j3', lanes)])).toBe(1.5);
  });

  test('shows an overhead as what is above 1', () => {
    const loop = result('loop', [lane('loop', 'native@1 fit', [102]), lane('loop', 'native@1 steps', [100])]);
    expect(barValue(row('Trainer.fit above the bare loop'), [loop])).toBeCloseTo(0.02, 12);
  });

  test('takes the best round of several lanes where the row says so', () => {
    const lanes = [
      lane('j5', 'native@1 step', [6, 5, 7]),
      lane('j5', 'torch@1 step/nchw', [30, 24, 40]),
      lane('j5', 'torch@1 step/channels-last', [20, 50, 60]),
    ];
    const title = "J5 step ÷ PyTorch's better layout, its best round, 1 thread";
    expect(barValue(row(title), [result('j5', lanes)])).toBe(0.3);
    expect(barValue(row(title), [result('j5', lanes.slice(0, 2))])).toBe(0.25);
    expect(barValue(row(title), [result('j5', lanes.slice(0, 1))])).toBeUndefined();
  });

  test('takes ratios of figures round by round, and leaves out a run that did not come so far', () => {
    const learned = (id: string, seconds: readonly (number | undefined)[]) => {
      const made = lane('j9', id, [1, 1, 1]);
      const timings = made.timings.map((timing, i) => ({
        ...timing,
        figures: seconds[i] === undefined ? {} : { 's to 0.985': seconds[i] },
      }));
      return { ...made, timings };
    };
    const ours = learned('native@2 learn', [10, 20, 30]);
    const title = 'J9 seconds to 0.985 ÷ PyTorch, 2 threads each';
    const value = (theirs: readonly (number | undefined)[]) =>
      barValue(row(title), [result('j9', [ours, learned('torch@2 learn/channels-last', theirs)])]);
    expect(value([40, 100, 75])).toBe(0.25);
    expect(value([40, undefined, undefined])).toBe(0.25);
    expect(value([undefined, undefined, undefined])).toBeUndefined();
  });

  test('knows nothing of a lane that failed or was not there', () => {
    const failed = lane('j1', 'reference@1 step', [100], { failure: 'wrong results' });
    const j1 = result('j1', [lane('j1', 'native@1 step', [80]), failed]);
    expect(barValue(row('J1 native ÷ C++ reference'), [j1])).toBeUndefined();
    expect(barValue(row('J2 native ÷ C++ reference'), [j1])).toBeUndefined();
  });

  test('says goal, good or missed, and lists what was not measured of a job that ran', () => {
    const text = reportBar([
      result('loop', [
        lane('loop', 'native@1 fit', [101.5], { figures: { 'p99 event-loop delay, ms': 30 } }),
        lane('loop', 'native@1 steps', [100]),
      ]),
      result('memory', [lane('memory', 'native@1 allocations', [1], { figures: { 'typed arrays per step': 0 } })]),
    ]);
    expect(text).toMatch(/^Trainer\.fit above the bare loop +0\.0150 +≤ 0\.02 +≤ 0\.01 {2}good$/m);
    expect(text).toMatch(/^typed arrays made by a warm step +0 .* goal$/m);
    expect(text).toMatch(/^bytes of JavaScript heap left by a warm step +not measured +≤ 1024 +≤ 1024$/m);
    expect(text).toMatch(/^p99 event-loop delay during fit, ms +30\.0 .* missed$/m);
    expect(text).not.toContain('J1');
  });
});
