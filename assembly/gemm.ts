// Matrix multiplication by tiles of 4 rows × 8 columns: 8 vectors of sums, 2 of b and 1 of a fit the 16 registers that
// WebAssembly gets on x86-64 (6 × 8 would spill, and was measured at half the speed).
//
// op(b) is packed into panels of 8 columns, so that the inner loop reads it at unit stride:
//
//   b[0, 0..7] b[1, 0..7] b[2, 0..7] …
//
// Up to four leftover columns are not worth a panel: columns.ts multiplies them.
//
// op(a) is read row by row in place; only aᵀ is packed, 4 rows side by side. What lies beyond the last column or row in
// a vector is computed and thrown away, so tiles have no tails: arrays are followed by SLACK bytes that may be read.

import { at } from './address';
import { multiplyRow, multiplyStrip, packColumns } from './columns';
import { multiplyAdd } from './fused';

/** Columns of a panel of b. */
const PANEL: i32 = 8;
/** Terms summed before c is updated: a panel of b (16 KB) and 4 rows of a (8 KB) stay in the first-level cache. */
const DEPTH: i32 = 512;
/** Columns of b packed at a time: the block (512 KB) stays in the second-level cache for all rows of a. */
const WIDTH: i32 = 256;

/** The block of b, four rows of aᵀ, one tile of c. */
const scratch = memory.data(4 * DEPTH * WIDTH, 16);
const strip = memory.data(4 * 4 * DEPTH, 16);
const tile = memory.data(4 * 4 * PANEL, 16);

/** c ← alpha · op(a) · op(b) + beta · c. The copies have no gaps: a leading dimension is the length of a stored row. */
export function gemm(
  transA: bool,
  transB: bool,
  m: i32,
  n: i32,
  k: i32,
  alpha: f32,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  beta: f32,
  c: usize,
  ldc: i32,
): void {
  // If beta is 0, the first block of terms overwrites c, which is never read.
  let accumulate = beta !== 0;
  if (accumulate && beta !== 1) scale(c, m * n, beta);
  // Without a product, a and b are not read: they may hold NaN.
  if (k === 0 || alpha === 0) {
    if (!accumulate) memory.fill(c, 0, (<usize>m * n) << 2);
    return;
  }
  if (alpha - alpha !== 0) {
    wholeSums(transA, transB, m, n, k, alpha, a, lda, b, ldb, accumulate, c, ldc);
    return;
  }
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    for (let j = 0; j < n; j += WIDTH) {
      const width = min(WIDTH, n - j);
      // Five or more are worth a panel that is not full.
      const over = width % PANEL <= PANEL / 2 ? width % PANEL : 0;
      const wide = width - over;
      if (transB) packTransposed(scratch, b, ldb, p, depth, j, wide, n);
      else packPanels(scratch, b, ldb, p, depth, j, wide);
      const first = transB ? (j + wide) * ldb + p : p * ldb + j + wide;
      packColumns(at(scratch, wide * depth), at(b, first), transB ? ldb : 1, transB ? 1 : ldb, depth, over);
      for (let i = 0; i < m; i += 4) {
        const rows = min(4, m - i);
        // Four rows of op(a), as four addresses and the bytes from one column to the next; rows beyond the last repeat it.
        let a0 = strip;
        let right = 4;
        let down = 4;
        let last = 3;
        if (transA) {
          packStrip(strip, a, lda, i, p, depth);
          right = 16;
        } else {
          a0 = at(a, i * lda + p);
          down = 4 * lda;
          last = rows - 1;
        }
        const a1 = a0 + <usize>(min(1, last) * down);
        const a2 = a0 + <usize>(min(2, last) * down);
        const a3 = a0 + <usize>(last * down);
        for (let column = 0; column < wide; column += PANEL) {
          multiplyTile(a0, a1, a2, a3, right, at(scratch, column * depth), depth, tile);
          storeTile(at(c, i * ldc + j + column), ldc, rows, min(PANEL, wide - column), alpha, tile, accumulate);
        }
        for (let column = wide; column < width; column += 2) {
          const columns = min(2, width - column);
          const b0 = at(scratch, column * depth);
          // A single column is multiplied twice.
          const b1 = at(b0, (columns - 1) * depth);
          if (transA) multiplyStrip(tile, 4 * PANEL, strip, b0, b1, depth);
          else {
            for (let r = 0; r < rows; r++) multiplyRow(at(tile, r * PANEL), a0 + <usize>(r * down), b0, b1, depth);
          }
          storeTile(at(c, i * ldc + j + column), ldc, rows, columns, alpha, tile, accumulate);
        }
      }
    }
    accumulate = true;
  }
}

/** For an alpha of ±∞ or NaN: summed in parts, k could give ∞ − ∞ where the whole sum does not. */
function wholeSums(
  transA: bool,
  transB: bool,
  m: i32,
  n: i32,
  k: i32,
  alpha: f32,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  accumulate: bool,
  c: usize,
  ldc: i32,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum: f32 = 0;
      for (let p = 0; p < k; p++) {
        const left = load<f32>(at(a, transA ? p * lda + i : i * lda + p));
        sum += left * load<f32>(at(b, transB ? j * ldb + p : p * ldb + j));
      }
      const place = at(c, i * ldc + j);
      store<f32>(place, accumulate ? alpha * sum + load<f32>(place) : alpha * sum);
    }
  }
}

