/** The processes that share a command's work, where mpirun or another launcher of MPI has started it. */

import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { threadsOfRank } from '../backend/native/thread-count.js';
import { Distributed, setThreads } from '../index.js';
import { resolveSeed } from '../random.js';

/** How long another rank than the first waits with an error: all mostly have the same one, and the first ends them. */
const GRACE = 500;

/** The ranks of a command; undefined if it runs on one process. */
export type CommandRanks = Distributed | undefined;

/** Flags of how ranks work together. */
export interface RankFlags {
  /** Of each process; default, on several ranks, its share of the machine's cores. */
  readonly threads?: number;
  readonly deterministic?: boolean;
  readonly synchronizeBatchNorm?: boolean;
}

/**
 * Runs a command on all ranks that a launcher has started, and ends MPI after it. Without a launcher it just runs it; one that is
 * deterministic, in the parts that several ranks would have.
 */
export async function onRanks(
  { threads, deterministic = false, synchronizeBatchNorm = false }: RankFlags,
  command: (ranks: CommandRanks) => Promise<void>,
): Promise<void> {
  const ranks = await Distributed.connect({ deterministic, synchronizeBatchNormalization: synchronizeBatchNorm });
  const isShared = ranks.size > 1;
  if (threads !== undefined) setThreads(threads);
  else if (isShared && !process.env['ZEROKARA_THREADS']) setThreads(threadsOfRank(ranks.localSize));
  try {
    await command(isShared || deterministic ? ranks : undefined);
  } catch (error) {
    if (ranks.rank > 0) await setTimeout(GRACE);
    throw error; // the end of this process ends the others
  }
  await ranks.close();
}

/** The cores of this machine that this process may use: one of several ranks its share. */
export function coresOf(ranks: CommandRanks): number {
  return ranks === undefined ? availableParallelism() : threadsOfRank(ranks.localSize);
}

/** Whether this process is the one that prints and writes files. */
export function isFirst(ranks: CommandRanks): boolean {
  return ranks === undefined || ranks.rank === 0;
}

/** The seed that was given; on several ranks, one that they have in common where none was. */
export function commonSeed(
  operation: string,
  given: number | undefined,
  ranks: CommandRanks,
): { readonly seed?: number } {
  if (given !== undefined) return { seed: given };
  return ranks === undefined ? {} : { seed: ranks.gather([resolveSeed(operation, undefined)])[0]![0]! };
}
