/** Convolutions that are pooled at once, and their gradients by pooled cell: only a winner has one. */

import { isFloat32 } from '../../identity.js';
import type { PooledConvolutionShape } from '../convolutions.js';
import type { Activation, Floats } from '../numbers.js';
import { activate, timesSlope } from './activations.js';
import { sumWindow } from './window-sum.js';
import { endInside, firstInside, startOf } from './windows.js';

/** Filters summed at a time. */
const STRIP = 64;
const sums = new Float64Array(STRIP);

/** y ← the maxima of f(x ∗ w + b) over pooled windows; see `ConvolutionFunctions.convolutionMaxPooling`. */
export function convolutionMaxPooling(
  y: Floats,
  winners: Uint8Array,
  x: Floats,
  w: Floats,
  b: Floats,
  images: number,
  shape: PooledConvolutionShape,
  f: Activation,
): void {
  const { height, width, channels, filters, pooledHeight, pooledWidth } = shape;
  let at = 0;
  for (let n = 0; n < images; n++) {
    const image = n * height * width * channels;
    for (let py = 0; py < pooledHeight; py++) {
      for (let px = 0; px < pooledWidth; px++, at += filters) {
        for (let first = 0; first < filters; first += STRIP) {
          poolWindow(y, winners, at + first, x, w, b, shape, image, py, px, first, Math.min(STRIP, filters - first));
        }
      }
    }
  }
  // f does not decrease: the largest argument gives the largest value.
  activate(y, y, images * pooledHeight * pooledWidth * filters, f);
  if (f === 'sigmoid') clearOutside(y, images, shape);
}

/** The maximum of the arguments of f over one pooled window, for a strip of filters. */
function poolWindow(
  y: Floats,
  winners: Uint8Array,
  at: number,
  x: Floats,
  w: Floats,
  b: Floats,
  shape: PooledConvolutionShape,
  image: number,
  py: number,
  px: number,
  first: number,
  strip: number,
): void {
  const { outHeight, outWidth, poolHeight, poolWidth, poolStride } = shape;
  const [top, left] = [py * poolStride, px * poolStride];
  const [endY, endX] = [Math.min(poolHeight, outHeight - top), Math.min(poolWidth, outWidth - left)];
  const single = isFloat32(y);
  y.fill(0, at, at + strip);
  winners.fill(0, at, at + strip);
  for (let wy = 0; wy < endY; wy++) {
    for (let wx = 0; wx < endX; wx++) {
      const place = wy * poolWidth + wx;
      sumWindow(sums, x, w, b, shape, image, top + wy, left + wx, first, strip);
      for (let o = 0; o < strip; o++) {
        const value = single ? Math.fround(sums[o]!) : sums[o]!;
        const most = y[at + o]!;
        // Larger, or a NaN; over a NaN nothing wins.
        if (place > 0 && (value <= most || Number.isNaN(most))) continue;
        y[at + o] = value;
        winners[at + o] = place;
      }
    }
  }
}

/** Windows outside the output of the convolution have y = 0, whatever f(0) is. */
function clearOutside(y: Floats, images: number, shape: PooledConvolutionShape): void {
  const { filters, outHeight, outWidth, poolStride, pooledHeight, pooledWidth } = shape;
  let at = 0;
  for (let n = 0; n < images; n++) {
    for (let py = 0; py < pooledHeight; py++) {
      for (let px = 0; px < pooledWidth; px++, at += filters) {
        if (py * poolStride >= outHeight || px * poolStride >= outWidth) y.fill(0, at, at + filters);
      }
    }
  }
}

/** Sums of dw in double, filter by filter, so that a patch of x and what it adds to lie side by side. */
let turned = new Float64Array(0);

/** The gradients of `convolutionMaxPooling`: for each pooled cell and filter dz times the patch that the winner saw. */
export function convolutionMaxPoolingBackward(
  dw: Floats,
  db: Floats,
  dx: Floats | null,
  dy: Floats,
  y: Floats,
  winners: Uint8Array,
  x: Floats,
  w: Floats,
  images: number,
  shape: PooledConvolutionShape,
  f: Activation,
): void {
  const { height, width, channels, filters, kernelHeight, kernelWidth, outHeight, outWidth } = shape;
  const { poolWidth, poolStride, pooledHeight, pooledWidth } = shape;
  const patch = kernelHeight * kernelWidth * channels;
  const weights = filters === 0 ? 0 : patch * filters;
  if (turned.length < weights) turned = new Float64Array(weights);
  turned.fill(0, 0, weights);
  dx?.fill(0, 0, images * height * width * channels);
  // Without cells there may be any number of images or rows.
  const count = pooledHeight === 0 || pooledWidth === 0 ? 0 : images;
  for (let o = 0; o < filters; o++) {
    let sum = 0;
    for (let n = 0; n < count; n++) {
      for (let py = 0; py < pooledHeight; py++) {
        for (let px = 0; px < pooledWidth; px++) {
          const cell = ((n * pooledHeight + py) * pooledWidth + px) * filters + o;
          const winner = winners[cell]!;
          const wx = winner % poolWidth;
          const oy = py * poolStride + (winner - wx) / poolWidth;
          const ox = px * poolStride + wx;
          if (oy >= outHeight || ox >= outWidth) continue;
          const dz = timesSlope(dy[cell]!, f === 'identity' ? 0 : y[cell]!, f);
          sum += dz;
          if (weights > 0) addPatch(dx, x, w, shape, n * height * width * channels, oy, ox, o, o * patch, dz);
        }
      }
    }
    db[o] = sum;
    for (let k = 0; k < patch; k++) dw[k * filters + o] = turned[o * patch + k]!;
  }
}

/** What one winner adds to dw, and to dx unless it is null. */
function addPatch(
  dx: Floats | null,
  x: Floats,
  w: Floats,
  shape: PooledConvolutionShape,
  image: number,
  oy: number,
  ox: number,
  o: number,
  filter: number,
  dz: number,
): void {
  const { height, width, channels, filters, kernelHeight, kernelWidth, stride, padTop, padLeft } = shape;
  const [top, left] = [startOf(oy, stride, padTop), startOf(ox, stride, padLeft)];
  const [firstX, endX] = [firstInside(left), endInside(left, kernelWidth, width)];
  if (firstX >= endX) return;
  const endY = endInside(top, kernelHeight, height);
  for (let ky = firstInside(top); ky < endY; ky++) {
    const from = image + ((top + ky) * width + left + firstX) * channels;
    const k = (ky * kernelWidth + firstX) * channels;
    const count = (endX - firstX) * channels;
    for (let i = 0; i < count; i++) turned[filter + k + i]! += x[from + i]! * dz;
    if (dx === null) continue;
    for (let i = 0; i < count; i++) dx[from + i]! += dz * w[(k + i) * filters + o]!;
  }
}
