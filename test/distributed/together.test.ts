import { expect, test } from 'vitest';
import { together } from '../../src/distributed/together.js';
import { SGD, TwoLayerNet } from '../../src/index.js';
import { EchoLink } from '../support/echo-link.js';

function ranks() {
  const link = new EchoLink();
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2, seed: 1 });
  const counted = { steps: 0, waitSeconds: 0 };
  return {
    link,
    ranks: together(link, net, { deterministic: false, bucketBytes: 1, synchronizeBatchNormalization: false }, counted),
  };
}

test('the callbacks of the beginning may take as long as they like', () => {
  const { link, ranks: of } = ranks();
  of.afterBegin('on', new SGD({ learningRate: 0.5 }));
  expect(link.gathered).toEqual([[[0, 0.5, 0], 0]]);
});
