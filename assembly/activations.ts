// Activations and their derivatives, four elements at a time. The codes are the indices of ACTIVATIONS in backend.ts.

import { decaysMinusOne, exponentials } from './exponential';
import { at } from './gemm';

const RELU: i32 = 1;
const SIGMOID: i32 = 2;
const TANH: i32 = 3;

/** dy · f′ at the output y. A product also where f′ is 0, so that NaN and ∞ in dy are not lost. */
function derivative(dy: v128, y: v128, code: i32): v128 {
  const one = f32x4.splat(1);
  if (code === RELU) return f32x4.mul(dy, v128.and(f32x4.gt(y, f32x4.splat(0)), one));
  if (code === SIGMOID) return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(one, y)));
  if (code === TANH) return f32x4.mul(dy, f32x4.sub(one, f32x4.mul(y, y)));
  return dy;
}

/** y ← f(x), n elements; y is an array of its own. */
export function activation(y: usize, x: usize, n: i32, code: i32): void {
  if (code === RELU) relu(y, x, n);
  else if (code === SIGMOID) sigmoid(y, x, n);
  else if (code === TANH) tanh(y, x, n);
  else memory.copy(y, x, 4 * n);
}

/** x < 0 ? 0 : x, so that NaN stays. */
function relu(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) v128.store(at(y, i), f32x4.pmax(v128.load(at(x, i)), f32x4.splat(0)));
}

/** 1 / (1 + e⁻ˣ): where e⁻ˣ is ∞ this is 0, as it should be. */
function sigmoid(y: usize, x: usize, n: i32): void {
  exponentials(y, x, n, -1, 0);
  const one = f32x4.splat(1);
  for (let i = 0; i < n; i += 4) v128.store(at(y, i), f32x4.div(one, f32x4.add(one, v128.load(at(y, i)))));
}

/** −t / (t + 2) with t = e^(−2·|x|) − 1, under the sign of x. */
function tanh(y: usize, x: usize, n: i32): void {
  decaysMinusOne(y, x, n);
  const signBit = i32x4.splat(0x80000000);
  for (let i = 0; i < n; i += 4) {
    const t = v128.load(at(y, i));
    const magnitude = f32x4.div(f32x4.neg(t), f32x4.add(t, f32x4.splat(2)));
    v128.store(at(y, i), v128.bitselect(v128.load(at(x, i)), magnitude, signBit));
  }
}

/** dy ← dy · f′(y), n elements. */
export function activationBackward(dy: usize, y: usize, n: i32, code: i32): void {
  for (let i = 0; i < n; i += 4) {
    v128.store(at(dy, i), derivative(v128.load(at(dy, i)), v128.load(at(y, i)), code));
  }
}

/**
 * y ← x + bias, row by row, from one array to another: what the last vector of a row writes beyond it, the next row
 * overwrites.
 */
export function addBias(y: usize, x: usize, bias: usize, m: i32, n: i32): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j += 4) {
      v128.store(at(y, i * n + j), f32x4.add(v128.load(at(x, i * n + j)), v128.load(at(bias, j))));
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
