import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Tensor } from '../../src/tensor/tensor.js';

const matrix = (): Tensor =>
  Tensor.from([
    [1, 2, 3],
    [4, 5, 6],
  ]);

describe('printing', () => {
  test('console.log shows dtype, shape and numbers', () => {
    expect(inspect(matrix())).toBe('Tensor float32 [2, 3]\n[[1. 2. 3.]\n [4. 5. 6.]]');
    expect(inspect({ b: Tensor.zeros([2]) })).toContain('Tensor float32 [2]');
    expect(`${Tensor.from([0.25, 3])}`).toBe('[0.25 3.  ]');
  });

  test('N5: a gradient is printed as the notes print it', () => {
    expect(String(Tensor.from([6.00000000000378, 7.999999999999119], { dtype: 'float64' }))).toBe('[6. 8.]');
  });

  test('C1: B7 in the digits of the notes', () => {
    const y = Tensor.from([0.018211273295547534, 0.24519181293507392, 0.7365969137693786], { dtype: 'float64' });
    expect(String(y)).toBe('[0.01821127 0.24519181 0.73659691]');
  });

  test('a tensor of a million numbers is cut short', () => {
    expect(String(Tensor.zeros([1000, 1000])).split('\n')).toHaveLength(7);
  });
});
