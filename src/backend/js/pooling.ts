/** Pooling as straight loops: images, rows and columns of the output, then channels, then the places of the window. */

import type { PoolingShape } from '../convolutions.js';
import type { Floats } from '../numbers.js';
import { endInside, firstInside, startOf } from './windows.js';

/** Calls back with every window: the part of it that lies inside the image. */
function forWindows(
  images: number,
  shape: PoolingShape,
  body: (out: number, corner: number, firstY: number, endY: number, firstX: number, endX: number) => void,
): void {
  const { height, width, channels, poolHeight, poolWidth, stride, padTop, padLeft, outHeight, outWidth } = shape;
  let out = 0;
  if (outHeight === 0 || outWidth === 0) return; // without columns there may be any number of rows
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const top = startOf(oy, stride, padTop);
      const [firstY, endY] = [firstInside(top), endInside(top, poolHeight, height)];
      for (let ox = 0; ox < outWidth; ox++, out += channels) {
        const left = startOf(ox, stride, padLeft);
        const [firstX, endX] = [firstInside(left), endInside(left, poolWidth, width)];
        // Where the window begins, which may be outside the array.
        const corner = ((n * height + top) * width + left) * channels;
        if (firstX < endX) body(out, corner, firstY, endY, firstX, endX);
        else body(out, corner, 0, 0, 0, 0);
      }
    }
  }
}

/** y ← the maxima of the windows, winners ← their places; see `ConvolutionFunctions.maxPooling`. */
export function maxPooling(y: Floats, winners: Uint8Array, x: Floats, images: number, shape: PoolingShape): void {
  const { width, channels, poolWidth } = shape;
  forWindows(images, shape, (out, corner, firstY, endY, firstX, endX) => {
    for (let c = 0; c < channels; c++) {
      let most = 0;
      let winner = 0;
      let found = false;
      for (let ky = firstY; ky < endY; ky++) {
        for (let kx = firstX; kx < endX; kx++) {
          const value = x[corner + (ky * width + kx) * channels + c]!;
          // Larger, or a NaN; over a NaN nothing wins.
          if (found && (value <= most || Number.isNaN(most))) continue;
          most = value;
          winner = ky * poolWidth + kx;
          found = true;
        }
      }
      y[out + c] = most;
      winners[out + c] = winner;
    }
  });
}

/** dx ← dy at the winners, 0 elsewhere. */
export function maxPoolingBackward(
  dx: Floats,
  dy: Floats,
  winners: Uint8Array,
  images: number,
  shape: PoolingShape,
): void {
  const { height, width, channels, poolWidth } = shape;
  dx.fill(0, 0, images * height * width * channels);
  forWindows(images, shape, (out, corner, firstY, endY, firstX, endX) => {
    for (let c = 0; c < channels; c++) {
      const winner = winners[out + c]!;
      const kx = winner % poolWidth;
      const ky = (winner - kx) / poolWidth;
      if (ky < firstY || ky >= endY || kx < firstX || kx >= endX) continue;
      dx[corner + (ky * width + kx) * channels + c]! += dy[out + c]!;
    }
  });
}

/** y ← the means of the windows over the places inside the image. */
export function averagePooling(y: Floats, x: Floats, images: number, shape: PoolingShape): void {
  const { width, channels } = shape;
  forWindows(images, shape, (out, corner, firstY, endY, firstX, endX) => {
    const places = Math.max(endY - firstY, 0) * (endX - firstX);
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let ky = firstY; ky < endY; ky++) {
        for (let kx = firstX; kx < endX; kx++) sum += x[corner + (ky * width + kx) * channels + c]!;
      }
      y[out + c] = places === 0 ? 0 : sum / places;
    }
  });
}

/** dx ← at each place the sum of dy / (places inside the image) over its windows. */
export function averagePoolingBackward(dx: Floats, dy: Floats, images: number, shape: PoolingShape): void {
  const { height, width, channels } = shape;
  dx.fill(0, 0, images * height * width * channels);
  forWindows(images, shape, (out, corner, firstY, endY, firstX, endX) => {
    const places = (endY - firstY) * (endX - firstX);
    for (let ky = firstY; ky < endY; ky++) {
      for (let kx = firstX; kx < endX; kx++) {
        const to = corner + (ky * width + kx) * channels;
        for (let c = 0; c < channels; c++) dx[to + c]! += dy[out + c]! / places;
      }
    }
  });
}
