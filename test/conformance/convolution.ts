import { describe, expect, test } from 'vitest';
import {
  ACTIVATIONS,
  allocate,
  type Backend,
  type ConvolutionShape,
  type Dtype,
  type Floats,
} from '../../src/backend/backend.js';
import { expectAtOnce } from '../support/at-once.js';
import {
  convolutionReference,
  inputGradientReference,
  type Sums,
  weightGradientReference,
} from '../support/convolution-reference.js';
import { floatsOf } from '../support/floats.js';
import { guarded } from '../support/guarded.js';
import { randomFloats } from '../support/random.js';
import { assertSame, assertWithinRounding } from '../support/rounding.js';
import { DTYPES, named } from './sizes.js';

/** A shape whose output follows from the rest; a square kernel, and the padding all around. */
export function convolutionShape(given: {
  height: number;
  width?: number;
  channels?: number;
  filters?: number;
  kernel: number;
  kernelWidth?: number;
  stride?: number;
  pad?: number;
}): ConvolutionShape {
  const {
    height,
    width = height,
    channels = 1,
    filters = 1,
    kernel,
    kernelWidth = kernel,
    stride = 1,
    pad = 0,
  } = given;
  const out = (side: number, window: number): number => Math.max(0, Math.floor((side + 2 * pad - window) / stride) + 1);
  return {
    height,
    width,
    channels,
    filters,
    kernelHeight: kernel,
    kernelWidth,
    stride,
    padTop: pad,
    padLeft: pad,
    outHeight: out(height, kernel),
    outWidth: out(width, kernelWidth),
  };
}

const shape = convolutionShape;

/** The layers of real networks, and what is awkward. */
const SHAPES = named([
  ['one pixel, one channel, one filter', shape({ height: 1, kernel: 1 })],
  ['one pixel under a larger filter', shape({ height: 1, kernel: 3, pad: 1, channels: 3, filters: 5 })],
  ['a filter as large as the image', shape({ height: 5, kernel: 5, channels: 2, filters: 3 })],
  ['a stride larger than the filter', shape({ height: 7, kernel: 2, stride: 3, channels: 2, filters: 3 })],
  ['padding larger than the filter − 1', shape({ height: 3, kernel: 2, pad: 4, channels: 2, filters: 7 })],
  ['a filter of one row', shape({ height: 5, width: 7, kernel: 1, kernelWidth: 5, channels: 3, filters: 2 })],
  [
    'windows wholly outside',
    { ...shape({ height: 3, kernel: 2, channels: 2, filters: 2 }), padTop: 7, outHeight: 5, outWidth: 6 },
  ],
  [
    'more padding on one side',
    {
      ...shape({ height: 6, kernel: 3, stride: 2, channels: 3, filters: 4 }),
      padTop: 1,
      padLeft: 0,
      outHeight: 3,
      outWidth: 3,
    },
  ],
  ['an even filter with a stride', shape({ height: 9, kernel: 4, stride: 2, pad: 1, channels: 5, filters: 6 })],
  ['no image', shape({ height: 4, kernel: 3, filters: 2 }), 0],
  ['no channel', shape({ height: 4, kernel: 3, channels: 0, filters: 2 })],
  ['no filter', shape({ height: 4, kernel: 3, filters: 0 })],
  ['an empty filter', shape({ height: 2, kernel: 0, filters: 2 })],
  ['an empty image', { ...shape({ height: 0, kernel: 1, filters: 2 }), outHeight: 2, outWidth: 2 }],
  ['no output', { ...shape({ height: 3, kernel: 5, filters: 2 }) }],
  ['SimpleConvNet', shape({ height: 28, kernel: 5, filters: 30 }), 3],
  ['3 × 3 on 16 channels', shape({ height: 14, kernel: 3, pad: 1, channels: 16, filters: 16 })],
  ['3 × 3 on 1 channel', shape({ height: 13, kernel: 3, pad: 1, filters: 16 })],
  ['3 × 3 on 32 channels, padding 2', shape({ height: 8, kernel: 3, pad: 2, channels: 32, filters: 32 })],
  ['3 × 3 on 64 channels', shape({ height: 5, kernel: 3, pad: 1, channels: 64, filters: 64 })],
  ['1 × 1 on 33 channels', shape({ height: 6, kernel: 1, channels: 33, filters: 17 })],
  ['more filters than a strip', shape({ height: 4, kernel: 3, channels: 2, filters: 131 })],
]);

/** Sizes 1, 2, 3, 5 and 7 of everything in turn. */
const AWKWARD = [1, 2, 3, 5, 7];
const GRID: readonly ConvolutionShape[] = AWKWARD.flatMap((height) =>
  AWKWARD.filter((kernel) => kernel <= height + 2).flatMap((kernel) =>
    AWKWARD.map((filters, i) =>
      shape({
        height,
        width: AWKWARD[(i + 2) % 5]! + kernel,
        kernel,
        channels: AWKWARD[(i + 3) % 5]!,
        filters,
        stride: 1 + (i % 3),
        pad: i % 2,
      }),
    ),
  ),
);

