import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError, StateError } from '../../src/errors.js';
import { Affine } from '../../src/layers/affine.js';
import { Convolution } from '../../src/layers/convolution.js';
import type { Layer } from '../../src/layers/layer.js';
import { MaxPooling } from '../../src/layers/max-pooling.js';
import { Relu } from '../../src/layers/relu.js';
import { SoftmaxWithLoss } from '../../src/layers/softmax-with-loss.js';
import { LayerStack } from '../../src/models/layer-stack.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';

const affine = (inputSize: number, outputSize: number): Affine => new Affine({ inputSize, outputSize, seed: 1 });

/** A layer whose methods return given values. */
class Broken implements Layer {
  readonly params = {};
  readonly grads = {};
  constructor(private readonly methods: Partial<Record<'forward' | 'infer' | 'backward', unknown>>) {
    if ('infer' in methods) this.infer = () => methods.infer as Tensor;
  }
  infer?: (x: Tensor) => Tensor;
  forward(x: Tensor): Tensor {
    return ('forward' in this.methods ? this.methods.forward : x) as Tensor;
  }
  backward(dy: Tensor): Tensor {
    return ('backward' in this.methods ? this.methods.backward : dy) as Tensor;
  }
}

describe('FOUND F: an error of a layer names the network, the method, and the layer by place and class', () => {
  // A custom layer hides what goes into the third, which would otherwise be refused when the network is built.
  const wrong = new Sequential([affine(2, 3), new Broken({}), affine(4, 2)]);

  test.each(['predict', 'logits', 'classify'] as const)('in %s', (method) => {
    expectRefusal(
      () => wrong[method]([[1, 2]]),
      ShapeError,
      `Sequential.${method}: layer 3 (Affine): x has shape [1, 3]; expected [N, 4] (inputSize of this layer)`,
    );
  });

  test('in lossAndGradient and gradient', () => {
    for (const method of ['lossAndGradient', 'gradient'] as const) {
      expectRefusal(
        () => wrong[method]([[1, 2]], [0]),
        ShapeError,
        'Sequential.lossAndGradient: layer 3 (Affine): x has shape [1, 3]; expected [N, 4] (inputSize of this layer)',
      );
    }
    const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 3, outputSize: 2 });
    expectRefusal(
      () => net.lossAndGradient(Tensor.zeros([100, 700]), new Int32Array(100)),
      ShapeError,
      'TwoLayerNet.lossAndGradient: layer 1 (Affine): x has shape [100, 700]; expected [N, 784] (inputSize of this layer)',
    );
  });

  test('of a convolution that runs together with its pooling: by the one that complains', () => {
    const net = new Sequential([
      new Convolution({ inputShape: [3, 3, 1], filters: 2, kernelSize: 2, seed: 1 }),
      new MaxPooling({ inputShape: [2, 2, 2], poolSize: 2 }),
      new Broken({ backward: Tensor.zeros([1, 3]) }),
    ]);
    const place = 'Sequential.lossAndGradient: layer';
    expectRefusal(
      () => net.lossAndGradient([[1, 2]], [0]),
      ShapeError,
      `${place} 1 (Convolution): x has shape [1, 2]; expected [N, 9] (images of 3 × 3 × 1, inputShape of this layer)`,
    );
    expectRefusal(
      () => net.lossAndGradient([[1, 2, 3, 4, 5, 6, 7, 8, 9]], [0]),
      ShapeError,
      `${place} 2 (MaxPooling): dy has shape [1, 3]; expected [1, 2] (the shape of the last output)`,
    );
    // Nothing is done before the first layer that trains, joined or not.
    const stack = new LayerStack('Sequential', [new Broken({ backward: undefined }), ...net.layers.slice(0, 2)]);
    stack.forward('forward', Tensor.ones([1, 9]));
    expect(stack.backward('backward', Tensor.ones([1, 2]))).toBeUndefined();
    expect(stack.layers).toHaveLength(3);
  });

  test('also of a function that the layer calls, with the first error as its cause', () => {
    class Stretch extends Broken {
      override forward(x: Tensor): Tensor {
        return x.matMul(Tensor.ones([5, 5]));
      }
    }
    let thrown: unknown;
    try {
      new Sequential([affine(2, 3), new Stretch({})]).predict([[1, 2]]);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      name: 'ShapeError',
      code: 'ZK_SHAPE',
      message:
        'Sequential.predict: layer 2 (Stretch): matMul: b has shape [5, 5]; expected [3, n] because a has shape [1, 3]',
      cause: { message: 'matMul: b has shape [5, 5]; expected [3, n] because a has shape [1, 3]' },
    });
  });

  test('but errors that are not ours pass as they are', () => {
    const own = new RangeError('mine');
    class Throwing extends Broken {
      override forward(): Tensor {
        throw own;
      }
    }
    expect(() => new Sequential([affine(1, 2), new Throwing({})]).predict([[1]])).toThrow(own);
  });

  test.each([
    [{ forward: undefined }, 'forward returned undefined; expected a tensor, a row for each row of x'],
    [{ forward: Promise.resolve() }, 'forward returned a Promise; expected a tensor, a row for each row of x'],
    [{ backward: undefined }, 'backward returned undefined; expected dL/dx, a tensor of the shape of x'],
  ])('a layer that returns nothing of use is refused: %j', (methods, message) => {
    const net = new Sequential([affine(2, 3), new Broken(methods), affine(3, 2)]);
    expectRefusal(
      () => net.lossAndGradient([[1, 2]], [0]),
      ArgumentError,
      `Sequential.lossAndGradient: layer 2 (Broken): ${message}`,
    );
  });

  test('also in the inference pass', () => {
    const net = new Sequential([affine(2, 3), new Broken({ infer: 5 })]);
    expectRefusal(
      () => net.predict([[1, 2]]),
      ArgumentError,
      'Sequential.predict: layer 2 (Broken): infer returned 5; expected a tensor, a row for each row of x',
    );
  });

  const parts = { forward: (x: Tensor) => x, backward: (dy: Tensor) => dy };
  const W = Tensor.zeros([2, 3]);
  test.each([
    [{ ...parts }, '(Object) has no params; expected a record of tensors, empty for a layer that trains nothing'],
    [
      { ...parts, params: {} },
      '(Object) has no grads; expected a record of tensors, empty for a layer that trains nothing',
    ],
    [{ ...parts, params: { W: 1 }, grads: {} }, '(Object): params.W is 1; expected a tensor'],
    [
      { ...parts, params: { W }, grads: {} },
      '(Object): params.W is of shape [2, 3] and grads.W is missing; expected a gradient of the same shape for each parameter',
    ],
    [
      { ...parts, params: { W }, grads: { W: Tensor.zeros([3, 2]) } },
      '(Object): params.W is of shape [2, 3] and grads.W is of shape [3, 2]; expected a gradient of the same shape for each parameter',
    ],
    [{ params: {}, grads: {} }, 'is an Object; expected a layer: params, grads, forward and backward'],
    [null, 'is null; expected a layer: params, grads, forward and backward'],
  ])('a layer without its parts is refused when the network is built', (layer, message) => {
    expectRefusal(
      () => new Sequential([affine(2, 2), layer as never]),
      ArgumentError,
      `Sequential: layers[1] ${message}`,
    );
  });
});

