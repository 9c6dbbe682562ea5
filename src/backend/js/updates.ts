/** The update rules as loops. In all of them d is the gradient of the loss and of ½ · decay · Σ w². */

import type { Floats } from '../backend.js';
import { inTypeOf } from './in-type-of.js';

/** w ← w − rate · d. */
export function sgdUpdate(w: Floats, g: Floats, n: number, rate: number, decay: number): void {
  const eta = inTypeOf(w, rate);
  const lambda = inTypeOf(w, decay);
  for (let i = 0; i < n; i++) w[i]! -= eta * (g[i]! + lambda * w[i]!);
}

/** v ← momentum · v − rate · d; w ← w + v. */
export function momentumUpdate(
  w: Floats,
  v: Floats,
  g: Floats,
  n: number,
  rate: number,
  momentum: number,
  decay: number,
): void {
  const eta = inTypeOf(w, rate);
  const alpha = inTypeOf(w, momentum);
  const lambda = inTypeOf(w, decay);
  for (let i = 0; i < n; i++) {
    v[i] = alpha * v[i]! - eta * (g[i]! + lambda * w[i]!);
    w[i]! += v[i]!;
  }
}

/** w ← w + momentum² · v − (1 + momentum) · rate · d with the old v; v ← momentum · v − rate · d. */
export function nesterovUpdate(
  w: Floats,
  v: Floats,
  g: Floats,
  n: number,
  rate: number,
  momentum: number,
  decay: number,
): void {
  const eta = inTypeOf(w, rate);
  const alpha = inTypeOf(w, momentum);
  const ofVelocity = inTypeOf(w, momentum * momentum);
  const ofGradient = inTypeOf(w, (1 + momentum) * rate);
  const lambda = inTypeOf(w, decay);
  for (let i = 0; i < n; i++) {
    const d = g[i]! + lambda * w[i]!;
    w[i]! += ofVelocity * v[i]! - ofGradient * d;
    v[i] = alpha * v[i]! - eta * d;
  }
}

/** h ← h + d²; w ← w − rate · d / (√h + epsilon). */
export function adaGradUpdate(
  w: Floats,
  h: Floats,
  g: Floats,
  n: number,
  rate: number,
  epsilon: number,
  decay: number,
): void {
  const eta = inTypeOf(w, rate);
  const small = inTypeOf(w, epsilon);
  const lambda = inTypeOf(w, decay);
  for (let i = 0; i < n; i++) {
    const d = g[i]! + lambda * w[i]!;
    h[i]! += d * d;
    w[i]! -= (eta * d) / (Math.sqrt(h[i]!) + small);
  }
}

/** h ← rho · h + (1 − rho) · d²; w ← w − rate · d / (√h + epsilon). */
export function rmsPropUpdate(
  w: Floats,
  h: Floats,
  g: Floats,
  n: number,
  rate: number,
  rho: number,
  epsilon: number,
  decay: number,
): void {
  const eta = inTypeOf(w, rate);
  const kept = inTypeOf(w, rho);
  const added = inTypeOf(w, 1 - rho);
  const small = inTypeOf(w, epsilon);
  const lambda = inTypeOf(w, decay);
  for (let i = 0; i < n; i++) {
    const d = g[i]! + lambda * w[i]!;
    h[i] = kept * h[i]! + added * d * d;
    w[i]! -= (eta * d) / (Math.sqrt(h[i]!) + small);
  }
}

/** m ← beta1 · m + (1 − beta1) · d; v ← beta2 · v + (1 − beta2) · d²; w ← keep · w − rate · m / (root · √v + epsilon). */
export function adamUpdate(
  w: Floats,
  m: Floats,
  v: Floats,
  g: Floats,
  n: number,
  rate: number,
  beta1: number,
  beta2: number,
  root: number,
  epsilon: number,
  decay: number,
  keep: number,
): void {
  const eta = inTypeOf(w, rate);
  const kept1 = inTypeOf(w, beta1);
  const added1 = inTypeOf(w, 1 - beta1);
  const kept2 = inTypeOf(w, beta2);
  const added2 = inTypeOf(w, 1 - beta2);
  const correction = inTypeOf(w, root);
  const small = inTypeOf(w, epsilon);
  const lambda = inTypeOf(w, decay);
  const left = inTypeOf(w, keep);
  for (let i = 0; i < n; i++) {
    const d = g[i]! + lambda * w[i]!;
    m[i] = kept1 * m[i]! + added1 * d;
    v[i] = kept2 * v[i]! + added2 * d * d;
    w[i] = left * w[i]! - (eta * m[i]!) / (correction * Math.sqrt(v[i]!) + small);
  }
}
