import type { Floats } from '../../backend/backend.js';
import { BackendError, StateError } from '../../errors.js';
import { Random, resolveSeed } from '../../random.js';
import type { Exchanged, Link } from '../link.js';
import type { MpiAddon } from './addon.js';

/** The ranks of MPI. One exists in a process, because MPI begins once. */
export class MpiLink implements Link {
  readonly rank: number;
  readonly size: number;
  readonly localRank: number;
  readonly localSize: number;
  /** The MPI library, in its own words. */
  readonly library: string;
  readonly exchanged: Exchanged = { messages: 0, bytes: 0 };
  #isOpen = true;
  readonly #seeds: Random;

  constructor(private readonly addon: MpiAddon) {
    const { rank, size, localRank, localSize, library } = addon.begin();
    this.rank = rank;
    this.size = size;
    this.localRank = localRank;
    this.localSize = localSize;
    this.library = library;
    const seed = Float64Array.of(resolveSeed('Distributed', undefined));
    this.broadcast(seed);
    this.#seeds = new Random(seed[0]!);
  }

  drawSeed(): number {
    return this.#seeds.integer(2 ** 32);
  }

  sum(array: Floats): void {
    this.count(array);
    this.call(() => this.addon.allReduce(array));
  }

  treeSum(array: Floats): void {
    this.count(array);
    this.call(() => this.addon.treeReduce(array));
  }

  broadcast(array: Floats | Uint8Array): void {
    this.call(() => this.addon.broadcast(array, 0));
  }

  gather(own: ArrayLike<number>, patience: number): Float64Array {
    const all = new Float64Array(this.size * own.length);
    this.call(() => this.addon.allGather(all, Float64Array.from(own), patience));
    return all;
  }

  startSum(slot: number, scale: number, arrays: readonly Floats[]): void {
    for (const array of arrays) this.exchanged.bytes += array.byteLength;
    this.exchanged.messages++;
    this.call(() => this.addon.startSum(slot, scale, ...arrays));
  }

  finishSum(slot: number, arrays: readonly Floats[]): void {
    this.call(() => this.addon.finishSum(slot, ...arrays));
  }

  progress(): void {
    this.call(() => this.addon.progress());
  }

  /** Whether MPI runs. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Ends all ranks. */
  abort(code: number): void {
    if (this.#isOpen) this.addon.abort(code);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.call(() => this.addon.end());
    this.#isOpen = false;
  }

  private count({ byteLength }: Floats): void {
    this.exchanged.messages++;
    this.exchanged.bytes += byteLength;
  }

  private call(of: () => void): void {
    if (!this.#isOpen) {
      throw new StateError({
        operation: 'Distributed',
        found: 'the ranks are no longer connected',
        expected: 'close() after the last training',
      });
    }
    try {
      of();
    } catch (error) {
      const found = `${(error as Error).message} (rank ${this.rank} of ${this.size})`;
      throw new BackendError({ operation: 'Distributed', found }, { cause: error });
    }
  }
}
