import { describe, expect, test } from 'vitest';
import { allocate, type Backend, type Dtype, dtypeOf, type Floats } from '../../src/backend/backend.js';
import { floatsOf } from '../support/floats.js';
import { guarded, guardedIntegers } from '../support/guarded.js';
import { randomFloats, randomIntegers } from '../support/random.js';
import { assertSame, assertWithinRounding, gamma } from '../support/rounding.js';
import { AWKWARD, DTYPES, PAIRS } from './sizes.js';

export function rowsAndVectorsConformance(backend: Backend): void {
  describe.each(DTYPES)('rows and vectors of %s', (dtype) => {
    test('argMaxRows finds the first maximum of every row', () => {
      for (const [m, n] of [...PAIRS, [1000, 10] as const]) {
        if (n === 0 && m > 0) continue; // refused: see the errors
        // Few different values, so that there are many ties.
        const x = floatsOf(dtype, Array.from(randomIntegers(m * n, 5, { seed: 51 })));
        const out = guardedIntegers(m);
        backend.argMaxRows(out.data, x, m, n);
        for (let r = 0; r < m; r++) {
          const row = Array.from(x.subarray(r * n, (r + 1) * n));
          expect(out.data[r]).toBe(row.indexOf(Math.max(...row)));
        }
        out.assertFenceIntact();
      }
    });

    test('argMaxRows lets the first NaN win, also over ∞, and takes −∞ for a number', () => {
      const nan = Number.NaN;
      const x = floatsOf(dtype, [
        1,
        Infinity,
        nan,
        nan,
        0,
        3,
        nan,
        9,
        -Infinity,
        -Infinity,
        -Infinity,
        -Infinity,
        0,
        -0,
        2,
        2,
      ]);
      const out = guardedIntegers(4);
      backend.argMaxRows(out.data, x, 4, 4);
      expect(Array.from(out.data)).toEqual([2, 2, 0, 2]);
    });

    test('argMaxRows finds the maximum at every place of a long row', () => {
      const n = 67;
      const x = allocate(dtype, n * n);
      for (let r = 0; r < n; r++) x[r * n + r] = 1;
      const out = guardedIntegers(n);
      backend.argMaxRows(out.data, x, n, n);
      expect(Array.from(out.data)).toEqual(Array.from({ length: n }, (_, r) => r));
      for (let r = 0; r < n; r++) x[r * n + r] = Number.NaN;
      backend.argMaxRows(out.data, x, n, n);
      expect(Array.from(out.data)).toEqual(Array.from({ length: n }, (_, r) => r));
    });

    for (const kind of ['bytes', 'floats'] as const) {
      test(`gatherRows of ${kind} is one rounded product each`, () => {
        for (const [count, width] of [...PAIRS, [100, 784] as const]) {
          for (const scale of [1, 1 / 255, -0.1]) checkGather(backend, dtype, kind, count, width, scale);
        }
      });
    }

    test('gatherRows reads only indices[start … start + count)', () => {
      const out = guarded(dtype, 4);
      backend.gatherRows(out.data, Uint8Array.of(1, 2, 3, 4, 5), Int32Array.of(99, -1, 1, 0, 7), 2, 2, 2, 1);
      assertSame(out.data, [3, 4, 1, 2]);
      out.assertFenceIntact();
    });

    test('gatherRows keeps NaN and ∞, multiplies zeros, and takes a shared source', () => {
      const shared =
        dtype === 'float32' ? new Float32Array(new SharedArrayBuffer(16)) : new Float64Array(new SharedArrayBuffer(32));
      shared.set([Number.NaN, Infinity, 0, 2]);
      const out = guarded(dtype, 4);
      backend.gatherRows(out.data, shared, Int32Array.of(0), 0, 1, 4, Infinity);
      assertSame(out.data, [Number.NaN, Infinity, Number.NaN, Infinity]);
    });

    test('axpy is within rounding, and exact where a term is 0', () => {
      for (const n of [...AWKWARD, 1000, 39_200]) {
        for (const alpha of [0, 1, -0.1]) {
          const x = randomFloats(dtype, n, { seed: 55 });
          const old = randomFloats(dtype, n, { seed: 56 });
          const y = guarded(dtype, n, old);
          backend.axpy(n, alpha, x, y.data);
          const factor = dtype === 'float32' ? Math.fround(alpha) : alpha;
          const expected = Float64Array.from(old, (value, i) => value + factor * x[i]!);
          const magnitudes = Float64Array.from(old, (value, i) => Math.abs(value) + Math.abs(factor * x[i]!));
          // A product and a sum. With alpha 0 the old value comes back to the bit.
          if (alpha === 0) assertSame(y.data, old);
          else assertWithinRounding(y.data, expected, { terms: 2, magnitudes, dtype, what: `axpy ${n}` });
          y.assertFenceIntact();
        }
      }
    });

    test('axpy skips no product: 0 · ∞ is NaN', () => {
      const y = guarded(dtype, 3, [1, 1, Number.NaN]);
      backend.axpy(3, 0, floatsOf(dtype, [Infinity, 1, 1]), y.data);
      assertSame(y.data, [Number.NaN, 1, Number.NaN]);
    });

    test('sumOfSquares is summed in double', () => {
      for (const n of [...AWKWARD, 1000, 10_000]) {
        const x = randomFloats(dtype, n, { seed: 57 });
        let expected = 0;
        for (let i = 0; i < n; i++) expected += x[i]! * x[i]!;
        // All terms are positive, so the bound is relative; u is that of double for both types.
        const bound = 2 * gamma(n + 1, 'float64') * expected;
        expect(Math.abs(backend.sumOfSquares(x, n) - expected)).toBeLessThanOrEqual(bound);
      }
    });

    test('sumOfSquares overflows no float32 and keeps NaN and ∞', () => {
      if (dtype === 'float32') expect(backend.sumOfSquares(floatsOf(dtype, [2 ** 100, 1]), 2)).toBe(2 ** 200);
      expect(backend.sumOfSquares(floatsOf(dtype, [1, Number.NaN, 1]), 3)).toBeNaN();
      expect(backend.sumOfSquares(floatsOf(dtype, [1, -Infinity, 1]), 3)).toBe(Infinity);
    });
  });
}

function checkGather(
  backend: Backend,
  dtype: Dtype,
  kind: 'bytes' | 'floats',
  count: number,
  width: number,
  scale: number,
): void {
  const rows = 20;
  // An extra half row at the end does not count as a row.
  const length = rows * width + Math.floor(width / 2);
  const source: Floats | Uint8Array =
    kind === 'bytes'
      ? Uint8Array.from(randomIntegers(length, 256, { seed: 52 }))
      : randomFloats(dtype, length, { seed: 53 });
  const indices = randomIntegers(count + 5, rows, { seed: 54 });
  const out = guarded(dtype, count * width);
  backend.gatherRows(out.data, source, indices, 3, count, width, scale);
  const round = dtypeOf(out.data) === 'float32' ? Math.fround : (x: number): number => x;
  const expected = Float64Array.from({ length: count * width }, (_, i) => {
    const row = indices[3 + Math.floor(i / width)]!;
    return round(round(scale) * source[row * width + (i % width)]!);
  });
  assertSame(out.data, expected, `gather ${count}×${width} · ${scale}`);
  out.assertFenceIntact();
}
