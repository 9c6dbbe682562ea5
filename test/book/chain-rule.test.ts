/** Computational graphs, the chain rule and the order of layers: rows L1, L2 and L7 of docs/from-the-book.md. */
import { describe, expect, test } from 'vitest';
import { numericalDiff, numericalGradient } from '../../src/functions/numerical.js';
import { Affine } from '../../src/layers/affine.js';
import type { BackwardOptions, Layer, Tensors } from '../../src/layers/layer.js';
import { Relu } from '../../src/layers/relu.js';
import { Sigmoid } from '../../src/layers/sigmoid.js';
import { SoftmaxWithLoss } from '../../src/layers/softmax-with-loss.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { runnableBackends } from '../support/runnable.js';

for (const backend of runnableBackends()) {
  const options = { dtype: 'float64', backend } as const;

  describe(`graphs on ${backend.name}`, () => {
    /** A graph of sums of products is an Affine layer without a bias: one column for each sum. */
    const weights = (W: number[][]): Affine => {
      const layer = new Affine({ inputSize: W.length, outputSize: W[0]!.length, seed: 1, ...options });
      layer.params.W.set(W);
      return layer;
    };

    test('L1: (2 x1 + 3 x2) · 4 has the derivatives 8 and 12, node by node backwards', () => {
      const sum = weights([[2], [3]]);
      const times4 = weights([[4]]);
      const x = Tensor.from([[5, 7]], options);
      expect(times4.forward(sum.forward(x)).toArray()).toEqual([[124]]);
      const dsum = times4.backward(Tensor.ones([1, 1], options))!;
      expect(dsum.toArray()).toEqual([[4]]);
      expect(sum.backward(dsum)!.toArray()).toEqual([[8, 12]]);
    });

    test('E12: 2 x1 + 3 x2 + 4 is another function, with the derivatives 2 and 3', () => {
      const sum = weights([[2], [3]]);
      sum.params.b.set([4]);
      sum.forward(Tensor.from([[5, 7]], options));
      expect(sum.backward(Tensor.ones([1, 1], options))!.toArray()).toEqual([[2, 3]]);
    });

    test('L7: layers run first to last, and backward from last to first', () => {
      const calls: string[] = [];
      const recorded = (name: string, layer: Layer): Layer => ({
        params: layer.params as Tensors,
        grads: layer.grads as Tensors,
        forward(x: Tensor): Tensor {
          calls.push(`${name} forward`);
          return layer.forward(x);
        },
        backward(dy: Tensor, wanted?: BackwardOptions): Tensor | undefined {
          calls.push(`${name} backward`);
          return layer.backward(dy, wanted);
        },
      });
      const first = new Affine({ inputSize: 2, outputSize: 3, seed: 1, ...options });
      const last = new Affine({ inputSize: 3, outputSize: 2, seed: 2, ...options });
      const net = new Sequential([
        recorded('Affine1', first),
        recorded('Relu1', new Relu()),
        recorded('Affine2', last),
      ]);
      net.lossAndGradient([[0.6, 0.9]], [1]);
      expect(calls).toEqual([
        'Affine1 forward',
        'Relu1 forward',
        'Affine2 forward',
        'Affine2 backward',
        'Relu1 backward',
        'Affine1 backward',
      ]);
    });

    test('L7, T4: TwoLayerNet is Affine, activation, Affine in that order, with SoftmaxWithLoss behind them', () => {
      const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1, ...options });
      const [first, second, ...others] = net.layers as Affine[];
      expect([first!.activation, second!.activation, others.length]).toEqual(['relu', 'identity', 0]);
      expect([first!.params.W, second!.params.W]).toEqual([net.params.W1, net.params.W2]);
      expect(net.lossLayer).toBeInstanceOf(SoftmaxWithLoss);
    });

    test('L3: Sigmoid has the derivative y(1 − y), which is y² exp(−x)', () => {
      const x = Tensor.from([[-2, -0.5, 0, 1, 3]], options);
      const layer = new Sigmoid();
      const y = layer.forward(x).clone();
      const dx = layer.backward(Tensor.ones([1, 5], options))!;
      x.data.forEach((value, i) => {
        expect(dx.data[i]!).toBeCloseTo(y.data[i]! * (1 - y.data[i]!), 15);
        expect(dx.data[i]!).toBeCloseTo(y.data[i]! ** 2 * Math.exp(-value), 15);
      });
    });

    test('L4, E13: Relu computes on its argument x, and lets dy through where x > 0', () => {
      const layer = new Relu();
      expect(layer.forward(Tensor.from([[1, -0.5, 0, 3]], options)).toArray()).toEqual([[1, 0, 0, 3]]);
      expect(layer.backward(Tensor.from([[10, 20, 30, 40]], options))!.toArray()).toEqual([[10, 0, 0, 40]]);
    });

    test('L6, E16: the gradient of SoftmaxWithLoss is divided by the number of rows of t', () => {
      const row = [0.3, 2.9, 4.0];
      const gradient = (rows: number): Tensor => {
        const layer = new SoftmaxWithLoss();
        layer.forward(Tensor.from(new Array(rows).fill(row), options), new Array(rows).fill(1));
        return layer.backward().clone();
      };
      const single = gradient(1);
      for (const rows of [2, 5]) {
        const batch = gradient(rows);
        expect(batch.shape).toEqual([rows, 3]);
        batch.data.forEach((value, i) => {
          expect(value).toBeCloseTo(single.data[i % 3]! / rows, 15);
        });
      }
    });
  });
}

describe('the chain rule', () => {
  test('L2: z = t², t = x + y has ∂z/∂x = ∂z/∂t · ∂t/∂x = 2(x + y)', () => {
    const [x, y] = [1.5, -4];
    const dzdt = numericalDiff((t) => t ** 2, x + y);
    const dtdx = numericalDiff((value) => value + y, x);
    const [dzdx, dzdy] = numericalGradient((at) => (at[0]! + at[1]!) ** 2, [x, y]);
    for (const slope of [dzdt * dtdx, dzdx!, dzdy!]) expect(slope).toBeCloseTo(2 * (x + y), 8);
  });

  test('N3, E27: the partial derivative at x1 = 4 is the derivative of x0² + 16', () => {
    const partial = numericalGradient((at) => at[0]! ** 2 + at[1]! ** 2, [3, 4])[0]!;
    expect(partial).toBe(numericalDiff((x0) => x0 ** 2 + 16, 3));
  });
});
