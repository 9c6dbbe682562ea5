import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/errors.js';
import { Affine } from '../../src/layers/affine.js';
import { AveragePooling } from '../../src/layers/average-pooling.js';
import { BatchNormalization } from '../../src/layers/batch-normalization.js';
import { Convolution } from '../../src/layers/convolution.js';
import { MaxPooling } from '../../src/layers/max-pooling.js';
import { Relu } from '../../src/layers/relu.js';
import type { NetworkDescription } from '../../src/models/description.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { Sequential } from '../../src/models/sequential.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { LONG } from '../support/long.js';
import { randomImageNetwork } from '../support/random-images.js';
import { expectRefusal } from '../support/refusal.js';
import { float64Backends } from '../support/runnable.js';

const COUNT = LONG ? 500 : 40;

for (const backend of float64Backends()) {
  test(`the gradient check calls none of ${COUNT} random networks of images wrong on ${backend.name}`, () => {
    const wrong: string[] = [];
    for (let seed = 0; seed < COUNT; seed++) {
      const { description, x, labels } = randomImageNetwork(seed);
      const net = Sequential.from(description, { seed, dtype: 'float64', backend });
      const result = gradientCheck(net, x, labels, { seed, samples: 6 });
      if (!result.ok) wrong.push(`seed ${seed}: ${result}`);
    }
    expect(wrong).toEqual([]);
  }, 600_000);

  test(`inference is the numbers of the layers one by one, on ${backend.name}`, () => {
    for (let seed = 0; seed < COUNT; seed++) {
      const { description, x } = randomImageNetwork(seed);
      const net = Sequential.from(description, { seed, dtype: 'float64', backend });
      const expected = net.layers.reduce((y, layer) => layer.infer!(y), x);
      net.logits(x).data.forEach((score, i) => {
        expect(score).toBeCloseTo(expected.data[i]!, 10);
      });
    }
  });
}

test(`${COUNT} random networks of images are built again from what they describe`, () => {
  for (let seed = 0; seed < COUNT; seed++) {
    const { description, x } = randomImageNetwork(seed);
    const net = Sequential.from(description, { seed, dtype: 'float64' });
    const again = Sequential.fromJSON(JSON.parse(JSON.stringify(net.describe())), { seed, dtype: 'float64' });
    expect(again.describe()).toEqual(net.describe());
    expect(again.logits(x).data).toEqual(net.logits(x).data);
  }
});

