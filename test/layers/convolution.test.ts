import { describe, expect, test } from 'vitest';
import type { Activation } from '../../src/backend/backend.js';
import { ArgumentError, DtypeError, ShapeError, StateError } from '../../src/errors.js';
import { im2col } from '../../src/functions/im2col.js';
import { Convolution, type ConvolutionOptions } from '../../src/layers/convolution.js';
import { Relu } from '../../src/layers/relu.js';
import { Sigmoid } from '../../src/layers/sigmoid.js';
import { Tanh } from '../../src/layers/tanh.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

/** The example of the book's §7.2. */
const IMAGE = [1, 2, 3, 0, 0, 1, 2, 3, 3, 0, 1, 2, 2, 3, 0, 1];
const FILTER = [2, 0, 1, 0, 1, 2, 1, 0, 2];

/** The example of its stride 2: 7 × 7. */
const WIDE_IMAGE = [
  [1, 2, 3, 0, 1, 2, 3],
  [0, 1, 2, 3, 0, 1, 2],
  [3, 0, 1, 2, 3, 0, 1],
  [2, 3, 0, 1, 2, 3, 0],
  [1, 2, 3, 0, 1, 2, 3],
  [0, 1, 2, 3, 0, 1, 2],
  [3, 0, 1, 2, 3, 0, 1],
].flat();

