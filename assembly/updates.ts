// Update rules: one pass over the parameters w, their gradient g, and what a rule remembers. In all of them d = g + decay · w.
// What is computed of factors alone is computed in double and rounded once.

import { at } from './address';

function gradientWithPenalty(w: v128, g: v128, decay: v128): v128 {
  return f32x4.add(g, f32x4.mul(decay, w));
}

/** x ← alpha · x. */
export function scale(x: usize, n: i32, alpha: f32): void {
  const factor = f32x4.splat(alpha);
  for (let i = 0; i < n; i += 4) v128.store(at(x, i), f32x4.mul(factor, v128.load(at(x, i))));
}

/** x held within [low, high], where it lies. The pseudo-minimum and -maximum are comparisons that are false for NaN. */
export function clip(x: usize, n: i32, low: f32, high: f32): void {
  const least = f32x4.splat(low);
  const most = f32x4.splat(high);
  for (let i = 0; i < n; i += 4) {
    v128.store(at(x, i), f32x4.pmin(f32x4.pmax(v128.load(at(x, i)), least), most));
  }
}

/** w ← w − rate · d. */
export function sgdUpdate(w: usize, g: usize, n: i32, rate: f32, decay: f32): void {
  const eta = f32x4.splat(rate);
  const lambda = f32x4.splat(decay);
  for (let i = 0; i < n; i += 4) {
    const old = v128.load(at(w, i));
    const d = gradientWithPenalty(old, v128.load(at(g, i)), lambda);
    v128.store(at(w, i), f32x4.sub(old, f32x4.mul(eta, d)));
  }
}

/** v ← momentum · v − rate · d; w ← w + v. */
export function momentumUpdate(w: usize, v: usize, g: usize, n: i32, rate: f32, momentum: f32, decay: f32): void {
  const eta = f32x4.splat(rate);
  const alpha = f32x4.splat(momentum);
  const lambda = f32x4.splat(decay);
  for (let i = 0; i < n; i += 4) {
    const old = v128.load(at(w, i));
    const d = gradientWithPenalty(old, v128.load(at(g, i)), lambda);
    const velocity = f32x4.sub(f32x4.mul(alpha, v128.load(at(v, i))), f32x4.mul(eta, d));
    v128.store(at(v, i), velocity);
    v128.store(at(w, i), f32x4.add(old, velocity));
  }
}

/** w ← w + momentum² · v − (1 + momentum) · rate · d with the old v; v ← momentum · v − rate · d. */
export function nesterovUpdate(w: usize, v: usize, g: usize, n: i32, rate: f64, momentum: f64, decay: f32): void {
  const eta = f32x4.splat(<f32>rate);
  const alpha = f32x4.splat(<f32>momentum);
  const ofVelocity = f32x4.splat(<f32>(momentum * momentum));
  const ofGradient = f32x4.splat(<f32>((1 + momentum) * rate));
  const lambda = f32x4.splat(decay);
  for (let i = 0; i < n; i += 4) {
    const old = v128.load(at(w, i));
    const velocity = v128.load(at(v, i));
    const d = gradientWithPenalty(old, v128.load(at(g, i)), lambda);
    const step = f32x4.sub(f32x4.mul(ofVelocity, velocity), f32x4.mul(ofGradient, d));
    v128.store(at(w, i), f32x4.add(old, step));
    v128.store(at(v, i), f32x4.sub(f32x4.mul(alpha, velocity), f32x4.mul(eta, d)));
  }
}

/** h ← h + d²; w ← w − rate · d / (√h + epsilon). */
export function adaGradUpdate(w: usize, h: usize, g: usize, n: i32, rate: f32, epsilon: f32, decay: f32): void {
  const eta = f32x4.splat(rate);
  const small = f32x4.splat(epsilon);
  const lambda = f32x4.splat(decay);
  for (let i = 0; i < n; i += 4) {
    const old = v128.load(at(w, i));
    const d = gradientWithPenalty(old, v128.load(at(g, i)), lambda);
    const sum = f32x4.add(v128.load(at(h, i)), f32x4.mul(d, d));
    v128.store(at(h, i), sum);
    v128.store(at(w, i), f32x4.sub(old, f32x4.div(f32x4.mul(eta, d), f32x4.add(f32x4.sqrt(sum), small))));
  }
}

/** h ← rho · h + (1 − rho) · d²; w ← w − rate · d / (√h + epsilon). */
export function rmsPropUpdate(
  w: usize,
  h: usize,
  g: usize,
  n: i32,
  rate: f32,
  rho: f64,
  epsilon: f32,
  decay: f32,
): void {
  const eta = f32x4.splat(rate);
  const kept = f32x4.splat(<f32>rho);
  const added = f32x4.splat(<f32>(1 - rho));
  const small = f32x4.splat(epsilon);
  const lambda = f32x4.splat(decay);
  for (let i = 0; i < n; i += 4) {
    const old = v128.load(at(w, i));
    const d = gradientWithPenalty(old, v128.load(at(g, i)), lambda);
    // added · d first: d² alone may overflow.
    const mean = f32x4.add(f32x4.mul(kept, v128.load(at(h, i))), f32x4.mul(f32x4.mul(added, d), d));
    v128.store(at(h, i), mean);
    v128.store(at(w, i), f32x4.sub(old, f32x4.div(f32x4.mul(eta, d), f32x4.add(f32x4.sqrt(mean), small))));
  }
}

/** m ← beta1 · m + (1 − beta1) · d; v ← beta2 · v + (1 − beta2) · d²; w ← keep · w − rate · m / (root · √v + epsilon). */
export function adamUpdate(
  w: usize,
  m: usize,
  v: usize,
  g: usize,
  n: i32,
  rate: f32,
  beta1: f64,
  beta2: f64,
  root: f32,
  epsilon: f32,
  decay: f32,
  keep: f32,
): void {
  const eta = f32x4.splat(rate);
  const kept1 = f32x4.splat(<f32>beta1);
  const added1 = f32x4.splat(<f32>(1 - beta1));
  const kept2 = f32x4.splat(<f32>beta2);
  const added2 = f32x4.splat(<f32>(1 - beta2));
  const correction = f32x4.splat(root);
  const small = f32x4.splat(epsilon);
  const lambda = f32x4.splat(decay);
  const left = f32x4.splat(keep);
  for (let i = 0; i < n; i += 4) {
    const old = v128.load(at(w, i));
    const d = gradientWithPenalty(old, v128.load(at(g, i)), lambda);
    const first = f32x4.add(f32x4.mul(kept1, v128.load(at(m, i))), f32x4.mul(added1, d));
    const second = f32x4.add(f32x4.mul(kept2, v128.load(at(v, i))), f32x4.mul(f32x4.mul(added2, d), d));
    v128.store(at(m, i), first);
    v128.store(at(v, i), second);
    const root4 = f32x4.add(f32x4.mul(correction, f32x4.sqrt(second)), small);
    v128.store(at(w, i), f32x4.sub(f32x4.mul(left, old), f32x4.div(f32x4.mul(eta, first), root4)));
  }
}
