// Leaky ReLU, softplus and GELU, four elements at a time, with the polynomials of the native kernels
// (native/kernels/smooth_activations.h): the derivative is taken at the input.

import { at } from './address';
import { exponentials } from './exponential';

/** Numbers whose exponentials are kept at a time. */
const BLOCK: i32 = 1024;
const block = memory.data(4 * BLOCK + 64, 16);

/** (artanh(s)/s − 1) / s² for w = s² ≤ 1/9. */
export function artanhRest(w: v128): v128 {
  let p = f32x4.splat(0.1407889);
  p = f32x4.add(f32x4.mul(p, w), f32x4.splat(0.13982579));
  p = f32x4.add(f32x4.mul(p, w), f32x4.splat(0.20012298));
  return f32x4.add(f32x4.mul(p, w), f32x4.splat(0.3333316));
}

/** log(1 + e) for e in [0, 1]: 2·artanh(s) with s = e / (2 + e). */
export function logOfOnePlus(e: v128): v128 {
  const s = f32x4.div(e, f32x4.add(f32x4.splat(2), e));
  const w = f32x4.mul(s, s);
  const p = f32x4.add(f32x4.mul(artanhRest(w), w), f32x4.splat(1));
  return f32x4.mul(f32x4.add(s, s), p);
}

/** Φ(−a) · e^(a²/2) for a ≥ 0. */
function scaledTail(a: v128): v128 {
  const t = f32x4.div(f32x4.sub(a, f32x4.splat(5)), f32x4.add(a, f32x4.splat(5)));
  let p = f32x4.splat(-3.241015e-5);
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.00015308487));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.4092601e-5));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.0016434502));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.006532898));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.015187247));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.024534462));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.026397109));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.010002565));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.03103003));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.09155229));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.46151584));
  return f32x4.div(p, f32x4.add(f32x4.splat(1), a));
}

/** x < 0 in every lane, as a mask. */
function isBelowZero(x: v128): v128 {
  return f32x4.lt(x, f32x4.splat(0));
}

/** x ← x where x > 0, else alpha · x, n elements. */
export function leakyRelu(x: usize, n: i32, alpha: f32): void {
  const slope = f32x4.splat(alpha);
  for (let i = 0; i < n; i += 4) {
    const value = v128.load(at(x, i));
    v128.store(at(x, i), v128.bitselect(value, f32x4.mul(slope, value), f32x4.gt(value, f32x4.splat(0))));
  }
}

/** dy ← dy where x > 0, else alpha · dy. */
export function leakyReluBackward(dy: usize, x: usize, n: i32, alpha: f32): void {
  const slope = f32x4.splat(alpha);
  for (let i = 0; i < n; i += 4) {
    const d = v128.load(at(dy, i));
    v128.store(at(dy, i), v128.bitselect(d, f32x4.mul(slope, d), f32x4.gt(v128.load(at(x, i)), f32x4.splat(0))));
  }
}

/** block ← −|x|, whole vectors of at most BLOCK numbers, then its exponentials. */
export function decaysOfSizes(to: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) v128.store(at(to, i), f32x4.abs(v128.load(at(x, i))));
  exponentials(to, to, n, -1, 0);
}

/** x ← max(x, 0) + log(1 + e^(−|x|)). */
export function softplus(x: usize, n: i32): void {
  for (let first = 0; first < n; first += BLOCK) {
    const count = min(BLOCK, n - first);
    const from = at(x, first);
    decaysOfSizes(block, from, count);
    for (let i = 0; i < count; i += 4) {
      const larger = f32x4.pmax(v128.load(at(from, i)), f32x4.splat(0));
      v128.store(at(from, i), f32x4.add(larger, logOfOnePlus(v128.load(at(block, i)))));
    }
  }
}

