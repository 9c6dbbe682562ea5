/** Layer normalisation, row by row. Sums are in double, and each number is rounded once when it is stored. */

import type { Floats } from '../backend.js';

/** dγ and dβ in double, of this many columns at a time; allocated once. */
const WIDTH = 64;
const along = new Float64Array(WIDTH);
const sums = new Float64Array(WIDTH);

/** See `Backend.layerNormalization`. */
export function layerNormalization(
  y: Floats,
  normalized: Floats | null,
  variance: Floats | null,
  x: Floats,
  gamma: Floats,
  beta: Floats,
  m: number,
  n: number,
  epsilon: number,
): void {
  const count = Math.max(n, 1);
  for (let r = 0; r < m; r++) {
    const row = r * n;
    let sum = 0;
    for (let j = 0; j < n; j++) sum += x[row + j]!;
    const mean = sum / count;
    let squares = 0;
    for (let j = 0; j < n; j++) {
      const centred = x[row + j]! - mean;
      squares += centred * centred;
    }
    const spread = squares / count;
    if (variance !== null) variance[r] = spread;
    const inverse = 1 / Math.sqrt(spread + epsilon);
    for (let j = 0; j < n; j++) {
      const value = (x[row + j]! - mean) * inverse;
      if (normalized !== null) normalized[row + j] = value;
      y[row + j] = gamma[j]! * value + beta[j]!;
    }
  }
}

/** See `Backend.layerNormalizationBackward`. */
export function layerNormalizationBackward(
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
  for (let first = 0; first < n; first += WIDTH) columnGradients(dgamma, dbeta, dy, normalized, m, n, first);
  if (dx === null) return;
  for (let r = 0; r < m; r++) {
    const row = r * n;
    let sum = 0;
    let sumAlong = 0;
    for (let j = 0; j < n; j++) {
      const g = gamma[j]! * dy[row + j]!;
      sum += g;
      sumAlong += g * normalized[row + j]!;
    }
    const mean = sum / n;
    const meanAlong = sumAlong / n;
    const inverse = 1 / Math.sqrt(variance[r]! + epsilon);
    for (let j = 0; j < n; j++) {
      dx[row + j] = inverse * (gamma[j]! * dy[row + j]! - mean - normalized[row + j]! * meanAlong);
    }
  }
}

/** dβ = Σ dy and dγ = Σ dy · normalized over the rows, of WIDTH columns. */
function columnGradients(
  dgamma: Floats,
  dbeta: Floats,
  dy: Floats,
  normalized: Floats,
  m: number,
  n: number,
  first: number,
): void {
  const width = Math.min(WIDTH, n - first);
  sums.fill(0);
  along.fill(0);
  for (let row = first; row < m * n; row += n) {
    for (let c = 0; c < width; c++) {
      sums[c]! += dy[row + c]!;
      along[c]! += dy[row + c]! * normalized[row + c]!;
    }
  }
  for (let c = 0; c < width; c++) {
    dbeta[first + c] = sums[c]!;
    dgamma[first + c] = along[c]!;
  }
}
