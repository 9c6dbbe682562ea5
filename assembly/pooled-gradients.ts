// Gradients of convolutions that are pooled at once, by pooled cell: only a winner has one.
//
// For some filters at a time the sums of dw, and w, are turned: the patch of a filter lies in rows of whole vectors. So a row
// of x and what it adds lie side by side.

import { activationBackward } from './activations';
import { at } from './address';
import { multiplyAdd } from './fused';
import { endInside, firstInside, startOf } from './windows';

/** Numbers that are turned at a time. */
const ROOM: i32 = 16384;
const sums = memory.data(4 * ROOM, 16);
const weights = memory.data(4 * ROOM, 16);

/** Bytes from the window of a cell's first place to those of its others. */
const offsets = memory.data(4 * 256, 16);

/** The gradients: for each pooled cell and filter dz times the patch that the winner saw. */
export function convolutionMaxPoolingBackward(
  dw: usize,
  db: usize,
  dx: usize,
  dy: usize,
  y: usize,
  winners: usize,
  x: usize,
  w: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  filters: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  stride: i32,
  padTop: i32,
  padLeft: i32,
  outHeight: i32,
  outWidth: i32,
  poolHeight: i32,
  poolWidth: i32,
  poolStride: i32,
  pooledHeight: i32,
  pooledWidth: i32,
  code: i32,
): void {
  const size = height * width * channels;
  if (dx !== 0) memory.fill(dx, 0, at(0, images * size));
  if (filters === 0) return;
  const row = kernelWidth * channels;
  // A kernel without numbers may have any number of rows.
  const rows = row === 0 ? 0 : kernelHeight;
  memory.fill(db, 0, at(0, filters));
  memory.fill(dw, 0, at(0, rows * row * filters));
  // Without cells there may be any number of rows or images.
  const count = pooledHeight === 0 || pooledWidth === 0 ? 0 : images;
  activationBackward(dy, y, count * pooledHeight * pooledWidth * filters, code);
  const padded = (row + 3) & ~3;
  // A filter that has no room is not turned: its numbers lie `filters` apart.
  const isTurned = <i64>padded * rows <= ROOM;
  const strip = isTurned ? ROOM / max(1, padded * rows) : filters;
  const step = at(0, isTurned ? 1 : filters);
  const below = at(0, isTurned ? padded : row * filters);
  for (let place = 0; place < poolHeight * poolWidth; place++) {
    const pixel = (place / poolWidth) * stride * width + (place % poolWidth) * stride;
    store<u32>(at(offsets, place), pixel * channels * 4);
  }
  for (let first = 0; first < filters; first += strip) {
    const last = min(first + strip, filters);
    if (isTurned) {
      memory.fill(sums, 0, at(0, (last - first) * padded * rows));
      if (dx !== 0) turn(weights, w, first, last, filters, rows, row, padded, false);
    }
    let cell = 0;
    for (let n = 0; n < count; n++) {
      const image = at(x, n * size);
      const gradient = dx === 0 ? 0 : at(dx, n * size);
      for (let py = 0; py < pooledHeight; py++) {
        for (let px = 0; px < pooledWidth; px++) {
          const cellTop = startOf(py, poolStride, 0);
          const cellLeft = startOf(px, poolStride, 0);
          const top = cellTop * stride - padTop;
          const left = cellLeft * stride - padLeft;
          // Every window of most cells lies wholly inside the image.
          const isWhole =
            dx === 0 &&
            isTurned &&
            cellTop + poolHeight <= outHeight &&
            cellLeft + poolWidth <= outWidth &&
            top >= 0 &&
            left >= 0 &&
            top + <i64>(poolHeight - 1) * stride + kernelHeight <= height &&
            left + <i64>(poolWidth - 1) * stride + kernelWidth <= width;
          if (isWhole) {
            const corner = at(image, (<i32>top * width + <i32>left) * channels);
            for (let o = first; o < last; o++) {
              const dz = load<f32>(at(dy, cell + o));
              if (dz === 0) continue;
              store<f32>(at(db, o), load<f32>(at(db, o)) + dz);
              const from = corner + load<u32>(at(offsets, <i32>load<u8>(winners + cell + o)));
              addWholePatch(
                at(sums, (o - first) * padded * rows),
                from,
                f32x4.splat(dz),
                padded,
                rows,
                at(0, width * channels),
              );
            }
            cell += filters;
            continue;
          }
          for (let o = first; o < last; o++) {
            const dz = load<f32>(at(dy, cell + o));
            if (dz === 0) continue;
            const winner = <i32>load<u8>(winners + cell + o);
            const oy = startOf(py, poolStride, 0) + winner / poolWidth;
            const ox = startOf(px, poolStride, 0) + (winner % poolWidth);
            if (oy >= outHeight || ox >= outWidth) continue;
            store<f32>(at(db, o), load<f32>(at(db, o)) + dz);
            const filter = at(0, isTurned ? (o - first) * padded * rows : o);
            addPatch(
              (isTurned ? sums : dw) + filter,
              gradient,
              (isTurned ? weights : w) + filter,
              step,
              below,
              dz,
              image,
              height,
              width,
              channels,
              rows,
              kernelWidth,
              startOf(<i32>oy, stride, padTop),
              startOf(<i32>ox, stride, padLeft),
            );
          }
          cell += filters;
        }
      }
    }
    if (isTurned) turn(sums, dw, first, last, filters, rows, row, padded, true);
  }
}

