import { describe, expect, test } from 'vitest';
import { HistoryRecorder } from '../../src/trainer/history.js';

describe('HistoryRecorder', () => {
  test('keeps every loss, also beyond what it had reserved', () => {
    const history = new HistoryRecorder(3);
    for (let i = 0; i < 5000; i++) history.recordLoss(i);
    expect([...history.losses]).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });

  test('records the mean of the losses since the record before', () => {
    const history = new HistoryRecorder(10);
    for (const loss of [1, 2, 3]) history.recordLoss(loss);
    history.record({ epoch: 1, step: 3, learningRate: 0.1, seconds: 1 });
    for (const loss of [10, 20]) history.recordLoss(loss);
    history.record({ epoch: 2, step: 5, learningRate: 0.1, seconds: 1 });
    expect(history.epochs.map(({ trainLoss }) => trainLoss)).toEqual([2, 15]);
  });

  test('makes a record an object once it is asked for, and then the same one', () => {
    const history = new HistoryRecorder(100);
    const record = (epoch: number): void => {
      history.recordLoss(epoch);
      history.record({ epoch, step: epoch, testLoss: -epoch, learningRate: 0.1, seconds: 2 });
    };
    for (let epoch = 1; epoch <= 40; epoch++) record(epoch); // beyond what it had reserved
    expect(history.lastRecord).toEqual({
      ...{ epoch: 40, step: 40, trainLoss: 40 },
      testLoss: -40,
      learningRate: 0.1,
      seconds: 2,
    });
    expect(`${history}`).toContain('40 steps and 40 records');
    const { epochs } = history;
    expect(epochs.map(({ testLoss }) => testLoss)).toEqual(Array.from({ length: 40 }, (_, i) => -i - 1));
    // In the order of a record's documentation, without what was not measured.
    expect(Object.keys(epochs[3]!)).toEqual(['epoch', 'step', 'trainLoss', 'testLoss', 'learningRate', 'seconds']);
    record(41);
    expect([history.epochs, history.epochs[40], history.lastRecord]).toEqual([epochs, epochs[40], epochs[40]]);
    expect(history.epochs).toBe(epochs);
    expect(history.lastRecord).toBe(epochs[40]);
  });

  test('gives its records as a table that later ones leave as it is', () => {
    const history = new HistoryRecorder(100);
    expect(history.lastRecord).toBeUndefined();
    for (let epoch = 1; epoch <= 20; epoch++) {
      history.recordLoss(0.5);
      history.record({ epoch, step: epoch, learningRate: 0.1, seconds: 1 });
    }
    const { records } = history;
    const before = [...records];
    expect(before.slice(10, 20)).toEqual([2, 2, 0.5, ...Array(5).fill(Number.NaN), 0.1, 1]);
    for (let epoch = 21; epoch <= 50; epoch++) {
      history.recordLoss(0.5);
      history.record({ epoch, step: epoch, learningRate: 0.1, seconds: 1 });
    }
    expect([[...records], history.records.length]).toEqual([before, 500]);
    const shorter = new HistoryRecorder(1);
    shorter.restore({ losses: new Float64Array(20), records, warnings: [] });
    expect(shorter.epochs).toEqual(history.epochs.slice(0, 20));
  });

  test('takes over more records than a function takes arguments', () => {
    const rows = 130_000;
    const history = new HistoryRecorder(1);
    history.restore({ losses: new Float64Array(rows), records: new Float64Array(10 * rows).fill(7), warnings: [] });
    expect(history.lastRecord).toMatchObject({ epoch: 7, step: 7, seconds: 7 });
    expect(history.records.length).toBe(10 * rows); // toHaveLength would format them
  });

  test('takes over the warnings of another history, as a list of its own', () => {
    const first = new HistoryRecorder(1);
    first.warnings = ['too wide'];
    const second = new HistoryRecorder(1);
    second.restore(first);
    expect(second.warnings).toEqual(['too wide']);
    expect(second.warnings).not.toBe(first.warnings);
  });

  test('takes over another history and continues with it', () => {
    const first = new HistoryRecorder(3);
    for (const loss of [1, 2, 3]) first.recordLoss(loss);
    first.record({ epoch: 1, step: 3, learningRate: 0.1, seconds: 1 });
    const second = new HistoryRecorder(2);
    second.restore(first);
    first.recordLoss(99);
    second.recordLoss(4);
    second.record({ epoch: 2, step: 4, learningRate: 0.1, seconds: 1 });
    expect([...second.losses]).toEqual([1, 2, 3, 4]);
    expect(second.epochs.map(({ trainLoss }) => trainLoss)).toEqual([2, 4]);
  });
});
