import { describe, test } from 'vitest';
import { allocate, type Backend, type Floats, type PooledConvolutionShape } from '../../src/backend/backend.js';
import { floatsOf } from '../support/floats.js';
import { guarded, guardedBytes } from '../support/guarded.js';
import { assertSame } from '../support/rounding.js';
import { convolutionShape } from './convolution.js';
import { DTYPES } from './sizes.js';

const shape = convolutionShape;

/** Sizes whose products no array bounds. */
export function pooledConvolutionSizes(backend: Backend): void {
  describe.each(DTYPES)('convolution with max pooling of %s, of huge sizes', (dtype) => {
    // No array of the call has the size of the convolution's output.
    test.each([
      { outHeight: 2 ** 30, outWidth: 2 ** 30, filters: 16, poolHeight: 2, poolWidth: 2 },
      { outHeight: 2 ** 30, outWidth: 2 ** 30, filters: 4, poolHeight: 2, poolWidth: 2 },
      { outHeight: 2 ** 30, outWidth: 2 ** 30, filters: 2, poolHeight: 2, poolWidth: 2 },
      { outHeight: 536903681, outWidth: 2147352580, filters: 16, poolHeight: 1, poolWidth: 256 },
      { outHeight: 1, outWidth: 2 ** 27, filters: 1, poolHeight: 1, poolWidth: 1 },
      { outHeight: 2 ** 27, outWidth: 1, filters: 3, poolHeight: 1, poolWidth: 1 },
    ])('an output of $outHeight × $outWidth × $filters, of which one cell reads little', (sizes) => {
      const { filters, poolHeight, poolWidth } = sizes;
      const s: PooledConvolutionShape = {
        ...shape({ height: 1, kernel: 1 }),
        ...sizes,
        poolStride: Math.max(poolHeight, poolWidth),
        pooledHeight: 1,
        pooledWidth: 1,
      };
      const all = (value: number): Floats => allocate(dtype, filters).fill(value);
      const [y, winners] = [guarded(dtype, filters), guardedBytes(filters)];
      const x = floatsOf(dtype, [3]);
      backend.convolutionMaxPooling(y.data, winners.data, x, all(2), all(-1), 1, s, 'relu');
      assertSame(y.data, all(5));
      assertSame(winners.data, new Uint8Array(filters));
      // The first place lies over the only pixel, the last one outside the image unless it is the first.
      const last = poolHeight * poolWidth - 1;
      for (const winner of [0, last]) {
        const [dw, db, dx] = [guarded(dtype, filters), guarded(dtype, filters), guarded(dtype, 1)];
        const places = new Uint8Array(filters).fill(winner);
        for (const input of [dx.data, null]) {
          backend.convolutionMaxPoolingBackward(
            dw.data,
            db.data,
            input,
            all(1),
            y.data,
            places,
            x,
            all(2),
            1,
            s,
            'relu',
          );
          assertSame(dw.data, all(winner === 0 ? 3 : 0));
          assertSame(db.data, all(1));
        }
        assertSame(dx.data, [winner === 0 ? 2 * filters : 0]);
        for (const output of [y, winners, dw, db, dx]) output.assertFenceIntact();
      }
    });

    test('a stride of 2³¹ − 1 leaves one window over the image', () => {
      const s: PooledConvolutionShape = {
        ...shape({ height: 2, width: 1, kernel: 2, kernelWidth: 1, stride: 2 ** 31 - 1 }),
        outHeight: 3,
        outWidth: 3,
        poolHeight: 3,
        poolWidth: 3,
        poolStride: 3,
        pooledHeight: 1,
        pooledWidth: 1,
      };
      const [x, w, one] = [floatsOf(dtype, [3, 5]), floatsOf(dtype, [1, 2]), floatsOf(dtype, [1])];
      for (let winner = 0; winner < 9; winner++) {
        const [dw, db, dx] = [guarded(dtype, 2), guarded(dtype, 1), guarded(dtype, 2)];
        for (const input of [dx.data, null]) {
          const winners = Uint8Array.of(winner);
          backend.convolutionMaxPoolingBackward(dw.data, db.data, input, one, one, winners, x, w, 1, s, 'identity');
          assertSame(dw.data, winner === 0 ? [3, 5] : [0, 0], `dw of winner ${winner}`);
          assertSame(db.data, [1], `db of winner ${winner}`);
        }
        assertSame(dx.data, winner === 0 ? [1, 2] : [0, 0], `dx of winner ${winner}`);
      }
    });
  });
}