describe('FOUND F: one row that is not wrapped', () => {
  test.each([
    [
      4,
      [1, 2, 3, 4],
      'x has shape [4]; expected [N, 4], a row for each sample. Wrap one row in [ ], as in [[1, 2, 3]]',
    ],
    [4, 5, 'x has shape []; expected [N, 4], a row for each sample. Nest single numbers, as in [[1], [2]]'],
    [1, [1, 2, 3, 4], 'x has shape [4]; expected [N, 1], a row for each sample. Nest single numbers, as in [[1], [2]]'],
  ])('is told to be wrapped', (inputSize, x, message) => {
    const net = new MultiLayerNet({ inputSize, hiddenSizes: [], outputSize: 2 });
    expectRefusal(() => net.predict(x), ShapeError, `MultiLayerNet.predict: ${message}`);
    expectRefusal(() => net.loss(x, [0]), ShapeError, `MultiLayerNet.loss: ${message}`);
  });
});

describe('LayerStack', () => {
  test('gives dL/dx of its first layer only when it is wanted', () => {
    const layers = [new Relu(), affine(2, 3), affine(3, 2)];
    const stack = new LayerStack('Part', layers);
    const y = stack.forward('check', Tensor.ones([1, 2]));
    expect(stack.backward('check', y)).toBeUndefined();
    const whole = stack.backward('check', y, { inputGradient: true })!;
    const rest = new LayerStack('Rest', layers.slice(1)).backward('check', y, { inputGradient: true })!;
    expect(whole.toArray()).toEqual(rest.toArray());
  });
});

