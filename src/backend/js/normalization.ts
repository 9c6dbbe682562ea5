/**
 * Batch normalisation, column by column. Sums are in double, and each number is rounded once when it is stored, in the same
 * order on every backend: all give the same bits.
 */

import type { Floats } from '../backend.js';

/** Columns taken at a time. */
const WIDTH = 64;

/** Numbers of WIDTH columns, in double also of float32; allocated once. */
const first = new Float64Array(WIDTH);
const second = new Float64Array(WIDTH);
const factor = new Float64Array(WIDTH);

/** Means and variances of the columns, and what they make of x; see `Backend.batchNormalization`. */
export function batchNormalization(
  y: Floats,
  normalized: Floats,
  mean: Floats,
  variance: Floats,
  x: Floats,
  gamma: Floats,
  beta: Floats,
  m: number,
  n: number,
  epsilon: number,
): void {
  const count = Math.max(m, 1);
  for (let j = 0; j < n; j += WIDTH) {
    const width = Math.min(WIDTH, n - j);
    const center = first.fill(0);
    const spread = second.fill(0);
    for (let row = j; row < m * n; row += n) {
      for (let c = 0; c < width; c++) center[c]! += x[row + c]!;
    }
    for (let c = 0; c < width; c++) center[c]! /= count;
    for (let row = j; row < m * n; row += n) {
      for (let c = 0; c < width; c++) {
        const centred = x[row + c]! - center[c]!;
        spread[c]! += centred * centred;
      }
    }
    for (let c = 0; c < width; c++) {
      mean[j + c] = center[c]!;
      variance[j + c] = spread[c]! / count;
      factor[c] = 1 / Math.sqrt(spread[c]! / count + epsilon);
    }
    for (let row = j; row < m * n; row += n) {
      for (let c = 0; c < width; c++) {
        const value = (x[row + c]! - center[c]!) * factor[c]!;
        normalized[row + c] = value;
        y[row + c] = gamma[j + c]! * value + beta[j + c]!;
      }
    }
  }
}

/** dβ, dγ and dx; see `Backend.batchNormalizationBackward`. */
export function batchNormalizationBackward(
  dx: Floats | null,
  dgamma: Floats,
  dbeta: Floats,
  dy: Floats,
  normalized: Floats,
  variance: Floats,
  gamma: Floats,
  m: number,
  n: number,
  epsilon: number,
): void {
  const count = Math.max(m, 1);
  for (let j = 0; j < n; j += WIDTH) {
    const width = Math.min(WIDTH, n - j);
    const sum = first.fill(0);
    const along = second.fill(0);
    for (let row = j; row < m * n; row += n) {
      for (let c = 0; c < width; c++) {
        sum[c]! += dy[row + c]!;
        along[c]! += dy[row + c]! * normalized[row + c]!;
      }
    }
    for (let c = 0; c < width; c++) {
      dbeta[j + c] = sum[c]!;
      dgamma[j + c] = along[c]!;
      sum[c]! /= count;
      along[c]! /= count;
      factor[c] = gamma[j + c]! / Math.sqrt(variance[j + c]! + epsilon);
    }
    if (dx === null) continue;
    for (let row = j; row < m * n; row += n) {
      for (let c = 0; c < width; c++) {
        dx[row + c] = factor[c]! * (dy[row + c]! - sum[c]! - normalized[row + c]! * along[c]!);
      }
    }
  }
}

/** y by means and variances that are given; see `Backend.batchNormalizationInference`. */
export function batchNormalizationInference(
  y: Floats,
  x: Floats,
  mean: Floats,
  variance: Floats,
  gamma: Floats,
  beta: Floats,
  m: number,
  n: number,
  epsilon: number,
): void {
  for (let j = 0; j < n; j += WIDTH) {
    const width = Math.min(WIDTH, n - j);
    for (let c = 0; c < width; c++) factor[c] = gamma[j + c]! / Math.sqrt(variance[j + c]! + epsilon);
    for (let row = j; row < m * n; row += n) {
      for (let c = 0; c < width; c++) y[row + c] = factor[c]! * (x[row + c]! - mean[j + c]!) + beta[j + c]!;
    }
  }
}
