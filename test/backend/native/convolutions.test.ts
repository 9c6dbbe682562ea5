/**
 * An output of a native convolution, and of its input gradient, is one sum in one order: its bits depend neither on the number
 * of threads nor on the other images of the batch.
 */

import { afterAll, describe, expect, test } from 'vitest';
import { allocate, type Floats } from '../../../src/backend/backend.js';
import type { ConvolutionShape } from '../../../src/backend/convolutions.js';
import { Random } from '../../../src/random.js';
import { DTYPES } from '../../conformance/sizes.js';
import { addonAt, addonFile, availableLevels } from '../../support/addon.js';
import { randomFloats } from '../../support/random.js';

const path = addonFile();
const IMAGES = 7;
const RELU = 1;

/** Small shapes of every kind, and layers large enough to be shared by threads, in blocks of images or of rows. */
function shapes(): readonly ConvolutionShape[] {
  const random = new Random(11);
  const between = (least: number, most: number): number => least + random.integer(most - least + 1);
  const small = Array.from({ length: 12 }, () => ({
    height: between(1, 12),
    width: between(1, 12),
    channels: between(1, 9),
    filters: between(1, 70),
    kernelHeight: between(1, 5),
    kernelWidth: between(1, 5),
    stride: between(1, 3),
    padTop: between(0, 3),
    padLeft: between(0, 3),
    outHeight: between(1, 12),
    outWidth: between(1, 12),
  }));
  const layer = { kernelHeight: 3, kernelWidth: 3, stride: 1, padTop: 1, padLeft: 1 };
  return [
    ...small,
    { ...layer, height: 28, width: 28, channels: 16, filters: 16, outHeight: 28, outWidth: 28 },
    { ...layer, height: 8, width: 8, channels: 64, filters: 64, outHeight: 8, outWidth: 8 },
    { ...layer, height: 40, width: 70, channels: 48, filters: 40, outHeight: 20, outWidth: 35, stride: 2 },
  ];
}

const bits = (values: Floats): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

describe.skipIf(path === undefined)('the bits of a convolution', () => {
  const addons = path === undefined ? [] : availableLevels(path).map((level) => [level, addonAt(path, level)] as const);
  const before = addons[0]?.[1].getThreads() ?? 1;
  afterAll(() => addons[0]?.[1].setThreads(before));

  describe.each(addons)('at level %s', (_, addon) => {
    test.each(DTYPES)('of %s do not depend on the threads or on the batch', (dtype) => {
      for (const s of shapes()) {
        const what = JSON.stringify(s);
        const sizes = [
          s.height,
          s.width,
          s.channels,
          s.filters,
          s.kernelHeight,
          s.kernelWidth,
          s.stride,
          s.padTop,
          s.padLeft,
          s.outHeight,
          s.outWidth,
        ] as const;
        const image = s.height * s.width * s.channels;
        const output = s.outHeight * s.outWidth * s.filters;
        const x = randomFloats(dtype, IMAGES * image, { seed: 1 });
        const dz = randomFloats(dtype, IMAGES * output, { seed: 2 });
        const w = randomFloats(dtype, s.kernelHeight * s.kernelWidth * s.channels * s.filters, { seed: 3 });
        const b = randomFloats(dtype, s.filters, { seed: 4 });
        const y = allocate(dtype, IMAGES * output);
        const dx = allocate(dtype, IMAGES * image);
        const run = (threads: number, first: number, images: number): void => {
          addon.setThreads(threads);
          const end = first + images;
          const ofImages = (values: Floats, size: number): Floats => values.subarray(first * size, end * size);
          addon.convolution(ofImages(y, output), ofImages(x, image), w, b, images, ...sizes, RELU);
          addon.convolutionInputGradient(ofImages(dx, image), ofImages(dz, output), w, images, ...sizes);
        };
        run(1, 0, IMAGES);
        const expected = [bits(y.slice()), bits(dx.slice())];
        const check = (how: string): void => {
          expect(Buffer.compare(bits(y), expected[0]!), `y ${how}: ${what}`).toBe(0);
          expect(Buffer.compare(bits(dx), expected[1]!), `dx ${how}: ${what}`).toBe(0);
        };
        for (const threads of [2, 3, 4]) {
          for (let round = 0; round < 2; round++) {
            y.fill(Number.NaN);
            dx.fill(Number.NaN);
            run(threads, 0, IMAGES);
            check(`on ${threads} threads`);
          }
        }
        y.fill(Number.NaN);
        dx.fill(Number.NaN);
        for (let n = 0; n < IMAGES; n++) run(1 + (n % 2), n, 1);
        check('image by image');
      }
    });
  });
});