/** Turns filters [first, last) of w, or turns their sums back. */
function turn(
  rowsOfFilters: usize,
  w: usize,
  first: i32,
  last: i32,
  filters: i32,
  rows: i32,
  row: i32,
  padded: i32,
  isBack: bool,
): void {
  for (let o = first; o < last; o++) {
    for (let ky = 0; ky < rows; ky++) {
      for (let k = 0; k < row; k++) {
        const own = at(w, (ky * row + k) * filters + o);
        const turned = at(rowsOfFilters, ((o - first) * rows + ky) * padded + k);
        if (isBack) store<f32>(own, load<f32>(turned));
        else store<f32>(turned, load<f32>(own));
      }
    }
  }
}

/** What one winner whose window lies wholly inside the image adds to the sums of its filter. */
function addWholePatch(sum: usize, from: usize, factor: v128, padded: i32, rows: i32, down: usize): void {
  const end = sum + at(0, padded * rows);
  const width = at(0, padded);
  while (sum !== end) {
    for (let i: usize = 0; i !== width; i += 16) {
      v128.store(sum + i, multiplyAdd(factor, v128.load(from + i), v128.load(sum + i)));
    }
    sum += width;
    from += down;
  }
}

/** What one winner adds to the sums of its filter, whose numbers lie `step` bytes apart; and to dx, unless it is 0. */
function addPatch(
  sum: usize,
  dx: usize,
  w: usize,
  step: usize,
  below: usize,
  dz: f32,
  image: usize,
  height: i32,
  width: i32,
  channels: i32,
  rows: i32,
  kernelWidth: i32,
  top: i64,
  left: i64,
): void {
  const firstX = firstInside(left);
  const count = (endInside(left, kernelWidth, width) - firstX) * channels;
  if (count === 0) return;
  const endY = endInside(top, rows, height);
  const factor = f32x4.splat(dz);
  // After a whole row there is room for a whole vector, whose rest is never read.
  const whole = step !== 4 ? 0 : count === kernelWidth * channels ? count : count & ~3;
  const wholeOfDx = step !== 4 ? 0 : count & ~3;
  for (let ky = firstInside(top); ky < endY; ky++) {
    const place = (<i32>(top + ky) * width + <i32>(left + firstX)) * channels;
    const from = at(image, place);
    const start = <usize>ky * below + <usize>(firstX * channels) * step;
    let i = 0;
    for (; i < whole; i += 4) {
      const to = at(sum + start, i);
      v128.store(to, multiplyAdd(factor, v128.load(at(from, i)), v128.load(to)));
    }
    for (; i < count; i++) {
      const to = sum + start + <usize>i * step;
      store<f32>(to, load<f32>(to) + dz * load<f32>(at(from, i)));
    }
    if (dx === 0) continue;
    const gradient = at(dx, place);
    for (i = 0; i < wholeOfDx; i += 4) {
      const to = at(gradient, i);
      v128.store(to, multiplyAdd(factor, v128.load(at(w + start, i)), v128.load(to)));
    }
    for (; i < count; i++) {
      const to = at(gradient, i);
      store<f32>(to, load<f32>(to) + dz * load<f32>(w + start + <usize>i * step));
    }
  }
}
