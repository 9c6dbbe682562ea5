/**
 * What a sum over all ranks costs, by the textbook's model of a network: a message of n bytes takes α + n·β, and adding n bytes of
 * numbers takes n·γ on the core of the rank that adds.
 *
 * Source: Thakur, Rabenseifner and Gropp, Optimization of Collective Communication Operations in MPICH, International Journal of
 * High Performance Computing Applications 19 (2005), §4.
 */

/** A network between ranks. Times in microseconds. */
export interface Network {
  readonly name: string;
  /** Where α and β come from. */
  readonly source: string;
  /** α: of a message, however short. */
  readonly latency: number;
  /** β: of a byte. */
  readonly perByte: number;
  /** γ: of adding a byte of numbers to others. */
  readonly perByteAdded: number;
  /** Of copying a byte: gradients are copied into an array that MPI may keep until the sum is complete, and back from it. */
  readonly perByteCopied: number;
  /** The part of α and β during which the rank's own core is busy: 0 for an adapter that works alone, 1 where the core copies. */
  readonly ownCore: number;
}

/** Microseconds of a sum over all ranks. */
export interface SumCost {
  /** From the moment the last rank has its numbers. */
  readonly total: number;
  /** Of these, on the core of each rank: there is no computing meanwhile. */
  readonly ownCore: number;
}

export const ALGORITHMS = ['ring', 'recursive doubling', 'halving and doubling'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

interface Parts {
  readonly messages: number;
  /** Sent by each rank, one after another. */
  readonly bytes: number;
  readonly bytesAdded: number;
}

/** Each rank has one p-th of the numbers at a time: 2(p − 1) messages to its neighbour. */
function ring(ranks: number, bytes: number): Parts {
  const share = bytes / ranks;
  return { messages: 2 * (ranks - 1), bytes: 2 * (ranks - 1) * share, bytesAdded: (ranks - 1) * share };
}

/**
 * Ranks beyond the largest power of two q hand their numbers to another before, and get the sum back afterwards.
 *
 * @param inner what the q others do
 */
function folded(ranks: number, bytes: number, inner: (q: number) => Parts): Parts {
  const q = 2 ** Math.floor(Math.log2(ranks));
  const parts = inner(q);
  if (q === ranks) return parts;
  return {
    messages: parts.messages + 2,
    bytes: parts.bytes + 2 * bytes,
    bytesAdded: parts.bytesAdded + bytes,
  };
}

/** log₂ p rounds; in each, two ranks exchange all that they have. */
function recursiveDoubling(ranks: number, bytes: number): Parts {
  return folded(ranks, bytes, (q) => {
    const rounds = Math.log2(q);
    return { messages: rounds, bytes: rounds * bytes, bytesAdded: rounds * bytes };
  });
}

/** Rabenseifner's: halves, quarters, … are exchanged and added, then gathered the same way back. */
function halvingAndDoubling(ranks: number, bytes: number): Parts {
  return folded(ranks, bytes, (q) => {
    const share = ((q - 1) / q) * bytes;
    return { messages: 2 * Math.log2(q), bytes: 2 * share, bytesAdded: share };
  });
}

const PARTS: Readonly<Record<Algorithm, (ranks: number, bytes: number) => Parts>> = {
  ring,
  'recursive doubling': recursiveDoubling,
  'halving and doubling': halvingAndDoubling,
};

/** The sum of `bytes` bytes over `ranks` ranks by an algorithm. Nothing for one rank. */
export function sumCostBy(algorithm: Algorithm, network: Network, ranks: number, bytes: number): SumCost {
  if (ranks === 1) return { total: 0, ownCore: 0 };
  const parts = PARTS[algorithm](ranks, bytes);
  const sending = parts.messages * network.latency + parts.bytes * network.perByte;
  const adding = parts.bytesAdded * network.perByteAdded + 2 * bytes * network.perByteCopied;
  return { total: sending + adding, ownCore: network.ownCore * sending + adding };
}

/** By the quickest of the algorithms, as MPI libraries choose by size and number of ranks. */
export function sumCost(network: Network, ranks: number, bytes: number): SumCost {
  const costs = ALGORITHMS.map((algorithm) => sumCostBy(algorithm, network, ranks, bytes));
  return costs.reduce((least, cost) => (cost.total < least.total ? cost : least));
}
