import { describe, expect, test } from 'vitest';
import { Affine } from '../../src/layers/affine.js';
import type { LayerDescription } from '../../src/layers/layer-types.js';
import { Sequential } from '../../src/models/sequential.js';
import type { Random } from '../../src/random.js';

const uniform = (inputs: number, outputs: number, random: Random): number[] =>
  Array.from({ length: inputs * outputs }, () => random.uniform() - 0.5);

/** The standard deviation of the first weights of a network of one layer. */
const deviation = (layer: LayerDescription): number => {
  const { data, size, backend } = Sequential.from({ input: 200, layers: [layer] }, { seed: 1, dtype: 'float64' })
    .params['W1']!;
  return Math.sqrt(backend.sumOfSquares(data, size) / size);
};

describe('initial weights', () => {
  test.each([
    ['he', Math.sqrt(2 / 200)],
    ['xavier', Math.sqrt(1 / 200)],
    [0.01, 0.01],
    [0, 0],
  ] as const)('I3: by name or number, %s gives the deviation %d', (weightInitStd, expected) => {
    for (const type of ['affine', 'matMul'] as const) {
      const found = deviation({ type, outputSize: 100, weightInitStd });
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(0.03 * expected);
    }
  });

  test('I3: by a function of inputs, outputs and the network’s generator, row by row', () => {
    const calls: number[][] = [];
    const initialWeights = (inputs: number, outputs: number): Float32Array => {
      calls.push([inputs, outputs]);
      return Float32Array.from({ length: inputs * outputs }, (_, i) => i);
    };
    const layers = [
      { type: 'affine', outputSize: 2, activation: 'relu', initialWeights },
      { type: 'matMul', outputSize: 3, initialWeights },
    ] as const;
    const net = Sequential.from({ input: 3, layers });
    expect(calls).toEqual([
      [3, 2],
      [2, 3],
    ]);
    expect(net.params['W1']!.toArray()).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(net.params['W2']!.toArray()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    // The weights are in the file; how they came to be is no data.
    expect(net.describe().layers[0]).toEqual({ type: 'affine', outputSize: 2, activation: 'relu' });
  });

  test('I3: numbers that the function draws follow from the seed', () => {
    const description = { input: 4, layers: [{ type: 'affine', outputSize: 2, initialWeights: uniform }] } as const;
    const weights = (seed: number): unknown => Sequential.from(description, { seed }).params['W1']!.toArray();
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
    const layer = (): unknown =>
      new Affine({ inputSize: 4, outputSize: 2, initialWeights: uniform, seed: 3 }).params.W.data;
    expect(layer()).toEqual(layer());
  });
});
