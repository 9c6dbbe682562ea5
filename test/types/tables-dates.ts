import { writeFileSync } from 'node:fs';
import { type Cell, type Row, Table, TableModel } from 'zerokara';

const dayOf = (i: number): string => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
const lines = Array.from({ length: 90 }, (_, i) => `${dayOf(i)},${i % 5},${20 + (i % 7) * 3 + (i % 5)}`);
writeFileSync('sales.csv', `day,staff,sold\n${lines.join('\n')}\n`);

/** The numbers that matter of a date, and the name of its weekday; all are missing where the date is. */
function withoutDate({ day, ...row }: Row): Record<string, Cell | undefined> {
  const date = new Date(String(day));
  const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][date.getUTCDay()];
  return {
    ...row,
    weekday,
    month: date.getUTCMonth() + 1,
    daysSince2024: (date.getTime() - Date.UTC(2024)) / 86_400_000,
  };
}

async function main(): Promise<void> {
  const read = await Table.read('sales.csv', { columns: { day: 'category' } }); // dates stay words
  const table = Table.from(Array.from(read, withoutDate));
  console.log(table.head(2));

  const model = await TableModel.train(table, { target: 'sold', seed: 1 });
  const sold = model.predict(withoutDate({ day: '2024-04-01', staff: 2 }));
  console.log(Number(sold) > 18 && Number(sold) < 26); // Mondays sell few
}

main();
