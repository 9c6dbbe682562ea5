import { describe, expect, test } from 'vitest';
import {
  ACTIVATIONS,
  type Activation,
  allocate,
  type Backend,
  type ConvolutionShape,
  type Dtype,
  type Floats,
  type PooledConvolutionShape,
  type PoolingShape,
} from '../../src/backend/backend.js';
import { expectAtOnce } from '../support/at-once.js';
import { convolutionReference, windowsOf } from '../support/convolution-reference.js';
import { floatsOf } from '../support/floats.js';
import { guarded, guardedBytes } from '../support/guarded.js';
import { randomFloats, randomIntegers } from '../support/random.js';
import { assertSame, assertWithin, assertWithinRounding, gamma } from '../support/rounding.js';
import { convolutionShape } from './convolution.js';
import { DTYPES, named } from './sizes.js';

/** A convolution and the pooling of its output: `pool` × `pool` windows, as many as fit. */
function pooled(s: ConvolutionShape, pool: number, poolStride = pool): PooledConvolutionShape {
  const windows = (side: number): number => Math.max(0, Math.floor((side - pool) / poolStride) + 1);
  return {
    ...s,
    poolHeight: pool,
    poolWidth: pool,
    poolStride,
    pooledHeight: windows(s.outHeight),
    pooledWidth: windows(s.outWidth),
  };
}

const shape = convolutionShape;

const SHAPES = named([
  ['SimpleConvNet', pooled(shape({ height: 28, kernel: 5, filters: 30 }), 2), 3],
  ['one pixel', pooled(shape({ height: 1, kernel: 1 }), 1)],
  ['3 × 3 with padding, 16 filters', pooled(shape({ height: 8, kernel: 3, pad: 1, channels: 3, filters: 16 }), 2)],
  ['16 channels', pooled(shape({ height: 9, kernel: 3, pad: 1, channels: 16, filters: 17 }), 2)],
  ['a row and a column left over', pooled(shape({ height: 7, width: 8, kernel: 2, channels: 2, filters: 5 }), 3)],
  ['windows that overlap', pooled(shape({ height: 7, kernel: 3, channels: 2, filters: 7 }), 3, 1)],
  ['strides of both', pooled(shape({ height: 15, kernel: 3, stride: 2, pad: 1, filters: 4 }), 2, 3)],
  [
    'a window wider than high',
    { ...pooled(shape({ height: 8, kernel: 3, filters: 3 }), 2), poolWidth: 3, pooledWidth: 2 },
  ],
  ['more filters than a strip', pooled(shape({ height: 4, kernel: 3, channels: 2, filters: 131 }), 2)],
  ['padding larger than the kernel', pooled(shape({ height: 3, kernel: 2, pad: 4, filters: 5 }), 2)],
  [
    'pooled windows over the edge and outside',
    { ...pooled(shape({ height: 5, kernel: 2, filters: 5 }), 3), pooledHeight: 3, pooledWidth: 2 },
  ],
  ['no image', pooled(shape({ height: 5, kernel: 2, filters: 5 }), 2), 0],
  ['no channel', pooled(shape({ height: 5, kernel: 2, channels: 0, filters: 5 }), 2)],
  ['no filter', pooled(shape({ height: 5, kernel: 2, filters: 0 }), 2)],
  ['no output', { ...pooled(shape({ height: 2, kernel: 3, filters: 3 }), 2), pooledHeight: 1, pooledWidth: 2 }],
  ['no cell', pooled(shape({ height: 3, kernel: 3, filters: 3 }), 2)],
]);

/** The pooling of the convolution's output, as a shape of its own. */
const poolingOf = (s: PooledConvolutionShape): PoolingShape => ({
  height: s.outHeight,
  width: s.outWidth,
  channels: s.filters,
  poolHeight: s.poolHeight,
  poolWidth: s.poolWidth,
  stride: s.poolStride,
  padTop: 0,
  padLeft: 0,
  outHeight: s.pooledHeight,
  outWidth: s.pooledWidth,
});

interface Case {
  readonly x: Floats;
  readonly w: Floats;
  readonly b: Floats;
  readonly cells: number;
}

/** Multiples of ¼: sums are exact, so that ties are ties on every backend. */
function exactCase(dtype: Dtype, images: number, s: PooledConvolutionShape): Case {
  const quarters = (length: number, seed: number): Floats =>
    floatsOf(
      dtype,
      Array.from(randomIntegers(length, 9, { seed }), (value) => (value - 4) / 4),
    );
  return {
    x: quarters(images * s.height * s.width * s.channels, 91),
    w: quarters(s.kernelHeight * s.kernelWidth * s.channels * s.filters, 92),
    b: quarters(s.filters, 93),
    cells: images * s.pooledHeight * s.pooledWidth * s.filters,
  };
}

