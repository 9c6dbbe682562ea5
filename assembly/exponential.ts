// eˣ and eˣ − 1 of whole arrays, four numbers at a time, by range reduction and a polynomial. The loops stand here, so
// that the functions below are inlined into them and their constants built once: a call each took twice as long.
//
// x = n·ln 2 + r with |r| ≤ ln 2 / 2, so eˣ = 2ⁿ·(1 + r + r²·q(r)); q is the minimax polynomial of (eʳ − 1 − r)/r², with a
// relative error in eʳ of 3.1e-9. The native kernels use the same one.

import { at } from './gemm';

/** eˣ is 0 below the first and ∞ above the second. */
const LEAST: f32 = -104;
const MOST: f32 = 89;
/** 1.5 · 2²³: adding it rounds to a whole number, which then stands in the low bits. */
const SHIFTER: f32 = 12582912;
const LOG2_E: f32 = <f32>Math.LOG2E;
/** ln 2 in two parts, the first of 9 bits, so that n times it is exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.1219444e-4;

/** n + SHIFTER. */
function shiftedExponent(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, f32x4.splat(LOG2_E)), f32x4.splat(SHIFTER));
}

/** n, as integers. */
function wholePart(shifted: v128): v128 {
  return i32x4.sub(shifted, f32x4.splat(SHIFTER));
}

/** eʳ − 1 for r = x − n·ln 2. */
function fractionalPart(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, f32x4.splat(SHIFTER));
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN2_HIGH))), f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let q = f32x4.splat(0.00138145988);
  q = f32x4.add(f32x4.mul(q, r), f32x4.splat(0.00836871658));
  q = f32x4.add(f32x4.mul(q, r), f32x4.splat(0.041668389));
  q = f32x4.add(f32x4.mul(q, r), f32x4.splat(0.166665211));
  q = f32x4.add(f32x4.mul(q, r), f32x4.splat(0.49999994));
  return f32x4.add(f32x4.mul(f32x4.mul(r, r), q), r);
}

/** 2ⁿ for whole n in [−126, 127]. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** y ← e^(factor · x − shift), n elements and what the last vector holds beyond. y may be x. */
export function exponentials(y: usize, x: usize, n: i32, factor: f32, shift: f32): void {
  const factors = f32x4.splat(factor);
  const shifts = f32x4.splat(shift);
  for (let i = 0; i < n; i += 4) {
    const exponent = f32x4.sub(f32x4.mul(v128.load(at(x, i)), factors), shifts);
    v128.store(at(y, i), exponential(exponent));
  }
}

/** y ← e^(−2·|x|) − 1, likewise. */
export function decaysMinusOne(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const exponent = f32x4.mul(f32x4.abs(v128.load(at(x, i))), f32x4.splat(-2));
    v128.store(at(y, i), exponentialMinusOne(exponent));
  }
}

/** eˣ, with 0, ∞ and gradual underflow where they belong. NaN stays NaN. */
function exponential(x: v128): v128 {
  // pmax(x, c) is x < c ? c : x, so that NaN stays; max, which also does, takes eight instructions on x86-64.
  x = f32x4.pmin(f32x4.pmax(x, f32x4.splat(LEAST)), f32x4.splat(MOST));
  const shifted = shiftedExponent(x);
  const power = f32x4.add(fractionalPart(x, shifted), f32x4.splat(1));
  // 2ⁿ as two factors, because neither 2¹²⁸ nor 2⁻¹⁵⁰ is a float.
  const whole = wholePart(shifted);
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(power, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

/** eˣ − 1 for x ≤ 0, without the cancellation near 0. NaN stays NaN. */
function exponentialMinusOne(x: v128): v128 {
  x = f32x4.pmax(x, f32x4.splat(-40));
  const shifted = shiftedExponent(x);
  const power = powerOfTwo(wholePart(shifted));
  return f32x4.add(f32x4.mul(power, fractionalPart(x, shifted)), f32x4.sub(power, f32x4.splat(1)));
}
