import { describe, expect, test } from 'vitest';
import { allocate, type Backend, type Dtype, type Floats } from '../../src/backend/backend.js';
import { floatsOf } from '../support/floats.js';
import { guarded } from '../support/guarded.js';
import { randomFloats, randomIntegers } from '../support/random.js';
import { assertSame, assertWithin, smallestNormal, unitRoundoff } from '../support/rounding.js';
import { DTYPES, PAIRS } from './sizes.js';

const SIZES: readonly (readonly [number, number])[] = [...PAIRS, [100, 10], [256, 10]];

export function lossesConformance(backend: Backend): void {
  describe.each(DTYPES)('softmax and its losses in %s', (dtype) => {
    for (const reach of [1, 20, 1000]) {
      test(`softmax of logits within ±${reach} is within its bound`, () => {
        for (const [m, n] of SIZES) {
          const x = randomFloats(dtype, m * n, { seed: 31, low: -reach, high: reach });
          const y = guarded(dtype, m * n);
          backend.softmax(y.data, x, m, n);
          const reference = softmaxReference(x, m, n, dtype);
          assertWithin(y.data, reference.probabilities, (i) => reference.bounds[i]!, `softmax ${m}×${n}`);
          y.assertFenceIntact();
          backend.softmax(x, x, m, n);
          assertSame(x, y.data, 'in place');
        }
      });

      test(`softmaxCrossEntropy of logits within ±${reach} and its gradient are within their bounds`, () => {
        for (const [m, n] of SIZES) {
          if (n === 0 && m > 0) continue; // no label is in range
          checkIndices(backend, dtype, m, n, reach);
        }
      });

      test(`softmaxCrossEntropyDense of logits within ±${reach} and its gradient are within their bounds`, () => {
        for (const [m, n] of SIZES) checkDense(backend, dtype, m, n, reach);
      });
    }

    test('dense one-hot targets give what class indices give', () => {
      const [m, n] = [33, 10];
      const logits = randomFloats(dtype, m * n, { seed: 41, low: -5, high: 5 });
      const labels = randomIntegers(m, n, { seed: 42 });
      const targets = allocate(dtype, m * n);
      for (let r = 0; r < m; r++) targets[r * n + labels[r]!] = 1;
      const [byIndex, dense] = [guarded(dtype, m * n), guarded(dtype, m * n)];
      const lossByIndex = backend.softmaxCrossEntropy(byIndex.data, logits, labels, null, m, n, 1 / m);
      const lossDense = backend.softmaxCrossEntropyDense(dense.data, logits, targets, null, m, n, 1 / m);
      const reference = crossEntropyReference(logits, targets, null, m, n, 1 / m, dtype);
      assertWithin([lossDense], [lossByIndex], () => 2 * reference.lossBound, 'loss');
      assertWithin(dense.data, byIndex.data, (i) => 2 * reference.bounds[i]!, 'gradient');
    });

    test('the gradient can be left out, and may overwrite the logits', () => {
      const [m, n] = [16, 7];
      const logits = randomFloats(dtype, m * n, { seed: 43 });
      const labels = randomIntegers(m, n, { seed: 44 });
      const targets = randomFloats(dtype, m * n, { seed: 45, low: 0 });
      for (const call of [
        (d: Floats | null, x: Floats) => backend.softmaxCrossEntropy(d, x, labels, null, m, n, 0.5),
        (d: Floats | null, x: Floats) => backend.softmaxCrossEntropyDense(d, x, targets, null, m, n, 0.5),
      ]) {
        const apart = guarded(dtype, m * n);
        const inPlace = guarded(dtype, m * n, logits);
        const loss = call(apart.data, logits);
        expect(call(null, logits)).toBe(loss);
        expect(call(inPlace.data, inPlace.data)).toBe(loss);
        assertSame(inPlace.data, apart.data);
        inPlace.assertFenceIntact();
      }
    });

    test('the loss of a confident wrong answer is the difference of the logits, not ∞', () => {
      const logits = floatsOf(dtype, [1000, -1000, -1000, 1000]);
      const dlogits = guarded(dtype, 4);
      const loss = backend.softmaxCrossEntropy(dlogits.data, logits, Int32Array.of(1, 1), null, 2, 2, 1);
      expect(loss).toBe(2000);
      assertSame(dlogits.data, [1, -1, 0, 0]);
    });

    test('rows are summed in row order in double', () => {
      // Losses of 2²⁵ and 1 (or 2⁵⁴ and 1): in float32 the small ones would vanish.
      const big = dtype === 'float32' ? 2 ** 25 : 2 ** 20;
      const logits = floatsOf(dtype, [big, 0, ...new Array(8).fill([0, 0]).flat()]);
      const labels = Int32Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0);
      const loss = backend.softmaxCrossEntropy(null, logits, labels, null, 9, 2, 1);
      expect(Math.abs(loss - (big + 8 * Math.LN2))).toBeLessThanOrEqual(8 * 8 * unitRoundoff(dtype) + big * 2 ** -50);
    });

    test('a NaN or +∞ makes its row NaN, and the loss with it, and no other row', () => {
      const x = floatsOf(dtype, [0, Number.NaN, 0, 0, 0, Infinity, 1, -Infinity, 1, 0, 0, 0]);
      const y = guarded(dtype, 12);
      backend.softmax(y.data, x, 4, 3);
      expect(Array.from(y.data.subarray(0, 6), Number.isNaN)).toEqual(new Array(6).fill(true));
      assertWithin(y.data.subarray(6), [0.5, 0, 0.5, 1 / 3, 1 / 3, 1 / 3], () => 20 * unitRoundoff(dtype));
      const dlogits = guarded(dtype, 12);
      expect(backend.softmaxCrossEntropy(dlogits.data, x, Int32Array.of(0, 0, 0, 0), null, 4, 3, 1)).toBeNaN();
      expect(Array.from(dlogits.data, Number.isNaN)).toEqual([...new Array(6).fill(true), ...new Array(6).fill(false)]);
    });

    test('a label whose logit is −∞ costs ∞', () => {
      const x = floatsOf(dtype, [0, -Infinity]);
      expect(backend.softmaxCrossEntropy(null, x, Int32Array.of(1), null, 1, 2, 1)).toBe(Infinity);
    });

    test('the loss of no rows is 0', () => {
      const none = allocate(dtype, 0);
      expect(backend.softmaxCrossEntropy(none, none, new Int32Array(0), null, 0, 10, 1)).toBe(0);
      expect(backend.softmaxCrossEntropyDense(none, none, none, null, 0, 10, 1)).toBe(0);
    });
  });
}

