import { expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';

const x = Tensor.randomUniform([600, 4], { seed: 1 });
const dataset = Dataset.from({ x, labels: x.slice([0, 600], [0, 3]).argMax(1), classes: 3 });
const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 5, outputSize: 3, weightInitStd: 'he', seed: 1 });

test('an evaluation continues from its state, with the same bits', () => {
  const whole = net.evaluator(dataset);
  expect([whole.next(), whole.next()]).toEqual([undefined, undefined]);
  const state = JSON.parse(JSON.stringify(whole.state()));
  expect(state.chunk).toBe(2);
  const other = net.evaluator(dataset);
  other.restore(state);
  expect(other.next()).toEqual(net.evaluate(dataset));
});

test('an evaluator begins again after its last chunk, and on request', () => {
  const evaluator = net.evaluator(dataset);
  evaluator.next();
  evaluator.restart();
  for (let round = 0; round < 2; round++) {
    expect([evaluator.next(), evaluator.next(), evaluator.next()]).toEqual([
      undefined,
      undefined,
      net.evaluate(dataset),
    ]);
  }
});
