import { describe, expect, test } from 'vitest';
import { allocate, type Backend, type Dtype, type Floats } from '../../src/backend/backend.js';
import { guarded } from '../support/guarded.js';
import { randomFloats } from '../support/random.js';
import { assertWithinRounding } from '../support/rounding.js';
import { AWKWARD, DTYPES } from './sizes.js';

export interface Product {
  dtype: Dtype;
  transA: boolean;
  transB: boolean;
  m: number;
  n: number;
  k: number;
  alpha: number;
  beta: number;
  /** How much longer than its row each leading dimension is. */
  slack: number;
}

/** The sizes of a step of 784-50-10 at batch 100, of a batch of 5, and shapes that tiles do not divide. */
const NETWORK_SIZES: readonly (readonly [m: number, n: number, k: number])[] = [
  [100, 50, 784],
  [784, 50, 100],
  [100, 784, 50],
  [100, 10, 50],
  [50, 10, 100],
  [5, 10, 784],
  [784, 10, 5],
  [1, 50, 784],
  [129, 131, 67],
  [3, 300, 600],
  [257, 1, 1025],
  // Cut into tiles of columns.
  [17, 333, 190],
];

export function gemmConformance(backend: Backend): void {
  describe.each(DTYPES)('gemm of %s', (dtype) => {
    for (const [transA, transB] of FLAGS) {
      for (const m of AWKWARD) {
        test(`${m}×n×k, ${named(transA, 'a')}·${named(transB, 'b')}, is within the rounding of a dot product`, () => {
          for (const n of AWKWARD) {
            for (const k of AWKWARD) {
              check(backend, { dtype, transA, transB, m, n, k, alpha: 1, beta: 0, slack: 0 });
              check(backend, { dtype, transA, transB, m, n, k, alpha: -0.1, beta: 0.5, slack: 3 });
            }
          }
        });
      }

      test(`the sizes of real layers, ${named(transA, 'a')}·${named(transB, 'b')}, too`, () => {
        for (const [m, n, k] of NETWORK_SIZES) {
          check(backend, { dtype, transA, transB, m, n, k, alpha: 1, beta: 0, slack: 0 });
          check(backend, { dtype, transA, transB, m, n, k, alpha: 0.5, beta: 1, slack: 5 });
        }
      });

      test(`every alpha and beta, ${named(transA, 'a')}·${named(transB, 'b')}`, () => {
        for (const alpha of FACTORS) {
          for (const beta of FACTORS) {
            check(backend, { dtype, transA, transB, m: 7, n: 16, k: 33, alpha, beta, slack: 0 });
            check(backend, { dtype, transA, transB, m: 16, n: 7, k: 3, alpha, beta, slack: 1 });
          }
        }
      });

      test(`a NaN or ∞ reaches its row or column, whatever it is multiplied with, ${named(transA, 'a')}·${named(transB, 'b')}`, () => {
        for (const [m, n, k] of [
          [3, 7, 16],
          [100, 50, 33],
        ] as const) {
          nonFinite(backend, dtype, transA, transB, m, n, k);
        }
      });
    }

    test('zeros are never skipped: 0 · ∞ is NaN in every element', () => {
      for (const [zero, infinite] of [
        [0, Infinity],
        [-Infinity, 0],
      ] as const) {
        for (const [m, n, k] of [
          [7, 33, 1],
          [16, 16, 16],
          [100, 50, 33],
        ] as const) {
          const c = guarded(dtype, m * n, new Array(m * n).fill(0));
          backend.gemm(
            false,
            false,
            m,
            n,
            k,
            1,
            floats(dtype, m * k, zero),
            k,
            floats(dtype, k * n, infinite),
            n,
            0,
            c.data,
            n,
          );
          expect(c.data.every(Number.isNaN), `${m}×${n}×${k}`).toBe(true);
        }
      }
    });

    test('with beta 0 the old c is not read, so its NaNs disappear', () => {
      for (const k of [0, 5]) {
        const c = guarded(dtype, 6);
        c.data.fill(Number.NaN);
        backend.gemm(false, false, 2, 3, k, 1, floats(dtype, 10, 1), k, floats(dtype, 15, 1), 3, 0, c.data, 3);
        expect(Array.from(c.data)).toEqual(new Array(6).fill(k));
        c.assertFenceIntact();
      }
    });

    test('with alpha 0 or k 0 neither a nor b is read: c becomes beta · c, even with NaN in a', () => {
      const c = guarded(dtype, 6, [1, 2, 3, 4, 5, 6]);
      const nan = floats(dtype, 6, Number.NaN);
      backend.gemm(false, false, 2, 3, 2, 0, nan, 2, nan, 3, 0.5, c.data, 3);
      expect(Array.from(c.data)).toEqual([0.5, 1, 1.5, 2, 2.5, 3]);
      backend.gemm(true, true, 2, 3, 0, 1, nan, 2, nan, 0, 2, c.data, 3);
      expect(Array.from(c.data)).toEqual([1, 2, 3, 4, 5, 6]);
      c.assertFenceIntact();
    });

    test('a NaN in c survives beta other than 0', () => {
      const c = guarded(dtype, 2, [Number.NaN, 1]);
      backend.gemm(false, false, 1, 2, 1, 1, floats(dtype, 1, 1), 1, floats(dtype, 2, 1), 2, 0.5, c.data, 2);
      expect(Array.from(c.data)).toEqual([Number.NaN, 1.5]);
    });

    test('the same call gives the same bits again', () => {
      const a = randomFloats(dtype, 100 * 784, { seed: 3 });
      const b = randomFloats(dtype, 784 * 50, { seed: 4 });
      const [first, second] = [guarded(dtype, 5000).data, guarded(dtype, 5000).data];
      backend.gemm(false, false, 100, 50, 784, 1, a, 784, b, 50, 0, first, 50);
      backend.gemm(false, false, 100, 50, 784, 1, a, 784, b, 50, 0, second, 50);
      expect(second).toEqual(first);
    });

    test('a and b may be the same array, and may lie in a SharedArrayBuffer', () => {
      const shared = new SharedArrayBuffer(8 * 4);
      const a = dtype === 'float32' ? new Float32Array(shared, 0, 4) : new Float64Array(shared, 0, 4);
      a.set([1, 2, 3, 4]);
      const c = guarded(dtype, 4);
      backend.gemm(false, false, 2, 2, 2, 1, a, 2, a, 2, 0, c.data, 2);
      expect(Array.from(c.data)).toEqual([7, 10, 15, 22]);
    });

    test('an array that is longer than its sizes need is not touched beyond them', () => {
      const c = guarded(dtype, 8, [9, 9, 9, 9, 9, 9, 9, 9]);
      backend.gemm(false, false, 2, 2, 1, 1, floats(dtype, 9, 1), 1, floats(dtype, 9, 1), 2, 0, c.data, 3);
      expect(Array.from(c.data)).toEqual([1, 1, 9, 1, 1, 9, 9, 9]);
    });
  });
}