interface SoftmaxReference {
  probabilities: Float64Array;
  /** The allowed error of each probability. */
  bounds: Float64Array;
  /** log Σ exp(x − max) of each row. */
  logSums: Float64Array;
  /** x − max. */
  shifted: Float64Array;
}

/**
 * Softmax in float64, and what a computation in `dtype` may differ by: rounding x − max shifts the exponent by
 * |x − max|·u, exp within 2 ulp adds 4 u, the sum n u more and the shifts and exps of its terms, the quotient the last.
 */
function softmaxReference(x: Floats, m: number, n: number, dtype: Dtype): SoftmaxReference {
  const u = unitRoundoff(dtype);
  const probabilities = new Float64Array(m * n);
  const bounds = new Float64Array(m * n);
  const shifted = new Float64Array(m * n);
  const logSums = new Float64Array(m);
  for (let r = 0; r < m; r++) {
    const row = r * n;
    let max = -Infinity;
    for (let j = 0; j < n; j++) max = Math.max(max, x[row + j]!);
    let sum = 0;
    for (let j = 0; j < n; j++) {
      shifted[row + j] = x[row + j]! - max;
      sum += Math.exp(shifted[row + j]!);
    }
    logSums[r] = Math.log(sum);
    for (let i = row; i < row + n; i++) {
      probabilities[i] = Math.exp(shifted[i]!) / sum;
      bounds[i] = u * (Math.abs(shifted[i]!) + 2 * n + 10) * probabilities[i]! + smallestNormal(dtype);
    }
  }
  return { probabilities, bounds, logSums, shifted };
}

