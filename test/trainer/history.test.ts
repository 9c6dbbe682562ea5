import { describe, expect, test } from 'vitest';
import { HistoryRecorder } from '../../src/trainer/history.js';

describe('HistoryRecorder', () => {
  test('keeps every loss, also beyond what it had reserved', () => {
    const history = new HistoryRecorder(3);
    for (let i = 0; i < 5000; i++) history.recordLoss(i);
    expect([...history.losses]).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });

  test('gives the mean of the losses since it was asked last', () => {
    const history = new HistoryRecorder(10);
    for (const loss of [1, 2, 3]) history.recordLoss(loss);
    expect(history.takeMeanLoss()).toBe(2);
    for (const loss of [10, 20]) history.recordLoss(loss);
    expect(history.takeMeanLoss()).toBe(15);
  });
});