describe('a network of images', () => {
  const layers = [
    new Convolution({ inputShape: [4, 4, 1], filters: 3, kernelSize: 3, padding: 'same', activation: 'relu', seed: 1 }),
    new MaxPooling({ inputShape: [4, 4, 3], poolSize: 2 }),
    new AveragePooling({ inputShape: [2, 2, 3], poolSize: 2 }),
    new Affine({ inputSize: 3, outputSize: 2, seed: 1 }),
  ];

  test('of instances knows the shape of its images', () => {
    const net = new Sequential([new Relu(), ...layers]);
    expect(net.inputSize).toBe(16);
    expect(net.describe().input).toEqual([4, 4, 1]);
    expect(net.summary().layers.map(({ outputShape }) => outputShape)).toEqual([
      [4, 4, 1],
      [4, 4, 3],
      [2, 2, 3],
      [1, 1, 3],
      [2],
    ]);
    expect(Object.keys(net.params)).toEqual(['W1', 'b1', 'W2', 'b2']);
  });

  test('whose layers do not fit is refused when it is built', () => {
    expectRefusal(
      () => new Sequential([layers[0]!, layers[2]!]),
      ShapeError,
      'Sequential: layer 2 (AveragePooling): its input has rows of shape [4, 4, 3]; expected [2, 2, 3] (inputShape of this layer)',
    );
  });

  test('normalises each channel after a convolution', () => {
    const net = Sequential.from({
      input: [4, 4, 2],
      layers: [
        { type: 'convolution', filters: 3, kernelSize: 3, padding: 1 },
        { type: 'batchNormalization' },
        { type: 'relu' },
        { type: 'maxPooling', poolSize: 2 },
        { type: 'batchNormalization' },
        { type: 'globalAveragePooling' },
        { type: 'batchNormalization' },
        { type: 'affine', outputSize: 2 },
      ],
    });
    expect(net.params['gamma1']!.shape).toEqual([3]);
    const channels = net.layers.filter((layer) => layer instanceof BatchNormalization);
    expect(channels.map(({ channels, inputSize }) => [channels, inputSize])).toEqual([
      [3, 48],
      [3, 12],
      [3, 3],
    ]);
  });

  test('joins a convolution with its pooling, and the layers stay those of the description', () => {
    const description: NetworkDescription = {
      input: [5, 5, 1],
      layers: [
        { type: 'convolution', filters: 2, kernelSize: 2, activation: 'relu' },
        { type: 'maxPooling', poolSize: 2 },
        { type: 'affine', outputSize: 2 },
      ],
    };
    const net = Sequential.from(description, { seed: 1, dtype: 'float64', backend: 'js' });
    const x = Tensor.randomNormal([3, 25], { seed: 1, dtype: 'float64', backend: 'js' });
    net.lossAndGradient(x, [0, 1, 0]);
    const dW = net.grads['W1']!.clone();
    expect(net.layers.map((layer) => layer.constructor.name)).toEqual(['Convolution', 'MaxPooling', 'Affine']);

    // The same by hand, layer by layer.
    const [convolution, pooling, affine] = net.layers as [Convolution, MaxPooling, Affine];
    const scores = affine.forward(pooling.forward(convolution.forward(x)));
    net.lossLayer.forward(scores, [0, 1, 0]);
    convolution.backward(pooling.backward(affine.backward(net.lossLayer.backward())!)!);
    convolution.grads.W.data.forEach((value, i) => {
      expect(value).toBeCloseTo(dW.data[i]!, 12);
    });
  });

  test('two at once do not disturb each other', () => {
    const { description, x, labels } = randomImageNetwork(3);
    const build = (seed: number): Sequential => Sequential.from(description, { seed, dtype: 'float64' });
    const step = (net: Sequential): number => {
      const loss = net.lossAndGradient(x, labels);
      for (const name of Object.keys(net.params)) net.params[name]!.addScaled(net.grads[name]!, -0.01);
      return loss;
    };
    const alone = [1, 2].map((seed) => {
      const net = build(seed);
      return Array.from({ length: 5 }, () => step(net));
    });
    const nets = [build(1), build(2)];
    const together: number[][] = [[], []];
    for (let i = 0; i < 5; i++) {
      for (const [k, net] of nets.entries()) together[k]!.push(step(net));
    }
    expect(together).toEqual(alone);
  });
});

const from =
  (input: number | number[], ...layers: NetworkDescription['layers']) =>
  () =>
    Sequential.from({ input, layers }, { backend: 'js' });

