import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ArgumentError, DataError, DivergenceError } from '../../src/errors.js';
import { Sequential } from '../../src/models/sequential.js';
import { Table } from '../../src/table/table.js';
import { type AnyTableModel, TableModel } from '../../src/table/table-model.js';
import { expectRefusal } from '../support/refusal.js';
import { people } from './people.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zerokara-table-model-'));
});
afterAll(() => rm(folder, { recursive: true }));

const table = Table.from(people(400));
const classify = () =>
  TableModel.train(table, { target: 'answer', ignore: ['wage'], task: 'classification', seed: 1, backend: 'wasm' });
const regress = () =>
  TableModel.train(table, { target: 'wage', ignore: ['answer'], task: 'regression', seed: 1, backend: 'wasm' });

const twelve = Array.from({ length: 12 }, (_, i) => i);

/** Trained once for all tests that do not change it. */
let classifier: TableModel<'classification'>;
let regressor: TableModel<'regression'>;
beforeAll(async () => {
  [classifier, regressor] = [await classify(), await regress()];
});

describe('TableModel.train', () => {
  test('learns classes of rows with words and gaps, by its defaults', () => {
    const { accuracy, majority, classes, confusionMatrix, rows } = classifier.evaluate(Table.from(people(300, 2)));
    expect([rows, classes]).toEqual([300, ['no', 'yes']]);
    const { positiveClass, precision } = classifier.evaluate(table);
    expect(positiveClass).toBe('yes');
    const [[, wrong], [, right]] = classifier.evaluate(table).confusionMatrix as [[number, number], [number, number]];
    expect(precision).toBe(right / (right + wrong));
    // One row in ten has no age and one in nine no city: those can only be guessed.
    expect(accuracy).toBeGreaterThan(0.85);
    expect(majority).toBeLessThan(0.7);
    expect(confusionMatrix.flat().reduce((sum, count) => sum + count, 0)).toBe(300);
  });

  test('learns numbers in the unit of the target', () => {
    const { rmse, mae, r2Score } = regressor.evaluate(Table.from(people(300, 2)));
    expect(r2Score).toBeGreaterThan(0.8);
    expect(rmse).toBeGreaterThan(mae);
    expect(rmse).toBeLessThan(300);
  });

  test('takes the task from the target, and the same seed gives the same model', async () => {
    const again = await TableModel.train(table, { target: 'answer', ignore: ['wage'], seed: 1, backend: 'wasm' });
    expect(again.task).toBe('classification');
    expect(again.net.stateDict()).toEqual(classifier.net.stateDict());
    if (again.task === 'classification') expect(again.classes).toEqual(['no', 'yes']);
    const numbers: AnyTableModel = await TableModel.train(table, { target: 'wage', epochs: 1, backend: 'wasm' });
    expect([numbers.task, numbers.classes]).toEqual(['regression', undefined]);
  });

  test('decays the weights of few rows, but for a single column', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ a: i === 7 ? null : i, b: (i * 7) % 11, y: 2 * i }));
    const decayWith = async (options: object): Promise<number> =>
      (await TableModel.train(Table.from(rows), { target: 'y', epochs: 1, seed: 1, backend: 'wasm', ...options }))
        .settings.weightDecay;
    expect(await decayWith({})).toBe(3);
    expect(await decayWith({ ignore: ['b'] })).toBe(0.5);
    expect(await decayWith({ ignore: ['b'], impute: { numbers: 'own' } })).toBe(3); // a column more
    expect(await decayWith({ ignore: ['b'], weightDecay: 2 })).toBe(2);
  });

  test('uses the statistics of the training part only', async () => {
    const ages = Array.from({ length: 100 }, (_, i) => i);
    const target = ages.map((age) => age * 2);
    const train = Table.from({ age: ages.slice(0, 50), target: target.slice(0, 50) });
    const validation = Table.from({ target: target.slice(50), age: ages.slice(50) });
    const model = await TableModel.train(train, { target: 'target', validation, epochs: 2, backend: 'wasm' });
    expect(model.columns).toMatchObject([{ name: 'age', mean: 24.5, fill: 24.5 }]);
    expect(model.settings).toMatchObject({ trainingRows: 50, validationRows: 50 });
  });

  test('keeps a name with a line break on one line of its summary', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      'a\nb': i % 2 ? 'x\ny' : 'z',
      kind: i % 2 ? 'on\noff' : 'off',
    }));
    const model = await TableModel.train(Table.from([...rows, { 'a\nb': 'z', kind: '' }]), {
      target: 'kind',
      impute: { categories: 'mostFrequent' },
      epochs: 1,
      seed: 1,
      earlyStopping: { patience: 1 },
      backend: 'js',
    });
    const lines = String(model.summary()).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'TableModel, classification of kind: off, on off',
      'columns',
      expect.stringMatching(/^ {2}a b {2}category {2}one-hot in \d: 2 categories; missing: (x y|z)$/),
    ]);
    expect(lines).toContain('  early stopping: after 1 epoch without a lower validation loss');
    expect(model.warnings).toContain('1 of 41 rows has no "kind" and was left out');
  });

  test('shows every setting in its summary, and what becomes of each column', async () => {
    const text = String(classifier.summary());
    expect(text).toMatch(
      /^TableModel, classification of answer: no, yes\ncolumns\n {2}age +number +standardised, mean /,
    );
    expect(text).toMatch(/city +category +one-hot in 5: 3 categories and 1 rare one; missing: a category of its own/);
    expect(text).toMatch(/member +boolean +one-hot in 2: 2 categories; missing: (true|false)/);
    expect(text).toContain('rows: 360 to learn from, 40 to validate on; seed 1');
    expect(text).toContain('hidden layers: 64, 32, relu, dropout 0');
    expect(text).toContain(
      'AdamW: learning rate 0.03, risen to in 10 epochs, falling to 0 along a cosine; β 0.8 and 0.99; weight decay 2.778; batches of 256',
    );
    expect(text).toMatch(/epochs: \d+ of at most 50(, stopped early)?; the weights of epoch \d+; \d/);
    expect(text).toContain('early stopping: after 17 epochs without a lower validation loss');
    expect(text).toContain('far numbers limited, categories of fewer than 2 rows together, embeddings from 20 on');
    expect(text).toMatch(/validation: accuracy 0\.\d+, majority 0\.\d+, f1Score of "yes" 0\.\d+, loss 0\.\d+/);
    expect(String(classifier)).toBe(text);
    const linear = await TableModel.train(table, {
      target: 'answer',
      ignore: ['wage'],
      hiddenSizes: [],
      classWeights: { yes: 2 },
      validation: false,
      epochs: 3,
      backend: 'wasm',
    });
    const shown = String(linear.summary());
    expect(shown).toContain('hidden layers: none, dropout 0');
    expect(shown).toContain('class weights: {"yes":2}');
    expect(shown).toMatch(/epochs: 3 of at most 3; the weights of epoch 3/);
    expect(shown).toContain('early stopping: no');
    expect(linear.metrics).toBeUndefined();
  });

  test('puts the weights of the best epoch back', () => {
    const { epochs, bestEpoch, stoppedEarly } = classifier.history;
    const losses = epochs.map(({ validationLoss }) => validationLoss!);
    const best = losses.indexOf(Math.min(...losses));
    expect(bestEpoch).toBe(epochs[best]!.epoch);
    expect(epochs.map(({ step }) => step).slice(0, 3)).toEqual([4, 8, 12]); // an epoch is two steps
    expect(stoppedEarly).toBe(epochs.at(-1)!.epoch < classifier.settings.epochs);
    expect(classifier.metrics!.loss).toBeCloseTo(losses[best]!, 6);
  });

  test('embeds columns of many categories, where an unknown one adds nothing', async () => {
    const cities = Array.from({ length: 600 }, (_, i) => `city ${(i * 7) % 30}`);
    const many = Table.from({ city: cities, n: cities.map((_, i) => i % 5), y: cities.map((c) => Number(c.slice(5))) });
    const model = await TableModel.train(many, { target: 'y', task: 'regression', seed: 1, backend: 'wasm' });
    expect(model.net.describe().layers[0]).toMatchObject({ type: 'embedding', quantities: 1, vocabularySize: 31 });
    expect(model.evaluate(many).r2Score).toBeGreaterThan(0.9);
    const W = model.net.params['W1']!.toArray() as number[][];
    expect(W[30]!.every((weight) => weight === 0)).toBe(true);
    expect(Number.isFinite(model.predict({ city: 'nowhere', n: 1 }))).toBe(true);
  });

  test('can be stopped by a signal, and tells of each record', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const training = TableModel.train(table, {
      target: 'answer',
      backend: 'wasm',
      signal: controller.signal,
      onEpochEnd: ({ epoch }) => {
        seen.push(epoch);
        if (epoch === 4) controller.abort(new Error('enough'));
      },
    });
    await expect(training).rejects.toThrow('enough');
    expect(seen).toEqual([2, 4]); // a record of every fourth step
  });

  test('names itself where it diverges, with the step', async () => {
    const training = TableModel.train(table, { target: 'wage', learningRate: 1e38, seed: 1, backend: 'wasm' });
    const error = (await training.catch((thrown: unknown) => thrown)) as DivergenceError;
    expect(error).toBeInstanceOf(DivergenceError);
    const { step, epoch, learningRate } = error.at!;
    expect(error.message).toBe(
      `TableModel.train: the loss is ${error.loss} at step ${step} (epoch ${epoch}, learning rate ${learningRate}). ` +
        'Nothing of this step was written, and the weights are those from before this call. Use a smaller learning rate',
    );
    expect(error.cause).toBeInstanceOf(DivergenceError);
  });

  test('warns of rows without a target, empty columns and numbers that look like classes', async () => {
    const rows = people(60).map((row, i) => ({ age: row['age']!, kind: i % 20 === 0 ? null : i % 3 }));
    const model = await TableModel.train(Table.from(rows), { target: 'kind', epochs: 1, backend: 'wasm' });
    expect(model.warnings.slice(0, 2)).toEqual([
      '3 of 60 rows have no "kind" and were left out',
      'The target "kind" holds only 3 different whole numbers and was learned as a quantity. If they are classes, train with task: \'classification\'',
    ]);
  });
});

