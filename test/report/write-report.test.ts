import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/errors.js';
import type { ReportInput } from '../../src/report/index.js';
import { writeReport } from '../../src/report/index.js';
import type { ClassificationData, RegressionData, ReportData } from '../../src/report/report-data.js';
import { CLASSIFIER, hostile, REGRESSION } from './report.js';

const folder = mkdtempSync(join(tmpdir(), 'zerokara-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The JSON file, of which a test reads the parts that its input has. */
interface Numbers extends Required<Omit<ReportData, 'evaluation'>> {
  readonly evaluation: Omit<ClassificationData, 'kind'> & Omit<RegressionData, 'kind'>;
}

async function written(name: string, input: ReportInput): Promise<{ page: string; json: Numbers }> {
  await writeReport(join(folder, `${name}.html`), input);
  const read = (ending: string): string => readFileSync(join(folder, `${name}.${ending}`), 'utf8');
  return { page: read('html'), json: JSON.parse(read('json')) };
}

/** The numbers of a part of the page, in order, with all their digits. */
function numbersIn(page: string, id: string): number[] {
  const part = new RegExp(`<(section|ul)[^>]* id="${id}"[^]*?</\\1>`).exec(page);
  return [...part![0].matchAll(/<data value="([^"]*)">/g)].map(([, value]) => Number(value));
}

describe('the numbers of the page', () => {
  test('of a classifier are those of the JSON file beside it', async () => {
    const { page, json } = await written('classifier', CLASSIFIER);
    expect(numbersIn(page, 'figures')).toEqual(Object.values(json.evaluation.metrics));
    const records = json.history.epochs;
    const names = ['epoch', 'step', 'trainLoss', 'trainAccuracy', 'validationLoss', 'validationAccuracy'];
    expect(numbersIn(page, 'curves')).toEqual(
      records.flatMap((record) =>
        [...names, 'learningRate', 'seconds'].map((name) => record[name as keyof typeof record]),
      ),
    );
    expect(numbersIn(page, 'answers')).toEqual([
      ...json.evaluation.confusionMatrix.flat(),
      ...json.evaluation.perClass.flatMap(({ rows, precision, recall, f1Score }) => [rows, precision, recall, f1Score]),
    ]);
    expect(numbersIn(page, 'importance')).toEqual(
      json.importance.columns.flatMap(({ mean, deviation }) => [mean, deviation]),
    );
    expect(numbersIn(page, 'mistakes')).toEqual([0.51, 9, 17, 0.987654321, 1.7, 4, 0.6, 1.5]);
    expect(json.mistakes.map(({ row, probability }) => [row, probability])).toEqual([
      ...[
        [17, 0.987654321],
        [4, 0.6],
        [9, 0.51],
      ],
    ]);
    expect(numbersIn(page, 'settings')).toEqual([0.001, 4_294_967_295]);
    expect(json.settings).toEqual(CLASSIFIER.settings);
    expect(numbersIn(page, 'network')).toEqual(json.layers.map(({ parameters }) => parameters));
  });

  test('are those of the input: precision, recall and F1 come from the matrix, and columns are in order', async () => {
    const { json } = await written('classifier', CLASSIFIER);
    expect(json.history).toEqual(CLASSIFIER.history);
    expect(json.evaluation.perClass[1]).toEqual({
      name: 'versicolor',
      rows: 13,
      precision: 11 / 12,
      recall: 11 / 13,
      f1Score: 22 / 25,
    });
    expect(json.importance.columns.map(({ name }) => name)).toEqual([
      'petal width',
      'petal length',
      'sepal length',
      'sepal width',
    ]);
  });

  test('of a regression are at most 2,000 rows, evenly spaced, and the page says so', async () => {
    const { page, json } = await written('regression', REGRESSION);
    const { points, count, metrics } = json.evaluation;
    expect([points.length, count]).toEqual([2000, 3000]);
    const { actual, predicted } = REGRESSION.evaluation as { actual: ArrayLike<number>; predicted: ArrayLike<number> };
    expect([points[0], points.at(-1)]).toEqual([
      ...[
        [actual[0], predicted[0]],
        [actual[2999], predicted[2999]],
      ],
    ]);
    expect(page).toContain('2,000 of 3,000 rows are drawn, evenly spaced.');
    expect(numbersIn(page, 'figures')).toEqual(Object.values(metrics));
  });

  test('of a long run are 200 epochs in the table and all in the file', async () => {
    const [first] = CLASSIFIER.history!.epochs;
    const epochs = Array.from({ length: 1000 }, (_, i) => ({ ...first!, epoch: i + 1 }));
    const { page, json } = await written('long', { title: 'long', history: { epochs } });
    expect(page).toContain('<summary>200 of 1,000 epochs, evenly spaced</summary>');
    expect(numbersIn(page, 'curves')).toHaveLength(200 * 8);
    expect(json.history.epochs).toHaveLength(1000);
  });

  test('that are not finite are no numbers: a dash on the page, null in the file', async () => {
    const evaluation = { ...CLASSIFIER.evaluation!, metrics: { loss: Number.NaN } } as NonNullable<
      ReportInput['evaluation']
    >;
    const { page, json } = await written('nan', { title: 'nan', evaluation });
    expect(page).toContain('<data value="NaN">–</data>');
    expect(json.evaluation.metrics.loss).toBeNull();
  });
});

describe('the page', () => {
  test('leaves out what it is not given', async () => {
    const { page, json } = await written('bare', { title: 'bare' });
    expect(page).not.toContain('<section');
    expect(json).toEqual({ format: 1, title: 'bare' });
  });

  test('lists the most frequent confusions of many classes', async () => {
    const classes = Array.from({ length: 40 }, (_, i) => `class ${i}`);
    const confusionMatrix = classes.map((_, i) =>
      classes.map((_, j) => (i === j ? 50 : i === 3 && j === 7 ? 9 : j === 0 ? 1 : 0)),
    );
    const evaluation = { kind: 'classification', rows: 'test rows', classes, confusionMatrix, metrics: {} } as const;
    const { page, json } = await written('many', { title: 'many', evaluation });
    expect(page).toContain(
      '<td class="words">class 3</td><td class="words">class 7</td><td class="number"><data value="9">9</data></td>',
    );
    expect(page).not.toContain('class="matrix"');
    expect(json.evaluation.confusionMatrix).toEqual(confusionMatrix);
  });

  test('has only its own elements, whatever the texts say, and loads nothing', async () => {
    const { page, json } = await written('hostile', hostile(CLASSIFIER));
    expect(page).not.toMatch(/<(script|iframe)/i);
    expect(page.match(/<img /g)).toHaveLength(1);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page.match(/<\/svg>/g)).toHaveLength(page.match(/<svg /g)!.length);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    for (const [address] of page.matchAll(/(?<=(?:src|href|url\()=?["']?)[^"' >]+/g)) {
      if (page.includes(`src="${address}`) || page.includes(`href="${address}`)) expect(address).toMatch(/^(data:|#)/);
    }
    expect(json.title).toBe('<script>alert(1)</script>');
    expect(Object.hasOwn(json.settings, '__proto__')).toBe(true);
  });
});

test('columns called as what every object has change no object', async () => {
  const names = ['__proto__', ...Object.getOwnPropertyNames(Object.prototype)];
  const before = names.map((name) => Object.getOwnPropertyNames(({} as Record<string, object>)[name]).length);
  const columns = names.map((name) => ({ name, mean: 0.5 }));
  await written('names', { title: '__proto__', importance: { metric: '__proto__', columns } });
  for (const key in {}) expect.fail(`every object has ${key}`);
  expect(names.map((name) => Object.getOwnPropertyNames(({} as Record<string, object>)[name]).length)).toEqual(before);
});

describe('writeReport refuses', () => {
  const evaluation = CLASSIFIER.evaluation!;
  test.each<[object, string]>([
    [{}, 'title is undefined; expected a text'],
    [{ title: 'a', titel: 'b' }, 'unknown option "titel"; did you mean "title"?'],
    [{ title: 'a', history: {} }, 'history.epochs is undefined; expected an array'],
    [{ title: 'a', settings: [] }, 'settings is []; expected an object with a value for each name'],
    [
      { title: 'a', evaluation: { ...evaluation, kind: 'clustering' } },
      'evaluation.kind is "clustering"; expected "classification" or "regression"',
    ],
    [
      { title: 'a', evaluation: { ...evaluation, classes: ['x', 'y'] } },
      'evaluation.confusionMatrix is [[12, 0, 0], [0, 11, 2], [0, 1, 12]]; expected 2 rows of 2 counts, as evaluation.classes has 2 names',
    ],
    [
      { title: 'a', evaluation: { ...REGRESSION.evaluation, predicted: [1] } },
      'evaluation.actual is a Float64Array of 3000, and evaluation.predicted is [1]; expected two lists of the same length',
    ],
    [
      { title: 'a', importance: { metric: 'accuracy', columns: [{ name: 'x', mean: '1' }] } },
      'importance.columns[0].mean is "1"; expected a number',
    ],
    [{ title: 'a', mistakes: [{ row: -1 }] }, 'mistakes[0].row is -1; expected an integer of at least 0'],
    [
      { title: 'a', mistakes: [{ row: 1, image: { height: 2, width: 2, bytes: new Uint8Array(3) } }] },
      'mistakes[0].image.bytes is an Uint8Array of 3; expected a Uint8Array of 4 (2 × 2 × 1)',
    ],
  ])('%#', async (input, message) => {
    const refused = writeReport(join(folder, 'refused.html'), input as ReportInput);
    await expect(refused).rejects.toThrow(new ArgumentError({ operation: 'writeReport', found: message }));
    expect(readdirSync(folder).filter((name) => name.startsWith('refused'))).toEqual([]);
  });

  test('a path that is none, and a folder that does not exist', async () => {
    await expect(writeReport('', { title: 'a' })).rejects.toThrow(
      new ArgumentError({ operation: 'writeReport', found: 'path is ""', expected: 'the path of a file' }),
    );
    await expect(writeReport('/nowhere/run.html', { title: 'a' })).rejects.toThrow(
      new DataError({
        operation: 'writeReport',
        found: '/nowhere/run.html cannot be written (ENOENT: no such file or directory)',
        expected: 'a file in a folder that exists and may be written to',
      }),
    );
  });
});
