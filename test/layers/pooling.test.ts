import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError, StateError } from '../../src/errors.js';
import { AveragePooling } from '../../src/layers/average-pooling.js';
import { GlobalAveragePooling } from '../../src/layers/global-average-pooling.js';
import { MaxPooling, type MaxPoolingOptions } from '../../src/layers/max-pooling.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

/** The example of the book's §7.3. */
const IMAGE = [1, 2, 1, 0, 0, 1, 2, 3, 3, 0, 1, 2, 2, 4, 0, 1];

for (const backend of runnableBackends()) {
  const rows = (values: readonly number[], n = 1): Tensor =>
    Tensor.from(values, { dtype: 'float64', backend }).reshape([n, values.length / n]);

  describe(`MaxPooling on ${backend.name}`, () => {
    const create = (options: Partial<MaxPoolingOptions> = {}): MaxPooling =>
      new MaxPooling({ inputShape: [4, 4, 1], poolSize: 2, ...options });

    test('K6: takes the largest of each window of 2 × 2', () => {
      const layer = create();
      expect([...layer.forward(rows(IMAGE)).data]).toEqual([2, 3, 4, 2]);
      expect([...layer.infer(rows(IMAGE)).data]).toEqual([2, 3, 4, 2]);
    });

    test('K6: gives the gradient to where the largest was, of equal ones to the first', () => {
      const layer = create();
      layer.forward(rows(IMAGE));
      expect([...layer.backward(rows([1, 2, 3, 4]))!.data]).toEqual([0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 4, 0, 3, 0, 0]);
      layer.forward(rows(new Array(16).fill(7)));
      expect([...layer.backward(rows([1, 2, 3, 4]))!.data]).toEqual([1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0]);
    });

    test('K6: NaN wins, the first of a window, and takes the gradient', () => {
      const layer = create();
      const x = [...IMAGE];
      x[4] = Number.NaN;
      x[5] = Number.NaN;
      expect([...layer.forward(rows(x)).data]).toEqual([Number.NaN, 3, 4, 2]);
      expect([...layer.backward(rows([1, 2, 3, 4]))!.data].slice(0, 6)).toEqual([0, 0, 0, 0, 1, 0]);
    });

    test('pools each channel on its own', () => {
      const layer = create({ inputShape: [2, 2, 2] });
      expect([...layer.forward(rows([1, -1, 2, -2, 3, -3, 4, -4])).data]).toEqual([4, -1]);
      expect([...layer.backward(rows([5, 6]))!.data]).toEqual([0, 6, 0, 0, 0, 0, 5, 0]);
    });

    test('adds the gradients of windows that overlap', () => {
      const layer = create({ inputShape: [1, 4, 1], poolSize: [1, 2], stride: 1 });
      expect([...layer.forward(rows([1, 5, 2, 0])).data]).toEqual([5, 5, 2]);
      expect([...layer.backward(rows([1, 2, 4]))!.data]).toEqual([0, 3, 4, 0]);
    });

    test('padding never wins, not against negative numbers either', () => {
      const layer = create({ inputShape: [3, 3, 1], padding: 1, stride: 2 });
      const x = [-9, -8, -7, -6, -5, -4, -3, -2, -1];
      expect([...layer.forward(rows(x)).data]).toEqual([-9, -7, -3, -1]);
      const same = create({ inputShape: [3, 3, 1], padding: 'same' });
      expect([...same.forward(rows(x)).data]).toEqual([-5, -4, -2, -1]);
    });

    test('infer leaves what backward reads alone', () => {
      const layer = create();
      layer.forward(rows(IMAGE));
      layer.infer(rows([...IMAGE].reverse()));
      expect([...layer.backward(rows([1, 1, 1, 1]))!.data].indexOf(1)).toBe(1);
    });
  });

  describe(`AveragePooling on ${backend.name}`, () => {
    test('takes the mean of each window and shares the gradient out', () => {
      const layer = new AveragePooling({ inputShape: [4, 4, 1], poolSize: 2 });
      expect([...layer.forward(rows(IMAGE)).data]).toEqual([1, 1.5, 2.25, 1]);
      expect([...layer.backward(rows([4, 8, 0, -4]))!.data]).toEqual([
        1, 1, 2, 2, 1, 1, 2, 2, 0, 0, -1, -1, 0, 0, -1, -1,
      ]);
    });

    test('does not count padding, as Keras', () => {
      const layer = new AveragePooling({ inputShape: [3, 3, 1], poolSize: 2, padding: 'same' });
      expect([...layer.forward(rows([1, 2, 3, 4, 5, 6, 7, 8, 9])).data]).toEqual([3, 4.5, 7.5, 9]);
      expect([...layer.backward(rows([4, 4, 4, 4]))!.data]).toEqual([1, 1, 2, 1, 1, 2, 2, 2, 4]);
    });
  });

  describe(`GlobalAveragePooling on ${backend.name}`, () => {
    test('takes the mean of each channel over the image', () => {
      const layer = new GlobalAveragePooling({ inputShape: [1, 2, 3] });
      expect(layer.forward(rows([1, 2, 3, 5, 6, 7])).toArray()).toEqual([[3, 4, 5]]);
      expect(layer.backward(rows([2, 4, 6]))!.toArray()).toEqual([[1, 2, 3, 1, 2, 3]]);
      expect(layer.outputShape([1, 2, 3])).toEqual([3]);
      expect(layer.describe()).toEqual({ type: 'globalAveragePooling' });
    });

    test('takes images of any size, also larger than what max pooling takes', () => {
      const layer = new GlobalAveragePooling({ inputShape: [30, 40, 1] });
      expect(layer.infer(Tensor.ones([2, 1200], { backend })).toArray()).toEqual([[1], [1]]);
    });
  });
}

