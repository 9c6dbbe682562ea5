/** Leaky ReLU, softplus and GELU: activations whose derivative is taken at the input. */

import type { Floats } from '../backend.js';
import { complementaryError } from './error-function.js';
import { inTypeOf } from './in-type-of.js';

/** y ← x where x > 0, else alpha · x. */
export function leakyRelu(y: Floats, x: Floats, n: number, alpha: number): void {
  const slope = inTypeOf(y, alpha);
  for (let i = 0; i < n; i++) y[i] = x[i]! > 0 ? x[i]! : slope * x[i]!;
}

export function leakyReluBackward(dx: Floats, dy: Floats, x: Floats, n: number, alpha: number): void {
  const slope = inTypeOf(dx, alpha);
  for (let i = 0; i < n; i++) dx[i] = x[i]! > 0 ? dy[i]! : slope * dy[i]!;
}

/** y ← log(1 + eˣ), as its larger term plus what the other adds, so that no exponential overflows. */
export function softplus(y: Floats, x: Floats, n: number): void {
  for (let i = 0; i < n; i++) y[i] = Math.max(x[i]!, 0) + Math.log1p(Math.exp(-Math.abs(x[i]!)));
}

/** dx ← dy · σ(x). */
export function softplusBackward(dx: Floats, dy: Floats, x: Floats, n: number): void {
  // e⁻ˣ overflows to ∞ for very negative x, and 1 / ∞ = 0 is the right answer.
  for (let i = 0; i < n; i++) dx[i] = dy[i]! * (1 / (1 + Math.exp(-x[i]!)));
}

/** y ← x · Φ(x). Below 0 it is −|x| · Φ(−|x|), of the tail that does not cancel. */
export function gelu(y: Floats, x: Floats, n: number, exact: boolean): void {
  const tail = exact ? normalTail : logisticTail;
  for (let i = 0; i < n; i++) {
    const a = withinReach(x[i]!);
    y[i] = x[i]! < 0 ? -a * tail(a) : x[i]! * (1 - tail(a));
  }
}

/** dx ← dy · (Φ(x) + x · Φ′(x)). The slopes at x and −x add up to 1. */
export function geluBackward(dx: Floats, dy: Floats, x: Floats, n: number, exact: boolean): void {
  const slope = exact ? normalSlope : logisticSlope;
  for (let i = 0; i < n; i++) {
    const atTail = slope(withinReach(x[i]!));
    dx[i] = dy[i]! * (x[i]! < 0 ? atTail : 1 - atTail);
  }
}

/** |x|, but at most 40: beyond, Φ is 0 or 1, and x³ might overflow. */
function withinReach(x: number): number {
  return Math.min(Math.abs(x), 40);
}

/** Φ(−a) of the normal distribution. */
function normalTail(a: number): number {
  return complementaryError(a * Math.SQRT1_2) / 2;
}

/** Φ(−a) − a · φ(a). */
function normalSlope(a: number): number {
  return normalTail(a) - (a * Math.exp((-a * a) / 2)) / Math.sqrt(2 * Math.PI);
}

/** 2 · √(2/π), and the coefficient of x³ in the approximation of Φ(x) by σ(2u) = ½ (1 + tanh u). */
const DOUBLE_ROOT = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** e^(−2u) at a. */
function decay(a: number): number {
  return Math.exp(-DOUBLE_ROOT * a * (1 + CUBIC * a * a));
}

/** σ(−2u). */
function logisticTail(a: number): number {
  const e = decay(a);
  return e / (1 + e);
}

/** σ(−2u) − a · σ(−2u) · σ(2u) · (2u)′ */
function logisticSlope(a: number): number {
  const e = decay(a);
  return (e / (1 + e)) * (1 - (a * DOUBLE_ROOT * (1 + 3 * CUBIC * a * a)) / (1 + e));
}