describe('TableModel.train refuses, before it trains', () => {
  const refusals: [string, Table, object, typeof ArgumentError | typeof DataError, string][] = [
    [
      'a wrong target',
      table,
      { target: 'answr' },
      ArgumentError,
      'target is "answr"; expected the name of a column (["age", "city", "member", "answer", "wage"]). Did you mean "answer"?',
    ],
    [
      'a target that is not given',
      table,
      {},
      ArgumentError,
      'target is undefined; expected the name of a column (["age", "city", "member", "answer", "wage"])',
    ],
    [
      'outputs to drop where there are none',
      table,
      { target: 'answer', hiddenSizes: [], dropout: 0.5 },
      ArgumentError,
      'dropout is 0.5 and hiddenSizes is []; expected a hidden layer, whose outputs are dropped',
    ],
    [
      'a column to ignore that is not there',
      table,
      { target: 'answer', ignore: ['wages'] },
      ArgumentError,
      'ignore[0] is "wages"; expected the name of a column (["age", "city", "member", "answer", "wage"]). Did you mean "wage"?',
    ],
    [
      'the target among the columns to ignore',
      table,
      { target: 'answer', ignore: ['wage', 'answer'] },
      ArgumentError,
      'ignore[1] is "answer", which is the target; expected columns that are not used. Leave it out: the target is never an input',
    ],
    [
      'one class',
      Table.from({ x: Array.from({ length: 12 }, (_, i) => i), y: new Array(12).fill('a') }),
      { target: 'y' },
      DataError,
      'the target "y" has only the class "a"; expected at least two classes, so that there is something to tell apart',
    ],
    [
      'one value',
      Table.from({ x: Array.from({ length: 12 }, (_, i) => i), y: new Array(12).fill(7) }),
      { target: 'y' },
      DataError,
      'the target "y" is 7 in every row; expected different values, so that there is something to predict',
    ],
    [
      'too many classes',
      Table.from({ x: Array.from({ length: 12 }, (_, i) => i), y: Array.from({ length: 12 }, (_, i) => i) }),
      { target: 'y', task: 'classification' },
      DataError,
      'the target "y" has 12 classes in 12 rows; expected at least two rows of each class on average. Leave task out, or give task: \'regression\', to predict its numbers',
    ],
    [
      'words as numbers',
      table,
      { target: 'city', task: 'regression' },
      DataError,
      'the target "city" is a category; expected a column of numbers for a regression. Leave task out, or give task: \'classification\'',
    ],
    [
      'too few rows',
      Table.from(people(9)),
      { target: 'answer' },
      DataError,
      'the table has 9 rows; expected at least 10',
    ],
    [
      'too few rows with a target',
      Table.from(people(12).map((row, i) => ({ ...row, answer: i < 5 ? row['answer']! : null }))),
      { target: 'answer' },
      DataError,
      'the table has 5 rows with a target, of 12; expected at least 10',
    ],
    [
      'no column to learn from',
      Table.from({ y: Array.from({ length: 12 }, (_, i) => i) }),
      { target: 'y' },
      DataError,
      'no column is left to learn from; expected at least one with values',
    ],
    [
      'class weights of no class',
      table,
      { target: 'answer', classWeights: { yess: 2 } },
      DataError,
      'classWeights has the class "yess"; expected a class that the model was trained on (["no", "yes"]). Did you mean "yes"?',
    ],
    [
      'class weights of a regression',
      table,
      { target: 'wage', classWeights: 'balanced' },
      ArgumentError,
      'classWeights is given for a regression; expected it for classes',
    ],
    [
      'an unknown option',
      table,
      { target: 'answer', patience: 5 },
      ArgumentError,
      'unknown option "patience"; give it as earlyStopping: { patience }',
    ],
    [
      'a validation share of 1',
      table,
      { target: 'answer', validation: 1 },
      ArgumentError,
      'validation is 1; expected a Table, a share of the rows greater than 0 and less than 1, or false',
    ],
    [
      'early stopping without validation',
      table,
      { target: 'answer', validation: false, earlyStopping: true },
      ArgumentError,
      'earlyStopping is given and validation is false; expected rows to validate on, by which training is stopped',
    ],
  ];

  test.each(refusals)('%s', async (_, from, options, type, message) => {
    const error = await TableModel.train(from, { backend: 'wasm', ...options } as never).catch(
      (thrown: unknown) => thrown,
    );
    expect((error as Error).message).toBe(`TableModel.train: ${message}`);
    expect((error as Error).constructor).toBe(type);
  });

  test('a target that is missing in every row', async () => {
    const none = Table.from(people(30).map((row, i) => ({ ...row, answer: i < 12 ? null : 'yes' }))).take(twelve);
    await expect(TableModel.train(none, { target: 'answer' })).rejects.toThrow(
      'TableModel.train: the target "answer" is missing in all 12 rows',
    );
  });

  test('anything but a table, and new', async () => {
    await expect(TableModel.train([{ a: 1 }] as never, { target: 'a' })).rejects.toThrow(
      "TableModel.train: table is [an Object]; expected a Table. Make one with Table.read('data.csv') or Table.from(rows)",
    );
    expectRefusal(
      () => new (TableModel as unknown as new () => unknown)(),
      ArgumentError,
      'TableModel: called with new; expected TableModel.train(table, { target })',
    );
  });
});

