import { describe, expect, test } from 'vitest';
import type { Activation } from '../../src/backend/backend.js';
import { numericalGradient } from '../../src/functions/numerical.js';
import { Affine } from '../../src/layers/affine.js';
import { Relu } from '../../src/layers/relu.js';
import { Sigmoid } from '../../src/layers/sigmoid.js';
import { Tanh } from '../../src/layers/tanh.js';
import { Random } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { runnableBackends } from '../support/runnable.js';

const HIDDEN: Activation[] = ['relu', 'sigmoid', 'tanh'];

for (const backend of runnableBackends()) {
  const tensor = (values: number[][], dtype: 'float32' | 'float64' = 'float64'): Tensor =>
    Tensor.from(values, { dtype, backend });

  /** A layer of 2 inputs and 3 outputs with round weights, for arithmetic in the head. */
  const handmade = (): Affine => {
    const layer = new Affine({ inputSize: 2, outputSize: 3, seed: 1, dtype: 'float64', backend });
    layer.params.W.set([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    layer.params.b.set([10, 20, 30]);
    return layer;
  };

  describe(`Affine on ${backend.name}`, () => {
    test('computes x·W + b (C2, C1)', () => {
      expect(
        handmade()
          .forward(
            tensor([
              [1, 2],
              [0, 1],
            ]),
          )
          .toArray(),
      ).toEqual([
        [19, 32, 45],
        [14, 25, 36],
      ]);
    });

    test('gives dx = dy·Wᵀ, dW = xᵀ·dy and db = the column sums of dy (L5, E15)', () => {
      const layer = handmade();
      layer.forward(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      );
      const dx = layer.backward(
        tensor([
          [1, 0, -1],
          [2, 1, 0],
        ]),
      );
      expect(dx?.toArray()).toEqual([
        [-2, -2],
        [4, 13],
      ]);
      expect(layer.grads.W.toArray()).toEqual([
        [7, 3, -1],
        [10, 4, -2],
      ]);
      expect(layer.grads.b.toArray()).toEqual([3, 1, -1]);
    });

    test.each(HIDDEN)('backward equals the numerical gradient of Σ y² / 2 with %s', (activation) => {
      const layer = new Affine({ inputSize: 3, outputSize: 4, activation, seed: 5, dtype: 'float64', backend });
      const x = Tensor.randomNormal([6, 3], { seed: 6, dtype: 'float64', backend });
      const loss = (): number => layer.infer(x).pow(2).sum() / 2;
      const dx = layer.backward(layer.forward(x).clone())!.clone();
      for (const [parameter, gradient] of [
        [layer.params.W, layer.grads.W],
        [layer.params.b, layer.grads.b],
        [x, dx],
      ]) {
        const numerical = numericalGradient(loss, parameter!);
        const largest = gradient!.abs().max();
        numerical.data.forEach((value, i) => {
          expect(Math.abs(value - gradient!.data[i]!) / largest).toBeLessThan(1e-7);
        });
      }
    });

    test.each([
      ['relu', () => new Relu()],
      ['sigmoid', () => new Sigmoid()],
      ['tanh', () => new Tanh()],
    ] as const)('with %s it gives the same bits as a separate layer behind it, both ways', (activation, separate) => {
      const shape = { inputSize: 7, outputSize: 5, seed: 3, dtype: 'float32', backend, weightInitStd: 'he' } as const;
      const fused = new Affine({ ...shape, activation });
      const plain = new Affine(shape);
      const layer = separate();
      const x = Tensor.randomNormal([33, 7], { seed: 4, backend });
      const dy = Tensor.randomNormal([33, 5], { seed: 5, backend });
      expect(fused.forward(x).data).toEqual(layer.forward(plain.forward(x)).data);
      const dx = fused.backward(dy)!;
      expect(dx.data).toEqual(plain.backward(layer.backward(dy)!)!.data);
      expect(fused.grads.W.data).toEqual(plain.grads.W.data);
      expect(fused.grads.b.data).toEqual(plain.grads.b.data);
    });

    test('infer gives the bits of forward and leaves what backward reads alone', () => {
      const layer = new Affine({ inputSize: 3, outputSize: 2, activation: 'sigmoid', seed: 1, backend });
      const x = Tensor.randomNormal([4, 3], { seed: 2, backend });
      const dy = Tensor.randomNormal([4, 2], { seed: 3, backend });
      const y = layer.forward(x).clone();
      layer.backward(dy);
      const dW = layer.grads.W.clone();
      expect(layer.infer(x).data).toEqual(y.data);
      layer.infer(Tensor.randomNormal([9, 3], { seed: 9, backend }));
      layer.backward(dy);
      expect(layer.grads.W.data).toEqual(dW.data);
    });

    test('writes into none of its caller’s arrays (E14)', () => {
      const layer = new Affine({ inputSize: 3, outputSize: 2, activation: 'relu', seed: 1, backend });
      const x = Tensor.randomNormal([4, 3], { seed: 2, backend });
      const dy = Tensor.randomNormal([4, 2], { seed: 3, backend });
      const before = [x.clone().data, dy.clone().data];
      layer.forward(x);
      layer.backward(dy);
      expect([x.data, dy.data]).toEqual(before);
    });

    test('overwrites gradients, so that a second backward gives the same', () => {
      const layer = handmade();
      layer.forward(tensor([[1, 2]]));
      layer.backward(tensor([[1, 1, 1]]));
      layer.backward(tensor([[1, 1, 1]]));
      expect(layer.grads.W.toArray()).toEqual([
        [1, 1, 1],
        [2, 2, 2],
      ]);
    });

    test('leaves dx out when it is not wanted', () => {
      const layer = handmade();
      layer.forward(tensor([[1, 2]]));
      expect(layer.backward(tensor([[1, 1, 1]]), { inputGradient: false })).toBeUndefined();
      expect(layer.grads.b.toArray()).toEqual([1, 1, 1]);
    });

    test('reuses its buffers for full and short batches in turn', () => {
      const layer = handmade();
      const full = layer.forward(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      );
      const short = layer.forward(tensor([[1, 2]]));
      expect(
        layer.forward(
          tensor([
            [5, 6],
            [7, 8],
          ]),
        ),
      ).toBe(full);
      expect(layer.forward(tensor([[3, 4]]))).toBe(short);
      expect(short.data.buffer).toBe(full.data.buffer);
    });

    test('handles a batch of no rows', () => {
      const layer = handmade();
      expect(layer.forward(Tensor.zeros([0, 2], { dtype: 'float64', backend })).shape).toEqual([0, 3]);
      layer.backward(Tensor.zeros([0, 3], { dtype: 'float64', backend }));
      expect(layer.grads.W.toArray()).toEqual([
        [0, 0, 0],
        [0, 0, 0],
      ]);
      expect(layer.grads.b.toArray()).toEqual([0, 0, 0]);
    });
  });
}

const within =
  (tolerance: number) =>
  (ratio: number): boolean =>
    Math.abs(ratio - 1) < tolerance;

describe('Affine', () => {
  test('draws weights of the standard deviation it was asked for, biases 0', () => {
    const spread = (weightInitStd: number | 'he' | 'xavier'): number => {
      const { W, b } = new Affine({ inputSize: 50, outputSize: 400, weightInitStd, seed: 1 }).params;
      expect(b.data.every((value) => value === 0)).toBe(true);
      return Math.sqrt(W.pow(2).mean());
    };
    // 20,000 draws: the estimate's own standard deviation is 1 / √40,000 = 0.5 % of it; four of them are allowed.
    expect(spread(0.01) / 0.01).toSatisfy(within(0.02));
    expect(spread('he') / Math.sqrt(2 / 50)).toSatisfy(within(0.02));
    expect(spread('xavier') / Math.sqrt(1 / 50)).toSatisfy(within(0.02));
  });

  test('draws in order from the generator it is given', () => {
    const random = new Random(8);
    const first = new Affine({ inputSize: 2, outputSize: 2, random, weightInitStd: 1, dtype: 'float64' });
    const second = new Affine({ inputSize: 2, outputSize: 2, random, weightInitStd: 1, dtype: 'float64' });
    const expected = new Random(8);
    const draws = Array.from({ length: 8 }, () => expected.normal());
    expect([...first.params.W.data, ...second.params.W.data]).toEqual(draws);
  });

  test.each([
    [{ inputSize: 0, outputSize: 1 }, 'Affine: inputSize is 0; expected an integer of at least 1'],
    [{ inputSize: 1, outputSize: 1.5 }, 'Affine: outputSize is 1.5; expected an integer of at least 1'],
    [
      { inputSize: 1, outputSize: 1, activation: 'rellu' },
      'Affine: activation is "rellu"; expected "identity", "relu", "sigmoid" or "tanh". Did you mean "relu"?',
    ],
    [{ inputSize: 1, outputSize: 1, dtype: 'f32' }, 'Affine: dtype is "f32"; expected "float32" or "float64"'],
    [
      { inputSize: 1, outputSize: 1, weightInitStd: -1 },
      'Affine: weightInitStd is -1; expected a finite number of at least 0, "he" or "xavier"',
    ],
    [
      { inputSize: 1e9, outputSize: 1e9 },
      'Affine: W of shape [1000000000, 1000000000] takes 4.00 EB; expected fewer than 2³¹ numbers in one tensor',
    ],
    [{ inputSize: 1, outputsize: 1 }, 'Affine: unknown option "outputsize"; did you mean "outputSize"?'],
  ])('refuses the options %j', (options, message) => {
    expect(() => new Affine(options as never)).toThrow(
      expect.objectContaining({ name: 'ArgumentError', code: 'ZK_ARGUMENT', message }),
    );
  });

  test('refuses rows of another width, another dtype, and backward out of turn', () => {
    const layer = new Affine({ inputSize: 3, outputSize: 2, seed: 1 });
    expect(() => layer.backward(Tensor.zeros([1, 2]))).toThrow(
      expect.objectContaining({ name: 'StateError', message: 'Affine.backward: called before forward' }),
    );
    expect(() => layer.forward(Tensor.zeros([5, 4]))).toThrow(
      expect.objectContaining({
        name: 'ShapeError',
        message: 'Affine.forward: x has shape [5, 4]; expected [N, 3] (inputSize of this layer)',
      }),
    );
    expect(() => layer.forward(Tensor.zeros([5, 3], { dtype: 'float64' }))).toThrow(
      expect.objectContaining({
        name: 'DtypeError',
        message:
          "Affine.forward: x is float64; expected float32, the dtype of the weights. Convert x with Tensor.from(x, { dtype: 'float32' }), or build the network with dtype: 'float64'",
      }),
    );
    layer.forward(Tensor.zeros([5, 3]));
    expect(() => layer.backward(Tensor.zeros([4, 2]))).toThrow(
      expect.objectContaining({
        name: 'ShapeError',
        message: 'Affine.backward: dy has shape [4, 2]; expected [5, 2] (the shape of the last output)',
      }),
    );
  });
});
