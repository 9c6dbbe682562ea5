import fc from 'fast-check';
import { describe, test } from 'vitest';
import { allocate, type Backend, type Dtype, type Floats } from '../../src/backend/backend.js';
import { createJsBackend } from '../../src/backend/js/js.js';
import { randomFloats, randomIntegers } from '../support/random.js';
import { assertWithin, assertWithinRounding, gamma, unitRoundoff } from '../support/rounding.js';
import { DTYPES } from './sizes.js';

const js = createJsBackend('the reference of this test');

const size = fc.integer({ min: 1, max: 40 });
const seed = fc.integer({ min: 0, max: 2 ** 31 });
/** Random runs of each property; the seed makes every run of the suite draw the same ones. */
const RUNS = { numRuns: 60, seed: 20 };

export function propertiesConformance(backend: Backend): void {
  describe.each(DTYPES)('properties in %s', (dtype) => {
    test('(A·B)ᵀ = Bᵀ·Aᵀ', () => {
      fc.assert(
        fc.property(size, size, size, seed, (m, n, k, seed) => {
          const a = randomFloats(dtype, m * k, { seed });
          const b = randomFloats(dtype, k * n, { seed: seed + 1 });
          const product = allocate(dtype, m * n);
          backend.gemm(false, false, m, n, k, 1, a, k, b, n, 0, product, n);
          const transposed = allocate(dtype, n * m);
          backend.gemm(true, true, n, m, k, 1, b, n, a, k, 0, transposed, m);
          const expected = Float64Array.from({ length: n * m }, (_, i) => product[(i % m) * n + Math.floor(i / m)]!);
          const magnitudes = new Float64Array(n * m).fill(k); // every |aᵢbᵢ| is below 1
          assertWithinRounding(transposed, expected, { terms: k, magnitudes, dtype });
        }),
        RUNS,
      );
    });

    test('softmax rows sum to 1 and ignore a constant shift', () => {
      fc.assert(
        fc.property(size, size, seed, fc.integer({ min: -8, max: 8 }), (m, n, seed, shift) => {
          // Multiples of 2⁻¹⁰: adding the shift rounds nothing, so the shifted logits are shifted exactly.
          const x = randomFloats(dtype, m * n, { seed }).map((v) => Math.round(v * 1024) / 1024) as Floats;
          const shifted = x.map((v) => v + shift) as Floats;
          const [y, z] = [allocate(dtype, m * n), allocate(dtype, m * n)];
          backend.softmax(y, x, m, n);
          backend.softmax(z, shifted, m, n);
          assertWithin(z, y, () => 0, 'shifted');
          const u = unitRoundoff(dtype);
          assertWithin(rowSums(y, m, n), new Float64Array(m).fill(1), () => u * (2 * n + 12), 'row sums');
        }),
        RUNS,
      );
    });

    test('the loss is at least 0 and every row of dlogits sums to 0', () => {
      fc.assert(
        fc.property(size, size, seed, (m, n, seed) => {
          const logits = randomFloats(dtype, m * n, { seed, low: -10, high: 10 });
          const labels = randomIntegers(m, n, { seed: seed + 1 });
          const dlogits = allocate(dtype, m * n);
          const loss = backend.softmaxCrossEntropy(dlogits, logits, labels, null, m, n, 1);
          if (!(loss >= 0)) throw new Error(`the loss is ${loss}`);
          // Both the probabilities and the −1 of the label sum to 1, each with the rounding of softmax.
          const u = unitRoundoff(dtype);
          assertWithin(rowSums(dlogits, m, n), new Float64Array(m), () => u * (20 + 2 * n + 15), 'row sums');
        }),
        RUNS,
      );
    });

    test('a batch gives the mean of the losses and gradients of its rows', () => {
      fc.assert(
        fc.property(size, size, seed, (m, n, seed) => {
          const logits = randomFloats(dtype, m * n, { seed, low: -3, high: 3 });
          const labels = randomIntegers(m, n, { seed: seed + 1 });
          const batch = allocate(dtype, m * n);
          const loss = backend.softmaxCrossEntropy(batch, logits, labels, null, m, n, 1 / m);
          let sum = 0;
          const single = allocate(dtype, n);
          for (let r = 0; r < m; r++) {
            const row = logits.subarray(r * n, (r + 1) * n);
            sum += backend.softmaxCrossEntropy(single, row, labels.subarray(r, r + 1), null, 1, n, 1);
            const ofBatch = Float64Array.from(batch.subarray(r * n, (r + 1) * n), (v) => v * m);
            // The same row: only the products with 1/m and m, and 1/m itself, round differently.
            assertWithin(ofBatch, single, (i) => 6 * unitRoundoff(dtype) * Math.abs(single[i]!), `row ${r}`);
          }
          assertWithin([loss], [sum / m], () => 2 * gamma(m + 3, 'float64') * (sum / m), 'loss');
        }),
        RUNS,
      );
    });

    test('agrees with the js backend on products of random shape', () => {
      fc.assert(
        fc.property(size, size, size, seed, fc.boolean(), fc.boolean(), (m, n, k, seed, transA, transB) => {
          const a = randomFloats(dtype, m * k, { seed });
          const b = randomFloats(dtype, k * n, { seed: seed + 1 });
          const product = (on: Backend): Floats => {
            const c = allocate(dtype, m * n);
            on.gemm(transA, transB, m, n, k, 1, a, transA ? m : k, b, transB ? k : n, 0, c, n);
            return c;
          };
          const magnitudes = new Float64Array(m * n).fill(k);
          assertWithinRounding(product(backend), product(js), { terms: k, magnitudes, dtype });
        }),
        RUNS,
      );
    });

    test('agrees with the js backend on a step of a small network', () => {
      fc.assert(
        fc.property(size, size, size, seed, (m, n, k, seed) => {
          const ours = step(backend, dtype, m, n, k, seed);
          const reference = step(js, dtype, m, n, k, seed);
          // Each element passes through two products of k and m terms below 1 and a handful of roundings between them.
          const bound = 2 * gamma(2 * k + m + 30, dtype) * m;
          assertWithin(ours, reference, () => bound);
        }),
        RUNS,
      );
    });
  });
}

/** The weight gradient of one Affine layer with tanh under softmax and cross-entropy. */
function step(backend: Backend, dtype: Dtype, m: number, n: number, k: number, seed: number): Floats {
  const x = randomFloats(dtype, m * k, { seed });
  const w = randomFloats(dtype, k * n, { seed: seed + 1, low: -1 / k, high: 1 / k });
  const bias = randomFloats(dtype, n, { seed: seed + 2 });
  const labels = randomIntegers(m, n, { seed: seed + 3 });
  const [y, dy, db, dw] = [m * n, m * n, n, k * n].map((length) => allocate(dtype, length)) as [
    Floats,
    Floats,
    Floats,
    Floats,
  ];
  backend.gemm(false, false, m, n, k, 1, x, k, w, n, 0, y, n);
  backend.biasActivation(y, bias, m, n, 'tanh');
  backend.softmaxCrossEntropy(dy, y, labels, null, m, n, 1);
  backend.biasActivationBackward(dy, db, dy, y, m, n, 'tanh');
  backend.gemm(true, false, k, n, m, 1, x, k, dy, n, 0, dw, n);
  return dw;
}

function rowSums(values: Floats, m: number, n: number): Float64Array {
  const sums = new Float64Array(m);
  for (let i = 0; i < m * n; i++) sums[Math.floor(i / n)]! += values[i]!;
  return sums;
}
