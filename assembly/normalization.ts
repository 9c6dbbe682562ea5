// Batch normalisation, column by column; sums and factors in double, as the js backend has them, to the same bits.

import { at } from './address';

/** Columns taken at a time, and three doubles for each. */
const WIDTH: i32 = 64;
const first = memory.data(8 * WIDTH, 16);
const second = memory.data(8 * WIDTH, 16);
const factors = memory.data(8 * WIDTH, 16);

/** The address of the i-th double. */
function double(array: usize, i: i32): usize {
  return array + ((<usize>i) << 3);
}

function value(array: usize, i: i32): f64 {
  return <f64>load<f32>(at(array, i));
}

/** The i-th double grows by x. */
function add(array: usize, i: i32, x: f64): void {
  store<f64>(double(array, i), load<f64>(double(array, i)) + x);
}

/** Means and variances of the columns, and what they make of x. */
export function batchNormalization(
  y: usize,
  normalized: usize,
  mean: usize,
  variance: usize,
  x: usize,
  gamma: usize,
  beta: usize,
  m: i32,
  n: i32,
  epsilon: f64,
): void {
  const count: f64 = max(m, 1);
  for (let j = 0; j < n; j += WIDTH) {
    const width = min(WIDTH, n - j);
    memory.fill(first, 0, 8 * WIDTH);
    memory.fill(second, 0, 8 * WIDTH);
    for (let row = j; row < m * n; row += n) {
      for (let c = 0; c < width; c++) add(first, c, value(x, row + c));
    }
    for (let c = 0; c < width; c++) store<f64>(double(first, c), load<f64>(double(first, c)) / count);
    for (let row = j; row < m * n; row += n) {
      for (let c = 0; c < width; c++) {
        const centred = value(x, row + c) - load<f64>(double(first, c));
        add(second, c, centred * centred);
      }
    }
    for (let c = 0; c < width; c++) {
      const spread = load<f64>(double(second, c)) / count;
      store<f32>(at(mean, j + c), <f32>load<f64>(double(first, c)));
      store<f32>(at(variance, j + c), <f32>spread);
      store<f64>(double(factors, c), 1.0 / sqrt<f64>(spread + epsilon));
    }
    for (let row = j; row < m * n; row += n) {
      for (let c = 0; c < width; c++) {
        const scaled = (value(x, row + c) - load<f64>(double(first, c))) * load<f64>(double(factors, c));
        store<f32>(at(normalized, row + c), <f32>scaled);
        store<f32>(at(y, row + c), <f32>(value(gamma, j + c) * scaled + value(beta, j + c)));
      }
    }
  }
}

/** dβ, dγ and dx, an array of its own. */
export function batchNormalizationBackward(
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
  const count: f64 = max(m, 1);
  for (let j = 0; j < n; j += WIDTH) {
    const width = min(WIDTH, n - j);
    memory.fill(first, 0, 8 * WIDTH);
    memory.fill(second, 0, 8 * WIDTH);
    for (let row = j; row < m * n; row += n) {
      for (let c = 0; c < width; c++) {
        add(first, c, value(dy, row + c));
        add(second, c, value(dy, row + c) * value(normalized, row + c));
      }
    }
    for (let c = 0; c < width; c++) {
      store<f32>(at(dbeta, j + c), <f32>load<f64>(double(first, c)));
      store<f32>(at(dgamma, j + c), <f32>load<f64>(double(second, c)));
      store<f64>(double(first, c), load<f64>(double(first, c)) / count);
      store<f64>(double(second, c), load<f64>(double(second, c)) / count);
      store<f64>(double(factors, c), value(gamma, j + c) / sqrt<f64>(value(variance, j + c) + epsilon));
    }
    if (dx === 0) continue;
    for (let row = j; row < m * n; row += n) {
      for (let c = 0; c < width; c++) {
        const along = value(normalized, row + c) * load<f64>(double(second, c));
        const rest = value(dy, row + c) - load<f64>(double(first, c)) - along;
        store<f32>(at(dx, row + c), <f32>(load<f64>(double(factors, c)) * rest));
      }
    }
  }
}

/** y by means and variances that are given. */
export function batchNormalizationInference(
  y: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  m: i32,
  n: i32,
  epsilon: f64,
): void {
  for (let j = 0; j < n; j += WIDTH) {
    const width = min(WIDTH, n - j);
    for (let c = 0; c < width; c++) {
      store<f64>(double(factors, c), value(gamma, j + c) / sqrt<f64>(value(variance, j + c) + epsilon));
    }
    for (let row = j; row < m * n; row += n) {
      for (let c = 0; c < width; c++) {
        const centred = value(x, row + c) - value(mean, j + c);
        store<f32>(at(y, row + c), <f32>(load<f64>(double(factors, c)) * centred + value(beta, j + c)));
      }
    }
  }
}
