import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { Backend, Floats } from '../../src/backend/backend.js';
import { expectAtOnce } from '../support/at-once.js';
import { floatsOf } from '../support/floats.js';
import { unitRoundoff } from '../support/rounding.js';
import { DTYPES } from './sizes.js';

/** Sizes of 0 and huge ones, numbers beyond the type, arrays of other realms: where backends once disagreed. */
export function edgesConformance(backend: Backend): void {
  test('FOUND L7: a call with nothing to write returns at once, however large its other size', () => {
    const none = new Float32Array(0);
    const noIntegers = new Int32Array(0);
    const most = 2 ** 31 - 1;
    // The slowest of them took 39 s.
    expectAtOnce(200, () => {
      for (const [m, n] of [
        [most, 0],
        [0, most],
      ] as const) {
        backend.softmax(none, none, m, n);
        backend.gemm(false, false, m, n, 0, 1, none, 0, none, n, 0, none, n);
        expect(backend.softmaxCrossEntropyDense(null, none, none, m === 0 ? none : null, m, n, 1)).toBe(0);
        backend.gatherRows(none, none, noIntegers, 0, 0, n, 1);
      }
      expect(backend.softmaxCrossEntropy(null, none, noIntegers, null, 0, most, 1)).toBe(0);
      backend.columnSums(none, none, most, 0);
      backend.biasActivation(none, none, most, 0, 'tanh');
      backend.biasActivationBackward(none, none, none, none, most, 0, 'tanh');
      backend.argMaxRows(noIntegers, none, 0, most);
    });
  });

  test('FOUND L8: a loss of no elements is 0 for any scale', () => {
    const none = new Float32Array(0);
    for (const scale of [1, Infinity, Number.NaN]) {
      expect(backend.softmaxCrossEntropy(null, none, new Int32Array(0), null, 0, 3, scale)).toBe(0);
      expect(backend.softmaxCrossEntropyDense(none, none, none, none, 0, 3, scale)).toBe(0);
      expect(backend.softmaxCrossEntropyDense(null, none, none, null, 3, 0, scale)).toBe(0);
    }
  });

  test('FOUND L8, C4: typed arrays of another realm are accepted', () => {
    const foreign = runInNewContext('({ Float32Array, Float64Array, Int32Array, Uint8Array })') as {
      Float32Array: Float32ArrayConstructor;
      Float64Array: Float64ArrayConstructor;
      Int32Array: Int32ArrayConstructor;
      Uint8Array: Uint8ArrayConstructor;
    };
    for (const type of [foreign.Float32Array, foreign.Float64Array]) {
      const c = new type(4);
      backend.gemm(false, true, 2, 2, 2, 1, new type([1, 2, 3, 4]), 2, new type([5, 6, 7, 8]), 2, 0, c, 2);
      expect(Array.from(c)).toEqual([17, 23, 39, 53]);
      backend.biasActivation(c, new type([-20, -50]), 2, 2, 'relu');
      expect(Array.from(c)).toEqual([0, 0, 19, 3]);
      backend.gatherRows(c, foreign.Uint8Array.of(1, 2, 3, 4), foreign.Int32Array.of(1, 0), 0, 2, 2, 0.5);
      expect(Array.from(c)).toEqual([1.5, 2, 0.5, 1]);
      const out = new foreign.Int32Array(2);
      backend.argMaxRows(out, c, 2, 2);
      expect(Array.from(out)).toEqual([1, 1]);
      const loss = backend.softmaxCrossEntropy(c, new type([0, 0, 0, 0]), foreign.Int32Array.of(0, 1), null, 2, 2, 0.5);
      expect(loss).toBeCloseTo(Math.LN2, 6);
    }
    // The types of one call still have to agree.
    expect(() => backend.axpy(1, 1, new foreign.Float64Array(1), new Float32Array(1))).toThrow(
      'axpy: y is a Float32Array; expected a Float64Array like x',
    );
  });

  test('FOUND L8: a detached array has no elements, and is accepted where none are needed', () => {
    const detached = (): Float32Array => {
      const array = new Float32Array(4);
      structuredClone(array.buffer, { transfer: [array.buffer] });
      return array;
    };
    const x = new Float32Array(0);
    backend.activation(detached(), x, 0, 'relu');
    backend.softmax(detached(), detached(), 0, 3);
    backend.columnSums(detached(), new Float32Array(9), 3, 0);
    backend.axpy(0, 1, detached(), detached());
    expect(backend.sumOfSquares(detached(), 0)).toBe(0);
    expect(backend.softmaxCrossEntropyDense(detached(), x, x, null, 0, 3, 1)).toBe(0);
    expect(() => backend.softmax(detached(), new Float32Array(3), 1, 3)).toThrow('y is detached');
  });

  describe.each(DTYPES)('beyond the numbers of %s', (dtype) => {
    const floats = (...values: number[]): Floats => floatsOf(dtype, values);

    test('FOUND L8: an infinite alpha multiplies the sum over all of k, not its parts', () => {
      for (const alpha of [Infinity, -Infinity, Number.NaN]) {
        for (const [m, n, k] of [
          [3, 3, 600],
          [20, 50, 1100],
        ] as const) {
          // The first half of k adds up to a positive number, the second to a negative one: parts would give ∞ − ∞.
          const a = floatsOf(dtype, new Array(m * k).fill(1));
          const b = floatsOf(
            dtype,
            Array.from({ length: k * n }, (_, i) => (i < (k * n) / 2 ? 3 : -1)),
          );
          for (const beta of [0, 1]) {
            const c = floatsOf(dtype, new Array(m * n).fill(5));
            backend.gemm(false, false, m, n, k, alpha, a, k, b, n, beta, c, n);
            expect(Array.from(c)).toEqual(new Array(m * n).fill(alpha));
          }
        }
      }
    });

    test('FOUND L8: without a product an infinite alpha is not read', () => {
      const c = floats(1, 2);
      backend.gemm(false, false, 1, 2, 0, Infinity, floats(), 0, floats(), 2, 2, c, 2);
      expect(Array.from(c)).toEqual([2, 4]);
    });

    test('FOUND L8: a dense loss with infinite targets is the sum of its terms', () => {
      const loss = (x: Floats, t: Floats): number => backend.softmaxCrossEntropyDense(null, x, t, null, 1, x.length, 1);
      expect(loss(floats(1, 2), floats(0, Infinity))).toBe(Infinity); // of the largest logit: ∞ · (log Σ − 0)
      expect(loss(floats(1, 2), floats(-Infinity, 1))).toBe(-Infinity);
      expect(loss(floats(1, 2), floats(Infinity, -Infinity))).toBeNaN();
      expect(loss(floats(0, -2000), floats(Infinity, 0))).toBeNaN(); // log Σ is 0, and 0 · ∞
    });

    test('FOUND L8: a scale beyond float32 is a number; a gradient of probability 0 stays 0', () => {
      const dx = floats(0, 0, 0);
      const loss = backend.softmaxCrossEntropy(dx, floats(0, 0, -3000), Int32Array.of(0), null, 1, 3, 1e308);
      expect(Math.abs(loss / 1e308 - Math.LN2)).toBeLessThan(20 * unitRoundoff(dtype));
      const large = dtype === 'float32' ? Infinity : 5e307;
      expect(Array.from(dx)).toEqual([-large, large, 0]);
      const dense = floats(0, 0, 0);
      backend.softmaxCrossEntropyDense(dense, floats(0, 0, -3000), floats(1, 0, 0), null, 1, 3, 1e308);
      expect(Array.from(dense)).toEqual([-large, large, 0]);
    });

    test('FOUND I3: the error of column sums does not grow with the rows', () => {
      const [m, n] = [1_000_000, 1];
      // Equal numbers are the worst case: every rounding goes the same way. Added in order, float32 is 1 % off.
      const x = floatsOf(dtype, new Array(m * n).fill(0.1));
      const exact = m * x[0]!;
      const [sums, db] = [floats(0), floats(0)];
      backend.columnSums(sums, x, m, n);
      backend.biasActivationBackward(floatsOf(dtype, new Array(m).fill(0)), db, x, x, m, n, 'identity');
      // An element passes through at most 128 additions in its block and 80 above; `exact` is itself one rounding off.
      expect(Math.abs(sums[0]! - exact) / exact).toBeLessThanOrEqual(209 * unitRoundoff(dtype));
      expect(db[0]).toBe(sums[0]);
    });
  });
}
