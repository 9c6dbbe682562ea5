import { describe, expect, test } from 'vitest';
import { ALGORITHMS, type Network, sumCost, sumCostBy } from '../../../bench/scaling/allreduce.js';

const network: Network = {
  ...{
    name: 'a network',
    source: 'by hand',
    latency: 10,
    perByte: 0.5,
    perByteAdded: 0.25,
    perByteCopied: 0,
    ownCore: 0,
  },
};

describe('the cost of a sum over all ranks', () => {
  test.each(ALGORITHMS)('by %s is nothing for one rank', (algorithm) => {
    expect(sumCostBy(algorithm, network, 1, 800)).toEqual({ total: 0, ownCore: 0 });
  });

  test('by ring is 2(p − 1) messages of n / p bytes, and (p − 1) · n / p bytes added', () => {
    // 6 · 10 + 6 · 200 · 0.5 + 3 · 200 · 0.25
    expect(sumCostBy('ring', network, 4, 800)).toEqual({ total: 60 + 600 + 150, ownCore: 150 });
  });

  test('by recursive doubling is log₂ p exchanges of all bytes', () => {
    // 3 · (10 + 800 · 0.5 + 800 · 0.25)
    expect(sumCostBy('recursive doubling', network, 8, 800)).toEqual({ total: 30 + 1200 + 600, ownCore: 600 });
  });

  test('by halving and doubling is the bytes of a ring with the messages of a tree', () => {
    // 2 · 3 · 10 + 2 · 7/8 · 800 · 0.5 + 7/8 · 800 · 0.25
    expect(sumCostBy('halving and doubling', network, 8, 800)).toEqual({ total: 60 + 700 + 175, ownCore: 175 });
  });

  test.each(['recursive doubling', 'halving and doubling'] as const)(
    'by %s of ranks that are no power of two adds handing over before and after',
    (algorithm) => {
      const four = sumCostBy(algorithm, network, 4, 800);
      // 2 · (10 + 800 · 0.5) + 800 · 0.25
      expect(sumCostBy(algorithm, network, 6, 800)).toEqual({ total: four.total + 1020, ownCore: four.ownCore + 200 });
    },
  );

  test('is on the own core what is added, and of α and β the part that the network says', () => {
    const copying = { ...network, ownCore: 1 };
    for (const algorithm of ALGORITHMS) {
      const { total, ownCore } = sumCostBy(algorithm, copying, 8, 800);
      expect(ownCore).toBe(total);
    }
  });

  test('has the copies into the array of MPI and back, on the own core', () => {
    const copied = { ...network, perByteCopied: 0.125 };
    // 2 · 800 · 0.125
    expect(sumCostBy('ring', copied, 4, 800)).toEqual({ total: 810 + 200, ownCore: 150 + 200 });
    expect(sumCostBy('ring', copied, 1, 800)).toEqual({ total: 0, ownCore: 0 });
  });

  test('is that of the quickest algorithm: few messages for few bytes, few bytes else', () => {
    expect(sumCost(network, 64, 8)).toEqual(sumCostBy('recursive doubling', network, 64, 8));
    expect(sumCost(network, 64, 8e6)).toEqual(sumCostBy('halving and doubling', network, 64, 8e6));
    expect(sumCost(network, 65, 8e6)).toEqual(sumCostBy('ring', network, 65, 8e6));
  });
});
