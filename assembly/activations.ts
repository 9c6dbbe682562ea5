// Activations and their derivatives, four elements at a time. The codes are the indices of ACTIVATIONS in backend.ts.

import { exponential, exponentialMinusOne } from './exponential';
import { at } from './gemm';

const RELU: i32 = 1;
const SIGMOID: i32 = 2;
const TANH: i32 = 3;

/** x < 0 ? 0 : x, so that NaN stays. */
function relu(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(0));
}

/** 1 / (1 + e⁻ˣ): where e⁻ˣ is ∞ this is 0, as it should be. */
function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

/** −t / (t + 2) with t = e⁻²ˣ − 1 of |x|, under the sign of x. */
function tanh(x: v128): v128 {
  const t = exponentialMinusOne(f32x4.mul(f32x4.abs(x), f32x4.splat(-2)));
  const magnitude = f32x4.div(f32x4.neg(t), f32x4.add(t, f32x4.splat(2)));
  const sign = i32x4.splat(0x80000000);
  return v128.bitselect(x, magnitude, sign);
}

function activate(x: v128, code: i32): v128 {
  if (code === RELU) return relu(x);
  if (code === SIGMOID) return sigmoid(x);
  if (code === TANH) return tanh(x);
  return x;
}

/** dy · f′ at the output y. A product also where f′ is 0, so that NaN and ∞ in dy are not lost. */
function derivative(dy: v128, y: v128, code: i32): v128 {
  const one = f32x4.splat(1);
  if (code === RELU) return f32x4.mul(dy, v128.and(f32x4.gt(y, f32x4.splat(0)), one));
  if (code === SIGMOID) return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(one, y)));
  if (code === TANH) return f32x4.mul(dy, f32x4.sub(one, f32x4.mul(y, y)));
  return dy;
}

/** x ← f(x), n elements. */
export function activation(x: usize, n: i32, code: i32): void {
  for (let i = 0; i < n; i += 4) v128.store(at(x, i), activate(v128.load(at(x, i)), code));
}

/** dy ← dy · f′(y), n elements. */
export function activationBackward(dy: usize, y: usize, n: i32, code: i32): void {
  for (let i = 0; i < n; i += 4) {
    v128.store(at(dy, i), derivative(v128.load(at(dy, i)), v128.load(at(y, i)), code));
  }
}

/**
 * y ← f(x + bias), row by row, from one array to another: what the last vector of a row writes beyond it, the next row
 * overwrites.
 */
export function biasActivation(y: usize, x: usize, bias: usize, m: i32, n: i32, code: i32): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j += 4) {
      const sum = f32x4.add(v128.load(at(x, i * n + j)), v128.load(at(bias, j)));
      v128.store(at(y, i * n + j), activate(sum, code));
    }
  }
}

/** out[j] ← Σ x[r, j], rows in order; writes whole vectors. */
export function columnSums(out: usize, x: usize, m: i32, n: i32): void {
  for (let j = 0; j < n; j += 4) {
    let sum = f32x4.splat(0);
    for (let i = 0; i < m; i++) sum = f32x4.add(sum, v128.load(at(x, i * n + j)));
    v128.store(at(out, j), sum);
  }
}
