import { expect, test } from 'vitest';
import { productsOf, recordingBackend, replay } from '../../bench/recording.js';
import { createJsBackend } from '../../src/backend/js/js.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';

test('the products of a step are five, those of the layers among them, and give the same numbers when they are repeated', () => {
  const original = createJsBackend('test');
  const { backend, record } = recordingBackend(original);
  const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 4, outputSize: 2, seed: 1, backend });
  const x = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  net.lossAndGradient(x, [0, 1]);
  const products = productsOf(record(() => net.lossAndGradient(x, [0, 1])));
  expect(products.map(({ operation, args }) => [operation, ...args.slice(0, 5)])).toEqual([
    ['gemm', false, false, 2, 4, 3],
    ['gemm', false, false, 2, 2, 4],
    ['gemm', true, false, 4, 2, 2],
    ['gemm', false, true, 2, 4, 2],
    ['gemm', true, false, 3, 4, 2],
  ]);
  const gradient = net.grads['W1']!.clone();
  net.grads['W1']!.set(0);
  replay(original, products.at(-1)!);
  expect(net.grads['W1']!.data).toEqual(gradient.data);
});