describe('TableModel.predict', () => {
  const row = { age: 60, city: 'Nara', member: true };

  test('gives the class of a raw row with the probabilities of all', () => {
    const { label, probability, probabilities } = classifier.predict(row);
    expect(label).toBe('yes');
    expect([...probabilities.keys()]).toEqual(['no', 'yes']);
    expect(probabilities.get('yes')).toBe(probability);
    expect(probability + probabilities.get('no')!).toBeCloseTo(1, 6);
    expect(JSON.parse(JSON.stringify(classifier.predict(row)))).toEqual({
      label: 'yes',
      probability,
      probabilities: { no: probabilities.get('no'), yes: probability },
    });
  });

  test('gives a number in the unit of the target', () => {
    expect(Math.abs(regressor.predict(row) - (1000 + 40 * 60 + 80 + 300))).toBeLessThan(400);
  });

  test('answers a row, rows and a table alike, columns in any order and among others', () => {
    const rows = people(20, 3);
    const answers = classifier.predict(rows);
    expect(answers).toHaveLength(20);
    expect(rows.map((one) => classifier.predict(one))).toEqual(answers);
    expect(classifier.predict(Table.from(rows))).toEqual(answers);
    const turned = rows.map(({ age, city, member }) => ({ note: 'x', member: member!, city: city!, age: age! }));
    expect(classifier.predict(turned)).toEqual(answers);
    expect(classifier.predict([])).toEqual([]);
  });

  test('tells once of categories that it does not know', async () => {
    const model = await classify();
    const before = model.warnings.length;
    for (const city of ['Tokyo', 'Tokyo', 'Uji']) model.predict({ ...row, city });
    expect(model.warnings.slice(before)).toEqual([
      'Column "city" had categories to predict from that the training rows had not, or too rarely: "Tokyo", "Uji". They count as rare',
    ]);
    for (let i = 0; i < 1000; i++) model.predict({ ...row, city: `town ${i}` });
    expect(model.warnings.slice(before)).toEqual([
      'Column "city" had categories to predict from that the training rows had not, or too rarely: "Tokyo", "Uji", "town 0", "town 1", "town 2" and more. They count as rare',
    ]);
  });

  test.each([
    [
      { age: 1, citty: 'Nara', member: true },
      DataError,
      'row has no column "city", but ["age", "citty", "member"]; expected every column that the model was trained on. Did you mean "city" by "citty"?',
    ],
    [
      {},
      DataError,
      'row has no column "age", and no other either; expected every column that the model was trained on',
    ],
    [
      { ...row, age: 'old' },
      ArgumentError,
      'row["age"] is "old"; expected a finite number, as in training, or null for a missing one',
    ],
    [
      { ...row, member: 2 },
      ArgumentError,
      'row["member"] is 2; expected true, false, 1 or 0, or null for a missing one',
    ],
    [
      { ...row, city: ['Nara'] },
      ArgumentError,
      'row["city"] is ["Nara"]; expected a category as a string, or null for a missing one',
    ],
    [7, ArgumentError, 'row is 7; expected an object with a cell for each column, e.g. { "age": … }'],
  ])('refuses %j', (input, type, message) => {
    expectRefusal(() => classifier.predict(input as never), type, `TableModel.predict: ${message}`);
  });

  test('refuses rows and tables by their place', () => {
    expectRefusal(
      () => classifier.predict([row, { ...row, age: true }] as never),
      ArgumentError,
      'TableModel.predict: rows[1]["age"] is true; expected a finite number, as in training, or null for a missing one',
    );
    expectRefusal(
      () => classifier.predict(Table.from([{ age: 1, member: true }])),
      DataError,
      'TableModel.predict: the table has no column "city", but ["age", "member"]; expected every column that the model was trained on',
    );
    expectRefusal(
      () => classifier.predict(Table.from([{ ...row, city: 7 }])),
      DataError,
      `TableModel.predict: column "city" is a number here; expected a category, as in training. Read the table with columns: { "city": 'category' }`,
    );
  });

  test('reads the cells of a row as a table reads them', () => {
    const like = (changes: object) => classifier.predict({ ...row, ...changes } as never);
    expect(like({ age: ` ${row.age} ` })).toEqual(classifier.predict(row));
    expect(like({ age: Number.NaN })).toEqual(like({ age: null }));
    expect(like({ city: ` ${row.city} ` })).toEqual(classifier.predict(row));
    expect(like({ city: ' ' })).toEqual(like({ city: null }));
    for (const [one, other] of [
      [1, true],
      [0, false],
      ['TRUE', true],
      ['0', false],
    ]) {
      expect(like({ member: one })).toEqual(like({ member: other }));
    }
  });

  test('takes a number or a boolean in a column of words as the word that a file would have', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ id: ['5', 'b', 'true'][i % 3]!, y: i % 3 === 0 ? 'u' : 'v' }));
    const options = { target: 'y', task: 'classification', epochs: 2, seed: 1, backend: 'wasm' } as const;
    const model = await TableModel.train(Table.from(rows, { columns: { id: 'category' } }), options);
    expect(model.predict({ id: 5 })).toEqual(model.predict({ id: '5' }));
    expect(model.predict([{ id: true }])).toEqual(model.predict([{ id: 'true' }]));
    expect(model.warnings).toEqual([]);
    expect(model.predict({ id: 6 })).toEqual(model.predict({ id: '6' }));
    expect(model.warnings.join()).toContain('"6"');
  });

  test('true and false are the same words, whether the table at hand makes a column of words or of booleans', async () => {
    const words = ['True', 'False', 'Unknown'];
    const rows = Array.from({ length: 150 }, (_, i) => ({ k: words[i % 3]!, y: i % 3 === 0 ? 'u' : 'v' }));
    const ofWords = await TableModel.train(Table.from(rows), {
      target: 'y',
      task: 'classification',
      seed: 1,
      backend: 'wasm',
    });
    const booleans = Table.from([
      { k: 'True', y: 'u' },
      { k: 'False', y: 'v' },
      { k: 'True', y: 'u' },
    ]);
    expect(booleans.column('k').kind).toBe('boolean');
    expect(ofWords.evaluate(booleans).accuracy).toBe(1);
    expect(ofWords.predict(booleans)[0]).toEqual(ofWords.predict({ k: 'True' }));
    expect(ofWords.warnings).toEqual([]);

    const target = await TableModel.train(Table.from(rows.map(({ k, y }) => ({ x: y, answer: k }))), {
      target: 'answer',
      task: 'classification',
      seed: 1,
      backend: 'wasm',
    });
    expect(
      target.evaluate(
        Table.from([
          { x: 'u', answer: 'True' },
          { x: 'u', answer: 'True' },
        ]),
      ).accuracy,
    ).toBe(1);
  });

  test('of a column with one value in training, every value counts as that one', async () => {
    const rows = people(100).map((one) => ({ ...one, k: 3 }));
    const model = await TableModel.train(Table.from(rows), {
      target: 'answer',
      task: 'classification',
      seed: 1,
      backend: 'wasm',
    });
    const [first] = rows;
    for (const k of [100, 1e6, -1e6]) expect(model.predict({ ...first!, k })).toEqual(model.predict(first!));
  });

  test('takes missing cells, and any number', () => {
    for (const age of [null, Number.MAX_VALUE, -Number.MAX_VALUE, 0]) {
      const { probability } = classifier.predict({ age, city: null, member: null });
      expect(probability).toBeGreaterThanOrEqual(0.5);
    }
    expect(Number.isFinite(regressor.predict({ age: null, city: null, member: null }))).toBe(true);
  });
});

