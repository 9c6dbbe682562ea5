/** Tables as they come reach what standardised ones do; a network on the raw columns of wine answers the majority class. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFitSettings, readTable, splitTable, type TableName } from '../../bench/tables.js';
import { Dataset } from '../../src/data/dataset.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Adam } from '../../src/optim/adam.js';
import { Table } from '../../src/table/table.js';
import { TableModel } from '../../src/table/table-model.js';
import { Trainer } from '../../src/trainer/trainer.js';

const folder = join(import.meta.dirname, '../../bench/tables');
const FOLDS = [0, 1, 2];

/** The score of the network of the bench on standardised columns, by Adam, for as many epochs as its settings say. */
function standardised(name: TableName, fold: number): number {
  const table = readTable(folder, name);
  const { train, test } = splitTable(table, 0, fold);
  const { hidden, epochs, batchSize, learningRate } = readFitSettings(folder);
  const { columns, isRegression } = table;
  const classes = Math.max(...table.target) + 1;
  const datasetOf = ({ rows, x, target }: typeof train): Dataset =>
    Dataset.from({
      x: { data: x, shape: [rows, columns] },
      ...(isRegression ? { targets: target } : { labels: target, classes }),
    } as never);
  const net = new MultiLayerNet({
    inputSize: columns,
    hiddenSizes: [hidden],
    outputSize: isRegression ? 1 : classes,
    task: isRegression ? 'regression' : 'classification',
    seed: 1,
  });
  const optimizer = new Adam({ learningRate });
  new Trainer(net, { train: datasetOf(train), epochs, batchSize, optimizer, seed: 1, evaluate: false }).fitSync();
  return isRegression ? net.evaluate(datasetOf(test)).r2Score! : net.accuracy(datasetOf(test));
}

/** The score of a TableModel with its defaults on the numbers as they are in the file. */
async function raw(name: TableName, fold: number): Promise<number> {
  const { isRegression } = readTable(folder, name);
  const all = await Table.read(join(folder, `${name}.csv`), { columns: isRegression ? {} : { target: 'category' } });
  const folds = all.column('fold of seed 0').values;
  const rows = [...folds.keys()];
  const table = all.select(all.columnNames.filter((column) => !column.startsWith('fold')));
  const model = await TableModel.train(table.take(rows.filter((row) => folds[row] !== fold)), {
    target: 'target',
    seed: 1,
  });
  const test = table.take(rows.filter((row) => folds[row] === fold));
  return model.task === 'regression' ? model.evaluate(test).r2Score! : model.evaluate(test).accuracy;
}

test.each<[TableName, number]>([
  ['wine', 0.94],
  ['breast-cancer', 0.94],
  ['diabetes', 0.35],
])('raw %s reaches what it does standardised, and at least %f', async (name, least) => {
  const mean = (scores: readonly number[]): number => scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const ours = mean(await Promise.all(FOLDS.map((fold) => raw(name, fold))));
  // One row of wine in three folds of 18 is 0.02.
  expect(ours).toBeGreaterThanOrEqual(mean(FOLDS.map((fold) => standardised(name, fold))) - 0.02);
  expect(ours).toBeGreaterThanOrEqual(least);
});
