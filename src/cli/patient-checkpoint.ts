/** The states of a run that `zerokara train --checkpoint` writes after its epochs. */

import { DataError } from '../errors.js';
import { isInstance } from '../identity.js';
import { type Callback, ModelCheckpoint } from '../index.js';
import { flagsPath, statePath } from './run-folder.js';
import { refuseOtherWriter } from './saved-flags.js';

/**
 * A `ModelCheckpoint` for which a run of hours does not end because the disk is full for a minute: a file that cannot be written
 * is told as a warning, once until one succeeds, and the next epoch writes again. Where the last one has failed, the process ends
 * with status 1.
 */
export function patientCheckpoint(folder: string, warn: (warning: string) => void): Callback {
  const checkpoint = new ModelCheckpoint({ path: statePath(folder), keep: 3 });
  const write = checkpoint.onEpochEnd.bind(checkpoint);
  let missing: string | undefined;
  checkpoint.onEpochEnd = async (record, training) => {
    await refuseOtherWriter('train', flagsPath(folder));
    try {
      await write(record, training);
      missing = undefined;
    } catch (error) {
      if (!isInstance(error, DataError)) throw error;
      const { found } = error.complaint;
      if (missing === undefined) warn(`${found}; the training goes on, and the next epoch is written again`);
      missing = found;
    }
  };
  // An interrupted run has no onEnd.
  process.once('exit', () => {
    if (missing === undefined) return;
    warn(`${folder} lacks the last epochs: ${missing}`);
    process.exitCode ||= 1;
  });
  return checkpoint;
}