describe('TableModel.evaluate', () => {
  test('leaves rows without a target out, and refuses a table without any', () => {
    const rows = people(30, 4).map((row, i) => ({ ...row, answer: i < 10 ? null : row['answer']! }));
    expect(classifier.evaluate(Table.from(rows)).rows).toBe(20);
    expectRefusal(
      () => classifier.evaluate(Table.from(people(3)).filter(() => false)),
      DataError,
      'TableModel.evaluate: no row has a "answer"; expected rows with a target',
    );
  });

  test('refuses a class that the model does not have, with its place', () => {
    const rows = people(12).map((row, i) => ({ ...row, answer: i === 4 ? 'yess' : row['answer']! }));
    expectRefusal(
      () => classifier.evaluate(Table.from(rows)),
      DataError,
      'TableModel.evaluate: rows[4] has the class "yess"; expected a class that the model was trained on (["no", "yes"]). Did you mean "yes"?',
    );
  });
});

describe('permutationImportance', () => {
  test('ranks the columns by what they are worth, and changes nothing', async () => {
    const test = Table.from(people(300, 5));
    const before = classifier.evaluate(test);
    const ranked = await classifier.permutationImportance(test, { seed: 1 });
    expect(ranked.map(({ column }) => column)).toEqual(['age', 'city', 'member']);
    expect(ranked[0]!.importance).toBeGreaterThan(0.2);
    expect(Math.abs(ranked[2]!.importance)).toBeLessThan(0.02);
    expect(await classifier.permutationImportance(test, { seed: 1 })).toEqual(ranked);
    expect(classifier.evaluate(test)).toEqual(before);
    const wages = await regressor.permutationImportance(test, { seed: 1, repeats: 1 });
    expect(wages[0]).toMatchObject({ column: 'age', deviation: 0 });
    await expect(classifier.permutationImportance(test, { repeats: 0 })).rejects.toThrow(
      'TableModel.permutationImportance: repeats is 0; expected an integer of at least 1',
    );
  });
});

