/** What every built-in layer must do, whatever it computes. */
import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError, StateError } from '../../src/errors.js';
import { Affine } from '../../src/layers/affine.js';
import { AveragePooling } from '../../src/layers/average-pooling.js';
import { Convolution } from '../../src/layers/convolution.js';
import { Dropout } from '../../src/layers/dropout.js';
import { Gelu } from '../../src/layers/gelu.js';
import { GlobalAveragePooling } from '../../src/layers/global-average-pooling.js';
import { decayedOf, type Layer } from '../../src/layers/layer.js';
import { LayerNormalization } from '../../src/layers/layer-normalization.js';
import { LeakyRelu } from '../../src/layers/leaky-relu.js';
import { MatMul } from '../../src/layers/mat-mul.js';
import { MaxPooling } from '../../src/layers/max-pooling.js';
import { Relu } from '../../src/layers/relu.js';
import { Rescaling } from '../../src/layers/rescaling.js';
import { Sigmoid } from '../../src/layers/sigmoid.js';
import { Softplus } from '../../src/layers/softplus.js';
import { Standardization } from '../../src/layers/standardization.js';
import { Tanh } from '../../src/layers/tanh.js';
import { sizeOf } from '../../src/tensor/shape.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

/** Layers that take rows of 3 numbers, with what they are written down as and what decays in them. */
const LAYERS: [string, (backend: 'js') => Layer, object, readonly string[]][] = [
  [
    'Affine',
    (backend) => new Affine({ inputSize: 3, outputSize: 2, activation: 'tanh', weightInitStd: 'he', seed: 1, backend }),
    { type: 'affine', outputSize: 2, activation: 'tanh', weightInitStd: 'he' },
    ['W'],
  ],
  ['MatMul', () => new MatMul(Tensor.randomNormal([3, 2], { seed: 1 })), { type: 'matMul', outputSize: 2 }, ['W']],
  [
    'Convolution',
    (backend) =>
      new Convolution({ inputShape: [1, 3, 1], filters: 2, kernelSize: [1, 2], activation: 'tanh', seed: 1, backend }),
    { type: 'convolution', filters: 2, kernelSize: [1, 2], activation: 'tanh' },
    ['W'],
  ],
  [
    'MaxPooling',
    () => new MaxPooling({ inputShape: [1, 3, 1], poolSize: [1, 2], stride: 1 }),
    { type: 'maxPooling', poolSize: [1, 2], stride: 1 },
    [],
  ],
  [
    'AveragePooling',
    () => new AveragePooling({ inputShape: [1, 3, 1], poolSize: 1, padding: 'same' }),
    { type: 'averagePooling', poolSize: 1, padding: 'same' },
    [],
  ],
  [
    'GlobalAveragePooling',
    () => new GlobalAveragePooling({ inputShape: [1, 3, 1] }),
    { type: 'globalAveragePooling' },
    [],
  ],
  ['Relu', () => new Relu(), { type: 'relu' }, []],
  ['Sigmoid', () => new Sigmoid(), { type: 'sigmoid' }, []],
  ['Tanh', () => new Tanh(), { type: 'tanh' }, []],
  ['LeakyRelu', () => new LeakyRelu({ alpha: 0.1 }), { type: 'leakyRelu', alpha: 0.1 }, []],
  ['Gelu', () => new Gelu({ exact: false }), { type: 'gelu', exact: false }, []],
  ['Softplus', () => new Softplus(), { type: 'softplus' }, []],
  ['Dropout', () => new Dropout({ ratio: 0 }), { type: 'dropout', ratio: 0 }, []],
  [
    'LayerNormalization',
    (backend) => new LayerNormalization({ inputSize: 3, epsilon: 0.01, backend }),
    { type: 'layerNormalization', epsilon: 0.01 },
    [],
  ],
  ['Rescaling', () => new Rescaling({ scale: 0.5, offset: -1 }), { type: 'rescaling', scale: 0.5, offset: -1 }, []],
  [
    'Standardization',
    (backend) => new Standardization({ mean: [1, 2, 3], deviation: [0.5, 1, 4], backend }),
    { type: 'standardization', mean: [1, 2, 3], deviation: [0.5, 1, 4] },
    [],
  ],
];

