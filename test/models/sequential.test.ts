import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/errors.js';
import { Affine } from '../../src/layers/affine.js';
import type { Layer, LayerState } from '../../src/layers/layer.js';
import { MatMul } from '../../src/layers/mat-mul.js';
import { Relu } from '../../src/layers/relu.js';
import { SoftmaxWithLoss } from '../../src/layers/softmax-with-loss.js';
import { Standardization } from '../../src/layers/standardization.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Random, type RandomState } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';

/** y = s · x with one trained number: a layer written by a user. */
class Scale implements Layer {
  readonly params = { s: Tensor.ones([1], { dtype: 'float64' }) };
  readonly grads = { s: Tensor.zeros([1], { dtype: 'float64' }) };
  asked: (boolean | undefined)[] = [];
  private x: Tensor | undefined;

  forward(x: Tensor): Tensor {
    this.x = x;
    return x.mul(this.params.s);
  }

  backward(dy: Tensor, options?: { readonly inputGradient?: boolean }): Tensor | undefined {
    this.asked.push(options?.inputGradient);
    this.grads.s.set([dy.mul(this.x!).sum()]);
    return options?.inputGradient === false ? undefined : dy.mul(this.params.s);
  }
}

const affine = (inputSize: number, outputSize: number): Affine =>
  new Affine({ inputSize, outputSize, seed: 1, dtype: 'float64' });