export const FLAGS = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;
const FACTORS = [0, 1, -0.1, 0.5] as const;

export function named(transposed: boolean, name: string): string {
  return transposed ? `${name}ᵀ` : name;
}

function floats(dtype: Dtype, n: number, value: number): Floats {
  return allocate(dtype, n).fill(value);
}

/** One product against the textbook's triple loop in float64, with fences round c and NaN between its rows. */
export function check(backend: Backend, { dtype, transA, transB, m, n, k, alpha, beta, slack }: Product): void {
  const lda = (transA ? m : k) + slack;
  const ldb = (transB ? k : n) + slack;
  const ldc = n + slack;
  const a = randomFloats(dtype, (transA ? k : m) * lda, { seed: 1 });
  const b = randomFloats(dtype, (transB ? n : k) * ldb, { seed: 2 });
  // One row more than needed, which must not be touched.
  const old = randomFloats(dtype, (m + 1) * ldc, { seed: 3 });
  const c = guarded(dtype, old.length, old);
  backend.gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c.data, ldc);

  // BLAS takes alpha and beta in the element type.
  const [alphaUsed, betaUsed] = dtype === 'float32' ? [Math.fround(alpha), Math.fround(beta)] : [alpha, beta];
  const expected = Float64Array.from(old);
  const magnitudes = new Float64Array(expected.length);
  // Both in the order of the sums, because these are most of the time of a test.
  const rows = inOrder(a, m, k, transA ? 1 : lda, transA ? lda : 1);
  const columns = inOrder(b, n, k, transB ? ldb : 1, transB ? 1 : ldb);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const [sum, magnitude] = dotProduct(rows, i * k, columns, j * k, k);
      const at = i * ldc + j;
      expected[at] = alphaUsed * sum + betaUsed * old[at]!;
      magnitudes[at] = Math.abs(alphaUsed) * magnitude + Math.abs(betaUsed * old[at]!);
    }
  }
  const what = `gemm(${transA}, ${transB}, ${m}, ${n}, ${k}, ${alpha}, ${beta}) with ld + ${slack}`;
  // Besides the k terms: the products with alpha and beta, and their sum. Between and after the rows the bound is 0: not touched.
  assertWithinRounding(c.data, expected, { terms: k + 3, magnitudes, dtype, what });
  c.assertFenceIntact();
}

