import { DivergenceError } from '../errors.js';
import { isInstance } from '../identity.js';
import { BEFORE_THIS_RUN } from '../trainer/divergence.js';

/** Runs a training inside a call of a model: where it diverges, the error names that call, not the Trainer that made the steps. */
export async function divergingAs<R>(operation: string, train: () => Promise<R>): Promise<R> {
  try {
    return await train();
  } catch (error) {
    if (!isInstance(error, DivergenceError)) throw error;
    const { loss, at, complaint } = error;
    const fix = complaint.fix?.replaceAll(BEFORE_THIS_RUN, 'those from before this call');
    throw new DivergenceError(
      loss,
      { ...complaint, operation, fix },
      { cause: error, ...(at === undefined ? {} : { at }) },
    );
  }
}
