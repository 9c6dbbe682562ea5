import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Affine } from '../../src/layers/affine.js';
import type { Layer } from '../../src/layers/layer.js';
import { MatMul } from '../../src/layers/mat-mul.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';

const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, seed: 1, backend: 'js' });

const TABLE = `
TwoLayerNet, classification, float32, js
  layer            output  parameters
  x                   784
  Affine, relu         50      39,250
  Affine               10         510
  SoftmaxWithLoss              39,760
`.trim();

describe('summary', () => {
  test('is a table of layers, output shapes and parameters, and an object of the same', () => {
    const summary = net.summary();
    expect(String(summary)).toBe(TABLE);
    expect(summary).toMatchObject({
      network: 'TwoLayerNet',
      kind: 'classification',
      inputShape: [784],
      layers: [
        { layer: 'Affine', activation: 'relu', outputShape: [50], parameters: 39_250 },
        { layer: 'Affine', outputShape: [10], parameters: 510 },
      ],
      loss: 'SoftmaxWithLoss',
      parameters: 39_760,
    });
  });

  test('shows the shapes that are known, and a question mark elsewhere', () => {
    const own = (): Layer => ({ params: {}, grads: {}, forward: (x) => x, backward: (dy) => dy });
    const mixed = new Sequential([
      own(),
      new Affine({ inputSize: 4, outputSize: 3 }),
      own(),
      new MatMul(Tensor.ones([2, 5])),
    ]);
    expect(mixed.summary().layers.map(({ outputShape }) => outputShape)).toEqual([undefined, [3], undefined, [5]]);
    expect(String(mixed.summary())).toContain('\n  Object                ?           0\n');
    const image = Sequential.from({
      input: [28, 28, 1],
      layers: [{ type: 'relu' }, { type: 'affine', outputSize: 2 }],
    });
    expect(String(image.summary())).toContain('28 × 28 × 1');
  });
});

describe('FOUND C3: a network on a console or in a test’s diff', () => {
  test('is its summary', () => {
    expect(inspect(net)).toBe(TABLE);
    expect(`${net}`).toBe(TABLE);
    expect(inspect({ net })).toContain('784');
    expect(JSON.parse(JSON.stringify({ net })).net.parameters).toBe(39_760);
  });

  test('shows test runners a digest of its numbers, none of its internals', () => {
    const whole = inspect(net, { customInspect: false, depth: Number.POSITIVE_INFINITY, getters: true });
    expect(whole).toMatch(/W1: 'float32 \[784, 50\] #[0-9a-f]{8}'/);
    expect(whole.length).toBeLessThan(700);
    expect(Object.keys(net.layers[0]!).sort().join(' ')).toBe(
      'activation buffers decayed grads inputSize outputSize params',
    );
  });

  test('networks with other weights are still not equal', () => {
    const options = { inputSize: 2, hiddenSize: 3, outputSize: 2, backend: 'js' } as const;
    expect(new TwoLayerNet({ ...options, seed: 1 })).toEqual(new TwoLayerNet({ ...options, seed: 1 }));
    const [a, b] = [new TwoLayerNet({ ...options, seed: 1 }), new TwoLayerNet({ ...options, seed: 1 })];
    b.params.W1.data[0]! += 1e-7;
    expect(a).not.toEqual(b);
    const large = { inputSize: 784, hiddenSize: 50, outputSize: 10, backend: 'js' } as const;
    let message = '';
    try {
      expect({ net: new TwoLayerNet({ ...large, seed: 1 }) }).toEqual({ net: new TwoLayerNet({ ...large, seed: 2 }) });
    } catch (error) {
      message = String(error);
    }
    expect(message).not.toBe('');
    expect(message.length).toBeLessThan(2000);
  });
});
