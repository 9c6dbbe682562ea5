/** What TableModel is asked for beside scikit-learn's pipelines, on every table of the comparison. */

import type { BarRow } from './bar-row.js';
import { MODEL_TABLES, modelScoreName } from './model-fits.js';
import { modelErrorsBelow, modelMeanBelow } from './model-scores.js';

export const MODEL_BAR: readonly BarRow[] = [
  ...MODEL_TABLES.map(
    (name): BarRow => ({
      title: `TableModel.train of ${name} ÷ scikit-learn's pipeline`,
      job: 'tables',
      lane: `native@1 model:${name}`,
      base: `sklearn@1 model:${name}`,
      good: 0.33,
      goal: 0.33,
    }),
  ),
  ...MODEL_TABLES.map(
    (name): BarRow => ({
      title: `${modelScoreName(name)} of ${name}, TableModel below the pipeline, in standard errors`,
      job: 'tables',
      value: modelErrorsBelow(name),
      good: 2,
      goal: 2,
    }),
  ),
  {
    title: 'mean score of the eight tables, TableModel below the pipelines',
    job: 'tables',
    value: modelMeanBelow,
    good: 0,
    goal: 0,
  },
];