for (const backend of runnableBackends()) {
  const of = (options: Partial<ConvolutionOptions>): Convolution =>
    new Convolution({
      inputShape: [4, 4, 1],
      filters: 1,
      kernelSize: 3,
      seed: 1,
      dtype: 'float64',
      backend,
      ...options,
    });
  const rows = (values: readonly number[], n = 1): Tensor =>
    Tensor.from(values, { dtype: 'float64', backend }).reshape([n, values.length / n]);

  describe(`Convolution on ${backend.name}`, () => {
    test.each([
      ['K1: of 4 × 4 with a filter of 3 × 3', {}, 0, [15, 16, 6, 15]],
      ['K1: adds the bias', {}, 3, [18, 19, 9, 18]],
      ['K1: with padding 1', { padding: 1 }, 0, [7, 12, 10, 2, 4, 15, 16, 10, 10, 6, 15, 6, 8, 10, 4, 3]],
      [
        "K1: 'same' is padding 1 here",
        { padding: 'same' },
        0,
        [7, 12, 10, 2, 4, 15, 16, 10, 10, 6, 15, 6, 8, 10, 4, 3],
      ],
    ] as const)('%s', (_, options, bias, expected) => {
      const layer = of(options);
      layer.params.W.data.set(FILTER);
      layer.params.b.data.set([bias]);
      expect([...layer.forward(rows(IMAGE)).data]).toEqual(expected);
      expect([...layer.infer(rows(IMAGE)).data]).toEqual(expected);
    });

    test('K2: with stride 2', () => {
      const layer = of({ inputShape: [7, 7, 1], stride: 2 });
      layer.params.W.data.set(FILTER);
      expect([...layer.forward(rows(WIDE_IMAGE)).data]).toEqual([15, 17, 15, 17, 15, 17, 15, 17, 15]);
    });

    test.each([
      {
        title: 'S1 P0',
        options: { stride: 1, padding: 0 },
        out: [3, 4],
        y: [-0.1, 0.14, 0.64, -0.94],
        dW: [-0.12, 0.09, 0.21, -0.12],
        db: [-0.6, 1.2, -0.6, -0.6],
        dx: [-0.31, 0.55, -0.15],
        squares: [47.8087, 7.9687, 17.2928],
      },
      {
        title: 'S2 P1',
        options: { stride: 2, padding: 1 },
        out: [3, 3],
        y: [-0.66, -0.47, -0.02, 1.21],
        dW: [-0.39, 0.12, 0.09, -0.39],
        db: [-0.9, 0.9, 0, -0.9],
        dx: [-0.04, 0.32, 0.03],
        squares: [20.5823, 8.7117, 8.2349],
      },
      {
        title: 'S1 P2',
        options: { stride: 1, padding: 2 },
        out: [7, 8],
        y: [0.81, 0.55, -0.23, -0.75],
        dW: [-0.4, -0.49, 0.59, -0.4],
        db: [-0.1, 0.2, -0.4, -0.1],
        dx: [-0.64, 0.14, -0.64],
        squares: [103.4156, 23.8251, 42.9566],
      },
    ])('K5: $title, forward and backward', ({ options, out, y, dW, db, dx, squares }) => {
      const layer = of({ inputShape: [5, 6, 3], filters: 4, ...options });
      const [outHeight, outWidth] = out as [number, number];
      layer.params.W.data.set(
        formula([3, 3, 3, 4], ([h, w, c, f]) => (((3 * h + 5 * w + 7 * c + 2 * f) % 13) - 6) / 10),
      );
      layer.params.b.data.set([-0.15, -0.05, 0.05, 0.15]);
      const x = rows(
        formula([2, 5, 6, 3], ([n, h, w, c]) => (((7 * n + 5 * h + 3 * w + 2 * c) % 11) - 5) / 10),
        2,
      );
      const dy = formula(
        [2, outHeight, outWidth, 4],
        ([n, h, w, f]) => (((5 * n + 2 * h + 7 * w + 3 * f) % 9) - 4) / 10,
      );

      const output = layer.forward(x);
      const gradient = layer.backward(rows(dy, 2))!;
      expect(output.shape).toEqual([2, outHeight * outWidth * 4]);
      expectClose(at(output, [outHeight, outWidth, 4], [1, 1, 2]), y);
      expectClose(layer.grads.W.reshape([9, 12]).toArray()[2 * 3 + 1]!.slice(0, 4), dW);
      expectClose([...layer.grads.b.data], db);
      expectClose(at(gradient, [5, 6, 3], [1, 3, 2]), dx);
      [output, layer.grads.W, gradient].forEach((tensor, i) => {
        expect(tensor.mul(tensor).sum()).toBeCloseTo(squares[i]!, 4);
      });
    });

    test('is im2col times W plus b, for many shapes', () => {
      for (const [h, w, c, f, kh, kw, stride, padding] of [
        [5, 7, 3, 2, 2, 3, 1, 'same'],
        [6, 5, 2, 7, 3, 1, 2, 'valid'],
        [1, 1, 1, 1, 1, 1, 1, 0],
        [7, 7, 1, 5, 7, 7, 3, 3],
      ] as const) {
        const layer = of({ inputShape: [h, w, c], filters: f, kernelSize: [kh, kw], stride, padding });
        layer.params.b.data.forEach((_, i, b) => {
          b[i] = i;
        });
        const x = Tensor.randomNormal([3, h * w * c], { seed: 1, dtype: 'float64', backend });
        const columns = im2col(x.reshape([3, h, w, c]), { kernelSize: [kh, kw], stride, padding });
        const expected = columns.matMul(layer.params.W.reshape([kh * kw * c, f])).add(layer.params.b);
        expectClose([...layer.forward(x).data], [...expected.data]);
      }
    });

    test.each([
      ['relu', () => new Relu()],
      ['sigmoid', () => new Sigmoid()],
      ['tanh', () => new Tanh()],
    ] as const)('with %s it gives the numbers of a separate layer behind it, both ways', (activation, separate) => {
      const shape = { inputShape: [6, 5, 3], filters: 4, weightInitStd: 'he' } as const;
      const fused = of({ ...shape, activation });
      const plain = of(shape);
      const layer = separate();
      const x = Tensor.randomNormal([7, 90], { seed: 4, dtype: 'float64', backend });
      const dy = Tensor.randomNormal([7, 48], { seed: 5, dtype: 'float64', backend });
      expectClose([...fused.forward(x).data], [...layer.forward(plain.forward(x)).data]);
      const dx = fused.backward(dy)!;
      expectClose([...dx.data], [...plain.backward(layer.backward(dy)!)!.data]);
      expectClose([...fused.grads.W.data], [...plain.grads.W.data]);
      expectClose([...fused.grads.b.data], [...plain.grads.b.data]);
    });

    test('leaves dx out when it is not wanted, with the same gradients', () => {
      const layer = of({});
      layer.forward(rows(IMAGE));
      const dy = Tensor.ones([1, 4], { dtype: 'float64', backend });
      expect(layer.backward(dy)).toBeDefined();
      const { data } = layer.grads.W.clone();
      layer.grads.W.data.fill(Number.NaN);
      expect(layer.backward(dy, { inputGradient: false })).toBeUndefined();
      expect(layer.grads.W.data).toEqual(data);
    });

    test('computes in float32 too, and takes a batch of no images', () => {
      const layer = of({ dtype: 'float32' });
      layer.params.W.data.set(FILTER);
      expect([...layer.forward(Tensor.from([IMAGE], { backend })).data]).toEqual([15, 16, 6, 15]);
      expect(layer.forward(Tensor.zeros([0, 16], { backend })).shape).toEqual([0, 4]);
      expect(layer.backward(Tensor.zeros([0, 4], { backend }))!.shape).toEqual([0, 16]);
      expect([...layer.grads.W.data, ...layer.grads.b.data]).toEqual(new Array(10).fill(0));
    });
  });
}

