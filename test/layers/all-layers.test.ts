/** What a bundle holds of the layers: those of TwoLayerNet alone, or all once Sequential is in it. */

import { expect, test } from 'vitest';
import { registerLayer } from '../../src/layers/layer-builder.js';
import type { NetworkDescription } from '../../src/models/description.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';

const CONVOLUTIONAL: NetworkDescription = {
  input: [4, 4, 1],
  layers: [
    { type: 'convolution', filters: 2, kernelSize: 3 },
    { type: 'affine', outputSize: 1 },
  ],
  task: 'binary',
};
const REGRESSION: NetworkDescription = { input: 4, layers: [{ type: 'affine', outputSize: 1 }], task: 'regression' };

/** One test: a module is loaded once. */
test('TwoLayerNet needs no layers but its own; what others a description names comes with Sequential', async () => {
  const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, seed: 1, backend: 'js' });
  expect(net.lossAndGradient([[1, 2, 3, 4]], [1])).toBeGreaterThan(0);
  expect(TwoLayerNet.fromBytes(net.toBytes()).params.W1.data).toEqual(net.params.W1.data);

  expect(() => TwoLayerNet.from(CONVOLUTIONAL)).toThrow(
    'Sequential.from: layer 1 (convolution): this bundle has no layers of type "convolution"; expected affine. Import Sequential and build the network by it: every built-in layer comes with it',
  );
  expect(() => TwoLayerNet.from(REGRESSION)).toThrow(
    'Sequential.from: this bundle has no loss of the task "regression"; expected "classification". Import Sequential and build the network by it: every built-in loss comes with it',
  );
  expect(() => registerLayer('convolution', (() => net.layers[0]!) as never)).toThrow(
    'registerLayer: the type "convolution" is built in; expected a different name for each type of layer',
  );

  const { Sequential } = await import('../../src/models/sequential.js');
  const names = Sequential.from(CONVOLUTIONAL).layers.map((layer) => layer.constructor.name);
  expect(names).toEqual(['Convolution', 'Affine']);
  expect(TwoLayerNet.from(REGRESSION).kind).toBe('regression');
  expect(net).toBeInstanceOf(Sequential);
});