/** dy ← dy · σ(x): 1 / (1 + e⁻ˣ), where e⁻ˣ may be ∞. */
export function softplusBackward(dy: usize, x: usize, n: i32): void {
  const one = f32x4.splat(1);
  for (let first = 0; first < n; first += BLOCK) {
    const count = min(BLOCK, n - first);
    exponentials(block, at(x, first), count, -1, 0);
    for (let i = 0; i < count; i += 4) {
      const to = at(dy, first + i);
      v128.store(to, f32x4.mul(v128.load(to), f32x4.div(one, f32x4.add(one, v128.load(at(block, i))))));
    }
  }
}

/** |x|, at most 40; NaN stays, because pmin(a, 40) is 40 < a ? 40 : a. */
function withinReach(x: v128): v128 {
  return f32x4.pmin(f32x4.abs(x), f32x4.splat(40));
}

/** 1 + factor · a². */
function onePlusSquare(a: v128, factor: f32): v128 {
  return f32x4.add(f32x4.mul(f32x4.mul(f32x4.splat(factor), a), a), f32x4.splat(1));
}

/** block ← the exponentials of both forms: e^(−a²/2), or e^(−2u). */
function decays(x: usize, n: i32, exact: bool): void {
  for (let i = 0; i < n; i += 4) {
    const a = withinReach(v128.load(at(x, i)));
    const exponent = exact
      ? f32x4.mul(f32x4.mul(f32x4.splat(0.5), a), a)
      : f32x4.mul(f32x4.mul(f32x4.splat(1.5957691), a), onePlusSquare(a, 0.044715));
    v128.store(at(block, i), exponent);
  }
  exponentials(block, block, n, -1, 0);
}

/** x ← x · Φ(x): −a · Φ(−a) below 0. */
export function gelu(x: usize, n: i32, exact: bool): void {
  const one = f32x4.splat(1);
  for (let first = 0; first < n; first += BLOCK) {
    const count = min(BLOCK, n - first);
    const from = at(x, first);
    decays(from, count, exact);
    for (let i = 0; i < count; i += 4) {
      const value = v128.load(at(from, i));
      const a = withinReach(value);
      const e = v128.load(at(block, i));
      const tail = exact ? f32x4.mul(e, scaledTail(a)) : f32x4.div(e, f32x4.add(one, e));
      const below = f32x4.neg(f32x4.mul(a, tail));
      const above = f32x4.mul(value, f32x4.sub(one, tail));
      v128.store(at(from, i), v128.bitselect(below, above, isBelowZero(value)));
    }
  }
}

/** dy ← dy · (Φ(x) + x · Φ′(x)); the slopes at x and −x add up to 1. */
export function geluBackward(dy: usize, x: usize, n: i32, exact: bool): void {
  const one = f32x4.splat(1);
  for (let first = 0; first < n; first += BLOCK) {
    const count = min(BLOCK, n - first);
    decays(at(x, first), count, exact);
    for (let i = 0; i < count; i += 4) {
      const value = v128.load(at(x, first + i));
      const a = withinReach(value);
      const e = v128.load(at(block, i));
      const slope = exact ? exactSlope(a, e) : logisticSlope(a, e);
      const to = at(dy, first + i);
      v128.store(to, f32x4.mul(v128.load(to), v128.bitselect(slope, f32x4.sub(one, slope), isBelowZero(value))));
    }
  }
}

/** Φ(−a) − a · φ(a). */
function exactSlope(a: v128, e: v128): v128 {
  return f32x4.mul(e, f32x4.sub(scaledTail(a), f32x4.mul(a, f32x4.splat(0.3989423))));
}

/** σ(−2u) − a · σ(−2u) · σ(2u) · (2u)′ */
function logisticSlope(a: v128, e: v128): v128 {
  const one = f32x4.splat(1);
  const sum = f32x4.add(one, e);
  const steep = f32x4.mul(f32x4.mul(a, f32x4.splat(1.5957691)), onePlusSquare(a, 0.134145));
  return f32x4.mul(f32x4.div(e, sum), f32x4.sub(one, f32x4.div(steep, sum)));
}
