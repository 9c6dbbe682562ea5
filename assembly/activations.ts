// Activations and their derivatives, four elements at a time. The codes are the indices of ACTIVATIONS in backend.ts.

import { at } from './address';
import { exponentials, signedDecays } from './exponential';
import { columnSums } from './sums';

const RELU: i32 = 1;
const SIGMOID: i32 = 2;
const TANH: i32 = 3;

/** x ← f(x), n elements. */
export function activation(x: usize, n: i32, code: i32): void {
  if (code === RELU) relu(x, n);
  else if (code === SIGMOID) sigmoid(x, n);
  else if (code === TANH) tanh(x, n);
}

/** x < 0 ? 0 : x, so that NaN stays. */
function relu(x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) v128.store(at(x, i), f32x4.pmax(v128.load(at(x, i)), f32x4.splat(0)));
}

/** 1 / (1 + e⁻ˣ): where e⁻ˣ is ∞ this is 0, as it should be. */
function sigmoid(x: usize, n: i32): void {
  exponentials(x, x, n, -1, 0);
  const one = f32x4.splat(1);
  for (let i = 0; i < n; i += 4) v128.store(at(x, i), f32x4.div(one, f32x4.add(one, v128.load(at(x, i)))));
}

/**
 * t / (2 − t) with t = 1 − e^(−2·|x|) ≥ 0, with the sign of x. Two loops, because a single one needs more registers
 * than there are, and took longer.
 */
function tanh(x: usize, n: i32): void {
  signedDecays(x, n);
  const signBit = i32x4.splat(0x80000000);
  const two = f32x4.splat(2);
  for (let i = 0; i < n; i += 4) {
    const signed = v128.load(at(x, i));
    const t = f32x4.abs(signed);
    v128.store(at(x, i), v128.or(f32x4.div(t, f32x4.sub(two, t)), v128.and(signed, signBit)));
  }
}

/** dy · f′ at the output y. Multiplied even where f′ is 0, so that NaN and ∞ in dy are not lost. */
function derivative(dy: v128, y: v128, code: i32): v128 {
  const one = f32x4.splat(1);
  if (code === RELU) return f32x4.mul(dy, v128.and(f32x4.gt(y, f32x4.splat(0)), one));
  if (code === SIGMOID) return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(one, y)));
  if (code === TANH) return f32x4.mul(dy, f32x4.sub(one, f32x4.mul(y, y)));
  return dy;
}

/** dy ← dy · f′(y), n elements. For identity y is not read. */
export function activationBackward(dy: usize, y: usize, n: i32, code: i32): void {
  if (code < RELU) return;
  for (let i = 0; i < n; i += 4) {
    v128.store(at(dy, i), derivative(v128.load(at(dy, i)), v128.load(at(y, i)), code));
  }
}

/** y ← f(y + bias) in place; y is m × n. */
export function biasActivation(y: usize, bias: usize, m: i32, n: i32, code: i32): void {
  for (let i = 0; i < m; i++) {
    const row = at(y, i * n);
    let j = 0;
    for (; j + 4 <= n; j += 4) v128.store(at(row, j), f32x4.add(v128.load(at(row, j)), v128.load(at(bias, j))));
    // The next row follows directly: no vector may reach into it.
    for (; j < n; j++) store<f32>(at(row, j), load<f32>(at(row, j)) + load<f32>(at(bias, j)));
  }
  activation(y, m * n, code);
}

/** dy ← dy · f′(y) and db ← its column sums; dy and y are m × n. */
export function biasActivationBackward(db: usize, dy: usize, y: usize, m: i32, n: i32, code: i32): void {
  activationBackward(dy, y, m * n, code);
  columnSums(db, dy, m, n);
}
