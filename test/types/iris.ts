import { Table, TableModel } from 'zerokara';

async function main(): Promise<void> {
  const table = await Table.read('node_modules/zerokara/examples/data/iris.csv'); // or a file of yours
  const { train, test } = table.split({ test: 0.2, stratify: 'species', seed: 1 });
  const model = await TableModel.train(train, { target: 'species', task: 'classification', seed: 1 });
  console.log(model.evaluate(test).accuracy);
  console.log(model.predict({ sepalLength: 6.7, sepalWidth: 3, petalLength: 5.8, petalWidth: 2.3 }).label);
}

main();