interface Case {
  readonly x: Floats;
  readonly w: Floats;
  readonly b: Floats;
  readonly dz: Floats;
}

function caseOf(dtype: Dtype, images: number, s: ConvolutionShape): Case {
  return {
    x: randomFloats(dtype, images * s.height * s.width * s.channels, { seed: 71 }),
    w: randomFloats(dtype, s.kernelHeight * s.kernelWidth * s.channels * s.filters, { seed: 72 }),
    b: randomFloats(dtype, s.filters, { seed: 73 }),
    dz: randomFloats(dtype, images * s.outHeight * s.outWidth * s.filters, { seed: 74 }),
  };
}

function assertSums(dtype: Dtype, got: Floats, { values, magnitudes }: Sums, terms: number, what: string): void {
  assertWithinRounding(got, values, { terms, magnitudes, dtype, what });
}

/** All three functions of one shape against the definition. */
function check(backend: Backend, dtype: Dtype, images: number, s: ConvolutionShape, what: string): void {
  const { x, w, b, dz } = caseOf(dtype, images, s);
  const [y, dw, dx] = [dz, w, x].map(({ length }) => guarded(dtype, length)) as [
    ReturnType<typeof guarded>,
    ReturnType<typeof guarded>,
    ReturnType<typeof guarded>,
  ];
  backend.convolution(y.data, x, w, b, images, s, 'identity');
  backend.convolutionWeightGradient(dw.data, x, dz, images, s);
  backend.convolutionInputGradient(dx.data, dz, w, images, s);
  const places = s.kernelHeight * s.kernelWidth;
  assertSums(dtype, y.data, convolutionReference(x, w, b, images, s), places * s.channels + 1, `y of ${what}`);
  assertSums(
    dtype,
    dw.data,
    weightGradientReference(x, dz, images, s),
    images * s.outHeight * s.outWidth,
    `dw of ${what}`,
  );
  assertSums(dtype, dx.data, inputGradientReference(dz, w, images, s), places * s.filters, `dx of ${what}`);
  for (const output of [y, dw, dx]) output.assertFenceIntact();
}

