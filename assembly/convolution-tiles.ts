// The innermost loops of convolutions: sums of products for four places and eight filters, or one place and eight filters.
// 8 vectors of sums, 2 of w and 1 of x fit the 16 registers that WebAssembly gets on x86-64.
//
// A sum runs over `rows` rows of `taps` products: in a row x is read every `across` bytes and w every `along` bytes; from
// row to row both advance by `down` and `below` bytes. What lies in the vectors beyond the last filter is computed and thrown
// away, so arrays are followed by bytes that may be read.

import { multiplyAdd } from './fused';

/** Filters of a tile. */
export const GROUP: i32 = 8;

/** tile ← its old numbers + the sums for the places at x0 … x3; four rows of eight. */
export function addFour(
  tile: usize,
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  across: usize,
  down: usize,
  w: usize,
  along: usize,
  below: usize,
  rows: i32,
  taps: i32,
): void {
  let s00 = v128.load(tile);
  let s01 = v128.load(tile, 16);
  let s10 = v128.load(tile, 32);
  let s11 = v128.load(tile, 48);
  let s20 = v128.load(tile, 64);
  let s21 = v128.load(tile, 80);
  let s30 = v128.load(tile, 96);
  let s31 = v128.load(tile, 112);
  const from1 = x1 - x0;
  const from2 = x2 - x0;
  const from3 = x3 - x0;
  for (let r = 0; r < rows; r++) {
    let from = x0;
    let weights = w;
    const end = x0 + <usize>taps * across;
    for (; from !== end; from += across) {
      const left = v128.load(weights);
      const right = v128.load(weights, 16);
      let x = v128.load_splat<f32>(from);
      s00 = multiplyAdd(x, left, s00);
      s01 = multiplyAdd(x, right, s01);
      x = v128.load_splat<f32>(from + from1);
      s10 = multiplyAdd(x, left, s10);
      s11 = multiplyAdd(x, right, s11);
      x = v128.load_splat<f32>(from + from2);
      s20 = multiplyAdd(x, left, s20);
      s21 = multiplyAdd(x, right, s21);
      x = v128.load_splat<f32>(from + from3);
      s30 = multiplyAdd(x, left, s30);
      s31 = multiplyAdd(x, right, s31);
      weights += along;
    }
    x0 += down;
    w += below;
  }
  v128.store(tile, s00);
  v128.store(tile, s01, 16);
  v128.store(tile, s10, 32);
  v128.store(tile, s11, 48);
  v128.store(tile, s20, 64);
  v128.store(tile, s21, 80);
  v128.store(tile, s30, 96);
  v128.store(tile, s31, 112);
}

/** The same for one place: one row of eight. */
export function addOne(
  tile: usize,
  x: usize,
  across: usize,
  down: usize,
  w: usize,
  along: usize,
  below: usize,
  rows: i32,
  taps: i32,
): void {
  let left = v128.load(tile);
  let right = v128.load(tile, 16);
  for (let r = 0; r < rows; r++) {
    let weights = w;
    let from = x;
    for (let i = 0; i < taps; i++) {
      const factor = v128.load_splat<f32>(from);
      left = multiplyAdd(factor, v128.load(weights), left);
      right = multiplyAdd(factor, v128.load(weights, 16), right);
      from += across;
      weights += along;
    }
    x += down;
    w += below;
  }
  v128.store(tile, left);
  v128.store(tile, right, 16);
}

/** The first `count` of the eight numbers at `from`, to an array that other numbers follow. */
export function storeGroup(to: usize, from: usize, count: i32): void {
  if (count === GROUP) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  } else {
    for (let o: usize = 0; o < (<usize>count) << 2; o += 4) store<f32>(to + o, load<f32>(from + o));
  }
}
