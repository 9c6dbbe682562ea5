// Scaling and sums of whole arrays, and the choice of a class.

import { at } from './address';

/** out ← factor · source, the count × width numbers or bytes that were picked. */
export function gatherRows(out: usize, source: usize, isBytes: bool, count: i32, width: i32, factor: f32): void {
  if (isBytes) scaleBytes(out, source, count * width, factor);
  else scaleFloats(out, source, count * width, factor);
}

function scaleFloats(out: usize, x: usize, n: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let i = 0; i < n; i += 4) v128.store(at(out, i), f32x4.mul(factors, v128.load(at(x, i))));
}

/**
 * Sixteen bytes at a time. They are converted as signed numbers, which a widened byte also is: that takes one
 * instruction on x86-64, while the unsigned conversion takes eight.
 */
function scaleBytes(out: usize, bytes: usize, n: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let i = 0; i < n; i += 16) {
    const sixteen = v128.load(bytes + i);
    const low = i16x8.extend_low_i8x16_u(sixteen);
    const high = i16x8.extend_high_i8x16_u(sixteen);
    const to = at(out, i);
    v128.store(to, f32x4.mul(factors, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low))));
    v128.store(to, f32x4.mul(factors, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low))), 16);
    v128.store(to, f32x4.mul(factors, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high))), 32);
    v128.store(to, f32x4.mul(factors, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high))), 48);
  }
}

/** y ← alpha · x + y, n elements. */
export function axpy(n: i32, alpha: f32, x: usize, y: usize): void {
  const factor = f32x4.splat(alpha);
  for (let i = 0; i < n; i += 4) {
    v128.store(at(y, i), f32x4.add(v128.load(at(y, i)), f32x4.mul(factor, v128.load(at(x, i)))));
  }
}

/** a ← a · b, n elements. */
export function multiply(a: usize, b: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) v128.store(at(a, i), f32x4.mul(v128.load(at(a, i)), v128.load(at(b, i))));
}

export function isNotANumber(x: f32): bool {
  return (reinterpret<u32>(x) & 0x7fffffff) > 0x7f800000;
}

/** out[r] ← the column of the first maximum of row r; the first NaN wins over every number. */
export function argMaxRows(out: usize, x: usize, m: i32, n: i32): void {
  for (let i = 0; i < m; i++) {
    const row = at(x, i * n);
    let best = 0;
    let greatest = load<f32>(row);
    // Nothing compares greater than a NaN, so the search ends there.
    for (let j = 1; j < n && !isNotANumber(greatest); j++) {
      const value = load<f32>(at(row, j));
      if (!(value <= greatest)) {
        best = j;
        greatest = value;
      }
    }
    store<i32>(at(out, i), best);
  }
}
