// Softmax and cross-entropy. Rows are short (one element per class), so sums are plain loops; maxima and exp are vectors.

import { at } from './address';
import { exponentials } from './exponential';

/** The host's logarithm, called once per row. */
declare function log(x: f64): f64;

/**
 * The largest number of a row. NaN is skipped: the sum of exponentials will propagate it.
 *
 * pmax(m, x) is m < x ? x : m, so that m stays if x is NaN. Nothing branches on the numbers: mispredicted branches took
 * a quarter of the loss's time.
 */
function rowMaximum(x: usize, n: i32): f32 {
  let maxima = f32x4.splat(-Infinity);
  if (n < 4) {
    for (let j = 0; j < n; j++) maxima = f32x4.pmax(maxima, v128.load_splat<f32>(at(x, j)));
  } else {
    // The last vector ends with the row, and may overlap the one before.
    for (let j = 0; j < n; j += 4) maxima = f32x4.pmax(maxima, v128.load(at(x, min(j, n - 4))));
    maxima = f32x4.pmax(maxima, v128.shuffle<f32>(maxima, maxima, 2, 3, 0, 1));
    maxima = f32x4.pmax(maxima, v128.shuffle<f32>(maxima, maxima, 1, 0, 3, 2));
  }
  return f32x4.extract_lane(maxima, 0);
}

/** y ← exp(x − maximum), whole vectors; returns the sum of the n numbers. */
function shiftedExponentials(y: usize, x: usize, n: i32, maximum: f32): f64 {
  exponentials(y, x, n, 1, maximum);
  let sum: f64 = 0;
  for (let j = 0; j < n; j++) sum += load<f32>(at(y, j));
  return sum;
}

/** y ← softmax of each row of x, from one array to another. */
export function softmax(y: usize, x: usize, m: i32, n: i32): void {
  for (let i = 0; i < m; i++) {
    const row = at(x, i * n);
    const to = at(y, i * n);
    const sum = f32x4.splat(<f32>shiftedExponentials(to, row, n, rowMaximum(row, n)));
    for (let j = 0; j < n; j += 4) v128.store(at(to, j), f32x4.div(v128.load(at(to, j)), sum));
  }
}

/**
 * The loss scale · Σ wᵣ·lossᵣ against class indices; dlogits ← scale · wᵣ · (softmax − one-hot), in a separate array.
 *
 * @param weights one per row, or 0
 */
export function softmaxCrossEntropy(
  dlogits: usize,
  logits: usize,
  labels: usize,
  weights: usize,
  m: i32,
  n: i32,
  scale: f64,
): f64 {
  let loss: f64 = 0;
  for (let i = 0; i < m; i++) {
    const row = at(logits, i * n);
    const to = at(dlogits, i * n);
    const label = load<i32>(at(labels, i));
    const weight: f64 = weights === 0 ? 1 : load<f32>(at(weights, i));
    const maximum = rowMaximum(row, n);
    const sum = shiftedExponentials(to, row, n, maximum);
    loss += weight * (log(sum) - (<f64>load<f32>(at(row, label)) - <f64>maximum));
    const factor = scale * weight;
    for (let j = 0; j < n; j++) {
      const probability = <f64>load<f32>(at(to, j)) / sum;
      store<f32>(at(to, j), <f32>(factor * (probability - (j === label ? 1.0 : 0.0))));
    }
  }
  return scale * loss;
}

/** The same for rows of targets, which need not sum to 1. */
export function softmaxCrossEntropyDense(
  dlogits: usize,
  logits: usize,
  targets: usize,
  weights: usize,
  m: i32,
  n: i32,
  scale: f64,
): f64 {
  let loss: f64 = 0;
  for (let i = 0; i < m; i++) {
    const row = at(logits, i * n);
    const to = at(dlogits, i * n);
    const target = at(targets, i * n);
    const weight: f64 = weights === 0 ? 1 : load<f32>(at(weights, i));
    const maximum = rowMaximum(row, n);
    const sum = shiftedExponentials(to, row, n, maximum);
    const logSum = log(sum);
    let rowLoss: f64 = 0;
    let targetSum: f64 = 0;
    for (let j = 0; j < n; j++) {
      const t: f64 = load<f32>(at(target, j));
      rowLoss += t * (logSum - (<f64>load<f32>(at(row, j)) - <f64>maximum));
      targetSum += t;
    }
    loss += weight * rowLoss;
    const factor = scale * weight;
    for (let j = 0; j < n; j++) {
      const probability = <f64>load<f32>(at(to, j)) / sum;
      store<f32>(at(to, j), <f32>(factor * (probability * targetSum - <f64>load<f32>(at(target, j)))));
    }
  }
  return scale * loss;
}
