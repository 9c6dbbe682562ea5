/** One trial of `zerokara search`, in a thread of its own. */

import { Dataset, type TrialContext } from '../index.js';
import { newRun, type TrainFlags } from './training-run.js';

type Shared = Parameters<typeof Dataset.from>[0];

/**
 * Trains by the flags that were drawn.
 *
 * @returns the accuracy on the rows that are held out
 */
export default async function trial(
  flags: TrainFlags,
  { seed, budget }: TrialContext,
  data: { readonly train: Shared; readonly validation: Shared },
): Promise<number> {
  const train = Dataset.from(data.train);
  const { trainer } = await newRun({ ...flags, seed, epochs: budget }, { train }, { evaluate: false });
  trainer.fitSync(); // nothing else is to run in this thread
  return trainer.net.accuracy(Dataset.from(data.validation));
}
