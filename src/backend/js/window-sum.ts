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
  for (let o = 0; o < strip; o++) z[o] = b[first + o]!;
  // Without columns inside there may be any number of rows.
  if (firstX >= endX || channels === 0) return;
  for (let ky = firstY; ky < endY; ky++) {
    // The pixels of a row of the window follow each other in x, and their weights in w.
    let from = image + ((top + ky) * width + left + firstX) * channels;
    const end = image + ((top + ky) * width + left + endX) * channels;
    for (let to = (ky * kernelWidth + firstX) * channels * filters + first; from < end; from++, to += filters) {
      const factor = x[from]!;
      for (let o = 0; o < strip; o++) z[o]! += factor * w[to + o]!;
    }
  }
}
