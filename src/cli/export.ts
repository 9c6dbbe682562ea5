import { Command } from 'commander';
import { exportOnnx } from '../index.js';
import { writeFileAtomic } from '../io/atomic-file.js';
import { toldInFlags } from './flag-errors.js';
import { formatCounted } from './numbers.js';
import { requireOutput } from './outputs.js';
import { loadModel } from './table-files.js';

/** `zerokara export`: the network of a saved model for other programs. */
export function exportCommand(): Command {
  return new Command('export')
    .description('Write the network of a saved model for other programs.')
    .argument('<model>', 'file written by save')
    .requiredOption('--onnx <file>', 'the network as ONNX, float32: x (N, columns) in, what predict answers out')
    .action(toldInFlags(exportNetwork));
}

async function exportNetwork(file: string, { onnx }: { readonly onnx: string }): Promise<void> {
  await requireOutput('export', `--onnx ${onnx}`, onnx, [file]);
  const { model, net } = await loadModel(file);
  await writeFileAtomic(onnx, [exportOnnx(net)], 'export');
  console.log(`written to ${onnx}`);
  if (model === undefined) return;
  console.error(
    `the preprocessing of its ${formatCounted(model.columns.length, 'column')} stays in ${file}: the ONNX file reads preprocessed rows`,
  );
}
