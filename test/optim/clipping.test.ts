import { describe, expect, test } from 'vitest';
import { clipGlobalNorm, clipValue } from '../../src/optim/clipping.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { runnableBackends } from '../support/runnable.js';

for (const backend of runnableBackends()) {
  describe(`clipping on ${backend.name}`, () => {
    const float64 = { dtype: 'float64', backend } as const;

    test('clipGlobalNorm keeps the direction of all gradients together, and small ones as they are', () => {
      const grads = { W: Tensor.from([[3, 0]], float64), b: Tensor.from([4], float64) };
      expect(clipGlobalNorm(grads, 10)).toBe(5);
      expect([grads.W.toArray(), grads.b.toArray()]).toEqual([[[3, 0]], [4]]);
      expect(clipGlobalNorm(grads, 1)).toBe(5);
      expect([...grads.W.data, ...grads.b.data].map((g) => g.toFixed(12))).toEqual([
        '0.600000000000',
        '0.000000000000',
        '0.800000000000',
      ]);
    });

    test('clipGlobalNorm leaves a gradient that is not finite for the loss to find', () => {
      const grads = { W: Tensor.from([1, Number.POSITIVE_INFINITY], float64), b: Tensor.from([Number.NaN], float64) };
      expect(clipGlobalNorm(grads, 1)).toBeNaN();
      expect(grads.W.toArray()).toEqual([1, Number.POSITIVE_INFINITY]);
    });

    test('clipGlobalNorm scales gradients whose squares are beyond the range of double', () => {
      const grads = { W: Tensor.from([3e300, 0], float64), b: Tensor.from([-4e300], float64) };
      expect(clipGlobalNorm(grads, 10)).toBeCloseTo(5e300, -287);
      expect([...grads.W.data, ...grads.b.data].map((g) => g.toFixed(12))).toEqual([
        '6.000000000000',
        '0.000000000000',
        '-8.000000000000',
      ]);
      const largest = { W: Tensor.from(new Array(9).fill(Number.MAX_VALUE) as number[], float64) };
      expect(clipGlobalNorm(largest, 3)).toBe(Number.POSITIVE_INFINITY); // beyond the range itself
      for (const g of largest.W.data) expect(g).toBeCloseTo(1, 12);
      const infinite = { W: Tensor.from([1e300, Number.NEGATIVE_INFINITY], float64) };
      expect(clipGlobalNorm(infinite, 1)).toBe(Number.POSITIVE_INFINITY);
      expect(infinite.W.toArray()).toEqual([1e300, Number.NEGATIVE_INFINITY]);
      const both = { W: Tensor.from([1e300, Number.POSITIVE_INFINITY, Number.NaN], float64) };
      expect(clipGlobalNorm(both, 1)).toBeNaN();
      expect(both.W.toArray()[0]).toBe(1e300);
    });

    test('clipValue holds each element within the limit', () => {
      const grads = { W: Tensor.from([-3, 0.5, Number.NaN], float64), b: Tensor.from([9], float64) };
      clipValue(grads, 1);
      expect([grads.W.toArray(), grads.b.toArray()]).toEqual([[-1, 0.5, Number.NaN], [1]]);
    });
  });
}

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the limit %s', (limit) => {
  const grads = { W: Tensor.from([2]) };
  for (const [name, clip] of [
    ['clipGlobalNorm', clipGlobalNorm],
    ['clipValue', clipValue],
  ] as const) {
    expect(() => clip(grads, limit)).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: `${name}: limit is ${limit}; expected a finite number greater than 0`,
      }),
    );
  }
  expect(grads.W.toArray()).toEqual([2]);
});
