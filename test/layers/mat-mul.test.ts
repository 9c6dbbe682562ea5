import { describe, expect, test } from 'vitest';
import { numericalGradient } from '../../src/functions/numerical.js';
import { MatMul } from '../../src/layers/mat-mul.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { runnableBackends } from '../support/runnable.js';

for (const backend of runnableBackends()) {
  describe(`MatMul on ${backend.name}`, () => {
    test('computes x·W, dx = dy·Wᵀ and dW = xᵀ·dy', () => {
      const tensor = (rows: number[][]): Tensor => Tensor.from(rows, { dtype: 'float64', backend });
      const layer = new MatMul(
        tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      );
      const x = tensor([
        [1, 2],
        [3, 4],
      ]);
      expect(layer.forward(x).toArray()).toEqual([
        [9, 12, 15],
        [19, 26, 33],
      ]);
      expect(layer.infer(x).toArray()).toEqual([
        [9, 12, 15],
        [19, 26, 33],
      ]);
      expect(
        layer
          .backward(
            tensor([
              [1, 0, -1],
              [2, 1, 0],
            ]),
          )
          ?.toArray(),
      ).toEqual([
        [-2, -2],
        [4, 13],
      ]);
      expect(layer.grads.W.toArray()).toEqual([
        [7, 3, -1],
        [10, 4, -2],
      ]);
    });

    test('backward equals the numerical gradient of Σ y² / 2', () => {
      const layer = new MatMul(Tensor.randomNormal([3, 4], { seed: 1, dtype: 'float64', backend }));
      const x = Tensor.randomNormal([5, 3], { seed: 2, dtype: 'float64', backend });
      const dx = layer.backward(layer.forward(x).clone())!;
      const loss = (): number => layer.infer(x).pow(2).sum() / 2;
      for (const [parameter, gradient] of [
        [layer.params.W, layer.grads.W],
        [x, dx],
      ] as const) {
        const difference = numericalGradient(loss, parameter).sub(gradient).abs().max();
        expect(difference / gradient.abs().max()).toBeLessThan(1e-7);
      }
    });
  });
}

describe('MatMul', () => {
  test('owns its weights', () => {
    const weights = Tensor.ones([2, 2]);
    const layer = new MatMul(weights);
    weights.data.fill(5);
    expect(layer.params.W.toArray()).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  test('refuses what does not fit', () => {
    const layer = new MatMul(Tensor.ones([2, 3]));
    expect(() => layer.backward(Tensor.ones([1, 3]))).toThrow(
      expect.objectContaining({ name: 'StateError', message: 'MatMul.backward: called before forward' }),
    );
    expect(() => layer.forward(Tensor.ones([1, 3]))).toThrow(
      expect.objectContaining({
        name: 'ShapeError',
        message: 'MatMul.forward: x has shape [1, 3]; expected [N, 2] (rows of W)',
      }),
    );
    expect(() => new MatMul(Tensor.ones([3]))).toThrow(
      expect.objectContaining({
        name: 'ShapeError',
        message: 'MatMul: weights has shape [3]; expected [inputSize, outputSize] (a matrix)',
      }),
    );
  });
});
