import { describe, expect, test } from 'vitest';
import { ArgumentError, StateError } from '../../src/errors.js';
import { Gelu } from '../../src/layers/gelu.js';
import { LeakyRelu } from '../../src/layers/leaky-relu.js';
import { Softplus } from '../../src/layers/softplus.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { Sequential } from '../../src/models/sequential.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

const LAYERS = [
  ['LeakyRelu', { type: 'leakyRelu', alpha: 0.2 }],
  ['Gelu', { type: 'gelu' }],
  ['Gelu by tanh', { type: 'gelu', exact: false }],
  ['Softplus', { type: 'softplus' }],
] as const;

for (const backend of runnableBackends()) {
  const options = { dtype: 'float64', backend } as const;

  describe(`LeakyRelu, Gelu and Softplus on ${backend.name}`, () => {
    test('LeakyRelu keeps a slope of alpha below 0 and at 0', () => {
      const layer = new LeakyRelu({ alpha: 0.25 });
      expect(layer.forward(Tensor.from([[-2, 0, 3]], options)).toArray()).toEqual([[-0.5, 0, 3]]);
      expect(layer.backward(Tensor.from([[4, 8, 5]], options))!.toArray()).toEqual([[1, 2, 5]]);
      expect(new LeakyRelu().alpha).toBe(0.01);
    });

    // PyTorch 1.13, float64: torch.nn.functional.gelu and softplus.
    test.each([
      [new Gelu(), [-0.15865525393145702, 0.34573123063700656, 2.99595030590511]],
      [new Gelu({ exact: false }), [-0.15880800939172324, 0.34571400982514394, 2.996362607918227]],
      [new Softplus(), [0.31326168751822286, 0.9740769841801067, 3.048587351573742]],
    ])('%o has the values of PyTorch at −1, 0.5 and 3', (layer, expected) => {
      layer.forward(Tensor.from([[-1, 0.5, 3]], options)).data.forEach((value, i) => {
        expect(Math.abs(value / expected[i]! - 1)).toBeLessThan(4e-16);
      });
    });

    test.each([
      [new LeakyRelu({ alpha: 0 }), [Number.NaN, 0, 0, 1, 1]],
      [new Gelu(), [Number.NaN, 0, 0, 1, 1]],
      [new Gelu({ exact: false }), [Number.NaN, 0, 0, 1, 1]],
      [new Softplus(), [Number.NaN, 0, 0, 1, 1]],
    ])('%o lets NaN through and is 0 or x far from 0, with the slopes 0 and 1', (layer, slopes) => {
      const x = Tensor.from([[Number.NaN, -1e200, -1000, 1000, 1e200]], options);
      expect(layer.forward(x).data.map((y) => (y === 0 ? 0 : y))).toEqual(
        Float64Array.of(Number.NaN, 0, 0, 1000, 1e200),
      );
      const dy = Tensor.from([[Number.NaN, 1, 1, 1, 1]], options);
      expect(layer.backward(dy)!.data.map((dx) => (dx === 0 ? 0 : dx))).toEqual(Float64Array.from(slopes));
    });

    test.each(LAYERS)('%s passes the gradient check in a network', (_, layer) => {
      const net = Sequential.from(
        { input: 4, layers: [{ type: 'affine', outputSize: 6 }, layer, { type: 'affine', outputSize: 3 }, layer] },
        { seed: 1, ...options },
      );
      const result = gradientCheck(net, Tensor.randomNormal([5, 4], { seed: 2, ...options }), [0, 2, 1, 1, 0]);
      expect(result.ok, String(result)).toBe(true);
    });

    test.each(LAYERS)('%s in float32 is what it is in float64, within its rounding', (_, layer) => {
      const [of32 = null, of64 = null] = [1, 2].map(() => Sequential.from({ input: 50, layers: [layer] }).layers[0]);
      const x = Tensor.randomNormal([4, 50], { seed: 3, backend });
      const y = of32!.infer!(x);
      const exact = of64!.infer!(Tensor.from(x, options));
      y.data.forEach((value, i) => {
        // docs/numerics.md: at most 12u, and 4u times the exponent, which is below 1.6 |x| + 0.072 |x|³.
        const size = Math.abs(x.data[i]!);
        const units = 12 + 4 * (1.6 * size + 0.072 * size ** 3);
        expect(Math.abs(value - exact.data[i]!)).toBeLessThanOrEqual(units * 2 ** -24 * Math.abs(exact.data[i]!));
      });
    });
  });
}

describe('LeakyRelu, Gelu and Softplus', () => {
  test.each([
    [() => new LeakyRelu({ alpha: Number.NaN }), 'LeakyRelu: alpha is NaN; expected a finite number of at least 0'],
    [() => new LeakyRelu({ alpha: -0.1 }), 'LeakyRelu: alpha is -0.1; expected a finite number of at least 0'],
    [() => new LeakyRelu({ slope: 1 } as never), 'LeakyRelu: unknown option "slope"; the only option is alpha'],
    [() => new Gelu({ exact: 'tanh' as never }), 'Gelu: exact is "tanh"; expected true or false'],
    [
      () => Sequential.from({ input: 2, layers: [{ type: 'leakyRelu', alpha: Number.POSITIVE_INFINITY }] }),
      'Sequential.from: layer 1 (leakyRelu): alpha is Infinity; expected a finite number of at least 0',
    ],
  ])('%s is refused', (call, message) => {
    expectRefusal(call, ArgumentError, message);
  });

  test('refuses backward before forward', () => {
    expectRefusal(
      () => new Softplus().backward(Tensor.ones([1, 2])),
      StateError,
      'Softplus.backward: called before forward',
    );
  });
});
