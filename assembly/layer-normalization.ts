// Layer normalisation, row by row; sums in double, those of columns two at a time.

import { at } from './address';

function value(array: usize, i: i32): f64 {
  return <f64>load<f32>(at(array, i));
}

/** What rows are made of: y, their normalized numbers, and the variance of each. */
export function layerNormalization(
  y: usize,
  normalized: usize,
  variance: usize,
  x: usize,
  gamma: usize,
  beta: usize,
  m: i32,
  n: i32,
  epsilon: f64,
): void {
  const count: f64 = max(n, 1);
  for (let r = 0; r < m; r++) {
    const row = at(x, r * n);
    let sum: f64 = 0;
    for (let j = 0; j < n; j++) sum += value(row, j);
    const mean = sum / count;
    let squares: f64 = 0;
    for (let j = 0; j < n; j++) {
      const centred = value(row, j) - mean;
      squares += centred * centred;
    }
    const spread = squares / count;
    store<f32>(at(variance, r), <f32>spread);
    const inverse = 1.0 / sqrt<f64>(spread + epsilon);
    for (let j = 0; j < n; j++) {
      const scaled = (value(row, j) - mean) * inverse;
      store<f32>(at(normalized, r * n + j), <f32>scaled);
      store<f32>(at(y, r * n + j), <f32>(value(gamma, j) * scaled + value(beta, j)));
    }
  }
}

/** dβ, dγ and dx, an array of its own, or 0. */
export function layerNormalizationBackward(
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  dy: usize,
  normalized: usize,
  variance: usize,
  gamma: usize,
  m: i32,
  n: i32,
  epsilon: f64,
): void {
  columnGradients(dgamma, dbeta, dy, normalized, m, n);
  if (dx === 0) return;
  for (let r = 0; r < m; r++) {
    const d = at(dy, r * n);
    const row = at(normalized, r * n);
    let sum: f64 = 0;
    let along: f64 = 0;
    for (let j = 0; j < n; j++) {
      const g = value(gamma, j) * value(d, j);
      sum += g;
      along += g * value(row, j);
    }
    const mean = sum / n;
    const meanAlong = along / n;
    const inverse = 1.0 / sqrt<f64>(value(variance, r) + epsilon);
    for (let j = 0; j < n; j++) {
      const rest = value(gamma, j) * value(d, j) - mean - value(row, j) * meanAlong;
      store<f32>(at(dx, r * n + j), <f32>(inverse * rest));
    }
  }
}

/** dβ = Σ dy and dγ = Σ dy · normalized over the rows: two columns in the lanes of doubles, then what is left. */
function columnGradients(dgamma: usize, dbeta: usize, dy: usize, normalized: usize, m: i32, n: i32): void {
  let j = 0;
  for (; j + 2 <= n; j += 2) {
    let sums = f64x2.splat(0);
    let along = f64x2.splat(0);
    for (let i = j; i < m * n; i += n) {
      const d = f64x2.promote_low_f32x4(v128.load64_zero(at(dy, i)));
      sums = f64x2.add(sums, d);
      along = f64x2.add(along, f64x2.mul(d, f64x2.promote_low_f32x4(v128.load64_zero(at(normalized, i)))));
    }
    v128.store64_lane(at(dbeta, j), f32x4.demote_f64x2_zero(sums), 0);
    v128.store64_lane(at(dgamma, j), f32x4.demote_f64x2_zero(along), 0);
  }
  for (; j < n; j++) {
    let sum: f64 = 0;
    let along: f64 = 0;
    for (let i = j; i < m * n; i += n) {
      sum += value(dy, i);
      along += value(dy, i) * value(normalized, i);
    }
    store<f32>(at(dbeta, j), <f32>sum);
    store<f32>(at(dgamma, j), <f32>along);
  }
}
