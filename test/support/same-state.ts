import { samePlain } from '../../src/io/plain-data.js';
import type { TrainingState } from '../../src/trainer/training-state.js';

/** Whether two runs are at the same point with the same bits; the clock is not compared. */
export function sameState(a: TrainingState, b: TrainingState): boolean {
  const timeless = (state: TrainingState): TrainingState => ({
    ...state,
    seconds: 0,
    epochs: state.epochs.map((record) => ({ ...record, seconds: 0 })),
  });
  return samePlain(timeless(a), timeless(b));
}
