/** Rows of a CSV file that another thread reads ahead, where there is one to spare. */

import { platform } from '#platform';
import { type Complaint, DataError } from '../errors.js';
import { type CsvTask, csvRows } from './csv-rows.js';
import type { StreamRows } from './stream-rows.js';

/**
 * Files of fewer bytes are read by this thread: another takes some 100 ms to start and to compile its code. Training on 57 MB
 * took 1.4 times as long with it, on 234 MB 0.8 times (median of 20-200-3; two cores).
 */
export const LEAST_BYTES = 2 ** 28;

/** Results that may wait to be taken: enough for a slice of training. */
const AHEAD = 4;

/**
 * The rows of the file, the same ones with and without a thread.
 *
 * @param leastBytes the size of a file from which a thread is used
 */
export async function* csvRowsAhead(
  task: CsvTask,
  leastBytes: number = LEAST_BYTES,
): AsyncGenerator<StreamRows, void, undefined> {
  const module = await moduleOfThread(task.path, leastBytes);
  let isBegun = false;
  try {
    if (module === undefined) return yield* csvRows(task);
    for await (const rows of platform.iterateInThread!(module, 'ownCsvRows', task, AHEAD)) {
      isBegun = true;
      yield rows as StreamRows;
    }
  } catch (error) {
    const { complaint, cause } = error as { readonly complaint?: Complaint; readonly cause?: unknown };
    if (module === undefined) throw error;
    if (complaint !== undefined) throw new DataError(complaint, cause === undefined ? {} : { cause });
    if (isBegun) throw error;
    // The thread could not begin, e.g. because the process may not start one.
    yield* csvRows(task);
  }
}

/** The file that a thread runs; undefined if none is to be used: there is no core for it, or the library is part of a bundle. */
async function moduleOfThread(path: string, leastBytes: number): Promise<string | undefined> {
  const { iterateInThread, machine, files, place } = platform;
  if (iterateInThread === undefined || machine.cores() < 2) return undefined;
  const status = await files.status(path).catch(() => undefined);
  if (status?.kind !== 'file' || status.size < leastBytes) return undefined;
  const module = files.join(place, 'dist', 'data', 'csv-rows.js');
  const found = await files.status(module).catch(() => undefined);
  return found?.kind === 'file' ? module : undefined;
}
