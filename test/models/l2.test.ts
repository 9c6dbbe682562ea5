/** SPEC-6-8 R4: the book's weight decay as a penalty in loss, gradient and gradient check. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { runnableBackends } from '../support/runnable.js';

const SIZES = { inputSize: 3, hiddenSize: 4, outputSize: 2, weightInitStd: 'he', dtype: 'float64', seed: 1 } as const;
const x = [
  [0.1, -0.2, 0.3],
  [1, 0.5, -0.7],
];
const labels = [0, 1];

/** ½ · l2 · Σ W² over the weights alone, by hand. */
function penaltyOf({ params }: TwoLayerNet, l2: number): number {
  return (l2 / 2) * [...params.W1.data, ...params.W2.data].reduce((sum, w) => sum + w * w, 0);
}

for (const backend of runnableBackends()) {
  describe(`l2 on ${backend.name}`, () => {
    const plain = new TwoLayerNet({ ...SIZES, backend });
    const net = new TwoLayerNet({ ...SIZES, l2: 0.1, backend });
    net.params.b1.data.fill(3); // biases do not take part
    plain.params.b1.data.fill(3);

    test('R4: the loss has ½λΣW² more, biases without, in every way that it is asked for', () => {
      const penalty = penaltyOf(net, 0.1);
      const dataset = Dataset.from({ x: { data: Float64Array.from(x.flat()), shape: [2, 3] }, labels });
      expect(net.penalty()).toBeCloseTo(penalty, 14);
      expect(net.loss(x, labels)).toBeCloseTo(plain.loss(x, labels) + penalty, 14);
      expect(net.loss(dataset)).toBeCloseTo(plain.loss(dataset) + penalty, 14);
      expect(net.evaluate(x, labels).loss).toBeCloseTo(plain.loss(x, labels) + penalty, 14);
      expect(net.lossAndGradient(x, labels)).toBeCloseTo(plain.loss(x, labels) + penalty, 14);
      expect(plain.penalty()).toBe(0);
    });

    test('R4: the gradient has λW more, and the gradient check compares it', () => {
      const [with2, without] = [net.gradient(x, labels), plain.gradient(x, labels)];
      for (const name of ['W1', 'W2'] as const) {
        const expected = without[name].data.map((g, i) => g + 0.1 * net.params[name].data[i]!);
        with2[name].data.forEach((g, i) => {
          expect(g).toBeCloseTo(expected[i]!, 14);
        });
      }
      expect(with2.b1.data).toEqual(without.b1.data);
      const checked = gradientCheck(net, x, labels);
      expect([checked.ok, checked.maxError < 1e-7]).toEqual([true, true]);
    });
  });
}

describe('l2', () => {
  test('is part of the description and of the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zerokara-'));
    try {
      for (const net of [
        new TwoLayerNet({ ...SIZES, l2: 0.01 }),
        new MultiLayerNet({ inputSize: 3, hiddenSizes: [4], outputSize: 2, l2: 0.01 }),
        Sequential.from({ input: 3, layers: [{ type: 'affine', outputSize: 2 }], l2: 0.01 }),
      ]) {
        expect(net.describe().l2).toBe(0.01);
        const path = join(folder, 'net.safetensors');
        await net.save(path);
        expect((await Sequential.load(path)).l2).toBe(0.01);
        if (net instanceof TwoLayerNet) expect((await TwoLayerNet.load(path)).l2).toBe(0.01);
        if (net instanceof MultiLayerNet) expect((await MultiLayerNet.load(path)).l2).toBe(0.01);
      }
      expect(new TwoLayerNet(SIZES).describe()).not.toHaveProperty('l2');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([-1, Number.NaN, '0.1'])('refuses %s', (l2) => {
    const shown = typeof l2 === 'string' ? `"${l2}"` : l2;
    expect(() => new TwoLayerNet({ ...SIZES, l2: l2 as number })).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: `TwoLayerNet: l2 is ${shown}; expected a finite number of at least 0`,
      }),
    );
  });
});