describe('descriptions of images refuse', () => {
  test('an input that is no image, with what makes it one', () => {
    expectRefusal(
      from(784, { type: 'convolution', filters: 2, kernelSize: 3 }),
      ShapeError,
      'Sequential.from: layer 1 (convolution): its input has rows of shape [784]; expected images, [height, width, channels]. The input of a network of images is their shape, e.g. input: [28, 28, 1]',
    );
    expectRefusal(
      from([28, 28], { type: 'maxPooling', poolSize: 2 }),
      ShapeError,
      'Sequential.from: layer 1 (maxPooling): its input has rows of shape [28, 28]; expected images, [height, width, channels]. A grey image has one channel: input: [28, 28, 1]',
    );
    for (const type of ['averagePooling', 'globalAveragePooling'] as const) {
      expect(from([28, 28, 1], { type: 'affine', outputSize: 3 }, { type, poolSize: 2 } as never)).toThrow(
        new RegExp(`^Sequential.from: layer 2 \\(${type}\\): `),
      );
    }
  });

  test('K3: filters and windows that do not fit, naming the layer', () => {
    expectRefusal(
      from([4, 4, 1], { type: 'maxPooling', poolSize: 2 }, { type: 'convolution', filters: 2, kernelSize: 3 }),
      ArgumentError,
      "Sequential.from: layer 2 (convolution): kernelSize is 3 × 3 for images of 2 × 2 with padding 0 and stride 1; expected at most 2 × 2, the padded image. Use a smaller kernelSize, or padding: 'same'",
    );
    expectRefusal(
      from([29, 28, 1], { type: 'maxPooling', poolSize: 2 }),
      ArgumentError,
      "Sequential.from: layer 1 (maxPooling): windows of 2 × 2 with stride 2 and padding 0 drop the last row of 29 × 28; expected windows that reach every place. Use padding: 'valid' to drop them, or padding: 'same' to cover them",
    );
  });

  test('options that are missing, unknown or wrong', () => {
    expectRefusal(
      from([4, 4, 1], { type: 'convolution', kernelSize: 3 } as never),
      ArgumentError,
      'Sequential.from: layer 1 (convolution): filters is undefined; expected an integer of at least 1',
    );
    expectRefusal(
      from([4, 4, 1], { type: 'convolution', filters: 2, kernelSize: '3' } as never),
      ArgumentError,
      'Sequential.from: layer 1 (convolution): kernelSize is "3"; expected the side of a square, or [height, width]',
    );
    expectRefusal(
      from([4, 4, 1], { type: 'convolution', filters: 2, kernelSize: 3, inputShape: [4, 4, 1] } as never),
      ArgumentError,
      'Sequential.from: layer 1 (convolution): unknown option "inputShape"; known are filters, kernelSize, stride, padding, activation, weightInitStd, initialWeights',
    );
  });

  test('rows of images of the wrong width, and images as they come from elsewhere', () => {
    const net = from(
      [28, 28, 1],
      { type: 'convolution', filters: 2, kernelSize: 3 },
      { type: 'affine', outputSize: 2 },
    )();
    expectRefusal(
      () => net.predict(Tensor.zeros([2, 783])),
      ShapeError,
      'Sequential.predict: layer 1 (Convolution): x has shape [2, 783]; expected [N, 784] (images of 28 × 28 × 1, inputShape of this layer)',
    );
    const colour = from(
      [4, 5, 3],
      { type: 'convolution', filters: 2, kernelSize: 3 },
      { type: 'affine', outputSize: 2 },
    )();
    expectRefusal(
      () => colour.predict(Tensor.zeros([2, 3, 4, 5])),
      ShapeError,
      'Sequential.predict: layer 1 (Convolution): x has shape [2, 3, 4, 5]; expected [N, 60] (images of 4 × 5 × 3, inputShape of this layer). Channels come last, and each image is one row: x.transpose([0, 2, 3, 1]).reshape([2, 60])',
    );
  });
});

test('networks take images in their own arrangement as well as rows, as a Dataset does', () => {
  const rows = Tensor.zeros([2, 60]);
  for (const i of rows.data.keys()) rows.data[i] = Math.sin(i);
  const colour = from(
    [4, 5, 3],
    { type: 'convolution', filters: 2, kernelSize: 3 },
    { type: 'affine', outputSize: 2 },
  )();
  const expected = colour.predict(rows).toArray();
  expect(colour.predict(rows.reshape([2, 4, 5, 3])).toArray()).toEqual(expected);
  expect(colour.predict(rows.reshape([2, 4, 5, 3]).toArray()).toArray()).toEqual(expected);
  expect([...colour.classify(rows.reshape([2, 4, 5, 3]))]).toEqual([...colour.classify(rows)]);
  expectRefusal(
    () => colour.predict(rows.rows(0, 1).reshape([4, 5, 3])),
    ShapeError,
    'Sequential.predict: x has shape [4, 5, 3]; expected [N, 4, 5, 3]. One image is { data, shape: [1, 4, 5, 3] }',
  );

  const flat = from([60], { type: 'affine', outputSize: 2 })();
  expect(flat.predict(rows.reshape([2, 6, 10])).toArray()).toEqual(flat.predict(rows).toArray());
  const grey = from(
    [6, 10, 1],
    { type: 'convolution', filters: 2, kernelSize: 3 },
    { type: 'affine', outputSize: 2 },
  )();
  expect(grey.predict(rows.reshape([2, 6, 10])).toArray()).toEqual(grey.predict(rows).toArray());
  expect(grey.predict(rows.reshape([2, 6, 10, 1])).toArray()).toEqual(grey.predict(rows).toArray());
  // Another arrangement of as many pixels is another image.
  for (const shape of [
    [2, 10, 6],
    [2, 10, 6, 1],
    [2, 60, 1],
    [2, 2, 30, 1],
  ]) {
    expect(() => grey.predict(rows.reshape(shape))).toThrow(
      /^Sequential\.predict: layer 1 \(Convolution\): x has shape /,
    );
  }
});
