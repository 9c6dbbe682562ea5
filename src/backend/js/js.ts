/**
 * The backend in plain TypeScript: the readable reference for the others, and the one that runs everywhere.
 *
 * JavaScript computes in double; a float32 result is rounded when it is stored. Factors that BLAS takes in the element
 * type (alpha, beta, the scale of `gatherRows`) are rounded to it first, so that all backends multiply by the same number.
 */

import type { Activation, Backend, Floats, Functions } from '../backend.js';
import { overLoops } from '../calls.js';
import { activate, activateBackward } from './activations.js';
import * as arithmetic from './arithmetic.js';
import { columnSums } from './column-sums.js';
import * as convolutions from './convolution.js';
import { gemm } from './gemm.js';
import { inTypeOf } from './in-type-of.js';
import * as layerNormalization from './layer-normalization.js';
import * as losses from './losses.js';
import * as normalization from './normalization.js';
import * as pooledConvolutions from './pooled-convolution.js';
import * as pooling from './pooling.js';
import * as reductions from './reductions.js';
import * as smoothActivations from './smooth-activations.js';
import * as updates from './updates.js';

/** @param reason why this backend is used, in one sentence */
export function createJsBackend(reason: string): Backend {
  return { name: 'js', reason, ...functions };
}

/** When a loop begins, its arguments have been checked and there is something to compute. */
const functions: Functions = overLoops({
  gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) {
    gemm(transA, transB, m, n, k, inTypeOf(c, alpha), a, lda, b, ldb, inTypeOf(c, beta), c, ldc);
  },

  affine(y, x, w, b, m, n, k, f) {
    gemm(false, false, m, n, k, 1, x, k, w, n, 0, y, n);
    biasActivation(y, b, m, n, f);
  },

  biasActivation,

  biasActivationBackward(dz, db, dy, y, m, n, f) {
    activateBackward(dz, dy, y, m * n, f);
    columnSums(db, dz, m, n);
  },

  activation: activate,

  activationBackward: activateBackward,

  columnSums,

  softmax(y, x, m, n) {
    for (let row = 0; row < m * n; row += n) {
      const max = rowMaximum(x, row, n);
      const sum = exponentials(y, x, row, n, max);
      for (let i = row; i < row + n; i++) y[i] = y[i]! / sum;
    }
  },

  softmaxCrossEntropy(dlogits, logits, labels, weights, m, n, scale) {
    let loss = 0;
    for (let r = 0; r < m; r++) {
      const row = r * n;
      const max = rowMaximum(logits, row, n);
      // Read before dlogits, which may be the same array, overwrites the row.
      const shifted = logits[row + labels[r]!]! - max;
      const sum = exponentials(dlogits, logits, row, n, max);
      const weight = weights === null ? 1 : weights[r]!;
      // log Σ exp(x) − x[label], both shifted by the maximum.
      loss += weight * (Math.log(sum) - shifted);
      if (dlogits === null) continue;
      const factor = scale * weight;
      for (let j = 0; j < n; j++) {
        dlogits[row + j] = factor * (dlogits[row + j]! / sum - (j === labels[r] ? 1 : 0));
      }
    }
    return scale * loss;
  },

  softmaxCrossEntropyDense(dlogits, logits, targets, weights, m, n, scale) {
    let loss = 0;
    for (let r = 0; r < m; r++) {
      const row = r * n;
      const max = rowMaximum(logits, row, n);
      const sum = exponentials(null, logits, row, n, max);
      const logSum = Math.log(sum);
      const weight = weights === null ? 1 : weights[r]!;
      let rowLoss = 0;
      let targetSum = 0;
      for (let i = row; i < row + n; i++) {
        rowLoss += targets[i]! * (logSum - (logits[i]! - max));
        targetSum += targets[i]!;
      }
      loss += weight * rowLoss;
      if (dlogits === null) continue;
      const factor = scale * weight;
      for (let i = row; i < row + n; i++) {
        // Through the array, so that the exponential has the element type's range.
        dlogits[i] = Math.exp(logits[i]! - max);
        dlogits[i] = factor * ((dlogits[i]! / sum) * targetSum - targets[i]!);
      }
    }
    return scale * loss;
  },

  argMaxRows(out, x, m, n) {
    for (let r = 0; r < m; r++) {
      const row = r * n;
      let best = 0;
      // Nothing compares greater than a NaN, so the search ends there.
      for (let j = 1; j < n && !Number.isNaN(x[row + best]); j++) {
        if (!(x[row + j]! <= x[row + best]!)) best = j;
      }
      out[r] = best;
    }
  },

  gatherRows(out, source, indices, start, count, width, scale) {
    const factor = inTypeOf(out, scale);
    for (let i = 0; i < count; i++) {
      const to = i * width;
      const from = indices[start + i]! * width;
      for (let j = 0; j < width; j++) out[to + j] = factor * source[from + j]!;
    }
  },

  axpy(n, alpha, x, y) {
    const factor = inTypeOf(y, alpha);
    for (let i = 0; i < n; i++) y[i]! += factor * x[i]!;
  },

  sumOfSquares(x, n) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += x[i]! * x[i]!;
    return sum;
  },

  scale(x, n, alpha) {
    const factor = inTypeOf(x, alpha);
    for (let i = 0; i < n; i++) x[i]! *= factor;
  },

  multiply(y, a, b, n) {
    for (let i = 0; i < n; i++) y[i] = a[i]! * b[i]!;
  },

  clip(y, x, n, low, high) {
    const [least, most] = [inTypeOf(y, low), inTypeOf(y, high)];
    for (let i = 0; i < n; i++) {
      const above = x[i]! < least ? least : x[i]!; // comparisons that are false for NaN: it stays
      y[i] = above > most ? most : above;
    }
  },

  ...arithmetic,
  ...reductions,
  ...smoothActivations,
  ...losses,
  ...normalization,
  ...layerNormalization,
  ...updates,
  ...convolutions,
  ...pooling,
  ...pooledConvolutions,
});

function biasActivation(y: Floats, bias: Floats, m: number, n: number, f: Activation): void {
  for (let i = 0; i < m * n; i += n) {
    for (let j = 0; j < n; j++) y[i + j]! += bias[j]!;
  }
  activate(y, y, m * n, f);
}

/** The maximum of x[row … row + n). NaN is skipped: the sum of exponentials will propagate it. */
function rowMaximum(x: Floats, row: number, n: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = row; i < row + n; i++) {
    if (x[i]! > max) max = x[i]!;
  }
  return max;
}

/**
 * y ← exp(x − max) over a row, unless y is null; returns the sum, in double. Without the shift, exp would overflow float32
 * at 88.7 and float64 at 709.8.
 */
function exponentials(y: Floats | null, x: Floats, row: number, n: number, max: number): number {
  let sum = 0;
  for (let i = row; i < row + n; i++) {
    const e = Math.exp(x[i]! - max);
    if (y !== null) y[i] = e;
    sum += e;
  }
  return sum;
}
