// Convolutions that are pooled at once, and their gradients by pooled cell: only a winner has one.

import { activation } from './activations';
import { at } from './address';
import { sumWindow } from './convolution';
import { addFour, GROUP, storeGroup } from './convolution-tiles';
import { endInside, startOf } from './windows';

/** Sums of four places of a pooled window and eight filters; the maxima so far, and their places. */
const tile = memory.data(4 * 4 * GROUP, 16);
const most = memory.data(4 * GROUP, 16);
const places = memory.data(4 * GROUP, 16);

/** y ← the maxima of f(x ∗ w + b) over pooled windows. */
export function convolutionMaxPooling(
  y: usize,
  winners: usize,
  x: usize,
  w: usize,
  b: usize,
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
  const cells = images * pooledHeight * pooledWidth * filters;
  memory.fill(y, 0, at(0, cells));
  memory.fill(winners, 0, cells);
  const taps = kernelWidth * channels;
  let to = y;
  for (let n = 0; n < images; n++) {
    const image = at(x, n * height * width * channels);
    for (let py = 0; py < pooledHeight; py++) {
      const cellTop = startOf(py, poolStride, 0);
      const endY = endInside(cellTop, poolHeight, outHeight);
      for (let px = 0; px < pooledWidth; px++) {
        const cellLeft = startOf(px, poolStride, 0);
        const endX = endInside(cellLeft, poolWidth, outWidth);
        const count = endY * endX;
        // A cell of 2 × 2 whose windows lie wholly inside the image, which is what most are.
        const top = startOf(<i32>cellTop, stride, padTop);
        const left = startOf(<i32>cellLeft, stride, padLeft);
        const isWhole =
          taps > 0 &&
          endY === 2 &&
          endX === 2 &&
          top >= 0 &&
          left >= 0 &&
          top + stride + kernelHeight <= height &&
          left + stride + kernelWidth <= width;
        for (let first = 0; first < filters && count > 0; first += GROUP) {
          const bias = at(b, first);
          const weights = at(w, first);
          if (isWhole) {
            for (let p: usize = 0; p < 4; p++) storeGroup(tile + 32 * p, bias, GROUP);
            const from = at(image, (<i32>top * width + <i32>left) * channels);
            const below = from + at(0, stride * width * channels);
            const right = at(0, stride * channels);
            addFour(
              tile,
              from,
              from + right,
              below,
              below + right,
              4,
              at(0, width * channels),
              weights,
              at(0, filters),
              at(0, taps * filters),
              kernelHeight,
              taps,
            );
            keepMaximum(tile, 0, true);
            keepMaximum(tile + 32, 1, false);
            keepMaximum(tile + 64, poolWidth, false);
            keepMaximum(tile + 96, poolWidth + 1, false);
          } else {
            for (let wy = 0; wy < endY; wy++) {
              for (let wx = 0; wx < endX; wx++) {
                sumWindow(
                  tile,
                  image,
                  weights,
                  bias,
                  height,
                  width,
                  channels,
                  filters,
                  kernelHeight,
                  kernelWidth,
                  startOf(<i32>cellTop + wy, stride, padTop),
                  startOf(<i32>cellLeft + wx, stride, padLeft),
                );
                keepMaximum(tile, wy * poolWidth + wx, wy === 0 && wx === 0);
              }
            }
          }
          const strip = min(GROUP, filters - first);
          storeGroup(at(to, first), most, strip);
          for (let o = 0; o < strip; o++) store<u8>(winners + first + o, load<u8>(at(places, o)));
        }
        to = at(to, filters);
        winners += filters;
      }
    }
  }
  // f does not decrease: the largest argument gives the largest value.
  activation(y, cells, code);
  clearOutside(y, images, filters, outHeight, outWidth, poolStride, pooledHeight, pooledWidth);
}

/** The maxima so far of eight filters, and `place` where `values` are larger, or a NaN over a number. */
function keepMaximum(values: usize, place: i32, isFirst: bool): void {
  for (let o: usize = 0; o < 32; o += 16) {
    const value = v128.load(values + o);
    const before = v128.load(most + o);
    // Over a NaN nothing wins.
    const wins = isFirst ? i32x4.splat(-1) : v128.andnot(f32x4.eq(before, before), f32x4.le(value, before));
    v128.store(most + o, v128.bitselect(value, before, wins));
    v128.store(places + o, v128.bitselect(i32x4.splat(place), v128.load(places + o), wins));
  }
}

/** Windows outside the output of the convolution have y = 0, whatever f(0) is. */
function clearOutside(
  y: usize,
  images: i32,
  filters: i32,
  outHeight: i32,
  outWidth: i32,
  poolStride: i32,
  pooledHeight: i32,
  pooledWidth: i32,
): void {
  for (let n = 0; n < images; n++) {
    for (let py = 0; py < pooledHeight; py++) {
      for (let px = 0; px < pooledWidth; px++) {
        const isOutside = startOf(py, poolStride, 0) >= outHeight || startOf(px, poolStride, 0) >= outWidth;
        if (isOutside) memory.fill(y, 0, at(0, filters));
        y = at(y, filters);
      }
    }
  }
}
