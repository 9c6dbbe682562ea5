import { once } from 'node:events';
import { Command } from 'commander';
import type { AnyTableModel, Table } from '../index.js';
import { HEADER, loadTableModel, NO_HEADER, parseNames, type ReadFlags, readFor } from './table-files.js';

/** Rows that are predicted and written at a time. */
const ROWS = 4096;

/** `zerokara predict`: the answers of a model for a table, a line for each row. */
export function predictCommand(): Command {
  return new Command('predict')
    .description('Print what a saved model answers for each row of a table, as CSV.')
    .argument('<model>', 'file that zerokara train --save wrote from a table')
    .argument(
      '<table>',
      'CSV, TSV, JSON or JSON lines, also gzipped; other columns than those of the model are not read',
    )
    .option('--missing <words>', 'words that stand for a missing value, with commas, e.g. NA,?', parseNames)
    .option('--delimiter <character>', 'between two cells of a CSV file (default: found out)')
    .option('--header', HEADER)
    .option('--no-header', NO_HEADER)
    .option('--json', 'print an object on each line, of classes with all probabilities')
    .action(async (file: string, source: string, flags: ReadFlags & { readonly json?: true }) => {
      const model = await loadTableModel('predict', file);
      const table = await readFor('predict', model, source, flags, false);
      if (flags.json !== true)
        await write(csvLine(model.task === 'regression' ? [model.target] : [model.target, 'probability']));
      for (const rows of chunksOf(table)) await write(linesOf(model, rows, flags.json === true));
      for (const warning of model.warnings) console.error(`warning: ${warning}`);
    });
}

function* chunksOf(table: Table): Generator<Table> {
  for (let first = 0; first < table.length; first += ROWS) {
    yield table.take(Array.from({ length: Math.min(ROWS, table.length - first) }, (_, i) => first + i));
  }
}

function linesOf(model: AnyTableModel, rows: Table, isJson: boolean): string {
  const { target } = model;
  if (model.task === 'regression') {
    const values = model.predict(rows);
    return values.map((value) => (isJson ? `${JSON.stringify({ [target]: value })}\n` : csvLine([value]))).join('');
  }
  return model
    .predict(rows)
    .map(({ label, probability, probabilities }) =>
      isJson ? `${JSON.stringify({ [target]: label, probability, probabilities })}\n` : csvLine([label, probability]),
    )
    .join('');
}

/** Cells are quoted where they must be. */
function csvLine(cells: readonly (string | number)[]): string {
  const quoted = cells.map(String).map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(',')}\n`;
}

/** Waits for a reader that is slower. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
