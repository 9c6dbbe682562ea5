// Sums over whole arrays.

import { at } from './address';

/** Rows added in order. */
const BLOCK: i32 = 128;

/** out[j] ← Σ over rows r of x[r, j]; writes whole vectors. */
export function columnSums(out: usize, x: usize, m: i32, n: i32): void {
  for (let j = 0; j < n; j += 4) {
    v128.store(at(out, j), m > BLOCK ? sumOfHalves(at(x, j), m, n) : sumOfBlock(at(x, j), m, n));
  }
}

/** The sum of four columns over m rows, half added to half: so the rounding error does not grow with m (docs/numerics.md). */
function sumOfHalves(x: usize, m: i32, n: i32): v128 {
  if (m <= BLOCK) return sumOfBlock(x, m, n);
  const half = m >> 1;
  return f32x4.add(sumOfHalves(x, half, n), sumOfHalves(at(x, half * n), m - half, n));
}

/** The same, in order. */
function sumOfBlock(x: usize, m: i32, n: i32): v128 {
  let sum = f32x4.splat(0);
  for (let i = 0; i < m; i++) sum = f32x4.add(sum, v128.load(at(x, i * n)));
  return sum;
}

/** Σ x[i]² in double. */
export function sumOfSquares(x: usize, n: i32): f64 {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const four = v128.load(at(x, i));
    const low = f64x2.promote_low_f32x4(four);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 0, 1));
    even = f64x2.add(even, f64x2.mul(low, low));
    odd = f64x2.add(odd, f64x2.mul(high, high));
  }
  const pairs = f64x2.add(even, odd);
  let sum = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  for (; i < n; i++) {
    const value: f64 = load<f32>(at(x, i));
    sum += value * value;
  }
  return sum;
}
