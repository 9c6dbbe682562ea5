// Convolutions that are pooled at once, and their gradients by pooled cell: only a winner has one.

import { activation, activationBackward } from './activations';
import { at } from './address';
import { sumWindow } from './convolution';
import { keepMaxima } from './pooling';
import { endInside, firstInside, startOf } from './windows';

/** Filters summed at a time, and their sums. */
const STRIP: i32 = 64;
const sums = memory.data(4 * STRIP, 16);

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
  let most = y;
  for (let n = 0; n < images; n++) {
    const image = at(x, n * height * width * channels);
    for (let py = 0; py < pooledHeight; py++) {
      const top = startOf(py, poolStride, 0);
      const endY = endInside(top, poolHeight, outHeight);
      for (let px = 0; px < pooledWidth; px++) {
        const left = startOf(px, poolStride, 0);
        const endX = endInside(left, poolWidth, outWidth);
        for (let first = 0; first < filters; first += STRIP) {
          const strip = min(STRIP, filters - first);
          for (let wy = 0; wy < endY; wy++) {
            for (let wx = 0; wx < endX; wx++) {
              sumWindow(
                sums,
                strip,
                image,
                at(w, first),
                at(b, first),
                height,
                width,
                channels,
                filters,
                kernelHeight,
                kernelWidth,
                startOf(<i32>top + wy, stride, padTop),
                startOf(<i32>left + wx, stride, padLeft),
              );
              const place = wy * poolWidth + wx;
              keepMaxima(at(most, first), winners + first, sums, strip, place, place === 0);
            }
          }
        }
        most = at(most, filters);
        winners += filters;
      }
    }
  }
  // f does not decrease: the largest argument gives the largest value.
  activation(y, cells, code);
  clearOutside(y, images, filters, outHeight, outWidth, poolStride, pooledHeight, pooledWidth);
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
  _poolHeight: i32,
  poolWidth: i32,
  poolStride: i32,
  pooledHeight: i32,
  pooledWidth: i32,
  code: i32,
): void {
  const size = height * width * channels;
  memory.fill(db, 0, at(0, filters));
  if (filters > 0) memory.fill(dw, 0, at(0, kernelHeight * kernelWidth * channels * filters));
  if (dx !== 0) memory.fill(dx, 0, at(0, images * size));
  // Without cells there may be any number of rows or images.
  if (filters === 0 || pooledHeight === 0 || pooledWidth === 0) return;
  activationBackward(dy, y, images * pooledHeight * pooledWidth * filters, code);
  for (let n = 0; n < images; n++) {
    const image = at(x, n * size);
    const gradient = dx === 0 ? 0 : at(dx, n * size);
    for (let py = 0; py < pooledHeight; py++) {
      for (let px = 0; px < pooledWidth; px++) {
        for (let o = 0; o < filters; o++) {
          const winner = <i32>load<u8>(winners + o);
          const oy = startOf(py, poolStride, 0) + winner / poolWidth;
          const ox = startOf(px, poolStride, 0) + (winner % poolWidth);
          if (oy >= outHeight || ox >= outWidth) continue;
          const dz = load<f32>(at(dy, o));
          store<f32>(at(db, o), load<f32>(at(db, o)) + dz);
          addPatch(
            at(dw, o),
            gradient,
            dz,
            image,
            at(w, o),
            height,
            width,
            channels,
            filters,
            kernelHeight,
            kernelWidth,
            startOf(<i32>oy, stride, padTop),
            startOf(<i32>ox, stride, padLeft),
          );
        }
        dy = at(dy, filters);
        winners += filters;
      }
    }
  }
}

/** What one winner adds to dw, and to dx unless it is 0. */
function addPatch(
  dw: usize,
  dx: usize,
  dz: f32,
  image: usize,
  w: usize,
  height: i32,
  width: i32,
  channels: i32,
  filters: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  top: i64,
  left: i64,
): void {
  const firstX = firstInside(left);
  const count = (endInside(left, kernelWidth, width) - firstX) * channels;
  if (count <= 0) return;
  const endY = endInside(top, kernelHeight, height);
  for (let ky = firstInside(top); ky < endY; ky++) {
    const place = (<i32>(top + ky) * width + <i32>(left + firstX)) * channels;
    const from = at(image, place);
    const k = (ky * kernelWidth + firstX) * channels;
    for (let i = 0; i < count; i++) {
      const sum = at(dw, (k + i) * filters);
      store<f32>(sum, load<f32>(sum) + dz * load<f32>(at(from, i)));
      if (dx === 0) continue;
      const to = at(dx, place + i);
      store<f32>(to, load<f32>(to) + dz * load<f32>(at(w, (k + i) * filters)));
    }
  }
}
