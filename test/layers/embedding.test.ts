import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, DtypeError, ShapeError, StateError } from '../../src/errors.js';
import { Affine } from '../../src/layers/affine.js';
import { Embedding } from '../../src/layers/embedding.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { Sequential } from '../../src/models/sequential.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

const sumOfSquares = ({ data, size, backend }: Tensor): number => backend.sumOfSquares(data, size);

for (const backend of runnableBackends()) {
  const options = { dtype: 'float64', backend } as const;

  describe(`Embedding on ${backend.name}`, () => {
    const layer = new Embedding({ inputSize: 2, vocabularySize: 4, outputSize: 3, ...options });
    layer.params.W.data.set(Array.from({ length: 12 }, (_, i) => i));

    test('y is the rows of W that x names; backward adds dy to the rows it came from, and 0 elsewhere', () => {
      const x = Tensor.from(
        [
          [3, 0],
          [1, 3],
        ],
        options,
      );
      expect(layer.forward(x).toArray()).toEqual([
        [9, 10, 11, 0, 1, 2],
        [3, 4, 5, 9, 10, 11],
      ]);
      expect(layer.infer(Tensor.from([[2, 2]], options)).toArray()).toEqual([[6, 7, 8, 6, 7, 8]]);
      const dy = Tensor.from(
        [
          [1, 2, 3, 4, 5, 6],
          [7, 8, 9, 10, 20, 30],
        ],
        options,
      );
      for (const _ of [1, 2]) {
        expect(layer.backward(dy)).toBeUndefined();
        expect(layer.grads.W.toArray()).toEqual([
          [4, 5, 6],
          [7, 8, 9],
          [0, 0, 0],
          [11, 22, 33],
        ]);
      }
    });

    test('equals a product with one-hot rows', () => {
      const affine = new Affine({ inputSize: 4, outputSize: 3, seed: 1, ...options });
      const single = new Embedding({ vocabularySize: 4, outputSize: 3, ...options });
      single.params.W.data.set(affine.params.W.data);
      const oneHot = Tensor.from(
        [
          [0, 0, 1, 0],
          [1, 0, 0, 0],
          [0, 0, 1, 0],
        ],
        options,
      );
      expect(single.forward(Tensor.from([[2], [0], [2]], options)).toArray()).toEqual(affine.forward(oneHot).toArray());
      const dy = Tensor.randomNormal([3, 3], { seed: 2, ...options });
      affine.backward(dy);
      single.backward(dy);
      expect(single.grads.W.toArray()).toEqual(affine.grads.W.toArray());
    });

    test('hands quantities on as they are, before the rows of W', () => {
      const mixed = new Embedding({ inputSize: 4, quantities: 2, vocabularySize: 4, outputSize: 3, ...options });
      mixed.params.W.data.set(Array.from({ length: 12 }, (_, i) => i));
      const x = Tensor.from(
        [
          [0.5, -7, 3, 0],
          [2.5, 9, 1, 3],
        ],
        options,
      );
      const y = [
        [0.5, -7, 9, 10, 11, 0, 1, 2],
        [2.5, 9, 3, 4, 5, 9, 10, 11],
      ];
      expect(mixed.infer(x).toArray()).toEqual(y);
      expect(mixed.forward(x).toArray()).toEqual(y);
      const dy = Tensor.from(
        [
          [100, 200, 1, 2, 3, 4, 5, 6],
          [300, 400, 7, 8, 9, 10, 20, 30],
        ],
        options,
      );
      expect(mixed.backward(dy)).toBeUndefined();
      expect(mixed.grads.W.toArray()).toEqual([
        [4, 5, 6],
        [7, 8, 9],
        [0, 0, 0],
        [11, 22, 33],
      ]);
    });

    test('with quantities passes the gradient check too', () => {
      const net = Sequential.from(
        {
          input: 4,
          layers: [
            { type: 'embedding', quantities: 2, vocabularySize: 5, outputSize: 3 },
            { type: 'affine', outputSize: 4, activation: 'tanh' },
            { type: 'affine', outputSize: 2 },
          ],
        },
        { seed: 1, ...options },
      );
      const x = Tensor.from(
        [
          [0.5, -0.25, 0, 1],
          [1.5, 0.75, 4, 4],
          [-1, 2, 2, 0],
        ],
        options,
      );
      const result = gradientCheck(net, x, [0, 1, 1]);
      expect(result.ok, String(result)).toBe(true);
      expect(net.describe().layers[0]).toEqual({ type: 'embedding', quantities: 2, vocabularySize: 5, outputSize: 3 });
    });

    test('passes the gradient check at the front of a network, which has no dL/dx', () => {
      const net = Sequential.from(
        {
          input: 2,
          layers: [
            { type: 'embedding', vocabularySize: 5, outputSize: 3 },
            { type: 'batchNormalization' },
            { type: 'affine', outputSize: 2 },
          ],
        },
        { seed: 1, ...options },
      );
      expect(net.params['gamma1']!.shape).toEqual([3]);
      const x = Tensor.from(
        [
          [0, 1],
          [4, 4],
          [2, 0],
          [3, 1],
        ],
        options,
      );
      const result = gradientCheck(net, x, [0, 1, 1, 0]);
      expect(result.ok, String(result)).toBe(true);
    });
  });
}

