import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/errors.js';
import {
  type Padding,
  requireImageShape,
  requirePadding,
  requireStride,
  requireWindowSize,
  slideOver,
} from '../../src/functions/windows.js';
import { expectRefusal } from '../support/refusal.js';

const place = (length: number, size: number, padding: Padding, stride: number) =>
  slideOver('here', 'kernelSize', [length, length + 1, 1], { size: [size, size], stride, padding });

describe('windows over an image', () => {
  test.each([
    [4, 3, 0, 1, 2],
    [7, 3, 0, 2, 3],
    [28, 5, 2, 3, 10],
    [31, 5, 2, 3, 11],
    [28, 5, 0, 1, 24],
    [8, 3, 0, 2, 3], // rounded down: the last row has no window
  ])('K3: %i with a window of %i, padding %i and stride %i: %i', (length, size, padding, stride, out) => {
    expect(place(length, size, padding, stride).outHeight).toBe(out);
  });

  test('a window may be as large as the padded image', () => {
    expect(place(3, 5, 1, 7)).toEqual({ padTop: 1, padLeft: 1, outHeight: 1, outWidth: 1 });
  });

  test.each([
    // As TensorFlow: ⌈length / stride⌉ outputs, the extra place at the end.
    [28, 5, 1, 28, 2],
    [28, 4, 1, 28, 1],
    [5, 3, 2, 3, 1],
    [6, 3, 2, 3, 0],
    [5, 1, 3, 2, 0],
    [2, 7, 1, 2, 3],
  ])("'same': %i with a window of %i and stride %i: %i outputs, %i before", (length, size, stride, out, before) => {
    expect(place(length, size, 'same', stride)).toMatchObject({ outHeight: out, padTop: before });
  });

  test("K3: a window larger than the padded image is refused with all the numbers, 'same' and a fitting one are not", () => {
    const slide = { size: [7, 5], stride: 2, padding: 1 } as const;
    expectRefusal(
      () => slideOver('here', 'kernelSize', [4, 6, 3], slide),
      ArgumentError,
      "here: kernelSize is 7 × 5 for images of 4 × 6 with padding 1 and stride 2; expected at most 6 × 8, the padded image. Use a smaller kernelSize, or padding: 'same'",
    );
    expectRefusal(
      () => slideOver('here', 'poolSize', [4, 4, 3], { size: [2, 5], stride: 1, padding: 'valid' }),
      ArgumentError,
      "here: poolSize is 2 × 5 for images of 4 × 4 with padding 0 and stride 1; expected at most 4 × 4, the padded image. Use a smaller poolSize, or padding: 'same'",
    );
    expect(place(4, 7, 'same', 2).outHeight).toBe(2);
    expect(place(4, 6, 1, 2).outHeight).toBe(1);
  });

  test('a padding in which a whole window fits is refused', () => {
    expectRefusal(
      () => slideOver('here', 'kernelSize', [8, 8, 1], { size: [3, 5], stride: 1, padding: 3 }),
      ArgumentError,
      'here: kernelSize is 3 × 5 for images of 8 × 8 with padding 3 and stride 1; expected a padding of at most 2. Windows that lie wholly in the padding see nothing of the image',
    );
    expect(place(8, 3, 2, 1).outHeight).toBe(10);
  });

  test('sizes, strides and paddings that are none are refused', () => {
    const refused = (call: () => unknown, message: string): void => expectRefusal(call, ArgumentError, message);
    refused(
      () => requireImageShape('here', [28, 28]),
      'here: inputShape is [28, 28]; expected the shape of an image, [height, width, channels]. A grey image has one channel: [28, 28, 1]',
    );
    refused(
      () => requireImageShape('here', 784),
      'here: inputShape is 784; expected the shape of an image, [height, width, channels]',
    );
    refused(
      () => requireImageShape('here', [28, 0, 1]),
      'here: inputShape[1] (width) is 0; expected an integer in [1, 2147483647]',
    );
    refused(
      () => requireWindowSize('here', 'kernelSize', 2.5),
      'here: kernelSize is 2.5; expected an integer in [1, 2147483647]',
    );
    refused(
      () => requireWindowSize('here', 'kernelSize', [3, 0]),
      'here: kernelSize[1] is 0; expected an integer in [1, 2147483647]',
    );
    refused(
      () => requireWindowSize('here', 'kernelSize', [3, 3, 1]),
      'here: kernelSize is [3, 3, 1]; expected the side of a square, or [height, width]',
    );
    refused(() => requireStride('here', 0), 'here: stride is 0; expected an integer in [1, 2147483647]');
    for (const padding of [-1, 0.5, 'smae', undefined]) {
      const shown = typeof padding === 'string' ? '"smae"' : padding;
      refused(
        () => requirePadding('here', padding),
        `here: padding is ${shown}; expected an integer of at least 0, "valid" or "same"`,
      );
    }
  });
});
