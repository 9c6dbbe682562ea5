/** What the ranks exchange, without saying by what. */

import type { Floats } from '../backend/backend.js';
import { resolveSeed } from '../random.js';

/** What one rank has exchanged and waited for. */
export interface Exchanged {
  /** Sums over the ranks, and their bytes. */
  messages: number;
  bytes: number;
}

export interface Link {
  /** This process among `size`, counted from 0. */
  readonly rank: number;
  readonly size: number;
  /** The same among those of this machine. */
  readonly localRank: number;
  readonly localSize: number;
  readonly exchanged: Readonly<Exchanged>;
  /** A seed, the same on all ranks that have drawn as many. */
  drawSeed(): number;
  /** array ← its sum over all ranks. */
  sum(array: Floats): void;
  /** The same in a fixed tree: equal bits for any power of two of ranks. */
  treeSum(array: Floats): void;
  /** array ← that of rank 0. */
  broadcast(array: Floats | Uint8Array): void;
  /**
   * The numbers of each rank, rank after rank.
   *
   * @param patience how many times as long as for a sum a rank waits for the others before it gives up; 0: for ever
   */
  gather(own: ArrayLike<number>, patience: number): Float64Array;
  /** Begins to sum `scale` times these arrays; `finishSum` of the same slot waits for it and writes it into them. */
  startSum(slot: number, scale: number, arrays: readonly Floats[]): void;
  finishSum(slot: number, arrays: readonly Floats[]): void;
  /** Lets the sums under way move on. */
  progress(): void;
  close(): void;
}

/** A single process: everything is exchanged already. */
export class LoneLink implements Link {
  readonly rank = 0;
  readonly size = 1;
  readonly localRank = 0;
  readonly localSize = 1;
  readonly exchanged: Exchanged = { messages: 0, bytes: 0 };

  drawSeed(): number {
    return resolveSeed('Distributed', undefined);
  }

  sum(): void {}

  treeSum(): void {}

  broadcast(): void {}

  gather(own: ArrayLike<number>): Float64Array {
    return Float64Array.from(own);
  }

  startSum(_: number, scale: number, arrays: readonly Floats[]): void {
    if (scale === 1) return;
    for (const array of arrays) for (let i = 0; i < array.length; i++) array[i]! *= scale;
  }

  finishSum(): void {}

  progress(): void {}

  close(): void {}
}