/** The loss and gradient against rows of targets in float64, with their allowed errors. */
function crossEntropyReference(
  logits: Floats,
  targets: Floats,
  weights: Floats | null,
  m: number,
  n: number,
  scale: number,
  dtype: Dtype,
): { loss: number; lossBound: number; gradient: Float64Array; bounds: Float64Array } {
  const u = unitRoundoff(dtype);
  const softmax = softmaxReference(logits, m, n, dtype);
  const gradient = new Float64Array(m * n);
  const bounds = new Float64Array(m * n);
  let loss = 0;
  let lossBound = 0;
  for (let r = 0; r < m; r++) {
    const weight = weights === null ? 1 : weights[r]!;
    const factor = scale * weight;
    let targetSum = 0;
    let targetMagnitude = 0;
    let rowLoss = 0;
    let rowBound = 0;
    for (let i = r * n; i < (r + 1) * n; i++) {
      const target = targets[i]!;
      targetSum += target;
      targetMagnitude += Math.abs(target);
      rowLoss += target * (softmax.logSums[r]! - softmax.shifted[i]!);
      // The sum inside the logarithm, the logarithm, the shift, their difference, the product, n additions.
      const magnitude = Math.abs(softmax.logSums[r]!) + Math.abs(softmax.shifted[i]!);
      rowBound += Math.abs(target) * u * (2 * n + 10 + (n + 4) * magnitude);
    }
    loss += weight * rowLoss;
    lossBound += Math.abs(weight) * (rowBound + 2 * u * Math.abs(rowLoss));
    for (let i = r * n; i < (r + 1) * n; i++) {
      const probability = softmax.probabilities[i]!;
      gradient[i] = factor * (probability * targetSum - targets[i]!);
      bounds[i] =
        Math.abs(factor) *
          (softmax.bounds[i]! * targetMagnitude +
            u * ((n + 3) * probability * targetMagnitude + 3 * Math.abs(targets[i]!))) +
        smallestNormal(dtype);
    }
  }
  return { loss: scale * loss, lossBound: Math.abs(scale) * lossBound, gradient, bounds };
}

function checkIndices(backend: Backend, dtype: Dtype, m: number, n: number, reach: number): void {
  const logits = randomFloats(dtype, m * n, { seed: 32, low: -reach, high: reach });
  const labels = randomIntegers(m, Math.max(n, 1), { seed: 33 });
  const targets = allocate(dtype, m * n);
  for (let r = 0; r < m; r++) targets[r * n + labels[r]!] = 1;
  for (const weights of [null, randomFloats(dtype, m, { seed: 34, low: 0, high: 2 })]) {
    const expected = crossEntropyReference(logits, targets, weights, m, n, 0.1, dtype);
    const dlogits = guarded(dtype, m * n);
    const loss = backend.softmaxCrossEntropy(dlogits.data, logits, labels, weights, m, n, 0.1);
    assertWithin([loss], [expected.loss], () => expected.lossBound, `loss ${m}×${n}`);
    assertWithin(dlogits.data, expected.gradient, (i) => expected.bounds[i]!, `dlogits ${m}×${n}`);
    dlogits.assertFenceIntact();
  }
}

function checkDense(backend: Backend, dtype: Dtype, m: number, n: number, reach: number): void {
  const logits = randomFloats(dtype, m * n, { seed: 35, low: -reach, high: reach });
  // Rows that do not sum to 1 and have negative entries: the general formula.
  const targets = randomFloats(dtype, m * n, { seed: 36, low: -0.5, high: 1 });
  for (const weights of [null, randomFloats(dtype, m, { seed: 37, low: 0, high: 2 })]) {
    const expected = crossEntropyReference(logits, targets, weights, m, n, 0.1, dtype);
    const dlogits = guarded(dtype, m * n);
    const loss = backend.softmaxCrossEntropyDense(dlogits.data, logits, targets, weights, m, n, 0.1);
    assertWithin([loss], [expected.loss], () => expected.lossBound, `loss ${m}×${n}`);
    assertWithin(dlogits.data, expected.gradient, (i) => expected.bounds[i]!, `dlogits ${m}×${n}`);
    dlogits.assertFenceIntact();
  }
}
