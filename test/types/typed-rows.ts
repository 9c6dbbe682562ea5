import { type AnyTableModel, type ClassPrediction, type RowOf, Table, TableModel } from 'zerokara';

/** The rows of a program, as a query of a database gives them. An interface has no index signature. */
interface Customer {
  age: number | null;
  city: string;
  readonly member: boolean;
  visits?: number;
}

/** Columns of a program. */
interface Columns {
  age: Float64Array;
  city: readonly string[];
}

const customers: readonly Customer[] = Array.from({ length: 60 }, (_, i) => ({
  age: i % 9 === 0 ? null : 20 + (i % 40),
  city: i % 2 === 0 ? 'Kyoto' : 'Nara',
  member: i % 40 > 20,
  visits: i % 7,
}));

/** A function of a user's own, for rows of any type. */
function sizeOf<R extends RowOf<R>>(rows: readonly R[]): number {
  return Table.from(rows).length;
}

async function main(): Promise<void> {
  const table = Table.from(customers);
  const columns: Columns = { age: new Float64Array(2), city: ['Kyoto', 'Nara'] };
  console.log(sizeOf(customers), Table.from(columns).length);

  const options = { target: 'member', hiddenSizes: [4], epochs: 2, seed: 1 } as const;
  const model = await TableModel.train(table, { ...options, task: 'classification' });
  const one: ClassPrediction = model.predict(customers[0]!);
  const many: ClassPrediction[] = model.predict(customers);
  console.log(one.label === many[0]!.label);
  const { loss } = await model.partialFit(customers);
  console.log(loss, model.evaluate(customers).accuracy, await model.permutationImportance(customers, { seed: 1 }));

  const any: AnyTableModel = model;
  const answers: (ClassPrediction | number)[] = any.predict(customers);
  const either: Customer | Customer[] = [...customers];
  console.log(
    answers.length,
    any.evaluate(customers).rows,
    any.predict(either as Customer | Customer[]),
    any.predict({ age: 1, city: 'Nara', visits: 2 }),
  );
  const anyTable = (values: Parameters<typeof Table.from>[0]): Table => Table.from(values);
  const answersOf = (): ReturnType<typeof model.predict> => [one];
  const figures: ReturnType<typeof model.evaluate> = model.evaluate(customers);
  console.log(anyTable([{ a: 1 }, { a: 2 }]).length, answersOf()[0]!.label, figures.accuracy);
  for (const row of table) if (row['city'] === 'Osaka') any.predict(row);
}

main();