/** Values by their indices, row-major. */
function formula(
  shape: readonly [number, number, number, number],
  value: (at: [number, number, number, number]) => number,
): number[] {
  const values: number[] = [];
  for (let i = 0; i < shape[0]; i++)
    for (let j = 0; j < shape[1]; j++)
      for (let k = 0; k < shape[2]; k++) for (let l = 0; l < shape[3]; l++) values.push(value([i, j, k, l]));
  return values;
}

/** The channels of one place: image n, row h, column w. */
function at(
  { data }: Tensor,
  [height, width, channels]: readonly [number, number, number],
  [n, h, w]: readonly [number, number, number],
): number[] {
  const start = ((n * height + h) * width + w) * channels;
  return [...data.subarray(start, start + channels)];
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  // Sums of at most a few hundred products near 1.
  expected.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 12);
  });
}

describe('Convolution', () => {
  const create = (options: Partial<ConvolutionOptions>) => (): Convolution =>
    new Convolution({ inputShape: [28, 28, 1], filters: 30, kernelSize: 5, backend: 'js', ...options });

  test('draws He’s weights for relu and Xavier’s otherwise, with height · width · channels inputs; biases are 0', () => {
    const deviation = (activation: Activation): number => {
      const { W, b } = create({ inputShape: [9, 9, 8], filters: 100, activation, seed: 1 })().params;
      expect(b.data.every((value) => value === 0)).toBe(true);
      return Math.sqrt(W.mul(W).mean());
    };
    // 20,000 draws: the deviation of a deviation is 0.5 %.
    expect(deviation('relu') / Math.sqrt(2 / 200)).toBeCloseTo(1, 1);
    expect(deviation('tanh') / Math.sqrt(1 / 200)).toBeCloseTo(1, 1);
  });

  test('I3: weights by a function, inputs × filters', () => {
    const layer = create({
      inputShape: [2, 2, 1],
      filters: 2,
      kernelSize: [1, 2],
      initialWeights: (inputs, filters) => Array.from({ length: inputs * filters }, (_, i) => i),
    })();
    expect(layer.params.W.shape).toEqual([1, 2, 1, 2]);
    expect([...layer.params.W.data]).toEqual([0, 1, 2, 3]);
  });

  test('describes itself without sizes that follow, and without defaults', () => {
    expect(create({})().describe()).toEqual({ type: 'convolution', filters: 30, kernelSize: 5 });
    expect(
      create({ kernelSize: [3, 2], stride: 2, padding: 1, activation: 'relu', weightInitStd: 0.01 })().describe(),
    ).toEqual({
      type: 'convolution',
      filters: 30,
      kernelSize: [3, 2],
      stride: 2,
      padding: 1,
      activation: 'relu',
      weightInitStd: 0.01,
    });
  });

  test('K3: outputShape gives the image that follows, and refuses other images', () => {
    expect(create({})().outputShape([28, 28, 1])).toEqual([24, 24, 30]);
    expect(create({ padding: 2, stride: 3 })().outputShape([28, 28, 1])).toEqual([10, 10, 30]);
    expectRefusal(
      () => create({})().outputShape([784]),
      ShapeError,
      'Convolution: its input has rows of shape [784]; expected [28, 28, 1] (inputShape of this layer)',
    );
  });

  test('K3: a filter larger than the padded image is refused with all its numbers', () => {
    expectRefusal(
      create({ inputShape: [4, 3, 1], kernelSize: [6, 5], padding: 0, stride: 2 }),
      ArgumentError,
      "Convolution: kernelSize is 6 × 5 for images of 4 × 3 with padding 0 and stride 2; expected at most 4 × 3, the padded image. Use a smaller kernelSize, or padding: 'same'",
    );
  });

  test('a padding that makes nothing is refused', () => {
    expectRefusal(
      create({ padding: 5 }),
      ArgumentError,
      'Convolution: kernelSize is 5 × 5 for images of 28 × 28 with padding 5 and stride 1; expected a padding of at most 4. Windows that lie wholly in the padding see nothing of the image',
    );
    expectRefusal(
      create({ padding: 'full' as never }),
      ArgumentError,
      'Convolution: padding is "full"; expected an integer of at least 0, "valid" or "same"',
    );
  });

  test('names of other libraries and unknown options are refused', () => {
    expectRefusal(
      create({ strides: 2 } as never),
      ArgumentError,
      'Convolution: unknown option "strides"; did you mean "stride"?',
    );
    expectRefusal(
      create({ filters: 0 }),
      ArgumentError,
      'Convolution: filters is 0; expected an integer of at least 1',
    );
    expectRefusal(
      create({ activation: 'rleu' as never }),
      ArgumentError,
      'Convolution: activation is "rleu"; expected "identity", "relu", "sigmoid" or "tanh". Did you mean "relu"?',
    );
    expectRefusal(
      create({ weightInitStd: 1, initialWeights: () => [] }),
      ArgumentError,
      'Convolution: weightInitStd and initialWeights are both given; expected one of them',
    );
  });

  test('rows of the wrong width are refused, images in another arrangement with what turns them', () => {
    const layer = create({ inputShape: [4, 6, 3], kernelSize: 3 })();
    const refused = (shape: number[], fix = ''): void =>
      expectRefusal(
        () => layer.forward(Tensor.zeros(shape, { backend: 'js' })),
        ShapeError,
        `Convolution.forward: x has shape [${shape.join(', ')}]; expected [N, 72] (images of 4 × 6 × 3, inputShape of this layer)${fix}`,
      );
    refused([2, 70]);
    refused([72]);
    refused([2, 6, 4, 3]);
    refused([2, 4, 6, 3], '. Each image is one row: x.reshape([2, 72])');
    refused(
      [2, 3, 4, 6],
      '. Channels come last, and each image is one row: x.transpose([0, 2, 3, 1]).reshape([2, 72])',
    );
    expectRefusal(
      () => create({})().infer(Tensor.zeros([5, 28, 28], { backend: 'js' })),
      ShapeError,
      'Convolution.infer: x has shape [5, 28, 28]; expected [N, 784] (images of 28 × 28 × 1, inputShape of this layer). Each image is one row: x.reshape([5, 784])',
    );
  });

  test('another dtype, a wrong dy and backward before forward are refused', () => {
    const layer = create({})();
    expectRefusal(
      () => layer.backward(Tensor.zeros([1, 17280])),
      StateError,
      'Convolution.backward: called before forward',
    );
    expectRefusal(
      () => layer.forward(Tensor.zeros([1, 784], { dtype: 'float64' })),
      DtypeError,
      "Convolution.forward: x is float64; expected float32, the dtype of the weights. Convert x with Tensor.from(x, { dtype: 'float32' }), or build the network with dtype: 'float64'",
    );
    layer.forward(Tensor.zeros([2, 784], { backend: 'js' }));
    expectRefusal(
      () => layer.backward(Tensor.zeros([1, 17280], { backend: 'js' })),
      ShapeError,
      'Convolution.backward: dy has shape [1, 17280]; expected [2, 17280] (the shape of the last output)',
    );
  });

  test('2³¹ numbers or more are refused: of the weights, of one image, of a batch', () => {
    expectRefusal(
      create({ inputShape: [1024, 1024, 4], kernelSize: 1024, filters: 512 }),
      ArgumentError,
      'Convolution: W of shape [1024, 1024, 4, 512] takes 8.59 GB; expected fewer than 2³¹ numbers in one tensor',
    );
    expectRefusal(
      create({ inputShape: [65536, 32768, 1] }),
      ArgumentError,
      'Convolution: a row of x has 2147483648 numbers (shape [65536, 32768, 1]); expected fewer than 2³¹ numbers in one tensor',
    );
    expectRefusal(
      create({ inputShape: [8192, 8192, 1], kernelSize: 1, filters: 32 }),
      ArgumentError,
      'Convolution: a row of y has 2147483648 numbers (shape [8192, 8192, 32]); expected fewer than 2³¹ numbers in one tensor',
    );
    const layer = create({ inputShape: [1, 1, 1], kernelSize: 1, filters: 2 ** 16 })();
    expectRefusal(
      () => layer.forward(Tensor.zeros([2 ** 15, 1], { backend: 'js' })),
      ArgumentError,
      'Convolution.forward: y has 2147483648 numbers (32768 rows of 65536); expected fewer than 2³¹ numbers in one tensor. At most 32767 rows fit: use smaller batches',
    );
  });
});
