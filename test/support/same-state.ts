import { samePlain } from '../../src/io/plain-data.js';
import { RECORD_COLUMNS } from '../../src/trainer/record-table.js';
import type { TrainingState } from '../../src/trainer/training-state.js';

/** Whether two runs are at the same point with the same bits; the clock is not compared. */
export function sameState(a: TrainingState, b: TrainingState): boolean {
  const timeless = (state: TrainingState): TrainingState => ({
    ...state,
    seconds: 0,
    records: state.records.map((value, i) => (RECORD_COLUMNS[i % RECORD_COLUMNS.length] === 'seconds' ? 0 : value)),
  });
  return samePlain(timeless(a), timeless(b));
}
