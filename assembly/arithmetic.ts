// Arithmetic element by element. A loop for each operation, over whole vectors: what is written beyond a row is overwritten by
// the next one, or lies in the free bytes after the last.

import { at } from './address';
import { exponentials } from './exponential';
import { artanhRest } from './smooth-activations';

/** x to the power y, as in NumPy. */
declare function power(x: f64, y: f64): f64;

/** x ← f(x), n elements, by the place of f in UNARY_OPERATIONS. */
export function unary(x: usize, n: i32, operation: i32): void {
  switch (operation) {
    case 0:
      exponentials(x, x, n, 1, 0);
      return;
    case 1:
      for (let i = 0; i < n; i += 4) v128.store(at(x, i), logarithm(v128.load(at(x, i))));
      return;
    case 2:
      for (let i = 0; i < n; i += 4) v128.store(at(x, i), f32x4.sqrt(v128.load(at(x, i))));
      return;
    case 3:
      for (let i = 0; i < n; i += 4) v128.store(at(x, i), f32x4.abs(v128.load(at(x, i))));
      return;
    default:
      for (let i = 0; i < n; i += 4) v128.store(at(x, i), f32x4.neg(v128.load(at(x, i))));
  }
}

/** ln x, as in native/kernels/elementwise.h. */
function logarithm(x: v128): v128 {
  const rootHalf = i32x4.splat(0x3f3504f3);
  const below = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(33554432)), x, below); // 2²⁵
  const shifted = i32x4.sub(scaled, rootHalf);
  const exponent = i32x4.sub(i32x4.shr_s(shifted, 23), v128.and(below, i32x4.splat(25)));
  const e = f32x4.convert_i32x4_s(exponent);
  const f = f32x4.sub(i32x4.add(v128.and(shifted, i32x4.splat(0x7fffff)), rootHalf), f32x4.splat(1));
  const s = f32x4.div(f, f32x4.add(f32x4.splat(2), f));
  const w = f32x4.mul(s, s);
  const half = f32x4.mul(f32x4.mul(f32x4.splat(0.5), f), f);
  const rest = f32x4.mul(f32x4.add(w, w), artanhRest(w));
  const small = f32x4.add(f32x4.mul(s, f32x4.add(half, rest)), f32x4.mul(e, f32x4.splat(-2.1219444e-4)));
  const y = f32x4.add(f32x4.mul(e, f32x4.splat(0.693359375)), f32x4.sub(f, f32x4.sub(half, small)));
  const finite = v128.bitselect(y, x, f32x4.lt(x, f32x4.splat(Infinity)));
  const above = v128.bitselect(finite, f32x4.splat(NaN), f32x4.gt(x, f32x4.splat(0)));
  return v128.bitselect(f32x4.splat(-Infinity), above, f32x4.eq(x, f32x4.splat(0)));
}

/** The repeated columns of the operands, in every lane of a vector. */
const left = memory.data(16, 16);
const right = memory.data(16, 16);

/** y ← f(a, b), m × n, by the place of f in BINARY_OPERATIONS; rows and columns of the operands may be repeated. */
export function binary(
  y: usize,
  a: usize,
  b: usize,
  m: i32,
  n: i32,
  aRows: i32,
  aColumns: i32,
  bRows: i32,
  bColumns: i32,
  operation: i32,
): void {
  // From one row to the next, in elements; from one vector to the next, in bytes.
  const aDown = aRows === 1 ? 0 : aColumns;
  const bDown = bRows === 1 ? 0 : bColumns;
  const aStep: usize = aColumns === 1 ? 0 : 16;
  const bStep: usize = bColumns === 1 ? 0 : 16;
  for (let r = 0; r < m; r++) {
    let first = at(a, r * aDown);
    let second = at(b, r * bDown);
    if (aStep === 0) {
      v128.store(left, v128.load_splat<f32>(first));
      first = left;
    }
    if (bStep === 0) {
      v128.store(right, v128.load_splat<f32>(second));
      second = right;
    }
    combine(at(y, r * n), first, aStep, second, bStep, n, operation);
  }
}

function combine(y: usize, a: usize, aStep: usize, b: usize, bStep: usize, n: i32, operation: i32): void {
  const end = at(y, n);
  switch (operation) {
    case 0:
      for (; y < end; y += 16, a += aStep, b += bStep) v128.store(y, f32x4.add(v128.load(a), v128.load(b)));
      return;
    case 1:
      for (; y < end; y += 16, a += aStep, b += bStep) v128.store(y, f32x4.sub(v128.load(a), v128.load(b)));
      return;
    case 2:
      for (; y < end; y += 16, a += aStep, b += bStep) v128.store(y, f32x4.mul(v128.load(a), v128.load(b)));
      return;
    case 3:
      for (; y < end; y += 16, a += aStep, b += bStep) v128.store(y, f32x4.div(v128.load(a), v128.load(b)));
      return;
    case 4:
      for (; y < end; y += 4, a += aStep >> 2, b += bStep >> 2) store<f32>(y, <f32>power(load<f32>(a), load<f32>(b)));
      return;
    case 5:
      for (; y < end; y += 16, a += aStep, b += bStep) v128.store(y, f32x4.max(v128.load(a), v128.load(b)));
      return;
    default:
      for (; y < end; y += 16, a += aStep, b += bStep) v128.store(y, f32x4.min(v128.load(a), v128.load(b)));
  }
}
