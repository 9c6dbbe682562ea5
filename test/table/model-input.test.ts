import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Row } from '../../src/table/columns.js';
import type { TablePieceOptions } from '../../src/table/read-pieces.js';
import { Table } from '../../src/table/table.js';
import { TableModel } from '../../src/table/table-model.js';
import type { Prediction } from '../../src/table/table-predictions.js';

const folder = mkdtempSync(join(tmpdir(), 'model-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows whose gaps have a meaning, so that a model answers otherwise where one is missing. */
const rows: readonly Row[] = Array.from({ length: 240 }, (_, i) => {
  const [size, colour] = [[-999, 10, 20, 30][i % 4]!, ['NA', 'red', 'green'][i % 3]!];
  return { size, colour, fruit: size === -999 ? 'melon' : colour === 'NA' ? 'cherry' : 'grape' };
});
const options = {
  target: 'fruit',
  task: 'classification',
  impute: { numbers: 'own' },
  seed: 1,
  backend: 'js',
} as const;
const missing = ['NA', '-999'];

let model: TableModel<'classification'>;
beforeAll(async () => {
  model = await TableModel.train(Table.from(rows, { missing }), options);
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function answersOf(of: TableModel<'classification'>, path: string, read?: TablePieceOptions) {
  const all: Prediction<'classification'>[] = [];
  for await (const answers of of.predictStream(path, read)) all.push(...answers);
  return all;
}

/** The cells of two rows as users write them, and those of a row that leaves both out. */
const [given, spelled, gaps] = [
  { size: -999, colour: 'NA' },
  { size: ' -999.0', colour: ' NA ' },
  { size: null, colour: null },
];

describe.each(['as it was trained', 'as it was saved'])(
  'a model, %s, knows the words that stand for missing values',
  (state) => {
    let it: TableModel<'classification'>;
    beforeAll(() => {
      it =
        state === 'as it was trained'
          ? model
          : (TableModel.fromBytes(model.toBytes(), { backend: 'js' }) as TableModel<'classification'>);
    });

    test('and tells them', () => {
      expect(it.missing).toEqual(missing);
      expect(it.summary().missing).toEqual(missing);
      expect(String(it)).toContain('\ncolumns, a cell is missing also as "NA", "-999"\n');
    });

    test('in rows', () => {
      const expected = it.predict(gaps);
      expect(expected.label).toBe('melon');
      expect(it.predict(given)).toEqual(expected);
      expect(it.predict([spelled])).toEqual([expected]);
      expect(it.predict({ size: 'NA', colour: '-999' })).toEqual(expected);
      expect(it.predict({ size: 10, colour: 'NA' }).label).toBe('cherry');
      expect(it.warnings).toEqual([]);
    });

    test('in a table that was read without such words', () => {
      const expected = it.predict([gaps, { size: 10, colour: null }]);
      expect(it.predict(Table.from([given, { size: 10, colour: 'NA' }]))).toEqual(expected);
      // A column of nothing else has another kind here.
      expect(it.predict(Table.from([{ size: 'NA', colour: -999 }]))).toEqual([expected[0]]);
      expect(it.warnings).toEqual([]);
    });

    test('and not in one that was read with words of its own', () => {
      const colours = Table.from([{ size: -999, colour: 'red' }], { missing: ['?'] });
      const low = it.predict([{ size: -998, colour: 'red' }]); // both are far below the limit of the column
      expect(it.predict(colours)).toEqual(low);
      expect(it.predict(colours)[0]!.label).not.toBe('melon');
    });

    test('in files of any length, whose options may say otherwise', async () => {
      const csv = `size,colour\n${'-999,red\n10,NA\n-999.0,NA\n'.repeat(700)}`;
      const lines = '{"size":-999,"colour":"red"}\n{"size":10,"colour":"NA"}\n{"size":-999,"colour":"NA"}\n'.repeat(
        700,
      );
      const expected = it.predict([
        { size: null, colour: 'red' },
        { size: 10, colour: null },
        { size: null, colour: null },
      ]);
      const answers = await answersOf(it, file('new.csv', csv));
      expect(answers).toEqual(Array.from({ length: 2100 }, (_, i) => expected[i % 3]));
      expect(await answersOf(it, file('new.jsonl', lines))).toEqual(answers);
      for (const path of [file('own.csv', csv), file('own.jsonl', lines)]) {
        const own = await answersOf(it, path, { missing: ['NA'] });
        expect(own[1]).toEqual(expected[1]);
        expect(own[0]).toEqual(it.predict({ size: -998, colour: 'red' }));
      }
    });

    test('when it is evaluated', () => {
      const same = it.evaluate(Table.from(rows, { missing }));
      expect(it.evaluate(Table.from(rows))).toEqual(same);
      expect(same.accuracy).toBe(1);
      const targets = Table.from([...rows.slice(0, 6), { ...given, fruit: 'NA' }]);
      expect(it.evaluate(targets).rows).toBe(6);
    });
  },
);

test('predictStream with words of CSV and of JSON finds the same cells missing', async () => {
  const bare = await TableModel.train(Table.from(rows, { missing }), { ...options, epochs: 1 });
  const csv = file('a.csv', 'size,colour\n-999,red\n');
  const json = file('a.jsonl', '{"size":-999,"colour":"red"}\n');
  const expected = [bare.predict({ size: null, colour: 'red' })];
  expect(await answersOf(bare, csv, { missing: ['-999'] })).toEqual(expected);
  expect(await answersOf(bare, json, { missing: ['-999'] })).toEqual(expected);
});

test('partialFit learns the same from rows and from a table without words of its own, with words or gaps', async () => {
  const bytes = model.toBytes();
  const learned = async (from: readonly Row[] | Table): Promise<unknown> => {
    const fresh = TableModel.fromBytes(bytes, { backend: 'js' });
    await fresh.partialFit(from, { seed: 1 });
    return fresh.net.params['W1']!.toArray();
  };
  const withoutTarget = { size: 1, colour: 'red', fruit: 'NA' };
  const some = [...rows.slice(0, 50), withoutTarget];
  const expected = await learned(Table.from(some, { missing }));
  expect(await learned(some)).toEqual(expected);
  expect(await learned(Table.from(some))).toEqual(expected);
});

test('the rows of a validation table have the words of the training table', async () => {
  const own = await TableModel.train(Table.from(rows, { missing }), { ...options, validation: Table.from(rows) });
  expect(own.metrics!.accuracy).toBe(1);
  expect(own.warnings).toEqual([]);
});

test('a model of a table without such words has none, and its file is one that older versions read', async () => {
  const plain = await TableModel.train(Table.from(rows), { ...options, epochs: 1 });
  expect(plain.missing).toEqual([]);
  expect(String(plain)).toContain('\ncolumns\n');
  const metadata = (of: TableModel): { readonly format: number; readonly missing?: unknown } => {
    const bytes = of.toBytes();
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    return JSON.parse(header.__metadata__['zerokara.table']);
  };
  expect(metadata(plain)).toMatchObject({ format: 1 });
  expect(metadata(plain).missing).toBeUndefined();
  expect(metadata(model)).toMatchObject({ format: 2, missing });
  const loaded = TableModel.fromBytes(plain.toBytes(), { backend: 'js' });
  expect(loaded.missing).toEqual([]);
  expect(loaded.predict(rows[1]!)).toEqual(plain.predict(rows[1]!));
});