function scale(c: usize, n: i32, beta: f32): void {
  const factor = f32x4.splat(beta);
  for (let i = 0; i < n; i += 4) v128.store(at(c, i), f32x4.mul(factor, v128.load(at(c, i))));
}

/** panels ← b[p … p + depth, j … j + width), eight columns side by side. */
function packPanels(panels: usize, b: usize, ldb: i32, p: i32, depth: i32, j: i32, width: i32): void {
  let to = panels;
  for (let column = 0; column < width; column += PANEL) {
    let from = at(b, p * ldb + j + column);
    for (let q = 0; q < depth; q++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      to += 4 * PANEL;
      from += 4 * ldb;
    }
  }
}

/** The same for a b stored transposed, n × k: blocks of 4 × 4 are transposed in registers. */
function packTransposed(panels: usize, b: usize, ldb: i32, p: i32, depth: i32, j: i32, width: i32, n: i32): void {
  for (let column = 0; column < width; column += 4) {
    // Columns beyond the last one repeat it: their addresses must be inside the array.
    const b0 = at(b, min(j + column, n - 1) * ldb + p);
    const b1 = at(b, min(j + column + 1, n - 1) * ldb + p);
    const b2 = at(b, min(j + column + 2, n - 1) * ldb + p);
    const b3 = at(b, min(j + column + 3, n - 1) * ldb + p);
    // Half a panel: the left or the right four columns.
    let to = at(panels, (column & ~7) * depth + (column & 4));
    let q = 0;
    for (; q + 4 <= depth; q += 4) {
      const r0 = v128.load(at(b0, q));
      const r1 = v128.load(at(b1, q));
      const r2 = v128.load(at(b2, q));
      const r3 = v128.load(at(b3, q));
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32);
      v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64);
      v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96);
      to += 128;
    }
    for (; q < depth; q++) {
      store<f32>(to, load<f32>(at(b0, q)));
      store<f32>(to, load<f32>(at(b1, q)), 4);
      store<f32>(to, load<f32>(at(b2, q)), 8);
      store<f32>(to, load<f32>(at(b3, q)), 12);
      to += 32;
    }
  }
}

/** strip ← four rows of aᵀ side by side, that is four neighbouring columns of a as it is stored, k × m. */
function packStrip(strip: usize, a: usize, lda: i32, i: i32, p: i32, depth: i32): void {
  let from = at(a, p * lda + i);
  for (let q = 0; q < depth; q++) {
    v128.store(strip, v128.load(from));
    strip += 16;
    from += 4 * lda;
  }
}

/** tile ← four rows of a · a panel of b: the innermost loop, where the time is spent. */
function multiplyTile(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  right: i32,
  panel: usize,
  depth: i32,
  tile: usize,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = panel + <usize>(4 * PANEL * depth);
  for (; panel < end; panel += 4 * PANEL) {
    const left = v128.load(panel);
    const rest = v128.load(panel, 16);
    let x = v128.load_splat<f32>(a0);
    c00 = multiplyAdd(x, left, c00);
    c01 = multiplyAdd(x, rest, c01);
    x = v128.load_splat<f32>(a1);
    c10 = multiplyAdd(x, left, c10);
    c11 = multiplyAdd(x, rest, c11);
    x = v128.load_splat<f32>(a2);
    c20 = multiplyAdd(x, left, c20);
    c21 = multiplyAdd(x, rest, c21);
    x = v128.load_splat<f32>(a3);
    c30 = multiplyAdd(x, left, c30);
    c31 = multiplyAdd(x, rest, c31);
    a0 += right;
    a1 += right;
    a2 += right;
    a3 += right;
  }
  v128.store(tile, c00);
  v128.store(tile, c01, 16);
  v128.store(tile, c10, 32);
  v128.store(tile, c11, 48);
  v128.store(tile, c20, 64);
  v128.store(tile, c21, 80);
  v128.store(tile, c30, 96);
  v128.store(tile, c31, 112);
}

/** The rows × columns at c ← alpha · tile, added to the old c or replacing it. */
function storeTile(c: usize, ldc: i32, rows: i32, columns: i32, alpha: f32, tile: usize, accumulate: bool): void {
  const factor = f32x4.splat(alpha);
  for (let i = 0; i < rows; i++) {
    let left = f32x4.mul(factor, v128.load(tile));
    let rest = f32x4.mul(factor, v128.load(tile, 16));
    if (columns === PANEL) {
      if (accumulate) {
        left = f32x4.add(left, v128.load(c));
        rest = f32x4.add(rest, v128.load(c, 16));
      }
      v128.store(c, left);
      v128.store(c, rest, 16);
    } else {
      v128.store(tile, left);
      v128.store(tile, rest, 16);
      for (let j = 0; j < columns; j++) {
        const value = load<f32>(at(tile, j));
        store<f32>(at(c, j), accumulate ? value + load<f32>(at(c, j)) : value);
      }
    }
    tile += 4 * PANEL;
    c += 4 * ldc;
  }
}