/** Elements (i, p) of a matrix that is stored with these strides, i from 0 to n and p from 0 to k, rows after one another. */
function inOrder(x: Floats, n: number, k: number, strideOfI: number, strideOfP: number): Float64Array {
  const values = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < k; p++) values[i * k + p] = x[i * strideOfI + p * strideOfP]!;
  }
  return values;
}

/** Σ x·y and Σ |x·y| of k elements from the given ones on. */
function dotProduct(
  x: Float64Array,
  firstX: number,
  y: Float64Array,
  firstY: number,
  k: number,
): [sum: number, magnitude: number] {
  let sum = 0;
  let magnitude = 0;
  for (let p = 0; p < k; p++) {
    const product = x[firstX + p]! * y[firstY + p]!;
    sum += product;
    magnitude += Math.abs(product);
  }
  return [sum, magnitude];
}

/** A NaN and an ∞ in a, and zeros in b where they meet: 0 · ∞ is NaN, so both rows become NaN, the others stay finite. */
function nonFinite(
  backend: Backend,
  dtype: Dtype,
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
): void {
  const lda = transA ? m : k;
  const ldb = transB ? k : n;
  const a = randomFloats(dtype, m * k, { seed: 5 });
  const b = randomFloats(dtype, k * n, { seed: 6 });
  const atA = (i: number, p: number): number => (transA ? p * lda + i : i * lda + p);
  const atB = (p: number, j: number): number => (transB ? j * ldb + p : p * ldb + j);
  a[atA(0, 1)] = Number.NaN;
  a[atA(2, 1)] = Number.POSITIVE_INFINITY;
  for (let j = 0; j < n; j++) b[atB(1, j)] = 0;
  b[atB(2, n - 1)] = Number.NEGATIVE_INFINITY;
  const c = guarded(dtype, m * n);
  backend.gemm(transA, transB, m, n, k, 1, a, lda, b, ldb, 0, c.data, n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const value = c.data[i * n + j]!;
      if (i === 0 || i === 2) expect(value).toBeNaN();
      else if (j === n - 1) expect(value).toBe(-Math.sign(a[atA(i, 2)]!) * Number.POSITIVE_INFINITY);
      else expect(Number.isFinite(value)).toBe(true);
    }
  }
  c.assertFenceIntact();
}

/** The product of a kind of a size, with rows as close as they can be. */
export type PlainProduct = Pick<Product, 'transA' | 'transB' | 'm' | 'n' | 'k'>;

/** Bits may depend on the shape, never on where in memory the operands begin. */
export function sameBitsAnywhere(backend: Backend, { transA, transB, m, n, k }: PlainProduct): void {
  const a = randomFloats('float32', m * k, { seed: 11 });
  const b = randomFloats('float32', k * n, { seed: 12 });
  const results = [0, 1, 3, 5].map((offset) => {
    const moved = (x: ArrayLike<number>): Float32Array => {
      const whole = allocate('float32', x.length + offset) as Float32Array;
      whole.set(x, offset);
      return whole.subarray(offset);
    };
    const c = guarded('float32', m * n);
    backend.gemm(transA, transB, m, n, k, 1, moved(a), transA ? m : k, moved(b), transB ? k : n, 0, c.data, n);
    return c.data;
  });
  for (const result of results) expect(result).toEqual(results[0]);
}

/** One NaN in row 4 of a, one in the given column of b, and NaN all over the old c, which is not to be read. */
export function nanStaysInItsPlace(
  backend: Backend,
  { transA, transB, m, n, k, column }: PlainProduct & { column: number },
): void {
  const a = randomFloats('float32', m * k, { seed: 13 });
  const b = randomFloats('float32', k * n, { seed: 14 });
  a[transA ? 65 * m + 4 : 4 * k + 65] = Number.NaN;
  b[transB ? column * k + 69 : 69 * n + column] = Number.NaN;
  const c = guarded('float32', m * n);
  c.data.fill(Number.NaN);
  backend.gemm(transA, transB, m, n, k, 1, a, transA ? m : k, b, transB ? k : n, 0, c.data, n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) expect(Number.isNaN(c.data[i * n + j]!), `${i}, ${j}`).toBe(i === 4 || j === column);
  }
  c.assertFenceIntact();
}
