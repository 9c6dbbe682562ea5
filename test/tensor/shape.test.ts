import { describe, expect, test } from 'vitest';
import { ShapeError } from '../../src/errors.js';
import { ANY, requireShape, sizeOf, stridesOf } from '../../src/tensor/shape.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';

describe('requireShape', () => {
  const x = Tensor.zeros([100, 700]);

  test('lets a tensor of the shape pass, a letter standing for any length', () => {
    requireShape('Affine.forward', 'x', x, [100, 700]);
    requireShape('Affine.forward', 'x', x, [ANY, 700]);
    requireShape('Affine.forward', 'x', x, ['rows', 'columns']);
    requireShape('Affine.forward', 'x', Tensor.zeros([]), []);
  });

  test('says what was found, what was expected and why', () => {
    expectRefusal(
      () => requireShape('Affine.forward', 'x', x, [ANY, 784], 'inputSize of this layer'),
      ShapeError,
      'Affine.forward: x has shape [100, 700]; expected [N, 784] (inputSize of this layer)',
    );
    expectRefusal(
      () => requireShape('Affine.forward', 'x', x, [ANY, 'M', 3]),
      ShapeError,
      'Affine.forward: x has shape [100, 700]; expected [N, M, 3]',
    );
  });
});

test('the size of a shape is the product of its lengths, of no lengths 1', () => {
  expect([sizeOf([2, 3, 4]), sizeOf([0, 5]), sizeOf([])]).toEqual([24, 0, 1]);
});

test('strides are row-major: the last axis lies side by side', () => {
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
  expect(stridesOf([])).toEqual([]);
});
