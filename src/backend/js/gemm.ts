/**
 * Matrix multiplication in plain TypeScript: blocked so that V8 keeps eight sums in registers.
 *
 * A naive triple loop loads two numbers for each multiplication. Here a tile of 2 rows × 4 columns of c is computed at
 * once: each step along k loads 2 + 4 numbers for 8 multiplications, and the 8 sums, 6 operands and one product fit the
 * 16 floating-point registers. The operands are packed first, so that they are read at unit stride, transposed or not:
 *
 *   panel of b (4 columns): b[0,0..3] b[1,0..3] b[2,0..3] …      strip of a (2 rows): a[0,0] a[1,0] a[0,1] a[1,1] …
 *
 * Packing widens to float64, so the inner loop is the same for both element types, converts nothing and sums in double;
 * a float32 result is rounded once per DEPTH terms. Edges are padded with zeros, whose products are never read.
 */

import type { Floats } from '../backend.js';
import { inTypeOf } from './in-type-of.js';

/** Rows and columns of the register tile. */
const TILE_ROWS = 2;
const TILE_COLUMNS = 4;
/** Terms summed before c is updated: a panel of b (16 KB) and a strip of a (8 KB) stay in the first-level cache. */
const DEPTH = 512;
/** Columns of b packed at a time: the block (512 KB) stays in the second-level cache for all rows of a. */
const WIDTH = 128;

const panels = new Float64Array(DEPTH * WIDTH);
const strip = new Float64Array(DEPTH * TILE_ROWS);
/** The finished tile, row by row. */
const tile = new Float64Array(TILE_ROWS * TILE_COLUMNS);

/** c ← alpha · op(a) · op(b) + beta · c, with checked arguments; see `Backend.gemm`. */
export function gemm(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: Floats,
  lda: number,
  b: Floats,
  ldb: number,
  beta: number,
  c: Floats,
  ldc: number,
): void {
  scale(m, n, beta, c, ldc);
  if (k === 0 || alpha === 0) return;
  if (!Number.isFinite(alpha)) {
    addWholeSums(transA, transB, m, n, k, alpha, a, lda, b, ldb, c, ldc);
    return;
  }
  for (let p = 0; p < k; p += DEPTH) {
    const depth = Math.min(DEPTH, k - p);
    for (let j = 0; j < n; j += WIDTH) {
      const width = Math.min(WIDTH, n - j);
      packPanels(transB, b, ldb, p, depth, j, width);
      for (let i = 0; i < m; i += TILE_ROWS) {
        const rows = Math.min(TILE_ROWS, m - i);
        packStrip(transA, a, lda, i, rows, p, depth);
        for (let panel = 0; panel < width; panel += TILE_COLUMNS) {
          multiplyTile(strip, panels, panel * depth, depth, tile);
          addTile(c, i * ldc + j + panel, ldc, rows, Math.min(TILE_COLUMNS, width - panel), alpha);
        }
      }
    }
  }
}

/**
 * c ← alpha · op(a) · op(b) + c if alpha is ±∞ or NaN: summed in parts, k could give ∞ − ∞ where the whole sum does
 * not.
 */
function addWholeSums(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: Floats,
  lda: number,
  b: Floats,
  ldb: number,
  c: Floats,
  ldc: number,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++)
        sum += a[transA ? p * lda + i : i * lda + p]! * b[transB ? j * ldb + p : p * ldb + j]!;
      // Rounded first: a sum that is 0 in the element type is 0 times infinity, NaN.
      c[i * ldc + j]! += alpha * inTypeOf(c, sum);
    }
  }
}

/** c ← beta · c; if beta = 0, the old c is not read, since it may hold NaN. */
function scale(m: number, n: number, beta: number, c: Floats, ldc: number): void {
  if (beta === 1) return;
  for (let i = 0; i < m; i++) {
    const row = i * ldc;
    if (beta === 0) c.fill(0, row, row + n);
    else for (let j = 0; j < n; j++) c[row + j]! *= beta;
  }
}

/** panels ← op(b)[p … p + depth, j … j + width), four columns side by side, the last panel padded with zeros. */
function packPanels(transB: boolean, b: Floats, ldb: number, p: number, depth: number, j: number, width: number): void {
  const down = transB ? 1 : ldb; // not as a pair: an array a call would be garbage
  const right = transB ? ldb : 1;
  let at = 0;
  for (let panel = 0; panel < width; panel += TILE_COLUMNS) {
    const columns = Math.min(TILE_COLUMNS, width - panel);
    let from = p * down + (j + panel) * right;
    for (let q = 0; q < depth; q++, from += down, at += TILE_COLUMNS) {
      if (columns === TILE_COLUMNS) {
        panels[at] = b[from]!;
        panels[at + 1] = b[from + right]!;
        panels[at + 2] = b[from + 2 * right]!;
        panels[at + 3] = b[from + 3 * right]!;
      } else {
        for (let column = 0; column < TILE_COLUMNS; column++) {
          panels[at + column] = column < columns ? b[from + column * right]! : 0;
        }
      }
    }
  }
}

/** strip ← op(a)[i … i + rows, p … p + depth), two rows interleaved; a missing second row is zeros. */
function packStrip(transA: boolean, a: Floats, lda: number, i: number, rows: number, p: number, depth: number): void {
  const down = transA ? 1 : lda;
  const right = transA ? lda : 1;
  let from = i * down + p * right;
  for (let at = 0; at < TILE_ROWS * depth; at += TILE_ROWS, from += right) {
    strip[at] = a[from]!;
    strip[at + 1] = rows === TILE_ROWS ? a[from + down]! : 0;
  }
}

/**
 * tile ← strip · the panel that starts at `panel`: the innermost loop, where the time is spent.
 *
 * The arrays are arguments and the steps literals, because bundlers turn module constants into variables, which the
 * loop would read again on each pass: that was measured at half the speed.
 */
function multiplyTile(
  strip: Float64Array,
  panels: Float64Array,
  panel: number,
  depth: number,
  tile: Float64Array,
): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let at = panel;
  for (let p = 0; p < 2 * depth; p += 2, at += 4) {
    const a0 = strip[p]!;
    const a1 = strip[p + 1]!;
    const b0 = panels[at]!;
    const b1 = panels[at + 1]!;
    const b2 = panels[at + 2]!;
    const b3 = panels[at + 3]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
  }
  tile[0] = c00;
  tile[1] = c01;
  tile[2] = c02;
  tile[3] = c03;
  tile[4] = c10;
  tile[5] = c11;
  tile[6] = c12;
  tile[7] = c13;
}

/** The rows × columns of c that start at `at` ← c + alpha · tile. */
function addTile(c: Floats, at: number, ldc: number, rows: number, columns: number, alpha: number): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) c[at + i * ldc + j]! += alpha * tile[i * TILE_COLUMNS + j]!;
  }
}