export function pooledConvolutionConformance(backend: Backend): void {
  describe.each(DTYPES)('convolution with max pooling of %s', (dtype) => {
    describe.each(SHAPES)('$what', ({ what, s, images }) => {
      test('equals convolution, then max pooling, where sums are exact', () => {
        const { x, w, b, cells } = exactCase(dtype, images, s);
        const z = allocate(dtype, images * s.outHeight * s.outWidth * s.filters);
        backend.convolution(z, x, w, b, images, s, 'identity');
        const [expected, places] = [allocate(dtype, cells), new Uint8Array(cells)];
        backend.maxPooling(expected, places, z, images, poolingOf(s));
        for (const f of ['identity', 'relu'] as const) {
          const [y, winners] = [guarded(dtype, cells), guardedBytes(cells)];
          backend.convolutionMaxPooling(y.data, winners.data, x, w, b, images, s, f);
          assertSame(y.data, f === 'relu' ? expected.map((value) => Math.max(value, 0)) : expected, `${f} of ${what}`);
          assertSame(winners.data, places, `winners of ${what}`);
          y.assertFenceIntact();
          winners.assertFenceIntact();
        }
      });

      test('is within the rounding of its sums, and its winners too', () => {
        const { x, w, b, cells } = exactCase(dtype, images, s);
        for (let i = 0; i < x.length; i++) x[i]! += i % 7 === 0 ? 0.1 : 1 / 3;
        const z = convolutionReference(x, w, b, images, s);
        const [y, winners] = [allocate(dtype, cells), new Uint8Array(cells)];
        backend.convolutionMaxPooling(y, winners, x, w, b, images, s, 'identity');
        const rounding = gamma(s.kernelHeight * s.kernelWidth * s.channels + 1, dtype);
        for (const [i, window] of windowsOf(images, poolingOf(s)).entries()) {
          const bound = 2 * rounding * Math.max(0, ...window.map(({ at }) => z.magnitudes[at]!));
          const most = window.length === 0 ? 0 : Math.max(...window.map(({ at }) => z.values[at]!));
          assertWithin([y[i]!], [most], () => bound, `cell ${i} of ${what}`);
          const winner = window.find(({ place }) => place === winners[i]);
          assertWithin(
            [winner === undefined ? 0 : z.values[winner.at]!],
            [most],
            () => bound,
            `winner ${i} of ${what}`,
          );
        }
      });

      test('its gradients equal those of max pooling and of the convolution', () => {
        for (const f of ACTIVATIONS) checkGradients(backend, dtype, images, s, f, what);
      });
    });

    test.each(ACTIVATIONS)('%s is applied to the maxima, and not to windows outside', (f) => {
      const s: PooledConvolutionShape = { ...pooled(shape({ height: 4, kernel: 3, filters: 3 }), 2), pooledHeight: 2 };
      const { x, w, b } = exactCase(dtype, 1, s);
      const [y, z, winners] = [allocate(dtype, 6), allocate(dtype, 6), new Uint8Array(6)];
      backend.convolutionMaxPooling(y, winners, x, w, b, 1, s, f);
      backend.convolutionMaxPooling(z, winners, x, w, b, 1, s, 'identity');
      backend.activation(z, z, 3, f);
      assertWithinRounding(y, z, { terms: 8, magnitudes: z.map(Math.abs), dtype, what: f });
      expect(Array.from(y.subarray(3))).toEqual([0, 0, 0]);
    });

    test('the first NaN wins, and a winner outside the output has no gradient', () => {
      const s = pooled(shape({ height: 2, kernel: 1, filters: 2 }), 2);
      const [y, winners] = [allocate(dtype, 2), new Uint8Array(2)];
      const x = floatsOf(dtype, [1, Number.NaN, 5, Number.NaN]);
      backend.convolutionMaxPooling(y, winners, x, floatsOf(dtype, [1, 0]), allocate(dtype, 2), 1, s, 'relu');
      assertSame(y, [Number.NaN, Number.NaN]);
      expect(Array.from(winners)).toEqual([1, 1]);
      const edge: PooledConvolutionShape = { ...s, outWidth: 1 };
      const [dw, db, dx] = [guarded(dtype, 2), guarded(dtype, 2), guarded(dtype, 4)];
      const [dy, w] = [floatsOf(dtype, [3, 4]), floatsOf(dtype, [1, 2])];
      const numbers = floatsOf(dtype, [1, 2, 5, 6]);
      backend.convolutionMaxPoolingBackward(
        dw.data,
        db.data,
        dx.data,
        dy,
        y,
        Uint8Array.of(1, 2),
        numbers,
        w,
        1,
        edge,
        'identity',
      );
      assertSame(db.data, [0, 4]);
      assertSame(dw.data, [0, 20]);
      assertSame(dx.data, [0, 0, 8, 0]);
      for (const output of [dw, db, dx]) output.assertFenceIntact();
    });

    test.each([Number.NaN, Infinity, -Infinity])('a bias of %d makes the first place win', (bias) => {
      const s = pooled(shape({ height: 4, kernel: 1, filters: 2 }), 2);
      const [y, winners] = [allocate(dtype, 8), new Uint8Array(8)];
      const x = floatsOf(
        dtype,
        Array.from({ length: 16 }, (_, i) => i),
      );
      backend.convolutionMaxPooling(
        y,
        winners,
        x,
        floatsOf(dtype, [1, 1]),
        floatsOf(dtype, [bias, 0]),
        1,
        s,
        'identity',
      );
      assertSame(y, [bias, 5, bias, 7, bias, 13, bias, 15]);
      expect(Array.from(winners)).toEqual([0, 3, 0, 3, 0, 3, 0, 3]);
    });

    test('FOUND L7: a call with nothing to add up returns at once, however large its other sizes', () => {
      const most = 2 ** 31 - 1;
      const none = allocate(dtype, 0);
      expectAtOnce(300, () => {
        const s: PooledConvolutionShape = {
          ...pooled(shape({ height: 0, kernel: 1, filters: 2 }), 2),
          pooledHeight: 0,
          pooledWidth: most,
        };
        const [dw, db] = [floatsOf(dtype, [7, 7]), floatsOf(dtype, [7, 7])];
        const w = floatsOf(dtype, [1, 1]);
        for (const hollow of [s, { ...s, pooledHeight: most, pooledWidth: 0 }]) {
          backend.convolutionMaxPoolingBackward(
            dw,
            db,
            null,
            none,
            none,
            new Uint8Array(0),
            none,
            w,
            most,
            hollow,
            'relu',
          );
          expect([...dw, ...db]).toEqual([0, 0, 0, 0]);
        }
      });
    });
  });
}

