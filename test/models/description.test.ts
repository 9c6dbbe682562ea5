import { describe, expect, test, vi } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, ShapeError, StateError } from '../../src/errors.js';
import { Affine } from '../../src/layers/affine.js';
import type { Layer } from '../../src/layers/layer.js';
import { type LayerContext, registerLayer } from '../../src/layers/layer-builder.js';
import { MatMul } from '../../src/layers/mat-mul.js';
import { Relu } from '../../src/layers/relu.js';
import type { NetworkDescription } from '../../src/models/description.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { SimpleNet } from '../../src/models/simple-net.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';

const SMALL: NetworkDescription = {
  input: 4,
  layers: [
    { type: 'affine', outputSize: 5, activation: 'tanh', weightInitStd: 0.01 },
    { type: 'affine', outputSize: 3, weightInitStd: 0.01 },
  ],
  loss: 'crossEntropy',
};

describe('Sequential.from', () => {
  test('builds the bits of the network that its description names', () => {
    const net = Sequential.from(SMALL, { seed: 7 });
    const two = new TwoLayerNet({ inputSize: 4, hiddenSize: 5, outputSize: 3, activation: 'tanh', seed: 7 });
    for (const name of ['W1', 'b1', 'W2', 'b2'] as const) expect(net.params[name]!.data).toEqual(two.params[name].data);
    expect([net.inputSize, net.outputSize, net.kind, net.dtype, net.seed]).toEqual([
      4,
      3,
      'classification',
      'float32',
      7,
    ]);
    expect(Sequential.from(SMALL).seed).toEqual(expect.any(Number));
  });

  test('takes an image flat where a matrix follows, and keeps its shape elsewhere', () => {
    const net = Sequential.from({
      input: [4, 3, 2],
      layers: [{ type: 'rescaling', scale: 2 }, { type: 'relu' }, { type: 'affine', outputSize: 5 }],
    });
    expect(net.params['W1']!.shape).toEqual([24, 5]);
    expect(net.inputSize).toBe(24);
    expect(net.describe().input).toEqual([4, 3, 2]);
    expect(net.summary().layers.map(({ outputShape }) => outputShape)).toEqual([[4, 3, 2], [4, 3, 2], [5]]);
  });

  test('its gradient passes the check, with fixed layers in front', () => {
    const net = Sequential.from(
      {
        input: 2,
        layers: [
          { type: 'standardization', mean: [1, -1], deviation: [2, 0.5] },
          { type: 'affine', outputSize: 3, activation: 'sigmoid' },
          { type: 'rescaling', scale: 3, offset: -1 },
          { type: 'matMul', outputSize: 2 },
        ],
      },
      { seed: 1, dtype: 'float64' },
    );
    const x = Tensor.randomNormal([5, 2], { seed: 2, dtype: 'float64' });
    expect(gradientCheck(net, x, [0, 1, 1, 0, 1]).ok).toBe(true);
  });

  test.each([
    [{}, 1, 'classification' as const, undefined],
    [{}, 3, 'classification', 'SoftmaxWithLoss'],
    [{ loss: 'crossEntropy' }, 3, 'classification', 'SoftmaxWithLoss'],
    [{ loss: 'binaryCrossEntropy' }, 1, 'binary', 'SigmoidWithLoss'],
    [{ loss: 'binaryCrossEntropy' }, 3, 'multiLabel', 'SigmoidWithLoss'],
    [{ loss: 'binaryCrossEntropy', task: 'multiLabel' }, 1, 'multiLabel', 'SigmoidWithLoss'],
    [{ task: 'binary' }, 1, 'binary', 'SigmoidWithLoss'],
    [{ task: 'regression' }, 1, 'regression', 'IdentityWithLoss'],
    [{ loss: 'meanSquaredError' }, 2, 'regression', 'IdentityWithLoss'],
    [{ unnormalized: true }, 2, 'classification', 'SoftmaxWithLoss'],
    [{ labelSmoothing: 0.1 }, 2, 'classification', 'SoftmaxWithLoss'],
    [{ loss: 'huber', delta: 2 }, 2, 'regression', 'HuberWithLoss'],
  ])('takes the loss %j with %i outputs', (loss, outputSize, kind, layer) => {
    const description = { input: 2, layers: [{ type: 'affine', outputSize }], ...loss } as NetworkDescription;
    if (layer === undefined) {
      expect(() => Sequential.from(description)).toThrow('outputSize is 1; expected at least 2 classes');
      return;
    }
    const net = Sequential.from(description);
    expect([net.kind, net.lossLayer.constructor.name]).toEqual([kind, layer]);
    // What describe tells is enough to build the same loss again.
    const again = Sequential.from(net.describe());
    expect([again.kind, again.lossLayer.unnormalized]).toEqual([kind, net.lossLayer.unnormalized]);
  });

  const layers = [{ type: 'affine', outputSize: 2 }];
  test.each([
    [5, 'the description is 5; expected an object with input and layers'],
    ['{}', 'the description is "{}"; expected an object with input and layers. Parse its text with JSON.parse'],
    [[], 'the description is []; expected an object with input and layers'],
    [{ input: 2, layer: layers }, 'unknown option "layer"; did you mean "layers"?'],
    [{ layers }, 'input is undefined; expected an integer of at least 1'],
    [{ input: [], layers }, 'input is []; expected the shape of one row, e.g. [28, 28, 1]'],
    [{ input: [2, 0], layers }, 'input[1] is 0; expected an integer of at least 1'],
    [
      { input: 2 },
      "layers is undefined; expected a list of at least one layer, e.g. [{ type: 'affine', outputSize: 10 }]",
    ],
    [{ input: 2, layers: ['relu'] }, 'layers[0] is "relu"; expected an object with a type, e.g. { type: \'relu\' }'],
    [
      { input: 2, layers: [{ outputSize: 2 }] },
      "layers[0] has the type undefined; expected an object with a type, e.g. { type: 'relu' }",
    ],
    [
      { input: 2, layers: [...layers, { type: 'rellu' }] },
      'layer 2 (rellu): type is "rellu"; expected affine, matMul, convolution, maxPooling, averagePooling, globalAveragePooling, embedding, relu, sigmoid, tanh, leakyRelu, gelu, softplus, dropout, batchNormalization, layerNormalization, rescaling, standardization. Did you mean "relu"?',
    ],
    [
      { input: 2, layers: [{ type: 'recurrent' }] },
      'layer 1 (recurrent): type is "recurrent"; expected affine, matMul, convolution, maxPooling, averagePooling, globalAveragePooling, embedding, relu, sigmoid, tanh, leakyRelu, gelu, softplus, dropout, batchNormalization, layerNormalization, rescaling, standardization. Register a custom type with registerLayer',
    ],
    ...(
      [
        ['dense', 'Did you mean "affine"?'],
        ['linear', 'Did you mean "affine"?'],
        ['conv2d', 'Did you mean "convolution"?'],
        ['batchNorm', 'Did you mean "batchNormalization" or "layerNormalization"?'],
        ['flatten', 'Leave it out: images are rows already, and input says the shape of one'],
        ['softmax', 'Leave it out: the loss brings it, and predict applies it'],
        ['LSTM', 'There is none: give the last steps of a series as the columns of a row'],
        ['conv1d', 'There is none: give the last steps of a series as the columns of a row'],
      ] as const
    ).map(([type, advice]): [unknown, string] => [
      { input: 2, layers: [{ type }] },
      `layer 1 (${type}): type is "${type}"; expected affine, matMul, convolution, maxPooling, averagePooling, globalAveragePooling, embedding, relu, sigmoid, tanh, leakyRelu, gelu, softplus, dropout, batchNormalization, layerNormalization, rescaling, standardization. ${advice}`,
    ]),
    [
      { input: 2, layers: [{ type: 'affine', units: 3 }] },
      'layer 1 (affine): unknown option "units"; did you mean "outputSize"?',
    ],
    [
      { input: 2, layers: [{ type: 'affine', inputSize: 2, outputSize: 3 }] },
      'layer 1 (affine): unknown option "inputSize"; leave it out: it follows from the layer before, and of the first from input',
    ],
    [
      { input: 2, layers: [{ type: 'affine', outputSize: 3, trainable: false }] },
      'layer 1 (affine): unknown option "trainable"; freeze parameters by an optimizer that is given the others alone: docs/recipes.md',
    ],
    [
      { input: 2, layers: [{ type: 'affine', outputSize: 3, activation: 'softmax' }] },
      'layer 1 (affine): activation is "softmax"; expected "identity", "relu", "sigmoid" or "tanh". Leave it out: the loss brings the softmax',
    ],
    ...(
      [
        ['mse', 'Did you mean "meanSquaredError"?'],
        ['log_loss', 'Did you mean "crossEntropy"?'],
        ['mae', 'For the absolute error write a loss of your own (docs/guide.md), or take "huber"'],
        ['binary_crossentropy', 'Did you mean "binaryCrossEntropy"?'],
        ['BCEWithLogitsLoss', 'Did you mean "binaryCrossEntropy"?'],
        ['sparse_categorical_crossentropy', 'Did you mean "crossEntropy"?'],
        ['crossEntropyy', 'Did you mean "crossEntropy"?'],
      ] as const
    ).map(([loss, advice]): [unknown, string] => [
      { input: 2, layers, loss },
      `loss is "${loss}"; expected "crossEntropy", "binaryCrossEntropy", "meanSquaredError" or "huber". ${advice}`,
    ]),
    [
      { input: 2, layers, loss: { type: 'crossEntropy' } },
      'loss is an Object; expected "crossEntropy", "binaryCrossEntropy", "meanSquaredError" or "huber". Its options stand beside it: { loss: \'crossEntropy\', labelSmoothing: 0.1 }',
    ],
    [
      { input: 2, layers: [{ type: 'affine', outputsize: 2 }] },
      'layer 1 (affine): unknown option "outputsize"; did you mean "outputSize"?',
    ],
    [
      { input: 2, layers: [{ type: 'affine', outputSize: 2, dtype: 'float64' }] },
      'layer 1 (affine): unknown option "dtype"; known are outputSize, activation, weightInitStd, initialWeights',
    ],
    [
      { input: 2, layers: [{ type: 'affine', outputSize: 2.5 }] },
      'layer 1 (affine): outputSize is 2.5; expected an integer of at least 1',
    ],
    [
      { input: 2, layers: [{ type: 'affine', outputSize: 2, activation: 'gelu' }] },
      'layer 1 (affine): activation is "gelu"; expected "identity", "relu", "sigmoid" or "tanh". Did you mean "relu"?',
    ],
    [
      { input: 2, layers: [{ type: 'matMul', outputSize: 2, weightInitStd: -1 }] },
      'layer 1 (matMul): weightInitStd is -1; expected a finite number of at least 0, "he" or "xavier"',
    ],
    [
      { input: 2, layers: [{ type: 'rescaling', scale: 0 }] },
      'layer 1 (rescaling): scale is 0; expected a finite number other than 0',
    ],
    [
      { input: 2, layers, loss: 'hinge' },
      'loss is "hinge"; expected "crossEntropy", "binaryCrossEntropy", "meanSquaredError" or "huber"',
    ],
    [
      { input: 2, layers, task: 'ranking' },
      'task is "ranking"; expected "classification", "binary", "multiLabel" or "regression"',
    ],
    [
      { input: 2, layers, loss: 'crossEntropy', task: 'regression' },
      'loss is "crossEntropy" and task is "regression"; expected the loss "meanSquaredError" for that task. One of the two is enough',
    ],
    [
      { input: 2, layers, task: 'regression', unnormalized: true },
      'unnormalized is true for the task "regression"; expected it only for classification, where labels may be rows over the classes',
    ],
    [
      { input: 2, layers, task: 'regression', labelSmoothing: 0.1 },
      'labelSmoothing is 0.1 for the task "regression"; expected it with the loss "crossEntropy" only',
    ],
    [
      { input: 2, layers, task: 'regression', delta: 2 },
      'delta is 2 for the loss undefined; expected it with the loss "huber" only',
    ],
    [{ input: 2, layers, labelSmoothing: 1 }, 'labelSmoothing is 1; expected a number in [0, 1)'],
    [{ input: 2, layers, loss: 'huber', delta: 0 }, 'delta is 0; expected a finite number greater than 0'],
    [
      { input: 2, layers: [{ type: 'relu' }, { type: 'embedding', vocabularySize: 5, outputSize: 2 }] },
      'layer 2 (embedding): it reads whole numbers behind another layer; expected it as the first layer, where x comes from the data',
    ],
    [
      { input: 2, layers: [{ type: 'embedding', outputSize: 2 }] },
      'layer 1 (embedding): vocabularySize is undefined; expected an integer of at least 1',
    ],
    [
      { input: 2, layers: [{ type: 'affine', outputSize: 2, weightInitStd: 'he', initialWeights: () => [] }] },
      'layer 1 (affine): weightInitStd and initialWeights are both given; expected one of them',
    ],
    [
      { input: 2, layers: [{ type: 'matMul', outputSize: 2, initialWeights: () => [1, 2, 3] }] },
      'layer 1 (matMul): initialWeights returned 3 numbers; expected 4 (inputs 2 × outputs 2)',
    ],
    [
      { input: 2, layers: [{ type: 'affine', outputSize: 1, initialWeights: () => [1, Number.NaN] }] },
      'layer 1 (affine): initialWeights returned NaN as number 1; expected finite numbers',
    ],
    [
      { input: 2, layers: [{ type: 'affine', outputSize: 2, initialWeights: 'he' }] },
      'layer 1 (affine): initialWeights is "he"; expected a function (inputs, outputs, random) that returns the weights. A name or a number is given as weightInitStd',
    ],
    [
      { input: 2, layers, task: 'binary' },
      "outputSize is 2; expected 1 for the task 'binary'. For one class of several use the task 'classification', for several labels per row 'multiLabel'",
    ],
    [
      { input: 1e9, layers: [{ type: 'affine', outputSize: 1e9 }] },
      'layer 1 (affine): W of shape [1000000000, 1000000000] takes 4.00 EB; expected fewer than 2³¹ numbers in one tensor',
    ],
  ])('refuses %j', (description, message) => {
    expectRefusal(() => Sequential.from(description as never), ArgumentError, `Sequential.from: ${message}`);
    expectRefusal(() => Sequential.fromJSON(description), ArgumentError, `Sequential.fromJSON: ${message}`);
  });

  test('refuses layers that do not fit on one another, also when they were built one by one', () => {
    const affine = (inputSize: number, outputSize: number): Affine => new Affine({ inputSize, outputSize });
    expectRefusal(
      () => Sequential.from({ input: 2, layers: [{ type: 'standardization', mean: [1, 2, 3], deviation: [1, 1, 1] }] }),
      ShapeError,
      'Sequential.from: layer 1 (standardization): its input has rows of 2; expected 3 (inputSize of this layer)',
    );
    expectRefusal(
      () => new Sequential([affine(2, 3), new Relu(), affine(4, 2)]),
      ShapeError,
      'Sequential: layer 3 (Affine): its input has rows of 3; expected 4 (inputSize of this layer)',
    );
    expect(new Sequential([new Relu(), affine(4, 2)]).inputSize).toBe(4);
  });

  test('refuses options that it does not have', () => {
    expectRefusal(
      () => Sequential.from(SMALL, { sed: 1 } as never),
      ArgumentError,
      'Sequential.from: unknown option "sed"; did you mean "seed"?',
    );
    expectRefusal(
      () => Sequential.from(SMALL, { layers: { square: 5 } } as never),
      ArgumentError,
      'Sequential.from: layers.square is 5; expected a function for each type, as registerLayer takes it',
    );
  });

  test('refuses a class where a builder belongs, by registerLayer and in the options', () => {
    class Square extends Relu {}
    const message =
      'is the class Square; expected a function of options and context that returns a layer. Give (options, context) => new Square(options)';
    expectRefusal(
      () => registerLayer('sq' as never, Square as never),
      ArgumentError,
      `registerLayer: build ${message}`,
    );
    expectRefusal(
      () => Sequential.from(SMALL, { layers: { sq: Square } } as never),
      ArgumentError,
      `Sequential.from: layers.sq ${message}`,
    );
    const Anonymous = (() => class extends Relu {})();
    expectRefusal(
      () => registerLayer('sq' as never, Anonymous as never),
      ArgumentError,
      'registerLayer: build is the class Layer; expected a function of options and context that returns a layer. Give (options, context) => new Layer(options)',
    );
  });
});

