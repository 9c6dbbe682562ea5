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
