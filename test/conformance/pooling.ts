import { describe, expect, test } from 'vitest';
import { allocate, type Backend, type Dtype, type Floats, type PoolingShape } from '../../src/backend/backend.js';
import { expectAtOnce } from '../support/at-once.js';
import { windowsOf, winnersReference } from '../support/convolution-reference.js';
import { floatsOf } from '../support/floats.js';
import { guarded, guardedBytes } from '../support/guarded.js';
import { randomFloats, randomIntegers } from '../support/random.js';
import { assertSame, assertWithinRounding } from '../support/rounding.js';
import { DTYPES, named } from './sizes.js';

/** A shape whose output follows from the rest, with padding all around. */
function shape(given: {
  height: number;
  width?: number;
  channels?: number;
  pool: number;
  poolWidth?: number;
  stride?: number;
  pad?: number;
}): PoolingShape {
  const { height, width = height, channels = 1, pool, poolWidth = pool, stride = pool, pad = 0 } = given;
  const out = (side: number, window: number): number => Math.max(0, Math.floor((side + 2 * pad - window) / stride) + 1);
  return {
    height,
    width,
    channels,
    poolHeight: pool,
    poolWidth,
    stride,
    padTop: pad,
    padLeft: pad,
    outHeight: out(height, pool),
    outWidth: out(width, poolWidth),
  };
}

const SHAPES = named([
  ['one pixel', shape({ height: 1, pool: 1 })],
  ['2 × 2 of 30 channels', shape({ height: 24, pool: 2, channels: 30 }), 3],
  ['2 × 2 of 1 channel', shape({ height: 6, pool: 2 })],
  ['2 × 2, a row and a column left over', shape({ height: 7, width: 5, pool: 2, channels: 3 })],
  ['3 × 3 that overlap', shape({ height: 7, pool: 3, stride: 2, channels: 5 })],
  ['3 × 3 that overlap everywhere, padded', shape({ height: 5, pool: 3, stride: 1, pad: 1, channels: 2 })],
  [
    '2 × 3 with a stride larger than the window',
    shape({ height: 9, width: 11, pool: 2, poolWidth: 3, stride: 4, channels: 7 }),
  ],
  ['padding larger than the window', shape({ height: 3, pool: 2, stride: 1, pad: 3, channels: 2 })],
  ['windows wholly outside', { ...shape({ height: 2, pool: 2, channels: 3 }), outHeight: 4, outWidth: 3 }],
  ['the whole image', shape({ height: 7, pool: 7, channels: 33 })],
  ['256 places', shape({ height: 17, pool: 16, stride: 1, channels: 2 })],
  ['no image', shape({ height: 4, pool: 2, channels: 3 }), 0],
  ['no channel', shape({ height: 4, pool: 2, channels: 0 })],
  ['an empty image', { ...shape({ height: 0, pool: 2, channels: 3 }), outHeight: 2, outWidth: 1 }],
  ['no output', shape({ height: 2, pool: 3, channels: 3 })],
]);

const sizeOfX = (images: number, s: PoolingShape): number => images * s.height * s.width * s.channels;
const sizeOfY = (images: number, s: PoolingShape): number => images * s.outHeight * s.outWidth * s.channels;

