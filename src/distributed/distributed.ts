import { missing, openLink, together } from '#mpi';
import { ArgumentError, BackendError } from '../errors.js';
import { brand } from '../identity.js';
import type { Network } from '../models/network.js';
import { checkOptions, type Elsewhere, requireFlag, requireInteger } from '../options.js';
import { showAsText } from '../show-as-text.js';
import type { Link } from './link.js';
import type { Ranks } from './ranks.js';
import { BUCKET_BYTES, type Counted, type Settings } from './settings.js';

/** How the ranks work together. */
export interface DistributedOptions {
  /**
   * Cut each batch into 8 fixed parts, one after another on each rank, and add their gradients in a fixed tree: 1, 2, 4 and 8
   * ranks then give the same bits. Default false: MPI adds in its own order.
   */
  readonly deterministic?: boolean;
  /**
   * Batch normalisation uses the mean and the variance of the whole batch, with one more exchange for each such layer and each
   * of its two passes. Default false: of the rank's own part.
   */
  readonly synchronizeBatchNormalization?: boolean;
  /** Gradients are sent once so many bytes are complete, while backward goes on. Default 1 MiB. */
  readonly bucketBytes?: number;
}

/** What a rank has exchanged since it was connected. */
export interface DistributedStatistics {
  /** Steps of all trainers of this rank. */
  readonly steps: number;
  /** Sums over the ranks, and the bytes of their arrays. */
  readonly messages: number;
  readonly bytes: number;
  /** Seconds that this rank was blocked after its backward passes, until the sums were complete. */
  readonly waitSeconds: number;
}

/** Names in other libraries. */
const ELSEWHERE: Elsewhere = {
  syncBatchNorm: 'did you mean "synchronizeBatchNormalization"?',
  synchronized: 'did you mean "synchronizeBatchNormalization"?',
};

/**
 * This process as one of several that train together, started by mpirun or another launcher of MPI. Without a launcher it is
 * the only one, and MPI is not needed.
 *
 * @example
 * // mpirun -n 4 node program.js
 * const distributed = await Distributed.connect();
 * const trainer = new Trainer(net, { train, test, epochs: 17, batchSize: 512, distributed });
 * await trainer.fit({ onEpochEnd: ({ epoch, testAccuracy }) => console.log(epoch, testAccuracy) }); // rank 0 prints
 * await distributed.close();
 */
export class Distributed {
  static {
    brand(Distributed, 'Distributed');
  }

  /** This process among `size`, counted from 0. */
  readonly rank: number;
  readonly size: number;
  /** The same among the processes of this machine. */
  readonly localRank: number;
  readonly localSize: number;
  readonly deterministic: boolean;
  readonly bucketBytes: number;
  readonly synchronizeBatchNormalization: boolean;

  readonly #link: Link;
  readonly #counted: Counted = { steps: 0, waitSeconds: 0 };

  private constructor(link: Link, { deterministic, bucketBytes, synchronizeBatchNormalization }: Settings) {
    const { rank, size, localRank, localSize } = link;
    this.#link = link;
    this.rank = rank;
    this.size = size;
    this.localRank = localRank;
    this.localSize = localSize;
    this.deterministic = deterministic;
    this.bucketBytes = bucketBytes;
    this.synchronizeBatchNormalization = synchronizeBatchNormalization;
  }

  /**
   * Joins the other processes; all of them must call it.
   *
   * @throws {BackendError} if a launcher has started this process and the MPI addon is missing or belongs to another MPI
   * @throws {ArgumentError} with `deterministic` for a number of ranks other than 1, 2, 4 or 8, or together with
   *   `synchronizeBatchNormalization`
   */
  static async connect(options: DistributedOptions = {}): Promise<Distributed> {
    const operation = 'Distributed.connect';
    checkOptions(operation, options, ['deterministic', 'synchronizeBatchNormalization', 'bucketBytes'], ELSEWHERE);
    const deterministic = requireFlag(operation, 'deterministic', options.deterministic ?? false);
    const synchronizeBatchNormalization = requireFlag(
      operation,
      'synchronizeBatchNormalization',
      options.synchronizeBatchNormalization ?? false,
    );
    if (deterministic && synchronizeBatchNormalization) {
      throw new ArgumentError({
        operation,
        found: 'deterministic and synchronizeBatchNormalization are both true',
        expected:
          'one of them: with deterministic a rank computes parts of a batch one after another, so that no layer has the statistics of all',
      });
    }
    const bucketBytes = requireInteger(operation, 'bucketBytes', options.bucketBytes ?? BUCKET_BYTES, 1);
    if (missing !== undefined) {
      throw new BackendError({ operation, found: missing, expected: 'a process of Node, started by mpirun' });
    }
    const link = openLink(operation, deterministic);
    return new Distributed(link, { deterministic, bucketBytes, synchronizeBatchNormalization });
  }

  /** What this rank has exchanged so far, as a copy. */
  get statistics(): DistributedStatistics {
    return { ...this.#counted, ...this.#link.exchanged };
  }

  /** A seed, the same on all ranks that have drawn as many. @internal */
  drawSeed(): number {
    return this.#link.drawSeed();
  }

  /** What a run of this network does together with the other ranks. @internal */
  ranks(net: Network): Ranks {
    return together(this.#link, net, this, this.#counted);
  }

  /** Waits until all ranks have come this far, e.g. until rank 0 has written what the others read. */
  async barrier(): Promise<void> {
    this.#link.gather([0], 0);
  }

  /** The numbers of each rank; all ranks give as many. @internal */
  gather(own: readonly number[]): readonly (readonly number[])[] {
    const all = this.#link.gather(own, 0);
    return Array.from({ length: this.size }, (_, rank) =>
      Array.from(all.subarray(rank * own.length, (rank + 1) * own.length)),
    );
  }

  /**
   * Waits until all ranks have come this far, and ends MPI, which cannot begin again in this process. The end of the process
   * does the same.
   */
  async close(): Promise<void> {
    this.#link.close();
  }

  /** One line, which `console.log` shows too. */
  toString(): string {
    return `Distributed: rank ${this.rank} of ${this.size}`;
  }
}

showAsText(Distributed);
