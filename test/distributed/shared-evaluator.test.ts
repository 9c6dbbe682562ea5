import { expect, test } from 'vitest';
import { News } from '../../src/distributed/news.js';
import { SharedEvaluator } from '../../src/distributed/shared-evaluator.js';
import { Dataset, type Evaluation, type Evaluator, type Network } from '../../src/index.js';
import { EchoLink } from '../support/echo-link.js';

/** 600 rows, of which each of two ranks has 300, two chunks. */
const rows = Dataset.from({ x: { data: new Float32Array(600), shape: [600, 1] }, labels: new Int32Array(600) });

/** Of a network whose evaluators give their result in the last of some turns. */
function shared(turns: number, result: Evaluation | Error): SharedEvaluator {
  let left = turns;
  const evaluator: Partial<Evaluator> = {
    next() {
      if (--left > 0) return undefined;
      if (result instanceof Error) throw result;
      return result;
    },
    restart() {
      left = turns;
    },
  };
  const net: Partial<Network> = { evaluator: () => evaluator as Evaluator };
  return SharedEvaluator.of(rows, { link: new EchoLink(), net: net as Network, news: new News() }, 2, false);
}

test('evaluators that take more turns than chunks, or fewer, are waited for', () => {
  for (const turns of [1, 2, 5]) {
    const evaluator = shared(turns, { loss: 0.5, accuracy: 0.25 });
    for (let i = 0; i < 2; i++) {
      expect(evaluator.next()).toBeUndefined();
      expect(evaluator.next()).toEqual({ loss: 0.5, accuracy: 0.25 });
    }
  }
});

test('counts are whole where they are so but for rounding, and shares of rows stay', () => {
  const accuracyOf = (accuracy: number): unknown => {
    const evaluator = shared(1, { loss: 0.5, accuracy });
    evaluator.next();
    return evaluator.next()?.accuracy;
  };
  expect(accuracyOf(7 / 300 + 1e-12)).toBe(14 / 600);
  expect(accuracyOf(7.25 / 300)).toBeCloseTo(14.5 / 600, 12);
});

test('an error of an evaluator comes after the last turn, when all ranks know of it', () => {
  const error = new RangeError('no evaluation');
  const evaluator = shared(1, error);
  expect(evaluator.next()).toBeUndefined();
  expect(() => evaluator.next()).toThrow(error);
});
