/** The sum over one window of a convolution. */

import type { ConvolutionShape } from '../convolutions.js';
import type { Floats } from '../numbers.js';
import { endInside, firstInside, startOf } from './windows.js';

/** z[o] ← b + x ∗ w at one place of the output, for the `strip` filters from `first` on. */
export function sumWindow(
  z: Float64Array,
  x: Floats,
  w: Floats,
  b: Floats,
  shape: ConvolutionShape,
  image: number,
  oy: number,
  ox: number,
  first: number,
  strip: number,
): void {
  const { height, width, channels, filters, kernelHeight, kernelWidth, stride, padTop, padLeft } = shape;
  const [top, left] = [startOf(oy, stride, padTop), startOf(ox, stride, padLeft)];
  const [firstY, endY] = [firstInside(top), endInside(top, kernelHeight, height)];
  const [firstX, endX] = [firstInside(left), endInside(left, kernelWidth, width)];
  // Without columns inside there may be any number of rows.
  const rows = firstX >= endX || channels === 0 ? firstY : endY;
  const taps = (endX - firstX) * channels;
  // The pixels of a row of the window follow each other in x, and their weights in w.
  const corner = image + (top * width + left + firstX) * channels;
  let o = 0;
  // Four sums at a time stay in registers.
  for (; o + 4 <= strip; o += 4) {
    let z0 = b[first + o]!;
    let z1 = b[first + o + 1]!;
    let z2 = b[first + o + 2]!;
    let z3 = b[first + o + 3]!;
    for (let ky = firstY; ky < rows; ky++) {
      const from = corner + ky * width * channels;
      let to = (ky * kernelWidth + firstX) * channels * filters + first + o;
      for (let i = from; i < from + taps; i++, to += filters) {
        const factor = x[i]!;
        z0 += factor * w[to]!;
        z1 += factor * w[to + 1]!;
        z2 += factor * w[to + 2]!;
        z3 += factor * w[to + 3]!;
      }
    }
    z[o] = z0;
    z[o + 1] = z1;
    z[o + 2] = z2;
    z[o + 3] = z3;
  }
  for (; o < strip; o++) {
    let sum = b[first + o]!;
    for (let ky = firstY; ky < rows; ky++) {
      const from = corner + ky * width * channels;
      let to = (ky * kernelWidth + firstX) * channels * filters + first + o;
      for (let i = from; i < from + taps; i++, to += filters) sum += x[i]! * w[to]!;
    }
    z[o] = sum;
  }
}
