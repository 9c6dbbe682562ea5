/** Whole fits of TableModel with its defaults, one split after another: what scikit-learn's pipeline is compared with. */

import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '../src/backend/backend.js';
import type { Workload } from '../src/bench/timing.js';
import { Table } from '../src/table/table.js';
import { type AnyTableModel, TableModel } from '../src/table/table-model.js';
import { GENERATED_NAMES, generateTable } from './generated-tables.js';
import { caseOfRound } from './table-fits.js';
import { TABLE_NAMES } from './tables.js';

export const MODEL_TABLES = [...TABLE_NAMES, ...GENERATED_NAMES] as const;

export type ModelTable = (typeof MODEL_TABLES)[number];

const REGRESSIONS: readonly ModelTable[] = ['diabetes', 'houses'];

/** What a fit is judged by. */
export function modelScoreName(name: ModelTable): 'accuracy' | 'R²' {
  return REGRESSIONS.includes(name) ? 'R²' : 'accuracy';
}

/** Writes every table as `tables/NAME.csv` of a job's folder: five of scikit-learn's, three generated. */
export function writeModelTables(folder: string, tables: string): void {
  for (const name of TABLE_NAMES) copyFileSync(join(tables, `${name}.csv`), join(folder, `${name}.csv`));
  for (const name of GENERATED_NAMES) writeFileSync(join(folder, `${name}.csv`), generateTable(name));
}

/** `model:iris`, and so for each table. */
export function modelWorkloads(folder: string, backend: Backend): Record<string, () => Workload> {
  return Object.fromEntries(MODEL_TABLES.map((name) => [`model:${name}`, () => modelWorkload(folder, name, backend)]));
}

/** A run is one fit; `figures` tells its score on the test part, and goes on to the case of the next round. */
function modelWorkload(folder: string, name: ModelTable, backend: Backend): Workload {
  const isRegression = REGRESSIONS.includes(name);
  let table: Table;
  let round = 0;
  let current: { readonly train: Table; readonly test: Table; readonly seed: number };
  let model: AnyTableModel;
  const prepare = (): void => {
    const { seed, fold } = caseOfRound(round);
    const folds = table.column(`fold of seed ${seed}`).values;
    const rows = [...folds.keys()];
    const columns = table.select(table.columnNames.filter((column) => !column.startsWith('fold of seed')));
    const part = (isTest: boolean): Table => columns.take(rows.filter((row) => (folds[row] === fold) === isTest));
    current = { train: part(false), test: part(true), seed };
  };
  return {
    async check() {
      table = await Table.read(join(folder, `${name}.csv`), { columns: isRegression ? {} : { target: 'category' } });
      prepare();
      const { train, test } = current;
      return { values: [train.length, test.length, train.columns.length] };
    },
    async run() {
      model = await TableModel.train(current.train, { target: 'target', seed: current.seed, backend });
    },
    figures() {
      const { test } = current;
      const score = model.task === 'regression' ? model.evaluate(test).r2Score! : model.evaluate(test).accuracy;
      round++;
      prepare();
      return { [modelScoreName(name)]: score };
    },
  };
}
