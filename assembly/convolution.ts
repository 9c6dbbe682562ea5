// Convolutions: the filters are innermost, where w and y lie side by side.

import { activation } from './activations';
import { at } from './address';
import { addFour, addOne, GROUP, storeGroup } from './convolution-tiles';
import { endInside, endUnder, firstInside, firstUnder, startOf } from './windows';

/** Sums of four places and eight filters. */
const tile = memory.data(4 * 4 * GROUP, 16);

/** y ← f(x ∗ w + b). */
export function convolution(
  y: usize,
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
  code: i32,
): void {
  // The places of a row whose windows lie wholly between the left and the right edge.
  const firstWhole = min(outWidth, firstUnder(0, stride, padLeft));
  const endWhole =
    kernelWidth === 0 ? firstWhole : max(firstWhole, endUnder(kernelWidth - 1, stride, padLeft, width, outWidth));
  const pixel = at(0, stride * channels);
  let z = y;
  for (let n = 0; n < images; n++) {
    const image = at(x, n * height * width * channels);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = startOf(oy, stride, padTop);
      const firstY = firstInside(top);
      const rows = endInside(top, kernelHeight, height) - firstY;
      for (let first = 0; first < filters; first += GROUP) {
        const count = min(GROUP, filters - first);
        const bias = at(b, first);
        const weights = at(w, first);
        let ox = 0;
        while (ox < outWidth) {
          const isWhole = ox >= firstWhole && ox + 4 <= endWhole;
          const left = startOf(ox, stride, padLeft);
          if (isWhole) {
            const from = at(image, (<i32>(top + firstY) * width + <i32>left) * channels);
            for (let p: usize = 0; p < 4; p++) storeGroup(tile + 32 * p, bias, GROUP);
            addFour(
              tile,
              from,
              from + pixel,
              from + 2 * pixel,
              from + 3 * pixel,
              4,
              at(0, width * channels),
              at(weights, firstY * kernelWidth * channels * filters),
              at(0, filters),
              at(0, kernelWidth * channels * filters),
              // Without channels there may be any number of rows.
              channels === 0 ? 0 : rows,
              kernelWidth * channels,
            );
            for (let p = 0; p < 4; p++) storeGroup(at(z, (ox + p) * filters + first), tile + 32 * p, count);
            ox += 4;
          } else {
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
              top,
              left,
            );
            storeGroup(at(z, ox * filters + first), tile, count);
            ox++;
          }
        }
      }
      z = at(z, outWidth * filters);
    }
  }
  activation(y, images * outHeight * outWidth * filters, code);
}

/** tile ← b + x ∗ w for the window of one image that begins at (top, left): the eight filters that start at w and b. */
export function sumWindow(
  tile: usize,
  image: usize,
  w: usize,
  b: usize,
  height: i32,
  width: i32,
  channels: i32,
  filters: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  top: i64,
  left: i64,
): void {
  storeGroup(tile, b, GROUP);
  const firstX = firstInside(left);
  const taps = (endInside(left, kernelWidth, width) - firstX) * channels;
  // Without places inside a row there may be any number of rows.
  if (taps === 0) return;
  const firstY = firstInside(top);
  const rows = endInside(top, kernelHeight, height) - firstY;
  // The pixels of a row of the window follow each other in x, and their weights in w.
  addOne(
    tile,
    at(image, (<i32>(top + firstY) * width + <i32>(left + firstX)) * channels),
    4,
    at(0, width * channels),
    at(w, (firstY * kernelWidth + firstX) * channels * filters),
    at(0, filters),
    at(0, kernelWidth * channels * filters),
    rows,
    taps,
  );
}