describe('Embedding', () => {
  const layer = new Embedding({ inputSize: 2, vocabularySize: 4, outputSize: 3, seed: 1 });

  test.each([
    [
      [
        [0, 1],
        [2, 4],
      ],
      'x[1][1] is 4',
    ],
    [
      [
        [0, -1],
        [2, 3],
      ],
      'x[0][1] is -1',
    ],
    [
      [
        [0, 1],
        [2.5, 3],
      ],
      'x[1][0] is 2.5',
    ],
    [
      [
        [0, Number.NaN],
        [2, 3],
      ],
      'x[0][1] is NaN',
    ],
  ])('refuses %j with the place, and keeps nothing of it', (x, found) => {
    layer.forward(Tensor.from([[1, 1]]));
    expectRefusal(
      () => layer.forward(Tensor.from(x)),
      ArgumentError,
      `Embedding.forward: ${found}; expected an integer in [0, 4) (vocabularySize of this layer)`,
    );
    layer.backward(Tensor.ones([1, 6]));
    expect(layer.grads.W.toArray()).toEqual([
      [0, 0, 0],
      [2, 2, 2],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test('refuses what does not fit', () => {
    const fresh = new Embedding({ vocabularySize: 4, outputSize: 3 });
    expectRefusal(() => fresh.backward(Tensor.ones([1, 3])), StateError, 'Embedding.backward: called before forward');
    expectRefusal(
      () => layer.infer(Tensor.ones([1, 3])),
      ShapeError,
      'Embedding.infer: x has shape [1, 3]; expected [N, 2] (inputSize of this layer)',
    );
    expect(() => layer.forward(Tensor.ones([1, 2], { dtype: 'float64' }))).toThrow(DtypeError);
    expectRefusal(
      () => new Embedding({ vocabularySize: 0, outputSize: 1 }),
      ArgumentError,
      'Embedding: vocabularySize is 0; expected an integer of at least 1',
    );
    expectRefusal(
      () => new Sequential([new Affine({ inputSize: 2, outputSize: 2 }), layer]),
      ArgumentError,
      'Sequential: layers[1] (Embedding) reads whole numbers behind another layer; expected it as the first layer, where x comes from the data',
    );
  });

  test('refuses as many quantities as columns, and checks the other columns only', () => {
    expectRefusal(
      () => new Embedding({ inputSize: 2, quantities: 2, vocabularySize: 4, outputSize: 3 }),
      ArgumentError,
      'Embedding: quantities is 2; expected an integer in [0, 1]',
    );
    const mixed = new Embedding({ inputSize: 3, quantities: 1, vocabularySize: 4, outputSize: 3 });
    expectRefusal(
      () =>
        mixed.forward(
          Tensor.from([
            [9.5, 0, 1],
            [-3, 3, 4],
          ]),
        ),
      ArgumentError,
      'Embedding.forward: x[1][2] is 4; expected an integer in [0, 4) (vocabularySize of this layer)',
    );
    expect(mixed.outputShape([3])).toEqual([7]);
  });

  test('draws W from the seed, with the standard deviation asked for, and describes itself', () => {
    const wide = new Embedding({ vocabularySize: 500, outputSize: 20, weightInitStd: 0.01, seed: 1 });
    const std = Math.sqrt(sumOfSquares(wide.params.W) / 10_000);
    expect(Math.abs(std / 0.01 - 1)).toBeLessThan(0.03);
    expect(wide.describe()).toEqual({ type: 'embedding', vocabularySize: 500, outputSize: 20, weightInitStd: 0.01 });
    expect(layer.describe()).toEqual({ type: 'embedding', vocabularySize: 4, outputSize: 3 });
    expect([layer.decayed, layer.outputShape([2]), wide.outputShape([1])]).toEqual([['W'], [2, 3], [20]]);
  });

  test('takes bytes as they are, and learns which ids belong together', () => {
    const net = Sequential.from(
      {
        input: 1,
        layers: [
          { type: 'embedding', vocabularySize: 6, outputSize: 2 },
          { type: 'affine', outputSize: 2 },
        ],
      },
      { seed: 1 },
    );
    const x = Uint8Array.of(0, 1, 2, 3, 4, 5);
    const train = Dataset.from({ x: { data: x, shape: [6, 1] }, labels: [0, 1, 0, 1, 1, 0] });
    new Trainer(net, { train, epochs: 500, seed: 1 }).fitSync();
    expect(net.accuracy(train)).toBe(1);
    expect(net.classify([[3]])).toEqual(Int32Array.of(1));
  });
});