describe('pooling layers', () => {
  test.each([
    ['MaxPooling', MaxPooling, 'maxPooling'],
    ['AveragePooling', AveragePooling, 'averagePooling'],
  ] as const)('%s describes itself without sizes that follow, and without defaults', (_, Pooling, type) => {
    expect(new Pooling({ inputShape: [4, 6, 1], poolSize: 2 }).describe()).toEqual({ type, poolSize: 2 });
    expect(new Pooling({ inputShape: [4, 6, 1], poolSize: 2, stride: 2, padding: 0 }).describe()).toEqual({
      type,
      poolSize: 2,
    });
    expect(new Pooling({ inputShape: [5, 6, 1], poolSize: [2, 3], stride: 1, padding: 'valid' }).describe()).toEqual({
      type,
      poolSize: [2, 3],
      stride: 1,
      padding: 'valid',
    });
  });

  const max = (options: Partial<MaxPoolingOptions>) => (): MaxPooling =>
    new MaxPooling({ inputShape: [11, 11, 64], poolSize: 2, ...options });

  test('windows that drop the last rows or columns are refused, unless that was asked for', () => {
    expectRefusal(
      max({}),
      ArgumentError,
      "MaxPooling: windows of 2 × 2 with stride 2 and padding 0 drop the last row and column of 11 × 11; expected windows that reach every place. Use padding: 'valid' to drop them, or padding: 'same' to cover them",
    );
    expectRefusal(
      () => new AveragePooling({ inputShape: [14, 12, 1], poolSize: 4 }),
      ArgumentError,
      "AveragePooling: windows of 4 × 4 with stride 4 and padding 0 drop the last 2 rows of 14 × 12; expected windows that reach every place. Use padding: 'valid' to drop them, or padding: 'same' to cover them",
    );
    expectRefusal(
      max({ inputShape: [6, 6, 1], poolSize: 3, padding: 1 }),
      ArgumentError,
      "MaxPooling: windows of 3 × 3 with stride 3 and padding 1 drop the last row and column of 6 × 6; expected windows that reach every place. Use padding: 'same' to cover them",
    );
    expect(max({ padding: 'valid' })().outputShape([11, 11, 64])).toEqual([5, 5, 64]);
    expect(max({ padding: 'same' })().outputShape([11, 11, 64])).toEqual([6, 6, 64]);
    // Only padding is dropped: ResNet's 3 × 3 with stride 2 and padding 1.
    expect(max({ inputShape: [112, 112, 1], poolSize: 3, stride: 2, padding: 1 })().outputShape([112, 112, 1])).toEqual(
      [56, 56, 1],
    );
    // Places between windows are left out everywhere, not at the end alone.
    expect(max({ inputShape: [6, 6, 1], poolSize: 1, stride: 2 })().outputShape([6, 6, 1])).toEqual([3, 3, 1]);
  });

  test('what was dropped takes no part in either pass', () => {
    const layer = new MaxPooling({ inputShape: [3, 3, 1], poolSize: 2, padding: 'valid' });
    expect(layer.forward(Tensor.from([[1, 2, 9, 3, 4, 9, 9, 9, 9]])).toArray()).toEqual([[4]]);
    expect(layer.backward(Tensor.from([[1]]))!.toArray()).toEqual([[0, 0, 0, 0, 1, 0, 0, 0, 0]]);
  });

  test('max pooling of more than 256 places is refused, of 256 it is not', () => {
    expectRefusal(
      max({ inputShape: [34, 34, 1], poolSize: 17 }),
      ArgumentError,
      'MaxPooling: poolSize is 17 × 17, 289 places; expected windows of at most 256. Pool twice with smaller windows',
    );
    const layer = new MaxPooling({ inputShape: [16, 16, 1], poolSize: 16 });
    const x = Tensor.arange(256).reshape([1, 256]);
    expect(layer.forward(x).toArray()).toEqual([[255]]);
    expect(layer.backward(Tensor.ones([1, 1]))!.data.indexOf(1)).toBe(255);
  });

  test('the stride of windows that are not square must be given', () => {
    expectRefusal(
      max({ inputShape: [4, 6, 1], poolSize: [2, 3] }),
      ArgumentError,
      'MaxPooling: stride is undefined; expected an integer in [1, 2147483647]',
    );
  });

  test('windows larger than the image, and a padding that makes nothing, are refused', () => {
    expectRefusal(
      max({ inputShape: [2, 3, 1], poolSize: 4, padding: 0 }),
      ArgumentError,
      "MaxPooling: poolSize is 4 × 4 for images of 2 × 3 with padding 0 and stride 4; expected at most 2 × 3, the padded image. Use a smaller poolSize, or padding: 'same'",
    );
    expectRefusal(
      max({ padding: 2 }),
      ArgumentError,
      'MaxPooling: poolSize is 2 × 2 for images of 11 × 11 with padding 2 and stride 2; expected a padding of at most 1. Windows that lie wholly in the padding see nothing of the image',
    );
  });

  test('2³¹ numbers or more, unknown options, rows of the wrong width and calls out of order are refused', () => {
    expectRefusal(
      max({ inputShape: [65536, 65536, 1] }),
      ArgumentError,
      'MaxPooling: a row of x has 4294967296 numbers (shape [65536, 65536, 1]); expected fewer than 2³¹ numbers in one tensor',
    );
    expectRefusal(
      max({ kernelSize: 2 } as never),
      ArgumentError,
      'MaxPooling: unknown option "kernelSize"; known are inputShape, poolSize, stride, padding',
    );
    const layer = max({ inputShape: [2, 2, 1] })();
    expectRefusal(
      () => layer.forward(Tensor.zeros([1, 5])),
      ShapeError,
      'MaxPooling.forward: x has shape [1, 5]; expected [N, 4] (images of 2 × 2 × 1, inputShape of this layer)',
    );
    expectRefusal(() => layer.backward(Tensor.zeros([1, 1])), StateError, 'MaxPooling.backward: called before forward');
    expectRefusal(
      () => layer.outputShape([2, 2, 3]),
      ShapeError,
      'MaxPooling: its input has rows of shape [2, 2, 3]; expected [2, 2, 1] (inputShape of this layer)',
    );
  });
});