export function poolingConformance(backend: Backend): void {
  describe.each(DTYPES)('pooling of %s', (dtype) => {
    const floats = (...values: number[]): Floats => floatsOf(dtype, values);

    test.each(SHAPES)('$what: the maxima, their places, and the gradient at them', ({ what, s, images }) => {
      // Few different values, so that there are many ties.
      const x = floatsOf(
        dtype,
        Array.from(randomIntegers(sizeOfX(images, s), 5, { seed: 81 }), (value) => value - 3),
      );
      checkMaximum(backend, dtype, x, images, s, what);
      checkMaximum(backend, dtype, randomFloats(dtype, x.length, { seed: 82 }), images, s, what);
    });

    test.each(SHAPES)('$what: the mean over the places inside the image, and its gradient', ({ what, s, images }) => {
      const x = randomFloats(dtype, sizeOfX(images, s), { seed: 83 });
      const dy = randomFloats(dtype, sizeOfY(images, s), { seed: 84 });
      const windows = windowsOf(images, s);
      const mean = (terms: number[]): number => (terms.length === 0 ? 0 : terms.reduce((a, b) => a + b) / terms.length);
      const y = guarded(dtype, dy.length);
      backend.averagePooling(y.data, x, images, s);
      const terms = s.poolHeight * s.poolWidth + 1;
      const expected = windows.map((window) => mean(window.map(({ at }) => x[at]!)));
      const magnitudes = windows.map((window) => mean(window.map(({ at }) => Math.abs(x[at]!))));
      assertWithinRounding(y.data, expected, { terms, magnitudes, dtype, what });
      const dx = guarded(dtype, x.length);
      backend.averagePoolingBackward(dx.data, dy, images, s);
      const [sums, sizes] = [new Float64Array(x.length), new Float64Array(x.length)];
      for (const [i, window] of windows.entries()) {
        for (const { at } of window) {
          sums[at]! += dy[i]! / window.length;
          sizes[at]! += Math.abs(dy[i]!) / window.length;
        }
      }
      assertWithinRounding(dx.data, sums, { terms, magnitudes: sizes, dtype, what: `dx of ${what}` });
      y.assertFenceIntact();
      dx.assertFenceIntact();
    });

    test('K6: max pooling 2 × 2, stride 2; the first maximum of a window takes the gradient', () => {
      const s = shape({ height: 4, pool: 2 });
      const [y, winners] = [guarded(dtype, 4), guardedBytes(4)];
      backend.maxPooling(y.data, winners.data, floats(1, 2, 1, 0, 0, 1, 2, 3, 3, 0, 1, 2, 2, 4, 0, 1), 1, s);
      expect(Array.from(y.data)).toEqual([2, 3, 4, 2]);
      expect(Array.from(winners.data)).toEqual([1, 3, 3, 1]);
      backend.maxPooling(y.data, winners.data, floats(5, 5, 0, -0, 5, 5, 0, 0, 1, 2, -1, -1, 2, 2, -1, -1), 1, s);
      expect(Array.from(winners.data)).toEqual([0, 0, 1, 0]);
      const dx = guarded(dtype, 16);
      backend.maxPoolingBackward(dx.data, floats(1, 2, 3, 4), winners.data, 1, s);
      assertSame(dx.data, [1, 0, 2, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0]);
    });

    test('K6: the first NaN wins over every number, and −∞ is a number', () => {
      const nan = Number.NaN;
      const s = shape({ height: 2, pool: 2, channels: 4 });
      const channels = [
        [1, nan, Infinity, nan],
        [nan, 9, 9, 9],
        [-Infinity, -Infinity, -Infinity, -Infinity],
        [-Infinity, -5, nan, -Infinity],
      ];
      const x = Array.from({ length: 16 }, (_, i) => channels[i % 4]![Math.floor(i / 4)]!);
      const [y, winners] = [allocate(dtype, 4), new Uint8Array(4)];
      backend.maxPooling(y, winners, floats(...x), 1, s);
      assertSame(y, [nan, nan, -Infinity, nan]);
      expect(Array.from(winners)).toEqual([1, 0, 0, 2]);
    });

    test('a winner outside the image has no gradient', () => {
      const s = shape({ height: 2, pool: 2, stride: 2, pad: 1 });
      const dx = guarded(dtype, 4);
      backend.maxPoolingBackward(dx.data, floats(1, 2, 3, 4), Uint8Array.of(0, 2, 1, 0), 1, s);
      assertSame(dx.data, [0, 2, 3, 4]);
    });

    test('positions beyond 2³¹ are computed, and calls with nothing to add up return at once', () => {
      const most = 2 ** 31 - 1;
      const s: PoolingShape = {
        ...shape({ height: 2, pool: 2 }),
        stride: most,
        padTop: most,
        padLeft: most - 1,
        outHeight: 3,
        outWidth: 2,
      };
      checkMaximum(backend, dtype, floats(4, 3, 2, 1), 1, s, 'a stride of 2³¹ − 1');
      expectAtOnce(300, () => {
        const none = floats();
        const dx = floats(7, 7, 7, 7);
        const noOutput: PoolingShape = { ...shape({ height: 2, pool: 2 }), outHeight: most, outWidth: 0 };
        backend.maxPoolingBackward(dx, none, new Uint8Array(0), 1, noOutput);
        expect(Array.from(dx)).toEqual([0, 0, 0, 0]);
        dx.fill(7);
        backend.averagePoolingBackward(dx, none, 1, noOutput);
        expect(Array.from(dx)).toEqual([0, 0, 0, 0]);
        const noColumns: PoolingShape = { ...shape({ height: 2, pool: 2 }), height: most, width: 0, poolHeight: most };
        const y = floats(7);
        backend.averagePooling(y, none, 1, { ...noColumns, outHeight: 1, outWidth: 1 });
        expect(Array.from(y)).toEqual([0]);
      });
    });
  });
}

function checkMaximum(backend: Backend, dtype: Dtype, x: Floats, images: number, s: PoolingShape, what: string): void {
  const length = sizeOfY(images, s);
  const expected = winnersReference(x, images, s);
  const [y, winners] = [guarded(dtype, length), guardedBytes(length)];
  backend.maxPooling(y.data, winners.data, x, images, s);
  assertSame(y.data, expected.y, `y of ${what}`);
  assertSame(winners.data, expected.winners, `winners of ${what}`);
  const dy = randomFloats(dtype, length, { seed: 85 });
  const dx = guarded(dtype, x.length);
  backend.maxPoolingBackward(dx.data, dy, winners.data, images, s);
  const [sums, magnitudes] = [new Float64Array(x.length), new Float64Array(x.length)];
  for (const [i, window] of windowsOf(images, s).entries()) {
    const winner = window.find(({ place }) => place === expected.winners[i]);
    if (winner === undefined) continue;
    sums[winner.at]! += dy[i]!;
    magnitudes[winner.at]! += Math.abs(dy[i]!);
  }
  assertWithinRounding(dx.data, sums, { terms: s.poolHeight * s.poolWidth, magnitudes, dtype, what: `dx of ${what}` });
  for (const output of [y, winners, dx]) output.assertFenceIntact();
}
