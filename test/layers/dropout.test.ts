import { describe, expect, test } from 'vitest';
import { ArgumentError, DtypeError, ShapeError, StateError } from '../../src/errors.js';
import { Dropout } from '../../src/layers/dropout.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { Sequential } from '../../src/models/sequential.js';
import { Random } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

for (const backend of runnableBackends()) {
  const options = { dtype: 'float64', backend } as const;

  describe(`Dropout on ${backend.name}`, () => {
    test('R5: y = x · mask / (1 − ratio) in training with the mask of backward, and x in inference', () => {
      const layer = new Dropout({ ratio: 0.25, seed: 1 });
      const x = Tensor.from([[3, 6, 9, 12, 15, 18, 21, 24]], options);
      const y = layer.forward(x).clone();
      const dx = layer.backward(Tensor.ones([1, 8], options))!;
      y.data.forEach((value, i) => {
        expect([0, x.data[i]! / 0.75]).toContain(value);
        expect(value).toBe(x.data[i]! * dx.data[i]!);
      });
      expect(layer.infer(x)).toBe(x);
      expect(layer.backward(x, { inputGradient: false })).toBeUndefined();
    });

    test.each([0.1, 0.5, 0.9])('R5: the mean of y over 4000 masks of ratio %d is x within 4σ', (ratio) => {
      const layer = new Dropout({ ratio, seed: 7 });
      const x = Tensor.from([[1, -2, 0.5]], options);
      const sum = new Float64Array(3);
      const masks = 4000;
      for (let i = 0; i < masks; i++) {
        layer.forward(x).data.forEach((value, column) => {
          sum[column]! += value / masks;
        });
      }
      // The variance of mask / (1 − ratio) is ratio / (1 − ratio).
      const sigma = Math.sqrt(ratio / (1 - ratio) / masks);
      x.data.forEach((value, column) => {
        expect(Math.abs(sum[column]! - value)).toBeLessThan(4 * sigma * Math.abs(value));
      });
    });

    test('R5: passes the gradient check, the masks held fixed', () => {
      const net = Sequential.from(
        {
          input: 4,
          layers: [
            { type: 'dropout', ratio: 0.3 },
            { type: 'affine', outputSize: 8, activation: 'tanh' },
            { type: 'dropout' },
            { type: 'affine', outputSize: 3 },
          ],
        },
        { seed: 1, ...options },
      );
      const x = Tensor.randomNormal([6, 4], { seed: 2, ...options });
      expect(gradientCheck(net, x, [0, 2, 1, 1, 0, 2]).ok).toBe(true);
    });
  });
}

describe('Dropout', () => {
  const x = Tensor.ones([5, 8]);

  test('R5: draws another mask each time, the same ones from the same seed, and continues from a state', () => {
    const layer = new Dropout({ seed: 3 });
    const masks = [0, 1, 2].map(() => [...layer.forward(x).data]);
    expect(masks[0]).not.toEqual(masks[1]);
    const again = new Dropout({ seed: 3 });
    expect([...again.forward(x).data]).toEqual(masks[0]);
    const state = JSON.parse(JSON.stringify(again.state()));
    expect([...again.forward(x).data]).toEqual(masks[1]);
    const other = new Dropout({ seed: 4 });
    other.restore(state);
    expect([...other.forward(x).data]).toEqual(masks[1]);
    expect([...other.forward(x).data]).toEqual(masks[2]);
  });

  test('R5: the seed of a network decides its masks, and each layer has its own', () => {
    const masks = (seed: number): number[][] => {
      const layers = [{ type: 'dropout' }, { type: 'dropout' }] as const;
      const net = Sequential.from({ input: 8, layers }, { seed });
      return net.layers.map((layer) => [...layer.forward(x).data]);
    };
    expect(masks(1)).toEqual(masks(1));
    expect(masks(1)[0]).not.toEqual(masks(1)[1]);
    expect(masks(1)[0]).not.toEqual(masks(2)[0]);
  });

  test('drops nothing with the ratio 0, and half of all by default', () => {
    expect(new Dropout({ ratio: 0 }).forward(x).data).toEqual(x.data);
    expect(new Dropout().describe()).toEqual({ type: 'dropout', ratio: 0.5 });
  });

  test('inference draws nothing, so that an evaluation does not change the masks to come', () => {
    const layer = new Dropout({ seed: 5 });
    const before = layer.state();
    layer.infer(x);
    expect(layer.state()).toEqual(before);
  });

  test('takes a generator, and its numbers from it', () => {
    const [own, given] = [new Dropout({ seed: 6 }), new Dropout({ random: new Random(6, 'dropout') })];
    expect(own.forward(x).data).toEqual(given.forward(x).data);
  });

  test.each([
    [
      { ratio: 1 },
      'ratio is 1; expected a number in [0, 1), the share of elements to drop. With 1 nothing would be left to learn from',
    ],
    [{ ratio: -0.1 }, 'ratio is -0.1; expected a number in [0, 1), the share of elements to drop'],
    [{ ratio: Number.NaN }, 'ratio is NaN; expected a number in [0, 1), the share of elements to drop'],
    [{ ratio: '0.5' }, 'ratio is "0.5"; expected a number in [0, 1), the share of elements to drop'],
    [{ rate: 0.5 }, 'unknown option "rate"; did you mean "ratio"?'],
    [{ random: Math.random }, 'random is a function; expected a Random'],
    [
      { seed: 1, random: new Random(1, 'dropout') },
      'seed and random are both given; expected either of them: a generator has its own seed',
    ],
    [{ seed: -1 }, 'seed is -1; expected an integer in [0, 4294967295]'],
  ])('refuses %j', (given, message) => {
    expectRefusal(() => new Dropout(given as never), ArgumentError, `Dropout: ${message}`);
  });

  test('refuses backward before forward, rows of another shape or dtype, and a state that is none', () => {
    const layer = new Dropout({ seed: 1 });
    expectRefusal(() => layer.backward(x), StateError, 'Dropout.backward: called before forward');
    expectRefusal(
      () => layer.forward(Tensor.ones([3])),
      ShapeError,
      'Dropout.forward: x has shape [3]; expected [N, M] (the rows of a batch)',
    );
    layer.forward(x);
    expectRefusal(
      () => layer.backward(Tensor.ones([5, 7])),
      ShapeError,
      'Dropout.backward: dy has shape [5, 7]; expected [5, 8] (the shape of the last output)',
    );
    expect(() => layer.backward(Tensor.ones([5, 8], { dtype: 'float64' }))).toThrow(DtypeError);
    expect(() => layer.restore({ random: { words: [0, 0, 0, 0] } })).toThrow(ArgumentError);
  });
});