describe('FOUND L9: a network beyond memory', () => {
  test('is refused with what it would take', () => {
    expectRefusal(
      () => new TwoLayerNet({ inputSize: 1e9, hiddenSize: 1e9, outputSize: 10 }),
      ArgumentError,
      'TwoLayerNet: layer 1 (affine): W of shape [1000000000, 1000000000] takes 4.00 EB; expected fewer than 2³¹ numbers in one tensor',
    );
  });

  test('also where only the process has no room for it', () => {
    // As under `ulimit -v`: the system has no memory of that size to give.
    const real = globalThis.Float32Array;
    vi.stubGlobal(
      'Float32Array',
      new Proxy(real, {
        construct(target, [size, ...rest], newTarget) {
          if (size > 2 ** 30) throw new RangeError('Array buffer allocation failed');
          return Reflect.construct(target, [size, ...rest], newTarget);
        },
      }),
    );
    try {
      expectRefusal(
        () => new TwoLayerNet({ inputSize: 40_000, hiddenSize: 40_000, outputSize: 10, backend: 'js' }),
        ArgumentError,
        'TwoLayerNet: layer 1 (affine): 1600000000 float32 numbers take 6.40 GB; expected no more than this process can allocate',
      );
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe('describe', () => {
  test('returns what the network was built from, as JSON can hold it', () => {
    const net = Sequential.from(SMALL);
    expect(net.describe()).toEqual(SMALL);
    expect(JSON.parse(JSON.stringify(net.describe()))).toEqual(SMALL);
  });

  test('the book’s networks are descriptions too', () => {
    expect(new TwoLayerNet({ inputSize: 4, hiddenSize: 5, outputSize: 3, activation: 'tanh' }).describe()).toEqual(
      SMALL,
    );
    expect(new MultiLayerNet({ inputSize: 3, hiddenSizes: [4], outputSize: 2, task: 'multiLabel' }).describe()).toEqual(
      {
        input: 3,
        layers: [
          { type: 'affine', outputSize: 4, activation: 'relu' },
          { type: 'affine', outputSize: 2 },
        ],
        loss: 'binaryCrossEntropy',
        task: 'multiLabel',
      },
    );
    expect(new SimpleNet().describe()).toEqual({
      input: 2,
      layers: [{ type: 'matMul', outputSize: 3 }],
      loss: 'crossEntropy',
    });
  });

  test('says what it does not know', () => {
    expectRefusal(
      () => new Sequential([new Relu()]).describe(),
      StateError,
      'Sequential.describe: the columns of x are not known; expected inputSize on the first layer',
    );
    class Own extends Relu {
      override describe(): never {
        return { typ: 'own' } as never;
      }
    }
    expectRefusal(
      () => new Sequential([new MatMul(Tensor.ones([2, 2])), new Own()]).describe(),
      StateError,
      "Sequential.describe: layer 2 (Own) describes itself without a type; expected describe() { return { type: '…' } } on each layer",
    );
  });
});

/** Doubles x, draws from its generator, and says nothing about shapes. */
class Noise implements Layer {
  readonly params = {};
  readonly grads = {};
  constructor(readonly context: LayerContext) {}
  forward(x: Tensor): Tensor {
    return x;
  }
  backward(dy: Tensor): Tensor {
    return dy;
  }
}

describe('custom layers', () => {
  const noise = { layers: { noise: (_: object, context: LayerContext) => new Noise(context) } } as never;

  test('know what they are built into, and draw their own random numbers', () => {
    const description = {
      input: 3,
      layers: [
        { type: 'affine', outputSize: 4 },
        { type: 'noise' },
        { type: 'noise' },
        { type: 'affine', outputSize: 2 },
      ],
    } as never;
    const build = (seed: number): LayerContext[] => {
      const net = Sequential.from(description, { ...(noise as object), seed, dtype: 'float64', backend: 'js' });
      expect(net.params['W2']!.shape).toEqual([4, 2]);
      return net.layers.slice(1, 3).map((layer) => (layer as Noise).context);
    };
    const [first, second] = build(1) as [LayerContext, LayerContext];
    expect([first.inputShape, first.inputSize, first.dtype, first.backend.name]).toEqual([[4], 4, 'float64', 'js']);
    const draws = [first, second].map((context) => context.generator('dropout').uint32());
    expect(draws[0]).not.toBe(draws[1]);
    const [again] = build(1);
    expect(again!.generator('dropout').uint32()).toBe(draws[0]);
  });

  test('are refused where they are not layers, by place and type', () => {
    const from = (layer: unknown): Sequential =>
      Sequential.from({ input: 2, layers: [{ type: 'noise' }] } as never, { layers: { noise: () => layer } } as never);
    expectRefusal(
      () => from(undefined),
      ArgumentError,
      'Sequential.from: layer 1 (noise): what its builder returned is undefined; expected a layer: params, grads, forward and backward',
    );
    class Odd extends Noise {
      outputShape(): readonly number[] {
        return [2.5];
      }
    }
    expectRefusal(
      () => from(new Odd(undefined as never)),
      ArgumentError,
      'Sequential.from: layer 1 (noise): outputShape returned [2.5]; expected the shape of one row, integers of at least 1',
    );
  });

  test('take a type of their own', () => {
    const build = (): Layer => new Relu();
    registerLayer('rectifier' as never, build as never);
    registerLayer('rectifier' as never, build as never); // the same again changes nothing
    expect(Sequential.from({ input: 2, layers: [{ type: 'rectifier' }] } as never).layers[0]).toBeInstanceOf(Relu);
    for (const [type, builder, message] of [
      ['affine', build, 'the type "affine" is built in; expected a different name for each type of layer'],
      [
        'rectifier',
        () => new Relu(),
        'the type "rectifier" is registered already; expected a different name for each type of layer',
      ],
      ['', build, 'type is ""; expected the name of a type of layer'],
      ['cube', 5, 'build is 5; expected a function of options and context that returns a layer'],
    ] as const) {
      expectRefusal(() => registerLayer(type as never, builder as never), ArgumentError, `registerLayer: ${message}`);
    }
  });

  test('train inside a network that was described', () => {
    const net = Sequential.from(
      {
        input: 2,
        layers: [
          { type: 'affine', outputSize: 4, activation: 'tanh' },
          { type: 'noise' },
          { type: 'affine', outputSize: 2 },
        ],
      } as never,
      noise,
    );
    expect(net.evaluate(Dataset.from({ x: [[1, 2]], labels: [1] })).loss).toBeGreaterThan(0);
  });
});
