import { Command } from 'commander';
import { toldInFlags } from './flag-errors.js';
import { loadModel } from './table-files.js';

/** `zerokara inspect`: what a file of a model or network holds. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description(
      'Show what a saved model holds: columns, layers, how it was trained and how good it was; or a network alone.',
    )
    .argument('<model>', 'file written by save')
    .option('--json', 'print everything as JSON')
    .action(toldInFlags(inspect));
}

async function inspect(file: string, { json }: { readonly json?: true }): Promise<void> {
  const { model, net } = await loadModel(file);
  const summary = model?.summary() ?? net.summary();
  if (!json) console.log(String(summary));
  else console.log(JSON.stringify({ ...summary, description: net.describe() }, null, 2));
}
