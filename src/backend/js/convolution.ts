/**
 * Convolutions as straight loops: images, rows and columns of the output, then the places of the window. Sums are in double,
 * four at a time in registers: each number of x or dz that is loaded is then used four times.
 */

import type { ConvolutionShape } from '../convolutions.js';
import type { Activation, Floats } from '../numbers.js';
import { activate } from './activations.js';
import { sumWindow } from './window-sum.js';
import { endInside, firstInside, startOf } from './windows.js';

const STRIP = 64;
const sums = new Float64Array(STRIP);

/** y ← f(x ∗ w + b); see `ConvolutionFunctions.convolution`. */
export function convolution(
  y: Floats,
  x: Floats,
  w: Floats,
  b: Floats,
  images: number,
  shape: ConvolutionShape,
  f: Activation,
): void {
  const { height, width, channels, filters, outHeight, outWidth } = shape;
  let at = 0;
  for (let n = 0; n < images; n++) {
    const image = n * height * width * channels;
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++, at += filters) {
        for (let first = 0; first < filters; first += STRIP) {
          const strip = Math.min(STRIP, filters - first);
          sumWindow(sums, x, w, b, shape, image, oy, ox, first, strip);
          for (let o = 0; o < strip; o++) y[at + first + o] = sums[o]!;
        }
      }
    }
  }
  activate(y, y, images * outHeight * outWidth * filters, f);
}

/** dw ← the gradient by w: for each weight the sum over images and places of the output. */
export function convolutionWeightGradient(
  dw: Floats,
  x: Floats,
  dz: Floats,
  images: number,
  shape: ConvolutionShape,
): void {
  const { channels, filters, kernelHeight, kernelWidth } = shape;
  let at = 0;
  for (let ky = 0; ky < kernelHeight; ky++) {
    for (let kx = 0; kx < kernelWidth; kx++) {
      for (let c = 0; c < channels; c++, at += filters) {
        for (let first = 0; first < filters; first += STRIP) {
          const strip = Math.min(STRIP, filters - first);
          sumOutputs(x, dz, images, shape, ky, kx, c, first, strip);
          for (let o = 0; o < strip; o++) dw[at + first + o] = sums[o]!;
        }
      }
    }
  }
}

/** sums[o] ← Σ x · dz over the places of the output that weight (ky, kx, c) contributes to, for a strip of filters. */
function sumOutputs(
  x: Floats,
  dz: Floats,
  images: number,
  shape: ConvolutionShape,
  ky: number,
  kx: number,
  c: number,
  first: number,
  strip: number,
): void {
  const { height, width, channels, filters, stride, padTop, padLeft, outHeight, outWidth } = shape;
  const [firstY, endY] = [firstUnder(ky, stride, padTop), endUnder(ky, stride, padTop, height, outHeight)];
  const [firstX, endX] = [firstUnder(kx, stride, padLeft), endUnder(kx, stride, padLeft, width, outWidth)];
  // Without places there may be any number of images.
  const count = firstY >= endY || firstX >= endX ? 0 : images;
  for (let o = 0; o < strip; o += 4) {
    // Four sums at a time stay in registers; of the last four, those beyond the strip repeat its last filter.
    const [o1, o2, o3] = [
      Math.min(o + 1, strip - 1) - o,
      Math.min(o + 2, strip - 1) - o,
      Math.min(o + 3, strip - 1) - o,
    ];
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let n = 0; n < count; n++) {
      for (let oy = firstY; oy < endY; oy++) {
        const row = (n * height + startOf(oy, stride, padTop) + ky) * width;
        let from = (row + startOf(firstX, stride, padLeft) + kx) * channels + c;
        let to = ((n * outHeight + oy) * outWidth + firstX) * filters + first + o;
        for (let ox = firstX; ox < endX; ox++, from += stride * channels, to += filters) {
          const factor = x[from]!;
          s0 += factor * dz[to]!;
          s1 += factor * dz[to + o1]!;
          s2 += factor * dz[to + o2]!;
          s3 += factor * dz[to + o3]!;
        }
      }
    }
    sums[o + o3] = s3;
    sums[o + o2] = s2;
    sums[o + o1] = s1;
    sums[o] = s0;
  }
}

/** The first place of the output whose window has its place k inside the image. */
function firstUnder(k: number, stride: number, pad: number): number {
  return k < pad ? Math.ceil((pad - k) / stride) : 0;
}

/** One beyond the last such place of `out`. */
function endUnder(k: number, stride: number, pad: number, length: number, out: number): number {
  return Math.min(out, Math.ceil((length + pad - k) / stride));
}

/** dx ← the gradient by x: what each place of the output adds to the places of its window. */
export function convolutionInputGradient(
  dx: Floats,
  dz: Floats,
  w: Floats,
  images: number,
  shape: ConvolutionShape,
): void {
  const { height, width, channels, filters, kernelHeight, kernelWidth, stride, padTop, padLeft, outHeight, outWidth } =
    shape;
  dx.fill(0, 0, images * height * width * channels);
  if (filters === 0 || outWidth === 0) return; // without columns there may be any number of rows
  let at = 0;
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const top = startOf(oy, stride, padTop);
      const endY = endInside(top, kernelHeight, height);
      for (let ox = 0; ox < outWidth; ox++, at += filters) {
        const left = startOf(ox, stride, padLeft);
        const [firstX, endX] = [firstInside(left), endInside(left, kernelWidth, width)];
        if (firstX >= endX) continue;
        for (let ky = firstInside(top); ky < endY; ky++) {
          let to = ((n * height + top + ky) * width + left + firstX) * channels;
          const end = to + (endX - firstX) * channels;
          let from = (ky * kernelWidth + firstX) * channels * filters;
          // Four places at a time, whose sums stay in registers.
          for (; to + 4 <= end; to += 4, from += 4 * filters) {
            const [w1, w2, w3] = [from + filters, from + 2 * filters, from + 3 * filters];
            let s0 = 0;
            let s1 = 0;
            let s2 = 0;
            let s3 = 0;
            for (let o = 0; o < filters; o++) {
              const factor = dz[at + o]!;
              s0 += factor * w[from + o]!;
              s1 += factor * w[w1 + o]!;
              s2 += factor * w[w2 + o]!;
              s3 += factor * w[w3 + o]!;
            }
            dx[to]! += s0;
            dx[to + 1]! += s1;
            dx[to + 2]! += s2;
            dx[to + 3]! += s3;
          }
          for (; to < end; to++) {
            let sum = 0;
            for (let o = 0; o < filters; o++) sum += dz[at + o]! * w[from++]!;
            dx[to]! += sum;
          }
        }
      }
    }
  }
}
