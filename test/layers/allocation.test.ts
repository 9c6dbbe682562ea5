/** A step allocates no typed array, whatever the layers: epochs end with a short batch, evaluations come in between. */
import { expect, test } from 'vitest';
import type { NetworkDescription } from '../../src/models/description.js';
import { Sequential } from '../../src/models/sequential.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { arraysMadeBy } from '../support/arrays-made.js';
import { runnableBackends } from '../support/runnable.js';

const NETWORKS: Record<string, NetworkDescription> = {
  'columns, cross-entropy with label smoothing': {
    input: 6,
    layers: [
      { type: 'batchNormalization' },
      { type: 'affine', outputSize: 5 },
      { type: 'gelu' },
      { type: 'dropout', ratio: 0.2 },
      { type: 'layerNormalization' },
      { type: 'leakyRelu' },
      { type: 'affine', outputSize: 3 },
      { type: 'softplus' },
    ],
    labelSmoothing: 0.1,
  },
  'images, joined and one by one': {
    input: [2, 3, 1],
    layers: [
      { type: 'convolution', filters: 2, kernelSize: 2, padding: 1, activation: 'relu' },
      { type: 'maxPooling', poolSize: 2, stride: 1 },
      { type: 'batchNormalization' },
      { type: 'convolution', filters: 2, kernelSize: 3, padding: 'same', activation: 'tanh' },
      { type: 'averagePooling', poolSize: 2, stride: 1 },
      { type: 'maxPooling', poolSize: [1, 2], stride: 1 },
      { type: 'convolution', filters: 3, kernelSize: 1 },
      { type: 'globalAveragePooling' },
      { type: 'affine', outputSize: 3 },
    ],
  },
  'ids, Huber’s loss': {
    input: 6,
    layers: [
      { type: 'embedding', vocabularySize: 4, outputSize: 2 },
      { type: 'batchNormalization' },
      { type: 'affine', outputSize: 3 },
    ],
    loss: 'huber',
  },
};

for (const backend of runnableBackends()) {
  test.each(Object.keys(NETWORKS))(`a step of %s makes no typed array on ${backend.name}`, (name) => {
    const net = Sequential.from(NETWORKS[name]!, { seed: 1, backend });
    const isClassifier = net.kind === 'classification';
    const batches = [8, 5].map((rows) => ({
      x: new Tensor(
        Float32Array.from({ length: rows * 6 }, (_, i) => (i * 7) % 4),
        [rows, 6],
        backend,
      ),
      labels: isClassifier
        ? Int32Array.from({ length: rows }, (_, i) => i % 3)
        : Tensor.randomNormal([rows, 3], { seed: 2, backend }),
      weights: new Float32Array(rows).fill(1),
    }));
    const steps = (count: number): void => {
      for (let i = 0; i < count; i++) {
        const { x, labels, weights } = batches[i % 2]!;
        net.lossAndGradient(x, labels, weights);
        net.layers.reduce((y, layer) => layer.infer!(y), x);
      }
    };
    steps(4);
    const few = arraysMadeBy(() => steps(10));
    const many = arraysMadeBy(() => steps(110));
    expect(many - few).toBe(0);
    expect(arraysMadeBy(() => new Float32Array(2).subarray(1))).toBe(2);
  });
}