describe('a loss layer is checked when the network is built', () => {
  class Half {
    readonly kind = 'regression';
    forward(): number {
      return 0;
    }
    backward(): void {}
    loss(): number {
      return 0;
    }
  }
  class Unkind extends Half {
    override readonly kind = 'ranking' as never;
    predict(): void {}
  }
  test.each([
    [SoftmaxWithLoss, 'the class SoftmaxWithLoss'],
    ['crossEntropy', '"crossEntropy"'],
    [null, 'null'],
    [() => 1, 'a function'],
    [{}, 'an Object without the method forward'],
    [new Relu(), 'a Relu without the method loss'],
    [new Half(), 'a Half without the method predict'],
    [new Unkind(), 'an Unkind whose kind is "ranking"'],
  ])('%s is refused', (lossLayer, found) => {
    expectRefusal(
      () => new Sequential([affine(2, 3)], lossLayer as never),
      ArgumentError,
      `Sequential: lossLayer is ${found}; expected a loss layer, e.g. new SoftmaxWithLoss()`,
    );
  });
});

describe('a layer that returns another number of rows than it was given', () => {
  const x = [
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
  ];
  class Fewer extends Broken {
    override forward(y: Tensor): Tensor {
      return y.rows(0, 2);
    }
  }
  class Reshaped extends Broken {
    override infer = (y: Tensor): Tensor => y.reshape([8, 2]);
    override forward(y: Tensor): Tensor {
      return this.infer(y);
    }
  }
  test.each([
    [new Fewer({}), 'forward', 'forward', '[2, 4]'],
    [new Reshaped({}), 'infer', 'forward', '[8, 2]'],
  ])('is refused in inference and training', (layer, inferring, training, shape) => {
    const net = new Sequential([affine(2, 4), layer]);
    const message = (method: string, of: string): string =>
      `Sequential.${method}: layer 2 (${layer.constructor.name}): ${of} returned ${shape}; expected 4 rows, one for each row of x`;
    for (const method of ['predict', 'logits', 'classify'] as const) {
      expectRefusal(() => net[method](x), ShapeError, message(method, inferring));
    }
    expectRefusal(() => net.loss(x, [0, 1, 0, 1]), ShapeError, message('loss', inferring));
    expectRefusal(() => net.lossAndGradient(x, [0, 1, 0, 1]), ShapeError, message('lossAndGradient', training));
  });

  test('also of one row', () => {
    class Doubled extends Broken {
      override forward(y: Tensor): Tensor {
        return y.reshape([2, 2]);
      }
    }
    expectRefusal(
      () => new Sequential([affine(2, 4), new Doubled({})]).predict([[1, 2]]),
      ShapeError,
      'Sequential.predict: layer 2 (Doubled): forward returned [2, 2]; expected 1 row, one for each row of x',
    );
  });
});

describe('a layer that replaces its arrays', () => {
  /** y = x · W, by a layer of a few lines. */
  class Product implements Layer {
    params: { W: Tensor } = { W: Tensor.ones([2, 2]) };
    grads: { W: Tensor } = { W: Tensor.zeros([2, 2]) };
    protected x!: Tensor;
    forward(x: Tensor): Tensor {
      this.x = x;
      return x.matMul(this.params.W);
    }
    backward(dy: Tensor): Tensor {
      this.write(this.x.transpose().matMul(dy));
      return dy.matMul(this.params.W.transpose());
    }
    protected write(dW: Tensor): void {
      this.grads.W.data.set(dW.data);
    }
  }
  class NewRecord extends Product {
    protected override write(dW: Tensor): void {
      this.grads = { W: dW };
    }
  }
  class NewTensor extends Product {
    protected override write(dW: Tensor): void {
      this.grads.W = dW;
    }
  }
  class NewParams extends Product {
    protected override write(dW: Tensor): void {
      super.write(dW);
      this.params = { W: this.params.W.clone() };
    }
  }
  class Lost extends Product {
    protected override write(): void {
      this.grads = {} as never;
    }
  }
  /** A record for each look at it, over the same arrays, is no replacement. */
  class Getters extends Product {
    constructor() {
      super();
      const { W } = this.grads;
      Object.defineProperty(this, 'grads', { get: () => ({ W }) });
    }
  }

  test.each([
    [NewRecord, 'grads'],
    [NewTensor, 'grads'],
    [Lost, 'grads'],
    [NewParams, 'params'],
  ])('is refused, because it would never train: %s', (Replacing, record) => {
    const net = new Sequential([affine(2, 2), new Replacing(), affine(2, 2)]);
    expectRefusal(
      () => net.lossAndGradient([[1, 2]], [0]),
      StateError,
      `Sequential.lossAndGradient: layer 2 (${Replacing.name}): ${record}.W is another array than when the network was built; expected the same array throughout, which the optimizer uses. Write into the existing array: this.${record}.W.data.set(…)`,
    );
  });

  test.each([Product, Getters])('one that writes into them is not: %s', (Writing) => {
    const net = new Sequential([affine(2, 2), new Writing()]);
    net.lossAndGradient([[1, 2]], [0]);
    expect(net.grads['W2']!.data.some((value) => value !== 0)).toBe(true);
  });
});