describe('partialFit', () => {
  test('gives the same model again, by the seed of the training where it is given none', async () => {
    const [one, other] = [await classify(), await classify()];
    for (const model of [one, other]) await model.partialFit(people(60, 3));
    expect(one.net.stateDict()).toEqual(other.net.stateDict());
  });

  test('goes on learning, with the statistics and classes as they were', async () => {
    const model = await classify();
    const columns = structuredClone(model.columns);
    // Now everybody says yes.
    const rows = people(200, 6).map((row) => ({ ...row, answer: 'yes' }));
    const young = { age: 22, city: 'Osaka', member: false };
    const before = model.predict(young).probabilities.get('yes')!;
    await model.partialFit(rows, { seed: 1 });
    await model.partialFit(Table.from(rows), { seed: 2, learningRate: 0.01 });
    expect(model.predict(young).probabilities.get('yes')!).toBeGreaterThan(before + 0.2);
    expect(model.columns).toEqual(columns);
    expect(model.classes).toEqual(['no', 'yes']);
  });

  test('names itself where it diverges', async () => {
    const model = await classify();
    await expect(model.partialFit(people(60, 3), { learningRate: 1e38 })).rejects.toThrow(
      /^TableModel\.partialFit: the loss is (NaN|Infinity) at step \d+ /,
    );
  });

  test('refuses a new class and a wrong option, and leaves the model as it was', async () => {
    const model = await classify();
    const before = model.net.stateDict();
    await expect(model.partialFit([{ ...people(1)[0], answer: 'perhaps' }])).rejects.toThrow(
      'TableModel.partialFit: rows[0] has the class "perhaps"; expected a class that the model was trained on (["no", "yes"])',
    );
    await expect(model.partialFit([{ ...people(1)[0], answer: null }])).rejects.toThrow(
      'TableModel.partialFit: no row has a "answer"; expected rows with a target',
    );
    await expect(model.partialFit(people(5), { learningRate: -1 })).rejects.toThrow(
      'TableModel.partialFit: learningRate is -1; expected a finite number greater than 0',
    );
    expect(model.net.stateDict()).toEqual(before);
  });
});

