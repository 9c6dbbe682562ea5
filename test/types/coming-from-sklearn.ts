import { Table, TableModel } from 'zerokara';

// Columns of any scale, words, and gaps.
const rows = Array.from({ length: 300 }, (_, i) => ({
  income: i % 11 === 0 ? null : 20_000 + 900 * (i % 50),
  city: ['Kyoto', 'Nara', 'Osaka'][i % 3]!,
  buys: i % 50 > 25 || i % 3 === 0 ? 'yes' : 'no',
}));

async function main(): Promise<void> {
  const { train, test } = Table.from(rows).split({ test: 0.25, stratify: 'buys', seed: 0 });
  const model = await TableModel.train(train, { target: 'buys', task: 'classification', hiddenSizes: [100], seed: 0 });
  console.log(model.evaluate(test).accuracy);
  console.log(model.predict({ income: 60_000, city: 'Nara' }).label); // a raw row: the preprocessing is in the model
}

main();
