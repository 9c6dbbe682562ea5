import { expect, test } from 'vitest';
import { LoneLink } from '../../src/distributed/link.js';
import { together } from '../../src/distributed/together.js';
import { SGD, TwoLayerNet } from '../../src/index.js';

/** Two ranks that say the same; what is gathered is kept. */
class Echo extends LoneLink {
  override readonly size = 2 as 1;
  readonly gathered: [own: readonly number[], patience: number][] = [];

  override gather(own: readonly number[], patience = 1): Float64Array {
    this.gathered.push([[...own], patience]);
    return Float64Array.of(...own, ...own);
  }
}

function ranks() {
  const link = new Echo();
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2, seed: 1 });
  const counted = { steps: 0, waitSeconds: 0 };
  return { link, ranks: together(link, net, { deterministic: false, bucketBytes: 1 }, counted) };
}

test('the callbacks of the beginning may take as long as they like', () => {
  const { link, ranks: of } = ranks();
  of.afterBegin('on', new SGD({ learningRate: 0.5 }));
  expect(link.gathered).toEqual([[[0, 0.5], 0]]);
});
