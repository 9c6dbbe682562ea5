import { describe, expect, test } from 'vitest';
import { numericalGradient } from '../../src/functions/numerical.js';
import { Relu } from '../../src/layers/relu.js';
import { Sigmoid } from '../../src/layers/sigmoid.js';
import { Tanh } from '../../src/layers/tanh.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { runnableBackends } from '../support/runnable.js';

const LAYERS = [
  ['Relu', () => new Relu()],
  ['Sigmoid', () => new Sigmoid()],
  ['Tanh', () => new Tanh()],
] as const;

for (const backend of runnableBackends()) {
  describe(`activation layers on ${backend.name}`, () => {
    test('Relu gives zero output and zero gradient where the input was not positive (L4, B4)', () => {
      const relu = new Relu();
      const x = Tensor.from([[-1, 0, 2]], { backend });
      expect(relu.forward(x).toArray()).toEqual([[0, 0, 2]]);
      expect(relu.backward(Tensor.from([[5, 6, 7]], { backend }))?.toArray()).toEqual([[0, 0, 7]]);
    });

    test('Relu passes NaN on', () => {
      expect(new Relu().forward(Tensor.from([[Number.NaN, 1]], { backend })).toArray()).toEqual([[Number.NaN, 1]]);
    });

    test('Sigmoid gives dy · y · (1 − y) (L3, B3)', () => {
      const sigmoid = new Sigmoid();
      const y = sigmoid.forward(Tensor.from([[0, 2]], { dtype: 'float64', backend })).clone();
      expect(y.data[0]).toBe(0.5);
      expect(y.data[1]).toBeCloseTo(0.8807970779778823, 14);
      const dx = sigmoid.backward(Tensor.from([[8, 1]], { dtype: 'float64', backend }))!;
      expect(dx.data[0]).toBe(2);
      expect(dx.data[1]).toBeCloseTo(0.10499358540350662, 14);
    });

    test.each(LAYERS)('%s: backward equals the numerical gradient of Σ y² / 2', (_, create) => {
      const layer = create();
      // Kept 0.01 away from 0, where ReLU has no derivative to compare with.
      const x = Tensor.randomNormal([7, 3], { seed: 1, dtype: 'float64', backend });
      x.data.forEach((value, i) => {
        x.data[i] = value + Math.sign(value) * 0.01;
      });
      const numerical = numericalGradient(() => layer.infer(x).pow(2).sum() / 2, x);
      const dx = layer.backward(layer.forward(x).clone())!;
      numerical.data.forEach((value, i) => {
        expect(dx.data[i]).toBeCloseTo(value, 7);
      });
    });

    test.each(LAYERS)('%s writes into none of its caller’s arrays (E14)', (_, create) => {
      const layer = create();
      const x = Tensor.randomNormal([4, 3], { seed: 2, backend });
      const dy = Tensor.randomNormal([4, 3], { seed: 3, backend });
      const before = [x.clone().data, dy.clone().data];
      layer.forward(x);
      layer.infer(x);
      layer.backward(dy);
      expect([x.data, dy.data]).toEqual(before);
    });
  });
}

describe('activation layers', () => {
  test.each(LAYERS)('%s refuses backward before forward and another shape', (name, create) => {
    const layer = create();
    expect(() => layer.backward(Tensor.zeros([1, 2]))).toThrow(
      expect.objectContaining({ name: 'StateError', message: `${name}.backward: called before forward` }),
    );
    expect(() => layer.forward(Tensor.zeros([2]))).toThrow(
      expect.objectContaining({
        name: 'ShapeError',
        message: `${name}.forward: x has shape [2]; expected [N, M] (the rows of a batch)`,
      }),
    );
    layer.forward(Tensor.zeros([1, 2]));
    expect(() => layer.backward(Tensor.zeros([1, 3]))).toThrow(
      expect.objectContaining({
        name: 'ShapeError',
        message: `${name}.backward: dy has shape [1, 3]; expected [1, 2] (the shape of the last output)`,
      }),
    );
    expect(() => layer.backward(Tensor.zeros([1, 2], { dtype: 'float64' }))).toThrow(
      expect.objectContaining({
        name: 'DtypeError',
        message: `${name}.backward: dy is float64; expected float32, the dtype of the last output. Convert dy with Tensor.from(dy, { dtype: 'float32' }), or build the network with dtype: 'float64'`,
      }),
    );
    expect(layer.backward(Tensor.zeros([1, 2]), { inputGradient: false })).toBeUndefined();
  });
});
