// The columns of a product that are left over beside full panels of eight, two at a time. Most of what a tile computes
// for them would be thrown away: the last two columns of 50 took a seventh of the whole time.
//
// Every function keeps two sums, of odd and of even terms, because an addition has to wait for the one before it.

import { at } from './address';
import { multiplyAdd } from './fused';

/** columns ← `width` columns of op(b), `depth` terms each, one after the other; strides count elements. */
export function packColumns(columns: usize, b: usize, right: i32, down: i32, depth: i32, width: i32): void {
  for (let j = 0; j < width; j++) {
    for (let p = 0; p < depth; p++) {
      store<f32>(columns, load<f32>(at(b, j * right + p * down)));
      columns += 4;
    }
  }
}

/** The two numbers at `products` ← a row of op(a) · two columns; the lanes of a vector are neighbouring terms. */
export function multiplyRow(products: usize, row: usize, left: usize, right: usize, depth: i32): void {
  let evenLeft = f32x4.splat(0);
  let oddLeft = f32x4.splat(0);
  let evenRight = f32x4.splat(0);
  let oddRight = f32x4.splat(0);
  let p = 0;
  for (; p + 8 <= depth; p += 8) {
    const even = v128.load(at(row, p));
    const odd = v128.load(at(row, p), 16);
    evenLeft = multiplyAdd(even, v128.load(at(left, p)), evenLeft);
    oddLeft = multiplyAdd(odd, v128.load(at(left, p), 16), oddLeft);
    evenRight = multiplyAdd(even, v128.load(at(right, p)), evenRight);
    oddRight = multiplyAdd(odd, v128.load(at(right, p), 16), oddRight);
  }
  let leftSum = sumOfLanes(f32x4.add(evenLeft, oddLeft));
  let rightSum = sumOfLanes(f32x4.add(evenRight, oddRight));
  // After the last term of a row comes the next row, not zeros.
  for (; p < depth; p++) {
    const term = load<f32>(at(row, p));
    leftSum += term * load<f32>(at(left, p));
    rightSum += term * load<f32>(at(right, p));
  }
  store<f32>(products, leftSum);
  store<f32>(products, rightSum, 4);
}

function sumOfLanes(x: v128): f32 {
  const left = f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1);
  const right = f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3);
  return left + right;
}

/**
 * Four rows of op(a), packed side by side, · two columns; the lanes of a vector are the rows.
 *
 * @param products of two numbers, one pair every `stride` bytes
 */
export function multiplyStrip(products: usize, stride: i32, strip: usize, left: usize, right: usize, depth: i32): void {
  let evenLeft = f32x4.splat(0);
  let oddLeft = f32x4.splat(0);
  let evenRight = f32x4.splat(0);
  let oddRight = f32x4.splat(0);
  const end = at(left, depth & ~1);
  for (; left < end; left += 8) {
    const even = v128.load(strip);
    const odd = v128.load(strip, 16);
    evenLeft = multiplyAdd(even, v128.load_splat<f32>(left), evenLeft);
    oddLeft = multiplyAdd(odd, v128.load_splat<f32>(left, 4), oddLeft);
    evenRight = multiplyAdd(even, v128.load_splat<f32>(right), evenRight);
    oddRight = multiplyAdd(odd, v128.load_splat<f32>(right, 4), oddRight);
    strip += 32;
    right += 8;
  }
  if (depth & 1) {
    const even = v128.load(strip);
    evenLeft = multiplyAdd(even, v128.load_splat<f32>(left), evenLeft);
    evenRight = multiplyAdd(even, v128.load_splat<f32>(right), evenRight);
  }
  const leftSums = f32x4.add(evenLeft, oddLeft);
  const rightSums = f32x4.add(evenRight, oddRight);
  const pairs01 = v128.shuffle<f32>(leftSums, rightSums, 0, 4, 1, 5);
  const pairs23 = v128.shuffle<f32>(leftSums, rightSums, 2, 6, 3, 7);
  v128.store64_lane(products, pairs01, 0);
  v128.store64_lane(products + stride, pairs01, 1);
  v128.store64_lane(products + 2 * stride, pairs23, 0);
  v128.store64_lane(products + 3 * stride, pairs23, 1);
}