describe('Sequential', () => {
  test('of Affine, Relu, Affine gives the bits of a TwoLayerNet with the same weights (L7)', () => {
    const two = new TwoLayerNet({
      inputSize: 3,
      hiddenSize: 4,
      outputSize: 2,
      weightInitStd: 1,
      seed: 1,
      dtype: 'float64',
    });
    const net = new Sequential([affine(3, 4), new Relu(), affine(4, 2)]);
    net.loadStateDict(two.stateDict());
    const x = Tensor.randomNormal([6, 3], { seed: 2, dtype: 'float64' });
    const labels = [0, 1, 0, 1, 0, 1];
    expect(net.lossAndGradient(x, labels)).toBe(two.lossAndGradient(x, labels));
    expect(Object.keys(net.grads)).toEqual(['W1', 'b1', 'W2', 'b2']);
    for (const name of ['W1', 'b1', 'W2', 'b2'] as const) expect(net.grads[name]!.data).toEqual(two.grads[name].data);
  });

  test('trains a layer of the user’s own, without infer, under a numbered name', () => {
    const scale = new Scale();
    const net = new Sequential([affine(2, 3), scale, affine(3, 2)]);
    expect(Object.keys(net.params)).toEqual(['W1', 'b1', 's1', 'W2', 'b2']);
    const x = Tensor.randomNormal([4, 2], { seed: 3, dtype: 'float64' });
    expect(gradientCheck(net, x, [0, 1, 1, 0]).ok).toBe(true);
  });

  test('counts layers by their first parameter, so that a layer in between renames nothing', () => {
    /** What batch normalisation will look like: other parameters, and buffers. */
    class Normalization extends Relu {
      override readonly params = { gamma: Tensor.ones([2]), beta: Tensor.zeros([2]) } as never;
      override readonly grads = { gamma: Tensor.ones([2]), beta: Tensor.zeros([2]) } as never;
      override readonly buffers = { runningMean: Tensor.zeros([2]) } as never;
    }
    const net = new Sequential([
      new Standardization({ mean: [0, 0], deviation: [1, 1] }),
      new MatMul(Tensor.ones([2, 2])),
      new Normalization(),
      new Affine({ inputSize: 2, outputSize: 2 }),
      new Normalization(),
    ]);
    const names = ['W1', 'gamma1', 'beta1', 'W2', 'b2', 'gamma2', 'beta2'];
    expect(Object.keys(net.params)).toEqual(names);
    expect(Object.keys(net.grads)).toEqual(names);
    expect(Object.keys(net.buffers)).toEqual(['mean1', 'deviation1', 'runningMean1', 'runningMean2']);
    expect(net.decayed).toEqual(['W1', 'W2']);
    expect(Object.keys(net.stateDict()).join(' ')).toBe(
      'mean1 deviation1 W1 gamma1 beta1 runningMean1 W2 b2 gamma2 beta2 runningMean2',
    );
    const dict = net.stateDict() as Record<string, Tensor>;
    dict['runningMean2']!.set([3, 4]);
    net.loadStateDict(dict);
    expect(net.buffers['runningMean2']!.toArray()).toEqual([3, 4]);
  });

  test('refuses names that meet', () => {
    expectRefusal(
      () => new Sequential([affine(1, 2), affine(2, 2)], new SoftmaxWithLoss(), (name) => name),
      ArgumentError,
      'Sequential: two parameters are called "W"; expected parameter names that differ once the layer number is appended',
    );
  });

  test('carries the random state of its layers as plain data', () => {
    class Noise extends Relu {
      readonly random = new Random(1);
      state(): LayerState {
        return { random: this.random.state() };
      }
      restore({ random }: LayerState): void {
        this.random.restore(random as RandomState);
      }
    }
    const noise = new Noise();
    const net = new Sequential([affine(2, 2), noise]);
    const states = JSON.parse(JSON.stringify(net.layerStates()));
    expect(states[0]).toBeNull();
    const drawn = noise.random.uint32();
    net.restoreLayerStates(states);
    expect(noise.random.uint32()).toBe(drawn);
  });

  test('refuses to carry a random state that is only promised', () => {
    class Late extends Relu {
      constructor(private readonly remembers: boolean) {
        super();
      }
      state(): LayerState {
        return (this.remembers ? {} : Promise.resolve({})) as LayerState;
      }
      async restore(): Promise<void> {}
    }
    const message = (method: string): string =>
      `Sequential: layers[1] (Late): ${method} returned a promise; expected a function that is not async`;
    const state = new Sequential([affine(2, 2), new Late(false)]);
    expectRefusal(() => state.layerStates(), ArgumentError, message('state'));
    const restore = new Sequential([affine(2, 2), new Late(true)]);
    expectRefusal(() => restore.restoreLayerStates([null, {}]), ArgumentError, message('restore'));
  });

  test('FOUND F: refuses a layer whose decayed names no parameter, or whose buffers are not tensors', () => {
    class Wrong extends Relu {
      constructor(
        override readonly decayed: readonly string[],
        override readonly buffers: never,
      ) {
        super();
      }
    }
    expectRefusal(
      () => new Sequential([affine(1, 2), new Wrong(['W'], {} as never)]),
      ArgumentError,
      'Sequential: layers[1] (Wrong): decayed names "W"; expected names of its parameters',
    );
    expectRefusal(
      () => new Sequential([affine(1, 2), new Wrong([], { mean: [1] } as never)]),
      ArgumentError,
      'Sequential: layers[1] (Wrong): buffers.mean is [1]; expected a tensor',
    );
  });

  test('asks no layer for dL/dx that nothing reads', () => {
    const first = new Scale();
    const second = new Scale();
    const net = new Sequential([new Relu(), first, second, affine(2, 2)]);
    net.lossAndGradient(Tensor.ones([1, 2], { dtype: 'float64' }), [0]);
    expect([first.asked, second.asked]).toEqual([[false], [undefined]]);
  });

  test.each([
    [[], 'layers is []; expected a list of at least one layer'],
    [['Relu'], 'layers[0] is "Relu"; expected a layer: params, grads, forward and backward'],
  ])('refuses the layers %j', (layers, message) => {
    expect(() => new Sequential(layers as never)).toThrow(
      expect.objectContaining({ name: 'ArgumentError', message: `Sequential: ${message}` }),
    );
  });

  test('refuses one layer twice, and layers of different dtypes', () => {
    const relu = new Relu();
    expect(() => new Sequential([relu, affine(1, 1), relu])).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message:
          'Sequential: layers[2] is the same layer as layers[0]; expected each layer once, because it remembers its last input',
      }),
    );
    expect(() => new Sequential([affine(1, 1), new Affine({ inputSize: 1, outputSize: 2 })])).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: 'Sequential: W2 is float32 and W1 is float64; expected layers of the same dtype',
      }),
    );
  });
});
