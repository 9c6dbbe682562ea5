// Losses other than softmax's, with their gradients in separate arrays. Differences and sums are in double.

import { at } from './address';
import { decaysOfSizes, logOfOnePlus } from './smooth-activations';

function value(array: usize, i: i32): f64 {
  return <f64>load<f32>(at(array, i));
}

function weightOf(weights: usize, row: i32): f64 {
  return weights === 0 ? 1 : value(weights, row);
}

/**
 * scale · Σ wᵣ · Σ t₀ · log(1 + eᶻ) + t₁ · log(1 + e⁻ᶻ), and dlogits ← scale · wᵣ · (t₀ · σ(z) − t₁ · σ(−z)).
 *
 * @param no t₀, or 0 for 1 − t₁
 * @param weights one per row, or 0
 */
export function sigmoidCrossEntropy(
  dlogits: usize,
  logits: usize,
  yes: usize,
  no: usize,
  weights: usize,
  m: i32,
  n: i32,
  scale: f64,
): f64 {
  // Until an element's turn comes, dlogits holds its e^(−|z|).
  decaysOfSizes(dlogits, logits, m * n);
  let loss: f64 = 0;
  for (let r = 0; r < m; r++) {
    const weight = weightOf(weights, r);
    const factor = scale * weight;
    let rowLoss: f64 = 0;
    for (let i = r * n; i < (r + 1) * n; i++) {
      const z = value(logits, i);
      const t1 = value(yes, i);
      const t0 = no === 0 ? 1.0 - t1 : value(no, i);
      const e = load<f32>(at(dlogits, i));
      const rest: f64 = f32x4.extract_lane(logOfOnePlus(f32x4.splat(e)), 0);
      rowLoss += t0 * ((z < 0 ? 0.0 : z) + rest) + t1 * ((z > 0 ? 0.0 : -z) + rest);
      const large = 1.0 / (1.0 + <f64>e);
      const small = <f64>e * large;
      store<f32>(at(dlogits, i), <f32>(factor * (t0 * (z < 0 ? small : large) - t1 * (z < 0 ? large : small))));
    }
    loss += weight * rowLoss;
  }
  return scale * loss;
}

/** scale · Σ wᵣ · ½ Σ d² with d = y − t, and dy ← scale · wᵣ · d. */
export function squaredError(dy: usize, y: usize, targets: usize, weights: usize, m: i32, n: i32, scale: f64): f64 {
  let loss: f64 = 0;
  for (let r = 0; r < m; r++) {
    const weight = weightOf(weights, r);
    const factor = scale * weight;
    let squares: f64 = 0;
    for (let i = r * n; i < (r + 1) * n; i++) {
      const difference = value(y, i) - value(targets, i);
      squares += difference * difference;
      store<f32>(at(dy, i), <f32>(factor * difference));
    }
    loss += weight * (squares / 2);
  }
  return scale * loss;
}

/** The same with Huber's loss of d. */
export function huber(
  dy: usize,
  y: usize,
  targets: usize,
  weights: usize,
  m: i32,
  n: i32,
  scale: f64,
  delta: f64,
): f64 {
  let loss: f64 = 0;
  for (let r = 0; r < m; r++) {
    const weight = weightOf(weights, r);
    const factor = scale * weight;
    let rowLoss: f64 = 0;
    for (let i = r * n; i < (r + 1) * n; i++) {
      const difference = value(y, i) - value(targets, i);
      const distance = abs(difference);
      rowLoss += distance > delta ? delta * (distance - delta / 2) : (difference * difference) / 2;
      // Comparisons that are false for NaN: it stays.
      const below = difference > delta ? delta : difference;
      store<f32>(at(dy, i), <f32>(factor * (below < -delta ? -delta : below)));
    }
    loss += weight * rowLoss;
  }
  return scale * loss;
}
