// Rows that the types refuse: a cell is a number, a string, a boolean, null or undefined.
import { type AnyTableModel, Table, type TableModel } from 'zerokara';

interface Customer {
  age: number;
  born: Date;
}

declare const customers: readonly Customer[];
declare const records: readonly Record<string, unknown>[];
declare const parsed: unknown;
declare const model: TableModel<'regression'>;
declare const any: AnyTableModel;

// @ts-expect-error a date is no cell
Table.from(customers);
// @ts-expect-error a date is no cell
Table.from([{ born: new Date() }]);
// @ts-expect-error what a record holds is not known
Table.from(records);
// @ts-expect-error a list is no row
Table.from([['a', 1]]);
// @ts-expect-error a word is no row
Table.from(['a']);
// @ts-expect-error a path is read by Table.read
Table.from('customers.csv');
// @ts-expect-error a column has many values
Table.from({ age: 41 });
// @ts-expect-error a word is no column
Table.from({ city: 'Kyoto' });
// @ts-expect-error a date is no cell
Table.from({ born: [new Date()] });

// @ts-expect-error a date is no cell
model.predict(customers[0]!);
// @ts-expect-error a date is no cell
model.predict(customers);
// @ts-expect-error a date is no cell
any.predict({ born: new Date() });
// @ts-expect-error a list is no cell
any.predict([{ age: [41] }]);
// @ts-expect-error what a record holds is not known
any.predict(records);
// @ts-expect-error neither is what was parsed
any.predict(parsed);
// @ts-expect-error a list is no row
model.predict(['a', 1]);
// @ts-expect-error a map is no row
model.predict(new Map([['age', 41]]));
// @ts-expect-error a number is no row
model.predict(41);
// @ts-expect-error no row
model.predict(null);
// @ts-expect-error a date is no cell
model.partialFit(customers);
// @ts-expect-error a row alone is no list of rows
model.partialFit({ age: 41 });
// @ts-expect-error a date is no cell
model.evaluate(customers);
