/**
 * The sums of a native weight gradient are cut by sizes alone, so the bits of convolution gradients and of pooled convolutions
 * do not depend on the number of threads.
 */

import { afterAll, describe, expect, test } from 'vitest';
import { allocate, type Floats } from '../../../src/backend/backend.js';
import type { PooledConvolutionShape } from '../../../src/backend/convolutions.js';
import { Random } from '../../../src/random.js';
import { DTYPES } from '../../conformance/sizes.js';
import { addonAt, addonFile, availableLevels } from '../../support/addon.js';
import { randomFloats } from '../../support/random.js';

const path = addonFile();
const IMAGES = 9;
const RELU = 1;

/** Small shapes of every kind, and layers large enough to be shared by threads, with few channels and with more. */
function shapes(): readonly PooledConvolutionShape[] {
  const random = new Random(12);
  const between = (least: number, most: number): number => least + random.integer(most - least + 1);
  const pooled = { poolHeight: 2, poolWidth: 2, poolStride: 2 };
  const small = Array.from({ length: 12 }, (_, i) => ({
    height: between(1, 12),
    width: between(1, 12),
    channels: i % 2 === 0 ? between(1, 7) : between(8, 20),
    filters: between(1, 40),
    kernelHeight: between(1, 5),
    kernelWidth: between(1, 5),
    stride: i % 3 === 0 ? 2 : 1,
    padTop: between(0, 2),
    padLeft: between(0, 2),
    outHeight: between(2, 12),
    outWidth: between(2, 12),
    ...pooled,
    poolStride: i % 4 === 0 ? 1 : 2,
    pooledHeight: between(1, 2),
    pooledWidth: 1,
  }));
  const layer = { ...pooled, kernelHeight: 3, kernelWidth: 3, stride: 1, padTop: 1, padLeft: 1 };
  const sides = (height: number, width: number) => ({
    ...{ height, width, outHeight: height, outWidth: width },
    pooledHeight: height / 2,
    pooledWidth: width / 2,
  });
  return [
    ...small,
    { ...layer, ...sides(28, 28), channels: 1, filters: 30 },
    { ...layer, ...sides(14, 14), channels: 16, filters: 16 },
    { ...layer, ...sides(8, 8), channels: 48, filters: 64 },
  ];
}

const bits = (values: Floats | Uint8Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

describe.skipIf(path === undefined)('the bits of convolution gradients and of pooled convolutions', () => {
  const addons = path === undefined ? [] : availableLevels(path).map((level) => [level, addonAt(path, level)] as const);
  const before = addons[0]?.[1].getThreads() ?? 1;
  afterAll(() => addons[0]?.[1].setThreads(before));

  describe.each(addons)('at level %s', (_, addon) => {
    test.each(DTYPES)('of %s do not depend on the threads', (dtype) => {
      for (const s of shapes()) {
        const convolution = [
          ...[s.height, s.width, s.channels, s.filters, s.kernelHeight, s.kernelWidth],
          ...[s.stride, s.padTop, s.padLeft, s.outHeight, s.outWidth],
        ];
        const pooling = [s.poolHeight, s.poolWidth, s.poolStride, s.pooledHeight, s.pooledWidth];
        const cells = IMAGES * s.pooledHeight * s.pooledWidth * s.filters;
        const weights = s.kernelHeight * s.kernelWidth * s.channels * s.filters;
        const x = randomFloats(dtype, IMAGES * s.height * s.width * s.channels, { seed: 1 });
        const dz = randomFloats(dtype, IMAGES * s.outHeight * s.outWidth * s.filters, { seed: 2 });
        const dy = randomFloats(dtype, cells, { seed: 3 });
        const w = randomFloats(dtype, weights, { seed: 4 });
        const b = randomFloats(dtype, s.filters, { seed: 5 });
        const run = (threads: number): Record<string, Floats | Uint8Array> => {
          const y = allocate(dtype, cells);
          const winners = new Uint8Array(cells);
          const dense = allocate(dtype, weights);
          const dw = allocate(dtype, weights);
          const db = allocate(dtype, s.filters);
          const dx = allocate(dtype, x.length);
          addon.setThreads(threads);
          addon['convolutionWeightGradient'](dense, x, dz, IMAGES, ...convolution);
          addon['convolutionMaxPooling'](y, winners, x, w, b, IMAGES, ...convolution, ...pooling, RELU);
          addon['convolutionMaxPoolingBackward'](
            ...([dw, db, dx, dy, y, winners, x, w, IMAGES] as const),
            ...[...convolution, ...pooling, RELU],
          );
          return { dense, y, winners, dw, db, dx };
        };
        const expected = run(1);
        for (const threads of [2, 3, 4])
          for (const [name, values] of Object.entries(run(threads)))
            expect(
              Buffer.compare(bits(values), bits(expected[name]!)),
              `${name}, ${threads}: ${JSON.stringify(s)}`,
            ).toBe(0);
      }
    });
  });
});
