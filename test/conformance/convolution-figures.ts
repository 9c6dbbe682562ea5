import { describe, expect, test } from 'vitest';
import { allocate, type Backend, type Dtype, type Floats } from '../../src/backend/backend.js';
import { floatsOf } from '../support/floats.js';
import { guarded } from '../support/guarded.js';
import { convolutionShape as shape } from './convolution.js';
import { DTYPES } from './sizes.js';

/** The figures of SPEC, rows K1, K2 and K5. */
export function convolutionFigures(backend: Backend): void {
  describe.each(DTYPES)('figures of convolutions in %s', (dtype) => {
    const floats = (...values: number[]): Floats => floatsOf(dtype, values);

    test('K1: one channel and one filter on 4 × 4, with bias 3, with padding 1', () => {
      const x = floats(1, 2, 3, 0, 0, 1, 2, 3, 3, 0, 1, 2, 2, 3, 0, 1);
      const w = floats(2, 0, 1, 0, 1, 2, 1, 0, 2);
      const result = (b: number, pad: number): number[] => {
        const s = shape({ height: 4, kernel: 3, pad });
        const y = guarded(dtype, s.outHeight * s.outWidth);
        backend.convolution(y.data, x, w, floats(b), 1, s, 'relu');
        y.assertFenceIntact();
        return Array.from(y.data);
      };
      expect(result(0, 0)).toEqual([15, 16, 6, 15]);
      expect(result(3, 0)).toEqual([18, 19, 9, 18]);
      expect(result(0, 1)).toEqual([7, 12, 10, 2, 4, 15, 16, 10, 10, 6, 15, 6, 8, 10, 4, 3]);
    });

    test('K2: stride 2 on 7 × 7', () => {
      const rows = [1, 0, 3, 2, 1, 0, 3].map((first) => Array.from({ length: 7 }, (_, i) => (first + i) % 4));
      const s = shape({ height: 7, kernel: 3, stride: 2 });
      const y = allocate(dtype, 9);
      backend.convolution(y, floats(...rows.flat()), floats(2, 0, 1, 0, 1, 2, 1, 0, 2), floats(0), 1, s, 'identity');
      expect(Array.from(y)).toEqual([15, 17, 15, 17, 15, 17, 15, 17, 15]);
    });

    test.each(K5)('K5: stride $stride, padding $pad', (expected) => {
      checkK5(backend, dtype, expected);
    });
  });
}

interface ExpectedOfK5 {
  readonly stride: number;
  readonly pad: number;
  readonly squaresOfY: number;
  readonly y112: readonly number[];
  readonly squaresOfDw: number;
  readonly dw210: readonly number[];
  readonly db: readonly number[];
  readonly squaresOfDx: number;
  readonly dx132: readonly number[];
}

const K5: readonly ExpectedOfK5[] = [
  {
    stride: 1,
    pad: 0,
    squaresOfY: 47.8087,
    y112: [-0.1, 0.14, 0.64, -0.94],
    squaresOfDw: 7.9687,
    dw210: [-0.12, 0.09, 0.21, -0.12],
    db: [-0.6, 1.2, -0.6, -0.6],
    squaresOfDx: 17.2928,
    dx132: [-0.31, 0.55, -0.15],
  },
  {
    stride: 2,
    pad: 1,
    squaresOfY: 20.5823,
    y112: [-0.66, -0.47, -0.02, 1.21],
    squaresOfDw: 8.7117,
    dw210: [-0.39, 0.12, 0.09, -0.39],
    db: [-0.9, 0.9, 0, -0.9],
    squaresOfDx: 8.2349,
    dx132: [-0.04, 0.32, 0.03],
  },
  {
    stride: 1,
    pad: 2,
    squaresOfY: 103.4156,
    y112: [0.81, 0.55, -0.23, -0.75],
    squaresOfDw: 23.8251,
    dw210: [-0.4, -0.49, 0.59, -0.4],
    db: [-0.1, 0.2, -0.4, -0.1],
    squaresOfDx: 42.9566,
    dx132: [-0.64, 0.14, -0.64],
  },
];

/** SPEC K5: formulas for every array, and figures computed in float64. */
function checkK5(backend: Backend, dtype: Dtype, expected: ExpectedOfK5): void {
  const s = shape({
    height: 5,
    width: 6,
    channels: 3,
    filters: 4,
    kernel: 3,
    stride: expected.stride,
    pad: expected.pad,
  });
  const fill = (sizes: readonly number[], value: (...at: number[]) => number): Floats => {
    const length = sizes.reduce((product, size) => product * size);
    return floatsOf(
      dtype,
      Array.from({ length }, (_, i) => {
        let rest = i;
        const at = [...sizes].reverse().map((size) => {
          const index = rest % size;
          rest = Math.floor(rest / size);
          return index;
        });
        return value(...at.reverse());
      }),
    );
  };
  const x = fill([2, 5, 6, 3], (n, h, w, c) => (((7 * n! + 5 * h! + 3 * w! + 2 * c!) % 11) - 5) / 10);
  const w = fill([3, 3, 3, 4], (h, w, c, f) => (((3 * h! + 5 * w! + 7 * c! + 2 * f!) % 13) - 6) / 10);
  const b = fill([4], (f) => (f! - 1.5) / 10);
  const dy = fill(
    [2, s.outHeight, s.outWidth, 4],
    (n, h, w, f) => (((5 * n! + 2 * h! + 7 * w! + 3 * f!) % 9) - 4) / 10,
  );
  const [y, dw, dx] = [dy, w, x].map(({ length }) => allocate(dtype, length)) as [Floats, Floats, Floats];
  const [dz, db] = [allocate(dtype, dy.length), allocate(dtype, 4)];
  backend.convolution(y, x, w, b, 2, s, 'identity');
  backend.biasActivationBackward(dz, db, dy, y, 2 * s.outHeight * s.outWidth, 4, 'identity');
  backend.convolutionWeightGradient(dw, x, dz, 2, s);
  backend.convolutionInputGradient(dx, dz, w, 2, s);
  // Every figure is a sum of at most 112 terms of magnitude below 0.4, and squares of at most 448 of them.
  const digits = dtype === 'float64' ? 11 : 4;
  const squares = (values: Floats): number => Array.from(values).reduce((sum, value) => sum + value * value, 0);
  const close = (values: ArrayLike<number>, wanted: readonly number[]): void => {
    for (const [i, value] of wanted.entries()) expect(values[i]).toBeCloseTo(value, digits);
  };
  close(
    [squares(y), squares(dw), squares(dx)].map((sum) => sum / 100),
    [expected.squaresOfY, expected.squaresOfDw, expected.squaresOfDx].map((sum) => sum / 100),
  );
  close(y.subarray(((1 * s.outHeight + 1) * s.outWidth + 2) * 4), expected.y112);
  close(dw.subarray((2 * 3 + 1) * 3 * 4), expected.dw210);
  close(db, expected.db);
  close(dx.subarray(((1 * 5 + 3) * 6 + 2) * 3), expected.dx132);
}
