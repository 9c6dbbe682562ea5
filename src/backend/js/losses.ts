/** Losses other than softmax's, each with its gradient: binary cross-entropy from logits, squared error, Huber's. */

import type { Floats } from '../backend.js';

/** See `Backend.sigmoidCrossEntropy`. */
export function sigmoidCrossEntropy(
  dlogits: Floats | null,
  logits: Floats,
  yes: Floats,
  no: Floats | null,
  weights: Floats | null,
  m: number,
  n: number,
  scale: number,
): number {
  let loss = 0;
  for (let r = 0; r < m; r++) {
    const weight = weights === null ? 1 : weights[r]!;
    const factor = scale * weight;
    let rowLoss = 0;
    for (let i = r * n; i < (r + 1) * n; i++) {
      const z = logits[i]!;
      const t1 = yes[i]!;
      const t0 = no === null ? 1 - t1 : no[i]!;
      // −log σ(−z) = log(1 + eᶻ) and −log σ(z) = log(1 + e⁻ᶻ), each as its larger term plus what the other adds.
      const e = Math.exp(-Math.abs(z));
      const rest = Math.log1p(e);
      rowLoss += t0 * (Math.max(z, 0) + rest) + t1 * (Math.max(-z, 0) + rest);
      if (dlogits === null) continue;
      // t0 · σ(z) − t1 · σ(−z), which does not cancel for a confident answer.
      const large = 1 / (1 + e);
      const small = e * large;
      dlogits[i] = factor * (t0 * (z < 0 ? small : large) - t1 * (z < 0 ? large : small));
    }
    loss += weight * rowLoss;
  }
  return scale * loss;
}

/** See `Backend.squaredError`. */
export function squaredError(
  dy: Floats | null,
  y: Floats,
  targets: Floats,
  weights: Floats | null,
  m: number,
  n: number,
  scale: number,
): number {
  let loss = 0;
  for (let r = 0; r < m; r++) {
    const weight = weights === null ? 1 : weights[r]!;
    const factor = scale * weight;
    let squares = 0;
    for (let i = r * n; i < (r + 1) * n; i++) {
      const difference = y[i]! - targets[i]!;
      squares += difference * difference;
      if (dy !== null) dy[i] = factor * difference;
    }
    loss += weight * (squares / 2);
  }
  return scale * loss;
}

/** See `Backend.huber`. */
export function huber(
  dy: Floats | null,
  y: Floats,
  targets: Floats,
  weights: Floats | null,
  m: number,
  n: number,
  scale: number,
  delta: number,
): number {
  let loss = 0;
  for (let r = 0; r < m; r++) {
    const weight = weights === null ? 1 : weights[r]!;
    const factor = scale * weight;
    let rowLoss = 0;
    for (let i = r * n; i < (r + 1) * n; i++) {
      const difference = y[i]! - targets[i]!;
      const distance = Math.abs(difference);
      rowLoss += distance > delta ? delta * (distance - delta / 2) : (difference * difference) / 2;
      if (dy === null) continue;
      // Comparisons that are false for NaN: it stays.
      const below = difference > delta ? delta : difference;
      dy[i] = factor * (below < -delta ? -delta : below);
    }
    loss += weight * rowLoss;
  }
  return scale * loss;
}
