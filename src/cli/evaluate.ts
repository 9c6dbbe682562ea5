import { Command } from 'commander';
import { evaluationLines } from './evaluation-text.js';
import { toldInFlags } from './flag-errors.js';
import {
  decimalOption,
  HEADER,
  loadTableModel,
  MISSING,
  NO_HEADER,
  parseNames,
  type ReadFlags,
  readFor,
} from './table-files.js';
import { inputOf, TABLE_ARGUMENT } from './table-input.js';

interface EvaluateFlags extends ReadFlags {
  readonly json?: true;
}

/** `zerokara evaluate`: how good a model is on a table whose answers are known. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Say how good a saved model is on a table that has the column to predict.')
    .argument('<model>', 'file that zerokara train --save wrote from a table')
    .argument('<table>', TABLE_ARGUMENT)
    .option('--missing <words>', MISSING, parseNames)
    .option('--delimiter <character>', 'between two cells of a CSV file (default: found out)')
    .addOption(decimalOption())
    .option('--header', HEADER)
    .option('--no-header', NO_HEADER)
    .option('--json', 'print the figures as JSON')
    .action(toldInFlags(evaluate));
}

async function evaluate(file: string, table: string, flags: EvaluateFlags): Promise<void> {
  const model = await loadTableModel('evaluate', file);
  const input = inputOf('evaluate', table);
  const evaluation = model.evaluate(await readFor('evaluate', model, input, flags).finally(() => input.close()));
  for (const warning of model.warnings) console.error(`warning: ${warning}`);
  console.log(flags.json ? JSON.stringify(evaluation, null, 2) : evaluationLines(evaluation).join('\n'));
}