export function convolutionConformance(backend: Backend): void {
  describe.each(DTYPES)('convolution of %s', (dtype) => {
    const floats = (...values: number[]): Floats => floatsOf(dtype, values);

    test.each(SHAPES)('$what: within the rounding of its sums', ({ what, s, images }) => {
      check(backend, dtype, images, s, what);
    });

    test('sizes 1, 2, 3, 5 and 7 of images, filters, channels and kernels', () => {
      for (const [i, s] of GRID.entries()) check(backend, dtype, 1 + (i % 2), s, JSON.stringify(s));
    });

    test.each(ACTIVATIONS)('%s is applied as biasActivation applies it', (f) => {
      const s = shape({ height: 6, kernel: 3, pad: 1, channels: 3, filters: 7 });
      const { x, w, b, dz } = caseOf(dtype, 2, s);
      const [y, z] = [allocate(dtype, dz.length), allocate(dtype, dz.length)];
      backend.convolution(y, x, w, b, 2, s, f);
      backend.convolution(z, x, w, allocate(dtype, s.filters), 2, s, 'identity');
      backend.biasActivation(z, b, 2 * s.outHeight * s.outWidth, s.filters, f);
      // The derivative of no activation is above 1; sigmoid and tanh are within 8 u themselves.
      const { magnitudes } = convolutionReference(x, w, b, 2, s);
      const bounds = magnitudes.map((sum) => sum + 1);
      assertWithinRounding(y, z, { terms: 27 + 10, magnitudes: bounds, dtype, what: f });
    });

    test('a NaN or ∞ inside the image reaches every window over it; the padding is not a number', () => {
      for (const bad of [Number.NaN, Infinity]) {
        const s = shape({ height: 5, kernel: 3, pad: 1, channels: 2, filters: 3 });
        const x = allocate(dtype, 50);
        const w = allocate(dtype, 54); // 0 · ∞ and 0 · NaN are NaN
        x[(0 * 5 + 2) * 2 + 1] = bad;
        const y = allocate(dtype, 75);
        backend.convolution(y, x, w, allocate(dtype, 3), 1, s, 'identity');
        const touched = (i: number): boolean => {
          const [oy, ox] = [Math.floor(i / 15), Math.floor(i / 3) % 5];
          return oy <= 1 && ox >= 1 && ox <= 3;
        };
        assertSame(
          y,
          Array.from({ length: 75 }, (_, i) => (touched(i) ? Number.NaN : 0)),
        );
        const dw = allocate(dtype, 54);
        backend.convolutionWeightGradient(dw, x, allocate(dtype, 75), 1, s);
        // Channel 1 of every weight that some window lays over the place: the lowest row of w never lies over row 0 of x.
        assertSame(
          dw,
          Array.from({ length: 54 }, (_, i) => (i < 36 && Math.floor(i / 3) % 2 === 1 ? Number.NaN : 0)),
          'dw',
        );
      }
    });

    test('a NaN in dz reaches its window in dx and its filter in dw', () => {
      const s = shape({ height: 4, kernel: 2, channels: 2, filters: 3 });
      const { x, w } = caseOf(dtype, 1, s);
      const dz = allocate(dtype, 27);
      dz[(1 * 3 + 2) * 3 + 1] = Number.NaN;
      const [dx, dw] = [allocate(dtype, 32), allocate(dtype, 24)];
      backend.convolutionInputGradient(dx, dz, w, 1, s);
      backend.convolutionWeightGradient(dw, x, dz, 1, s);
      const inWindow = (i: number): boolean =>
        [1, 2].includes(Math.floor(i / 8)) && [2, 3].includes(Math.floor(i / 2) % 4);
      expect(Array.from(dx, Number.isNaN)).toEqual(Array.from(dx, (_, i) => inWindow(i)));
      expect(Array.from(dw, Number.isNaN)).toEqual(Array.from(dw, (_, i) => i % 3 === 1));
    });

    test('positions beyond 2³¹ are computed, not wrapped', () => {
      const most = 2 ** 31 - 1;
      const s: ConvolutionShape = {
        ...shape({ height: 2, kernel: 2, filters: 2 }),
        stride: most,
        padTop: most,
        padLeft: 0,
        outHeight: 3,
        outWidth: 2,
      };
      check(backend, dtype, 1, s, 'a stride and padding of 2³¹ − 1');
      const far: ConvolutionShape = {
        ...s,
        padTop: most - 1,
        padLeft: most - 1,
        kernelHeight: 2,
        outHeight: 2,
        outWidth: 3,
      };
      check(backend, dtype, 2, far, 'padding of 2³¹ − 2');
      const one = shape({ height: 4, kernel: 4, channels: 2, filters: 3, stride: 2 ** 29 });
      check(backend, dtype, 2, one, 'one window, and a stride of 2³² bytes');
      const outside: ConvolutionShape = {
        ...shape({ height: 1, kernel: 1, filters: 2 }),
        stride: most,
        padTop: most,
        padLeft: most,
        outHeight: 4,
        outWidth: 4,
      };
      check(backend, dtype, 1, outside, 'windows far outside');
    });

    test('without numbers in x and w, y is b, however large the other sizes', () => {
      const most = 2 ** 31 - 1;
      const s: ConvolutionShape = {
        ...shape({ height: 0, kernel: 0 }),
        width: most,
        channels: most,
        kernelHeight: most,
        stride: most,
        outHeight: 1,
        outWidth: 1,
      };
      const y = floats(7);
      backend.convolution(y, floats(), floats(), floats(5), 1, s, 'identity');
      expect(Array.from(y)).toEqual([5]);
    });

    test('FOUND L7: a call with nothing to add up returns at once, however large its other sizes', () => {
      const most = 2 ** 31 - 1;
      const none = floats();
      const base = shape({ height: 2, kernel: 1 });
      expectAtOnce(300, () => {
        // No channels, and so no numbers in x and w.
        const hollow: ConvolutionShape = {
          ...base,
          channels: 0,
          height: most,
          width: most,
          kernelHeight: most,
          kernelWidth: most,
        };
        const y = floats(7, 7, 7, 7);
        backend.convolution(y, none, none, floats(5), 1, hollow, 'identity');
        expect(Array.from(y)).toEqual([5, 5, 5, 5]);
        const noColumns: ConvolutionShape = {
          ...base,
          width: 0,
          height: most,
          kernelHeight: 3,
          outHeight: 2,
          outWidth: 2,
        };
        backend.convolution(y, none, floats(1, 1, 1), floats(6), 1, noColumns, 'identity');
        expect(Array.from(y)).toEqual([6, 6, 6, 6]);
        // No output, and so no numbers in dz.
        const noOutput: ConvolutionShape = { ...base, outHeight: most, outWidth: 0 };
        const dx = floats(7, 7, 7, 7);
        backend.convolutionInputGradient(dx, none, floats(1), 1, noOutput);
        expect(Array.from(dx)).toEqual([0, 0, 0, 0]);
        const dw = floats(7);
        backend.convolutionWeightGradient(dw, none, none, most, { ...noOutput, height: 0 });
        backend.convolutionWeightGradient(dw, floats(1, 1, 1, 1), none, 1, noOutput);
        expect(Array.from(dw)).toEqual([0]);
      });
    });
  });
}
