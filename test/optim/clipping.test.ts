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

    test.each([
      ['float32', 1e38, 1e-8],
      ['float32', 3e38, 1e-6],
      ['float32', 1e30, 1e-14],
      ['float32', 1e30, 1e-16],
      ['float64', 1e200, 1e-130],
      ['float64', 1e300, 1e-290],
      ['float64', 1e100, 1e-290],
    ] as const)('clipGlobalNorm reaches the limit in %s from %d to %d', (dtype, g, limit) => {
      const grads = { W: Tensor.from([g, -g], { dtype, backend }), b: Tensor.from([g / 2], { dtype, backend }) };
      clipGlobalNorm(grads, limit);
      const relative = [...grads.W.data, ...grads.b.data].map((value) => value / limit);
      for (const [i, exact] of [2 / 3, -2 / 3, 1 / 3].entries()) expect(relative[i]).toBeCloseTo(exact, 6);
    });

    test('clipGlobalNorm leaves a huge norm that is below the limit', () => {
      const grads = { W: Tensor.from([3e200, 4e200], float64) };
      expect(clipGlobalNorm(grads, 1e201)).toBeCloseTo(5e200, -187);
      expect(grads.W.toArray()).toEqual([3e200, 4e200]);
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
