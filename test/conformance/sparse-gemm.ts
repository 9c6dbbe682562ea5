/**
 * Products whose a is mostly zeros. A backend may leave out the terms with a zero, if nobody can tell: c has the bits of the
 * product in which no term is left out, and 0 · ∞ is NaN.
 */

import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.js';
import { guarded } from '../support/guarded.js';
import { randomFloats } from '../support/random.js';
import { assertWithinRounding } from '../support/rounding.js';
import { FLAGS, named, type PlainProduct } from './gemm.js';

/**
 * Around vectors, groups of up to eight of them, tails of up to four columns, and passes over k; parts of the shapes of 784-50-10. The last
 * five have more than a million products, from where on all levels with kernels of their own take them, two of them as panels.
 */
const SIZES: readonly (readonly [m: number, n: number, k: number])[] = [
  [28, 50, 784],
  [104, 50, 100],
  [97, 32, 33],
  [101, 33, 65],
  [50, 49, 129],
  [13, 63, 128],
  [46, 64, 200],
  [45, 72, 70],
  [20, 130, 190],
  [33, 200, 63],
  [101, 50, 260],
  [66, 90, 180],
  [98, 52, 200],
  [41, 130, 210],
  [90, 101, 128],
];

export function sparseGemmConformance(backend: Backend): void {
  describe.each(FLAGS)('gemm of mostly zeros, a transposed %s, b transposed %s', (transA, transB) => {
    const name = `${named(transA, 'a')}·${named(transB, 'b')}`;

    test.each(SIZES)(`%i×%i×%i, ${name}, is as if no zero were left out`, (m, n, k) => {
      asIfDense(backend, { transA, transB, m, n, k, slack: 3, alpha: -0.5, beta: 0.25 });
      if (m * n * k > 1e6) return; // each takes a tenth of a second in plain JavaScript
      asIfDense(backend, { transA, transB, m, n, k, slack: 3, alpha: 1, beta: 0 });
      asIfDense(backend, { transA, transB, m, n, k, slack: 0, alpha: -0.5, beta: 0.25 });
      asIfDense(backend, { transA, transB, m, n, k, slack: 0, alpha: 1, beta: 0 });
    });

    test(`a row of nothing but zeros gives zeros, ${name}`, () => {
      const [m, n, k] = [64, 50, 80];
      const c = guarded('float32', m * n);
      const b = randomFloats('float32', k * n, { seed: 22 });
      backend.gemm(
        transA,
        transB,
        m,
        n,
        k,
        1,
        new Float32Array(m * k),
        transA ? m : k,
        b,
        transB ? k : n,
        0,
        c.data,
        n,
      );
      expect(c.data.every((value) => Object.is(value, 0))).toBe(true);
      c.assertFenceIntact();
    });

    test.each([Infinity, -Infinity, NaN])(`a single %d in b meets zeros: NaN in its column, ${name}`, (value) => {
      const [m, n, k] = [61, 50, 130];
      for (const [p, j] of [
        [0, 0],
        [129, 49],
        [77, 48],
        [63, 20],
      ] as const) {
        const a = mostlyZeros(m * k, 0);
        for (let i = 0; i < m; i++) a[transA ? p * m + i : i * k + p] = i % 2 === 0 ? 0 : -0;
        const b = randomFloats('float32', k * n, { seed: 24 });
        b[transB ? j * k + p : p * n + j] = value;
        const c = guarded('float32', m * n);
        backend.gemm(transA, transB, m, n, k, 1, a, transA ? m : k, b, transB ? k : n, 0, c.data, n);
        for (let i = 0; i < m; i++) {
          for (let column = 0; column < n; column++) {
            expect(Number.isNaN(c.data[i * n + column]!), `${i}, ${column}`).toBe(column === j);
          }
        }
      }
    });

    test(`a NaN and an ∞ in a reach their rows alone, ${name}`, () => {
      const [m, n, k] = [61, 50, 130];
      const a = mostlyZeros(m * k, 0);
      a[transA ? 5 * m + 8 : 8 * k + 5] = Number.NaN;
      a[transA ? 129 * m + 60 : 60 * k + 129] = Number.POSITIVE_INFINITY;
      const b = randomFloats('float32', k * n, { seed: 25 });
      const c = guarded('float32', m * n);
      backend.gemm(transA, transB, m, n, k, 1, a, transA ? m : k, b, transB ? k : n, 0, c.data, n);
      for (let i = 0; i < m; i++) {
        const row = c.data.subarray(i * n, (i + 1) * n);
        if (i === 8) expect(row.every(Number.isNaN)).toBe(true);
        else
          expect(
            row.every((value) => Number.isFinite(value) === (i !== 60)),
            `row ${i}`,
          ).toBe(true);
      }
    });
  });
}

/** One stretch of 24 elements in twelve is not zero, as strokes of a digit are; of the zeros some are negative. */
function mostlyZeros(count: number, seed: number): Float32Array {
  const values = Float32Array.from(randomFloats('float32', count, { seed: 20 + seed }));
  for (let i = 0; i < count; i++) {
    if (mixed(Math.floor(i / 24) + 1) % 12 !== 0) values[i] = i % 4 === 0 ? -0 : 0;
  }
  return values;
}

/** A number without a pattern: a plain multiple would put something other than zero into every tile. */
function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Against the textbook's sum, and against the bits of the same product where an ∞ in the last column forbids to leave out zeros. */
function asIfDense(
  backend: Backend,
  { transA, transB, m, n, k, slack, alpha, beta }: PlainProduct & { slack: number; alpha: number; beta: number },
): void {
  const lda = (transA ? m : k) + slack;
  const ldb = (transB ? k : n) + slack;
  const ldc = n + slack;
  const atA = (i: number, p: number): number => (transA ? p * lda + i : i * lda + p);
  const atB = (p: number, j: number): number => (transB ? j * ldb + p : p * ldb + j);
  const a = mostlyZeros((transA ? k : m) * lda, 1);
  const b = Float32Array.from(randomFloats('float32', (transB ? n : k) * ldb, { seed: 23 }));
  const old = randomFloats('float32', m * ldc, { seed: 3 });
  const product = (): Float32Array => {
    const c = guarded('float32', old.length, old);
    backend.gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c.data, ldc);
    c.assertFenceIntact();
    return c.data as Float32Array;
  };
  const c = product();
  const [expected, magnitudes] = [Float64Array.from(old), new Float64Array(old.length)];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let [sum, magnitude] = [0, 0];
      for (let p = 0; p < k; p++) {
        const term = a[atA(i, p)]! * b[atB(p, j)]!;
        sum += term;
        magnitude += Math.abs(term);
      }
      const at = i * ldc + j;
      expected[at] = alpha * sum + beta * old[at]!;
      magnitudes[at] = Math.abs(alpha) * magnitude + Math.abs(beta * old[at]!);
    }
  }
  const what = `gemm(${transA}, ${transB}, ${m}, ${n}, ${k}, ${alpha}, ${beta}) with ld + ${slack}`;
  assertWithinRounding(c, expected, { terms: k + 3, magnitudes, dtype: 'float32', what });

  for (let p = 0; p < k; p += 7) b[atB(p, n - 1)] = Number.POSITIVE_INFINITY;
  const dense = product();
  for (let i = 0; i < m; i++) {
    const [first, last] = [i * ldc, i * ldc + n - 1];
    expect(c.subarray(first, last), what).toEqual(dense.subarray(first, last));
  }
}
