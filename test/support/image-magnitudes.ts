/** Σ|a||b| of every sum of a convolution or pooling: what its rounding is proportional to. Straight from the definitions. */

import type { ConvolutionShape, Floats, PoolingShape } from '../../src/backend/backend.js';

export interface ConvolutionMagnitudes {
  /** Σ|x||w| + |b| of each output. */
  readonly y: Float64Array;
  /** Σ|x||dz| of each weight. */
  readonly dw: Float64Array;
  /** Σ|dz| of each filter. */
  readonly db: Float64Array;
  /** Σ|dz||w| of each input. */
  readonly dx: Float64Array;
}

export function convolutionMagnitudes(
  { x, w, b, dz }: Readonly<Record<'x' | 'w' | 'b' | 'dz', Floats>>,
  images: number,
  shape: ConvolutionShape,
): ConvolutionMagnitudes {
  const { height, width, channels, filters, kernelHeight, kernelWidth, stride, padTop, padLeft } = shape;
  const { outHeight, outWidth } = shape;
  const y = new Float64Array(dz.length);
  const [dw, db, dx] = [new Float64Array(w.length), new Float64Array(filters), new Float64Array(x.length)];
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const out = ((n * outHeight + oy) * outWidth + ox) * filters;
        for (let o = 0; o < filters; o++) {
          y[out + o]! += Math.abs(b[o]!);
          db[o]! += Math.abs(dz[out + o]!);
        }
        for (let ky = 0; ky < kernelHeight; ky++) {
          for (let kx = 0; kx < kernelWidth; kx++) {
            const [row, column] = [oy * stride + ky - padTop, ox * stride + kx - padLeft];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            for (let c = 0; c < channels; c++) {
              const from = ((n * height + row) * width + column) * channels + c;
              const weight = ((ky * kernelWidth + kx) * channels + c) * filters;
              for (let o = 0; o < filters; o++) {
                y[out + o]! += Math.abs(x[from]! * w[weight + o]!);
                dw[weight + o]! += Math.abs(x[from]! * dz[out + o]!);
                dx[from]! += Math.abs(dz[out + o]! * w[weight + o]!);
              }
            }
          }
        }
      }
    }
  }
  return { y, dw, db, dx };
}

/** Calls `visit` for every place inside the image of every window: index in y, in x, and the places inside the window. */
export function visitWindows(
  images: number,
  { height, width, channels, poolHeight, poolWidth, stride, padTop, padLeft, outHeight, outWidth }: PoolingShape,
  visit: (y: number, x: number, inside: number) => void,
): void {
  const within = (start: number, size: number, end: number): number =>
    Math.max(0, Math.min(start + size, end) - Math.max(start, 0));
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const [top, left] = [oy * stride - padTop, ox * stride - padLeft];
        const inside = within(top, poolHeight, height) * within(left, poolWidth, width);
        for (let row = Math.max(0, top); row < Math.min(height, top + poolHeight); row++) {
          for (let column = Math.max(0, left); column < Math.min(width, left + poolWidth); column++) {
            for (let c = 0; c < channels; c++) {
              const y = ((n * outHeight + oy) * outWidth + ox) * channels + c;
              visit(y, ((n * height + row) * width + column) * channels + c, inside);
            }
          }
        }
      }
    }
  }
}
