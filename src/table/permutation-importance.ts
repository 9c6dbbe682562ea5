/** How much worse a model becomes when the values of one column are shuffled among the rows. */

import { platform } from '#platform';
import type { Dataset } from '../data/dataset.js';
import type { Sequential } from '../models/sequential.js';
import { Random } from '../random.js';
import type { Preprocessor } from './preprocessor.js';
import { type ClassEvaluation, evaluateRows, type ValueEvaluation } from './table-evaluation.js';
import type { TargetEncoding } from './target-encoding.js';

/** What a column is worth to a model. */
export interface ColumnImportance {
  readonly column: string;
  /** By how much the score falls on average: accuracy, or R² of a regression. Near 0, even below, for a useless column. */
  readonly importance: number;
  /** The standard deviation over the repeats; 0 of one. */
  readonly deviation: number;
}

/** Every column, the most important first. The event loop runs in between. */
export async function importanceOf(
  net: Sequential,
  { columns, inputSize }: Preprocessor,
  target: TargetEncoding,
  dataset: Dataset,
  { repeats, seed }: { readonly repeats: number; readonly seed: number },
): Promise<readonly ColumnImportance[]> {
  const rows = dataset.size;
  const scoreOf = (): number => {
    const evaluation = evaluateRows(net, target, dataset);
    return 'classes' in target
      ? (evaluation as ClassEvaluation).accuracy
      : ((evaluation as ValueEvaluation).r2Score ?? -(evaluation as ValueEvaluation).rmse);
  };
  const x = dataset.parts.x.as('float32') as Float32Array; // the data set's own numbers: shuffled in place, then put back
  const whole = scoreOf();
  const order = new Int32Array(rows);
  const importances: ColumnImportance[] = [];
  for (const { encoding, at, width } of columns) {
    const random = new Random(seed, 'samples');
    const kept = new Float32Array(rows * width);
    for (let i = 0; i < rows; i++) for (let j = 0; j < width; j++) kept[i * width + j] = x[i * inputSize + at + j]!;
    const put = (from: (row: number) => number): void => {
      for (let i = 0; i < rows; i++) {
        const row = from(i);
        for (let j = 0; j < width; j++) x[i * inputSize + at + j] = kept[row * width + j]!;
      }
    };
    const falls: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (let i = 0; i < rows; i++) order[i] = i;
      random.shuffle(order);
      put((row) => order[row]!);
      falls.push(whole - scoreOf());
      await platform.eventLoopTurn();
    }
    put((row) => row);
    const importance = falls.reduce((sum, fall) => sum + fall, 0) / repeats;
    const variance = falls.reduce((sum, fall) => sum + (fall - importance) ** 2, 0) / repeats;
    importances.push({ column: encoding.name, importance, deviation: Math.sqrt(variance) });
  }
  return importances.sort((a, b) => b.importance - a.importance);
}