for (const backend of runnableBackends()) {
  describe(`built-in layers on ${backend.name}`, () => {
    const x = Tensor.randomNormal([4, 3], { seed: 2, backend });
    const other = Tensor.randomNormal([9, 3], { seed: 3, backend });

    test.each(LAYERS)('%s: infer gives the bits of forward, and leaves what backward reads alone', (_, create) => {
      const layer = create(backend as never);
      const y = layer.forward(x).clone();
      const dy = Tensor.randomNormal(y.shape, { seed: 4, backend });
      const dx = layer.backward(dy)!.clone();
      expect(layer.infer!(x).data).toEqual(y.data);
      layer.infer!(other);
      expect(layer.backward(dy)!.data).toEqual(dx.data);
    });

    test.each(LAYERS)('%s: lists where a tensor belongs are refused with the remedy', (name, create) => {
      const layer = create(backend as never);
      for (const method of ['forward', 'infer'] as const) {
        const call = (value: unknown) => (): unknown => layer[method]!(value as never);
        const x = `${name}.${method}: x is`;
        expectRefusal(call([[1, 2, 3]]), ArgumentError, `${x} an array; expected a Tensor: Tensor.from(x)`);
        expectRefusal(
          call(Float32Array.of(1, 2, 3)),
          ArgumentError,
          `${x} a Float32Array of 3; expected a Tensor: Tensor.from(x)`,
        );
        expectRefusal(call(undefined), ArgumentError, `${x} undefined; expected a Tensor`);
      }
      layer.forward(x);
      expectRefusal(
        () => layer.backward([[1, 2, 3]] as never),
        ArgumentError,
        `${name}.backward: dy is an array; expected a Tensor: Tensor.from(dy)`,
      );
    });

    test.each(LAYERS)('FOUND B3: %s keeps nothing of a refused forward', (name, create) => {
      const layer = create(backend as never);
      const y = layer.forward(x);
      const dy = Tensor.randomNormal(y.shape, { seed: 4, backend });
      const dx = layer.backward(dy)!.clone();
      const grads = Object.values(layer.grads).map((gradient) => gradient.clone().data);
      for (const refused of [Tensor.zeros([3], { backend }), Tensor.zeros([5, 3, 1], { backend })]) {
        expect(() => layer.forward(refused)).toThrow(ShapeError);
        expect(() => layer.forward(refused)).toThrow(new RegExp(`^${name}.forward: x has shape`));
      }
      expect(layer.backward(dy)!.data).toEqual(dx.data);
      expect(Object.values(layer.grads).map(({ data }) => data)).toEqual(grads);
    });

    test.each(LAYERS)('%s writes into none of its caller’s arrays', (_, create) => {
      const layer = create(backend as never);
      const before = x.clone().data;
      const dy = Tensor.randomNormal(layer.forward(x).shape, { seed: 4, backend });
      const dyBefore = dy.clone().data;
      layer.infer!(x);
      layer.backward(dy);
      expect([x.data, dy.data]).toEqual([before, dyBefore]);
    });

    test.each(LAYERS)('FOUND L9: %s refuses rows whose memory went to another thread', (_, create) => {
      const layer = create(backend as never);
      const gone = Tensor.zeros([4, 3], { backend });
      layer.forward(x);
      structuredClone(gone.data, { transfer: [gone.data.buffer as ArrayBuffer] });
      expect(() => layer.forward(gone)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ZK_/) }));
      expect(() => layer.infer!(gone)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ZK_/) }));
    });
  });
}

describe('built-in layers', () => {
  test.each(LAYERS)('%s describes itself in plain data, and says what decays', (_, create, description, decayed) => {
    const layer = create('js');
    expect(JSON.parse(JSON.stringify(layer.describe!()))).toEqual(description);
    expect(layer.decayed).toEqual(decayed);
    expect(decayedOf(layer)).toEqual(decayed);
    expect(layer.buffers).toBeDefined();
    const outputShape = layer.outputShape!(layer.inputShape ?? [3]);
    expect(sizeOf(outputShape)).toBe(layer.forward(Tensor.zeros([1, 3])).shape[1]);
  });

  test('a layer that names nothing decays what it calls W', () => {
    const W = Tensor.zeros([1]);
    const layer = { params: { W, b: W }, grads: { W, b: W }, forward: (x: Tensor) => x, backward: (dy: Tensor) => dy };
    expect(decayedOf(layer)).toEqual(['W']);
  });

  test('outputShape refuses rows of another size, and takes an image flat', () => {
    const layer = new Affine({ inputSize: 12, outputSize: 2 });
    expect(layer.outputShape([2, 2, 3])).toEqual([2]);
    expectRefusal(
      () => layer.outputShape([2, 2, 4]),
      ShapeError,
      'Affine: its input has rows of 16 (shape [2, 2, 4]); expected 12 (inputSize of this layer)',
    );
  });

  test('FOUND B3: Affine after a refused forward gives the gradient of the one before, not of a mixture', () => {
    const layer = new Affine({ inputSize: 3, outputSize: 1, seed: 1 });
    layer.forward(Tensor.from([[1, 2, 3]]));
    expect(() => layer.forward(Tensor.from([[4, 5, 6, 7]]))).toThrow(ShapeError);
    layer.backward(Tensor.ones([1, 1]));
    expect(layer.grads.W.toArray()).toEqual([[1], [2], [3]]);
  });

  test('FOUND B3: a forward that fails half-way leaves no output that backward could read', () => {
    const layer = new Affine({ inputSize: 3, outputSize: 2, activation: 'relu', seed: 1, backend: 'js' });
    layer.forward(Tensor.ones([1, 3], { backend: 'js' }));
    const { data } = layer.params.b;
    structuredClone(data, { transfer: [data.buffer as ArrayBuffer] });
    expect(() => layer.forward(Tensor.ones([1, 3], { backend: 'js' }))).toThrow(ShapeError);
    expectRefusal(() => layer.backward(Tensor.ones([1, 2])), StateError, 'Affine.backward: called before forward');
  });
});
