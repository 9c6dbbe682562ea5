import { type AnyTableModel, type ClassPrediction, Table, TableModel } from 'zerokara';

const rows = Array.from({ length: 200 }, (_, i) => ({
  age: i % 9 === 0 ? null : 18 + (i % 60),
  city: ['Kyoto', 'Nara', 'Osaka'][i % 3]!,
  member: i % 2 === 0,
  income: 1000 + 30 * (i % 60) + (i % 2 === 0 ? 400 : 0),
}));

async function main(): Promise<void> {
  const { train, test } = Table.from(rows).split({ test: 0.2, seed: 1 });

  // What is predicted decides the task: numbers are a regression, words and yes or no a classification.
  const model: AnyTableModel = await TableModel.train(train, { target: 'income', seed: 1 });
  if (model.task === 'regression') {
    const income: number = model.predict({ age: 41, city: 'Nara', member: true });
    console.log(Math.round(income), model.evaluate(test).rmse);
  }
  console.log(String(model.summary())); // every column, layer and setting

  const members = await TableModel.train(train, {
    target: 'member',
    task: 'classification',
    ignore: ['city'],
    hiddenSizes: [32],
    validation: 0.2,
    earlyStopping: { patience: 20 },
    classWeights: 'balanced',
    impute: { numbers: 'own' }, // a column that says where the age was missing
    seed: 1,
  });
  const answers: ClassPrediction[] = members.predict(test); // of a row, of rows, or of a table
  console.log(answers[0]!.label, answers[0]!.probabilities.get('true'));

  for (const { column, importance } of await members.permutationImportance(test, { seed: 1 })) {
    console.log(column, importance);
  }
  await members.partialFit(rows.slice(0, 50)); // goes on learning; statistics and classes stay

  await members.save('members.safetensors'); // preprocessing and network in one file
  const loaded = await TableModel.load('members.safetensors');
  if (loaded.task === 'classification') console.log(loaded.classes, loaded.warnings);
}

main();