/** dw, db and dx against the functions that they are made of, with and without dx. */
function checkGradients(
  backend: Backend,
  dtype: Dtype,
  images: number,
  s: PooledConvolutionShape,
  f: Activation,
  what: string,
): void {
  const { x, w, b, cells } = exactCase(dtype, images, s);
  const [y, winners] = [allocate(dtype, cells), new Uint8Array(cells)];
  backend.convolutionMaxPooling(y, winners, x, w, b, images, s, f);
  const dy = randomFloats(dtype, cells, { seed: 94 });
  const places = images * s.outHeight * s.outWidth;
  // What lies between: dz by pooled cell, then at the winners.
  const dzCells = allocate(dtype, cells);
  backend.activationBackward(dzCells, dy, y, cells, f);
  const dz = allocate(dtype, places * s.filters);
  backend.maxPoolingBackward(dz, dzCells, winners, images, poolingOf(s));
  const [wantDw, wantDb, wantDx] = [allocate(dtype, w.length), allocate(dtype, s.filters), allocate(dtype, x.length)];
  backend.columnSums(wantDb, dz, places, s.filters);
  backend.convolutionWeightGradient(wantDw, x, dz, images, s);
  backend.convolutionInputGradient(wantDx, dz, w, images, s);
  const [dw, db, dx] = [guarded(dtype, w.length), guarded(dtype, s.filters), guarded(dtype, x.length)];
  backend.convolutionMaxPoolingBackward(dw.data, db.data, dx.data, dy, y, winners, x, w, images, s, f);
  const magnitudesOf = (numbers: Floats): Floats => numbers.map(Math.abs) as Floats;
  const magnitudes = [allocate(dtype, w.length), allocate(dtype, s.filters), allocate(dtype, x.length)] as const;
  backend.convolutionWeightGradient(magnitudes[0], magnitudesOf(x), magnitudesOf(dz), images, s);
  backend.columnSums(magnitudes[1], magnitudesOf(dz), places, s.filters);
  backend.convolutionInputGradient(magnitudes[2], magnitudesOf(dz), magnitudesOf(w), images, s);
  // The products and sums of the largest number, and the derivative of f.
  const terms = places + s.kernelHeight * s.kernelWidth * s.filters + 8;
  assertWithinRounding(dw.data, wantDw, { terms, magnitudes: magnitudes[0], dtype, what: `dw of ${what}, ${f}` });
  assertWithinRounding(db.data, wantDb, { terms, magnitudes: magnitudes[1], dtype, what: `db of ${what}, ${f}` });
  assertWithinRounding(dx.data, wantDx, { terms, magnitudes: magnitudes[2], dtype, what: `dx of ${what}, ${f}` });
  for (const output of [dw, db, dx]) output.assertFenceIntact();
  // Without dx a backend may add in another order.
  const [onlyDw, onlyDb] = [guarded(dtype, w.length), guarded(dtype, s.filters)];
  backend.convolutionMaxPoolingBackward(onlyDw.data, onlyDb.data, null, dy, y, winners, x, w, images, s, f);
  assertWithinRounding(onlyDw.data, wantDw, {
    terms,
    magnitudes: magnitudes[0],
    dtype,
    what: `dw alone of ${what}, ${f}`,
  });
  assertWithinRounding(onlyDb.data, wantDb, {
    terms,
    magnitudes: magnitudes[1],
    dtype,
    what: `db alone of ${what}, ${f}`,
  });
  for (const output of [onlyDw, onlyDb]) output.assertFenceIntact();
}
