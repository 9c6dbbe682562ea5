import { writeFileSync } from 'node:fs';
import { Random, Table, TableModel } from 'zerokara';

// Stands for an export of a database: 600 orders, some of unknown distance.
const random = new Random(1);
const lines = ['distance,weather,items,late'];
for (let i = 0; i < 600; i++) {
  const [distance, items] = [1 + 9 * random.uniform(), 1 + random.integer(8)];
  const weather = ['sun', 'rain', 'snow'][random.integer(3)]!;
  const minutes = 3 * distance + 2 * items + { sun: 0, rain: 5, snow: 12 }[weather]! + 2 * random.normal();
  lines.push(`${i % 25 === 0 ? '' : distance.toFixed(1)},${weather},${items},${minutes > 32 ? 'yes' : 'no'}`);
}
writeFileSync('orders.csv', `${lines.join('\n')}\n`);

async function main(): Promise<void> {
  const table = await Table.read('orders.csv');
  console.log(String(table.describe()));

  const { train, test } = table.split({ test: 0.2, stratify: 'late', seed: 1 });
  const model = await TableModel.train(train, { target: 'late', task: 'classification', seed: 1 });
  console.log(model.evaluate(test).accuracy, model.warnings);
  await model.save('late.safetensors');
}

main();