describe('save and load', () => {
  test('give a model of each task back, which answers the same to the bit', async () => {
    const rows = people(50, 7);
    for (const model of [classifier, regressor]) {
      const path = join(folder, `${model.task}.safetensors`);
      await model.save(path);
      const loaded = await TableModel.load(pathToFileURL(path), { backend: 'wasm' });
      expect(loaded.predict(rows)).toEqual(model.predict(rows));
      expect(loaded.task).toBe(model.task);
      const { columns, classes, settings, history, metrics, target } = model;
      expect(loaded).toMatchObject({ columns, settings, history, metrics, target });
      expect(loaded.classes).toEqual(classes);
      const trained = ({ warnings }: AnyTableModel): string[] =>
        warnings.filter((text) => !text.startsWith('Column "city"'));
      expect(trained(loaded)).toEqual(trained(model as AnyTableModel));
    }
  });

  test('Sequential.load and TableModel.load name one another', async () => {
    const path = join(folder, 'model.safetensors');
    await classifier.save(path);
    await expect(Sequential.load(path)).rejects.toThrow(
      `Sequential.load: ${path} holds a model of a table, whose network reads preprocessed columns; expected a file written by save of a network. Load it with TableModel.load; its net is the network`,
    );
    const plain = join(folder, 'plain.safetensors');
    await classifier.net.save(plain);
    await expect(TableModel.load(plain)).rejects.toThrow(
      `TableModel.load: ${plain} holds a network without the columns of a table; expected a file written by TableModel.save. Load it with Sequential.load`,
    );
  });
});
