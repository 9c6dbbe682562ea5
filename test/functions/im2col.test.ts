import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/errors.js';
import { col2im, im2col } from '../../src/functions/im2col.js';
import { Random } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';

describe('im2col', () => {
  test('K4: an image of 7 × 7 × 3 gives 9 rows of 75 for a filter of 5 × 5, ten give 90', () => {
    expect(im2col(Tensor.zeros([1, 7, 7, 3]), { kernelSize: 5 }).shape).toEqual([9, 75]);
    expect(im2col(Tensor.zeros([10, 7, 7, 3]), { kernelSize: 5 }).shape).toEqual([90, 75]);
  });

  test('rows are the windows, channels last', () => {
    const x = Tensor.arange(12).reshape([1, 2, 3, 2]);
    expect(im2col(x, { kernelSize: [1, 2] }).toArray()).toEqual([
      [0, 1, 2, 3],
      [2, 3, 4, 5],
      [6, 7, 8, 9],
      [8, 9, 10, 11],
    ]);
  });

  test('padding is zeros, and a stride leaves places out', () => {
    const x = Tensor.from([1, 2, 3, 4]).reshape([1, 2, 2, 1]);
    expect(im2col(x, { kernelSize: 2, padding: 1, stride: 2 }).toArray()).toEqual([
      [0, 0, 0, 1],
      [0, 0, 2, 0],
      [0, 3, 0, 0],
      [4, 0, 0, 0],
    ]);
    expect(im2col(x, { kernelSize: 2, padding: 'same' }).toArray()).toEqual([
      [1, 2, 3, 4],
      [2, 0, 4, 0],
      [3, 4, 0, 0],
      [4, 0, 0, 0],
    ]);
  });

  test('K1: times the filter it is the convolution', () => {
    const x = Tensor.from([1, 2, 3, 0, 0, 1, 2, 3, 3, 0, 1, 2, 2, 3, 0, 1]).reshape([1, 4, 4, 1]);
    const W = Tensor.from([[2], [0], [1], [0], [1], [2], [1], [0], [2]]);
    expect(im2col(x, { kernelSize: 3 }).matMul(W).reshape([2, 2]).toArray()).toEqual([
      [15, 16],
      [6, 15],
    ]);
  });

  test('keeps dtype and backend, also of no images', () => {
    const x = Tensor.zeros([0, 3, 3, 1], { dtype: 'float64', backend: 'js' });
    const columns = im2col(x, { kernelSize: 2 });
    expect([columns.shape, columns.dtype, columns.backend.name]).toEqual([[0, 4], 'float64', 'js']);
  });
});

describe('col2im', () => {
  test('K4: adds what overlapping windows have at a place', () => {
    expect(
      col2im(Tensor.ones([4, 4]), [1, 3, 3, 1], { kernelSize: 2 })
        .reshape([3, 3])
        .toArray(),
    ).toEqual([
      [1, 2, 1],
      [2, 4, 2],
      [1, 2, 1],
    ]);
  });

  test('K4: is the transpose of im2col: ⟨im2col(x), c⟩ = ⟨x, col2im(c)⟩ for random sizes', () => {
    const random = new Random(1);
    for (let i = 0; i < 50; i++) {
      const [n, height, width, channels] = Array.from({ length: 4 }, () => 1 + random.integer(5)) as [
        number,
        number,
        number,
        number,
      ];
      const shape = [n, height, width, channels];
      const kernelSize = [1 + random.integer(height), 1 + random.integer(width)] as const;
      const least = Math.min(...kernelSize);
      const padding = (['same', 'valid', random.integer(least)] as const)[random.integer(3)]!;
      const options = { kernelSize, padding, stride: 1 + random.integer(3) };
      const x = Tensor.randomNormal(shape, { dtype: 'float64', seed: i });
      const columns = im2col(x, options);
      const c = Tensor.randomNormal(columns.shape, { dtype: 'float64', seed: i + 1000 });
      expect(columns.mul(c).sum()).toBeCloseTo(x.mul(col2im(c, shape, options)).sum(), 10);
    }
  });
});

describe('im2col and col2im refuse', () => {
  const x = Tensor.zeros([2, 4, 4, 1]);

  test('what is no batch of images', () => {
    expectRefusal(
      () => im2col(Tensor.zeros([2, 16]), { kernelSize: 3 }),
      ShapeError,
      'im2col: x has shape [2, 16]; expected [N, height, width, channels] (images, channels last)',
    );
    expectRefusal(
      () => im2col([[1]] as never, { kernelSize: 3 }),
      ArgumentError,
      'im2col: x is an array; expected a Tensor: Tensor.from(x)',
    );
    expectRefusal(
      () => col2im(Tensor.zeros([8, 9]), [4, 4, 1], { kernelSize: 3 }),
      ShapeError,
      'col2im: shape has shape [4, 4, 1]; expected [N, height, width, channels] (images, channels last)',
    );
  });

  test('columns of other images', () => {
    expectRefusal(
      () => col2im(Tensor.zeros([9, 9]), [2, 4, 4, 1], { kernelSize: 3 }),
      ShapeError,
      'col2im: columns has shape [9, 9]; expected [8, 9] (what im2col gives for these images)',
    );
  });

  test('K3: a filter larger than the padded image, and unknown options', () => {
    expectRefusal(
      () => im2col(x, { kernelSize: 5 }),
      ArgumentError,
      "im2col: kernelSize is 5 × 5 for images of 4 × 4 with padding 0 and stride 1; expected at most 4 × 4, the padded image. Use a smaller kernelSize, or padding: 'same'",
    );
    expectRefusal(
      () => im2col(x, { kernelSize: 3, strides: 2 } as never),
      ArgumentError,
      'im2col: unknown option "strides"; did you mean "stride"?',
    );
  });

  test('a matrix of 2³¹ numbers or more, before it is allocated', () => {
    expectRefusal(
      () => im2col(Tensor.zeros([1, 2000, 2000, 1]), { kernelSize: 100, padding: 'same' }),
      ShapeError,
      'im2col: the matrix is [4000000, 10000]; expected fewer than 2³¹ elements',
    );
  });
});
