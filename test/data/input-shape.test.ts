import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, ShapeError } from '../../src/errors.js';
import { errorOf } from './error-of.js';

/** Four samples of this shape, numbered. */
function samples(shape: readonly number[], inputShape?: readonly number[]): Dataset<Int32Array> {
  const size = shape.reduce((product, n) => product * n, 4);
  return Dataset.from({
    x: { data: Float32Array.from({ length: size }, (_, i) => i), shape: [4, ...shape] },
    labels: [0, 1, 0, 1],
    ...(inputShape === undefined ? {} : { inputShape }),
  });
}

describe('the shape of images', () => {
  test.each([
    [[6], undefined],
    [
      [2, 3],
      [2, 3, 1],
    ],
    [
      [2, 3, 4],
      [2, 3, 4],
    ],
    [[2, 3, 4, 5], undefined],
  ])('of samples %j is %j', (shape, expected) => {
    expect(samples(shape).inputShape).toEqual(expected);
  });

  test('is given for rows, and stays with every part', () => {
    const images = samples([12], [2, 3, 2]);
    expect([images.inputSize, images.sampleShape, images.inputShape]).toEqual([12, [2, 3, 2], [2, 3, 2]]);
    expect(String(images)).toBe('Dataset of 4 rows: x [2, 3, 2], labels of 2 classes');
    const { train, test: held } = images.split({ test: 0.5, seed: 1, stratify: true });
    const parts = [
      train,
      held,
      images.take(2),
      images.withRows(Int32Array.of(3)),
      images.withClassWeights([1, 2]),
      Dataset.from(images.share()),
    ];
    for (const part of parts)
      expect([part.sampleShape, part.inputShape]).toEqual([images.sampleShape, images.inputShape]);
  });

  test('given, shapes the tensors too', () => {
    const { x } = samples([12], [2, 3, 2]).take(1).toTensors({ flatten: false });
    expect(x.shape).toEqual([1, 2, 3, 2]);
    expect(x.toArray()).toEqual([
      [
        [
          [0, 1],
          [2, 3],
          [4, 5],
        ],
        [
          [6, 7],
          [8, 9],
          [10, 11],
        ],
      ],
    ]);
  });

  test('given, stands above that of x', () => {
    expect(samples([3, 4], [2, 6, 1]).inputShape).toEqual([2, 6, 1]);
    expect(samples([3, 4], [12]).inputShape).toBeUndefined();
  });

  test('is a copy of what was given, and does not change', () => {
    const given = [2, 3, 2];
    const images = samples([12], given);
    given[0] = 7;
    expect(images.inputShape).toEqual([2, 3, 2]);
    expect(Object.isFrozen(images.inputShape) && Object.isFrozen(images.sampleShape)).toBe(true);
  });

  test.each([
    [
      [28, 28, 1],
      ShapeError,
      'Dataset.from: inputShape is [28, 28, 1], 784 numbers; expected the shape of 12 numbers, as each row of x has',
    ],
    [
      12,
      ArgumentError,
      'Dataset.from: inputShape is 12; expected the sizes of one sample, e.g. [28, 28, 1]: height, width and channels',
    ],
    [
      [],
      ArgumentError,
      'Dataset.from: inputShape is []; expected the sizes of one sample, e.g. [28, 28, 1]: height, width and channels',
    ],
    [
      [-3, -4],
      ArgumentError,
      'Dataset.from: inputShape is [-3, -4]; expected the sizes of one sample, e.g. [28, 28, 1]: height, width and channels',
    ],
    [
      [1.5, 8],
      ArgumentError,
      'Dataset.from: inputShape is [1.5, 8]; expected the sizes of one sample, e.g. [28, 28, 1]: height, width and channels',
    ],
  ])('%j is refused', (inputShape, type, message) => {
    const error = errorOf(() => samples([12], inputShape as never));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toBe(message);
  });

  test('under another name is recognised', () => {
    const { message } = errorOf(() => Dataset.from({ x: [[1]], labels: [0], imageShape: [1, 1, 1] } as never));
    expect(message).toBe('Dataset.from: unknown option "imageShape"; did you mean "inputShape"?');
  });
});
