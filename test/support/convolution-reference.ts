/**
 * Convolutions and pooling in float64, as their definitions read: for each number of a result the sum over everything that
 * may belong to it. Beside each sum stands the sum of the magnitudes of its terms, from which its bound follows.
 */

import type { ConvolutionShape, Floats, PoolingShape } from '../../src/backend/backend.js';

/** Sums, and Σ|terms| of each. */
export interface Sums {
  readonly values: Float64Array;
  readonly magnitudes: Float64Array;
}

function sumsOf(length: number): Sums {
  return { values: new Float64Array(length), magnitudes: new Float64Array(length) };
}

function add({ values, magnitudes }: Sums, at: number, term: number): void {
  values[at]! += term;
  magnitudes[at]! += Math.abs(term);
}

/** Calls back with the indices of every product x · w that belongs to a number of the output. */
function forProducts(images: number, s: ConvolutionShape, body: (out: number, x: number, w: number) => void): void {
  for (let n = 0; n < images; n++)
    for (let oy = 0; oy < s.outHeight; oy++)
      for (let ox = 0; ox < s.outWidth; ox++)
        for (let o = 0; o < s.filters; o++)
          for (let ky = 0; ky < s.kernelHeight; ky++)
            for (let kx = 0; kx < s.kernelWidth; kx++) {
              const [iy, ix] = [oy * s.stride + ky - s.padTop, ox * s.stride + kx - s.padLeft];
              if (iy < 0 || iy >= s.height || ix < 0 || ix >= s.width) continue;
              for (let c = 0; c < s.channels; c++) {
                const out = ((n * s.outHeight + oy) * s.outWidth + ox) * s.filters + o;
                const x = ((n * s.height + iy) * s.width + ix) * s.channels + c;
                body(out, x, ((ky * s.kernelWidth + kx) * s.channels + c) * s.filters + o);
              }
            }
}

/** x ∗ w + b, before f. */
export function convolutionReference(x: Floats, w: Floats, b: Floats, images: number, s: ConvolutionShape): Sums {
  const z = sumsOf(images * s.outHeight * s.outWidth * s.filters);
  for (let i = 0; i < z.values.length; i++) add(z, i, b[i % s.filters]!);
  forProducts(images, s, (out, at, weight) => add(z, out, x[at]! * w[weight]!));
  return z;
}

export function weightGradientReference(x: Floats, dz: Floats, images: number, s: ConvolutionShape): Sums {
  const dw = sumsOf(s.kernelHeight * s.kernelWidth * s.channels * s.filters);
  forProducts(images, s, (out, at, weight) => add(dw, weight, x[at]! * dz[out]!));
  return dw;
}

export function inputGradientReference(dz: Floats, w: Floats, images: number, s: ConvolutionShape): Sums {
  const dx = sumsOf(images * s.height * s.width * s.channels);
  forProducts(images, s, (out, at, weight) => add(dx, at, dz[out]! * w[weight]!));
  return dx;
}

/** For each number of a pooled output the places of its window inside the image: place in the window, and index in x. */
export function windowsOf(images: number, s: PoolingShape): readonly (readonly { place: number; at: number }[])[] {
  const windows = [];
  for (let n = 0; n < images; n++)
    for (let oy = 0; oy < s.outHeight; oy++)
      for (let ox = 0; ox < s.outWidth; ox++)
        for (let c = 0; c < s.channels; c++) {
          const window = [];
          for (let place = 0; place < s.poolHeight * s.poolWidth; place++) {
            const iy = oy * s.stride + Math.floor(place / s.poolWidth) - s.padTop;
            const ix = ox * s.stride + (place % s.poolWidth) - s.padLeft;
            if (iy < 0 || iy >= s.height || ix < 0 || ix >= s.width) continue;
            window.push({ place, at: ((n * s.height + iy) * s.width + ix) * s.channels + c });
          }
          windows.push(window);
        }
  return windows;
}

/** The first maximum of each window; the first NaN wins over every number. */
export function winnersReference(
  x: ArrayLike<number>,
  images: number,
  s: PoolingShape,
): { y: number[]; winners: number[] } {
  const windows = windowsOf(images, s).map((window) => {
    const values = window.map(({ at }) => x[at]!);
    const nan = values.findIndex(Number.isNaN);
    const winner = nan >= 0 ? nan : values.indexOf(Math.max(...values));
    return winner < 0 ? { y: 0, place: 0 } : { y: values[winner]!, place: window[winner]!.place };
  });
  return { y: windows.map(({ y }) => y), winners: windows.map(({ place }) => place) };
}
