import { once } from 'node:events';
import { Command } from 'commander';
import type { AnyTableModel, ClassPrediction } from '../index.js';
import { writeFileAtomic } from '../io/atomic-file.js';
import { toldInFlags } from './flag-errors.js';
import { formatCounted } from './numbers.js';
import { requireOutput } from './outputs.js';
import {
  decimalOption,
  HEADER,
  loadTableModel,
  MISSING,
  NO_HEADER,
  parseNames,
  type ReadFlags,
  readOptions,
  requireColumns,
} from './table-files.js';
import { inputOf, TABLE_ARGUMENT, type TableInput } from './table-input.js';

interface PredictFlags extends ReadFlags {
  readonly output?: string;
  readonly json?: true;
}

/** `zerokara predict`: the answers of a model for a table of any length, a line for each row. */
export function predictCommand(): Command {
  return new Command('predict')
    .description('Print what a saved model answers for each row of a table of any length, as CSV.')
    .argument('<model>', 'file that zerokara train --save wrote from a table')
    .argument('<table>', `${TABLE_ARGUMENT}; other columns than those of the model are not read`)
    .option('--missing <words>', MISSING, parseNames)
    .option('--delimiter <character>', 'between two cells of a CSV file (default: found out)')
    .addOption(decimalOption())
    .option('--header', HEADER)
    .option('--no-header', NO_HEADER)
    .option('--output <file>', 'write the answers into this file, which is replaced when all are there')
    .option('--json', 'print an object on each line, of classes with all probabilities')
    .action(toldInFlags(predict));
}

async function predict(file: string, source: string, flags: PredictFlags): Promise<void> {
  const { output } = flags;
  if (output !== undefined) await requireOutput('predict', `--output ${output}`, output, [file, source]);
  const model = await loadTableModel('predict', file);
  const input = inputOf('predict', source);
  try {
    await answer(model, input, flags);
  } finally {
    input.close();
  }
}

async function answer(model: AnyTableModel, input: TableInput, flags: PredictFlags): Promise<void> {
  const { output } = flags;
  await requireColumns('predict', model, input, flags, false);
  let rows = 0;
  const texts = async function* (): AsyncGenerator<string, void, undefined> {
    for await (const answers of model.predictStream(input.all(), readOptions(flags))) {
      if (rows === 0 && flags.json !== true) yield csvLine(headOf(model));
      rows += answers.length;
      yield answers.map((answer) => lineOf(model, answer, flags.json === true)).join('');
    }
  };
  if (output === undefined) {
    for await (const text of texts()) {
      await write(text);
      if (process.stdout.errored) return; // which has been told: nobody gets the answers
    }
  } else await writeFileAtomic(output, encoded(texts()), 'predict');
  for (const warning of model.warnings) console.error(`warning: ${warning}`);
  if (output !== undefined) console.log(`${formatCounted(rows, 'answer')} written to ${output}`);
}

async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  for await (const text of texts) yield encoder.encode(text);
}

/** What the figures of an answer are called: a target may have their usual names. */
function figureNames(target: string): { readonly probability: string; readonly probabilities: string } {
  const prefix = target === 'probability' || target === 'probabilities' ? 'answer_' : '';
  return { probability: `${prefix}probability`, probabilities: `${prefix}probabilities` };
}

function headOf({ task, target }: AnyTableModel): readonly string[] {
  return task === 'regression' ? [target] : [target, figureNames(target).probability];
}

function lineOf({ target }: AnyTableModel, answer: ClassPrediction | number, isJson: boolean): string {
  if (typeof answer === 'number') return isJson ? `${JSON.stringify({ [target]: answer })}\n` : csvLine([answer]);
  const { label, probability, probabilities } = answer;
  if (!isJson) return csvLine([label, probability]);
  const names = figureNames(target);
  const told = { [target]: label, [names.probability]: probability, [names.probabilities]: probabilities };
  return `${JSON.stringify(told)}\n`;
}

/** Cells are quoted where they must be. */
function csvLine(cells: readonly (string | number)[]): string {
  const quoted = cells.map(String).map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(',')}\n`;
}

/** Waits for a reader that is slower. What goes wrong is told elsewhere, as for every command. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain').catch(() => {});
}
