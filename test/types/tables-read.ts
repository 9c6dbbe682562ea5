import { writeFileSync } from 'node:fs';
import { Table } from 'zerokara';

writeFileSync('people.csv', 'name;height;city;member\nAnn;1.71;Kyoto;true\nBob;NA;Nara;false\nCyd;1.65;Kyoto;true\n');

async function main(): Promise<void> {
  const table = await Table.read('people.csv', { missing: ['NA'], ignore: ['name'] });
  console.log(table.source);
  console.log(table.head());
  console.log(String(table.describe()));

  const tall = table.filter(({ height }) => height !== null && Number(height) > 1.7);
  console.log(tall.row(0), table.column('city').values);

  const { train, test } = table.split({ test: 0.34, seed: 1 });
  console.log(train.length, test.length);
}

main();
