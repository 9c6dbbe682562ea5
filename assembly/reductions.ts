// Reductions along an axis. Sums are in double, so that the order of additions does not show in a float.

import { at } from './address';
import { argMaxRows, isNotANumber } from './vectors';

/** out[o, i] ← the reduction of x[o, :, i], by its place in REDUCTIONS; writes whole vectors. */
export function reduce(out: usize, x: usize, outer: i32, axis: i32, inner: i32, operation: i32): void {
  const divisor: f64 = operation === 1 ? axis : 1;
  for (let o = 0; o < outer; o++) {
    const to = at(out, o * inner);
    const from = at(x, o * axis * inner);
    if (operation === 2) maxima(to, from, axis, inner);
    else if (operation === 3) minima(to, from, axis, inner);
    else if (inner === 1) store<f32>(to, <f32>(sum(from, axis) / divisor));
    else sumsOfColumns(to, from, axis, inner, divisor);
  }
}

function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 0, 1));
}

/** Σ of n neighbours. */
function sum(x: usize, n: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    const four = v128.load(at(x, i));
    const next = v128.load(at(x, i), 16);
    a = f64x2.add(a, low(four));
    b = f64x2.add(b, high(four));
    c = f64x2.add(c, low(next));
    d = f64x2.add(d, high(next));
  }
  const pairs = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  let total = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  for (; i < n; i++) total += load<f32>(at(x, i));
  return total;
}

/** The sums of n columns over m rows ÷ divisor; eight columns at a time stay in registers. */
function sumsOfColumns(out: usize, x: usize, m: i32, n: i32, divisor: f64): void {
  const divisors = f64x2.splat(divisor);
  for (let j = 0; j < n; j += 8) {
    let a = f64x2.splat(0);
    let b = f64x2.splat(0);
    let c = f64x2.splat(0);
    let d = f64x2.splat(0);
    let from = at(x, j);
    for (let r = 0; r < m; r++, from = at(from, n)) {
      const four = v128.load(from);
      const next = v128.load(from, 16);
      a = f64x2.add(a, low(four));
      b = f64x2.add(b, high(four));
      c = f64x2.add(c, low(next));
      d = f64x2.add(d, high(next));
    }
    v128.store(at(out, j), quotients(a, b, divisors));
    v128.store(at(out, j), quotients(c, d, divisors), 16);
  }
}

/** Four quotients as floats. */
function quotients(a: v128, b: v128, divisors: v128): v128 {
  const two = f32x4.demote_f64x2_zero(f64x2.div(a, divisors));
  const others = f32x4.demote_f64x2_zero(f64x2.div(b, divisors));
  return v128.shuffle<f32>(two, others, 0, 1, 4, 5);
}

function maxima(out: usize, x: usize, m: i32, n: i32): void {
  if (n === 1) {
    store<f32>(out, maximum(x, m));
    return;
  }
  for (let j = 0; j < n; j += 4) v128.store(at(out, j), f32x4.splat(-Infinity));
  for (let r = 0; r < m; r++, x = at(x, n)) {
    for (let j = 0; j < n; j += 4) v128.store(at(out, j), f32x4.max(v128.load(at(out, j)), v128.load(at(x, j))));
  }
}

function minima(out: usize, x: usize, m: i32, n: i32): void {
  if (n === 1) {
    store<f32>(out, minimum(x, m));
    return;
  }
  for (let j = 0; j < n; j += 4) v128.store(at(out, j), f32x4.splat(Infinity));
  for (let r = 0; r < m; r++, x = at(x, n)) {
    for (let j = 0; j < n; j += 4) v128.store(at(out, j), f32x4.min(v128.load(at(out, j)), v128.load(at(x, j))));
  }
}

function maximum(x: usize, n: i32): f32 {
  let four = f32x4.splat(-Infinity);
  let i = 0;
  for (; i + 4 <= n; i += 4) four = f32x4.max(four, v128.load(at(x, i)));
  let most = max(
    max(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    max(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
  for (; i < n; i++) most = max(most, load<f32>(at(x, i)));
  return most;
}

function minimum(x: usize, n: i32): f32 {
  let four = f32x4.splat(Infinity);
  let i = 0;
  for (; i + 4 <= n; i += 4) four = f32x4.min(four, v128.load(at(x, i)));
  let least = min(
    min(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    min(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
  for (; i < n; i++) least = min(least, load<f32>(at(x, i)));
  return least;
}

/** out[o, i] ← the place of the first maximum of x[o, :, i]; the first NaN wins over every number. */
export function argMax(out: usize, x: usize, outer: i32, axis: i32, inner: i32): void {
  if (inner === 1) {
    argMaxRows(out, x, outer, axis);
    return;
  }
  for (let o = 0; o < outer; o++, out = at(out, inner), x = at(x, axis * inner)) {
    for (let i = 0; i < inner; i++) store<i32>(at(out, i), 0);
    for (let r = 1; r < axis; r++) {
      for (let i = 0; i < inner; i++) {
        const most = load<f32>(at(x, load<i32>(at(out, i)) * inner + i));
        // Nothing beats a NaN; a value that is NaN or larger beats a number.
        if (!isNotANumber(most) && !(load<f32>(at(x, r * inner + i)) <= most)) store<i32>(at(out, i), r);
      }
    }
  }
}
