import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TablePieceOptions } from '../../src/table/read-pieces.js';
import { Table } from '../../src/table/table.js';
import { TableModel } from '../../src/table/table-model.js';
import type { Prediction } from '../../src/table/table-predictions.js';

const folder = mkdtempSync(join(tmpdir(), 'predict-stream-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = Array.from({ length: 5000 }, (_, i) => ({
  size: i % 11 === 0 ? null : (i * 37) % 100,
  colour: ['red', 'green', null][i % 3]!,
  ripe: i % 2 === 0,
  fruit: (i * 37) % 100 > 50 ? 'melon' : 'cherry',
}));
const csv = `note,ripe,colour,size\n${rows.map(({ ripe, colour, size }, i) => `"a, ${i}",${ripe},${colour ?? ''},${size ?? ''}`).join('\n')}\n`;

let model: TableModel<'classification'>;
beforeAll(async () => {
  const table = Table.from(rows.slice(0, 300));
  // Of this backend, an answer does not depend on the rows beside it.
  const options = { target: 'fruit', task: 'classification', seed: 1, epochs: 2, backend: 'js' } as const;
  model = await TableModel.train(table, options);
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** All answers, and how many came at a time at most. */
async function answersOf(source: string | AsyncIterable<Uint8Array>, options?: TablePieceOptions) {
  const all: Prediction<'classification'>[] = [];
  let most = 0;
  for await (const answers of model.predictStream(source, options)) {
    all.push(...answers);
    most = Math.max(most, answers.length);
  }
  return { all, most };
}

describe('TableModel.predictStream', () => {
  test('gives the answers of predict, piece by piece, from any format', async () => {
    const expected = model.predict(rows.map(({ fruit, ...row }) => row));
    const { all, most } = await answersOf(file('new.csv', csv));
    expect(all).toEqual(expected);
    expect(most).toBe(1000);
    expect((await answersOf(file('new.csv.gz', gzipSync(csv)))).all).toEqual(expected);
    const lines = rows.map((row) => JSON.stringify({ note: 'not read', ...row }));
    expect((await answersOf(file('new.jsonl', lines.join('\n')))).all).toEqual(expected);
    expect((await answersOf(file('new.json', `[${lines.join(',')}]`))).all).toEqual(expected);
    const stream = (async function* () {
      yield new TextEncoder().encode(csv.replaceAll(',', ';').replaceAll('; ', ', '));
    })();
    expect((await answersOf(stream, { delimiter: ';' })).all).toEqual(expected);
    expect(model.warnings).toEqual([]);
  });

  test('reads decimal commas where it is told, and says so where it is not', async () => {
    const path = file('commas.csv', 'size;colour;ripe\n49,5;red;true\n5;green;false\n');
    const expected = model.predict([
      { size: 49.5, colour: 'red', ripe: true },
      { size: 5, colour: 'green', ripe: false },
    ]);
    expect((await answersOf(path, { decimal: ',' })).all).toEqual(expected);
    await expect(answersOf(path)).rejects.toThrow(
      `TableModel.predictStream: ${path}, line 2, column 1 ("size"): "49,5" has a comma; expected a number with a decimal point, without marks between thousands. If the comma stands before decimals: decimal: ","`,
    );
    const points = file('points.csv', 'size;colour;ripe\n49.5;red;true\n');
    await expect(answersOf(points, { decimal: ',' })).rejects.toThrow(
      `TableModel.predictStream: ${points}, line 2, column 1 ("size"): "49.5" has a point; expected a number with a decimal comma, without marks between thousands. If the point stands before decimals: decimal: "."`,
    );
  });

  test('takes words that stand for missing values', async () => {
    const path = file('marked.csv', 'size,colour,ripe\n?,red,true\n50,NA,false\n');
    const { all } = await answersOf(path, { missing: ['?', 'NA'] });
    expect(all).toEqual(
      model.predict([
        { size: null, colour: 'red', ripe: true },
        { size: 50, colour: null, ripe: false },
      ]),
    );
  });

  const line = '{"size":1,"colour":"red","ripe":true}';
  const cells = 'size,colour,ripe\n';
  const notNumber = (place: string): string =>
    `${place}: "large" is not a number; expected numbers in the whole column. If it stands for a missing value: missing: ["large"]`;
  test.each([
    [
      'a cell',
      'cell.csv',
      `${cells}${'1,red,true\n'.repeat(100)}large,red,true\n`,
      notNumber(', line 102, column 1 ("size")'),
    ],
    [
      'the first of two cells',
      'two.csv',
      `${cells}${'1,red,true\n'.repeat(100)}1,red,7\nlarge,red,true\n`,
      ', line 102, column 3 ("ripe"): "7" is not a boolean; expected true, false, 1 or 0',
    ],
    [
      'a record of another width',
      'width.csv',
      `${cells}${'1,red,true\n'.repeat(100)}1,red\n2,red,true\n`,
      ', line 102 has 2 cells; expected 3, as in line 1',
    ],
    [
      'an open quote',
      'quote.csv',
      `${cells}${'1,red,true\n'.repeat(100)}1,"red,true\n`,
      ', line 102, column 2: a quote is never closed. A quote that belongs to a cell is written twice, and the cell in quotes',
    ],
    [
      'a value',
      'value.jsonl',
      `${`${line}\n`.repeat(100)}{"size":"large","colour":"red","ripe":true}\n`,
      notNumber(', line 101, column "size"'),
    ],
    [
      'a line that is no JSON',
      'line.jsonl',
      `${`${line}\n`.repeat(100)}red\n${line}\n`,
      ', line 101: "red" is no JSON; expected a row, { "name": value, … }',
    ],
    [
      'an array that is not closed',
      'open.json',
      `[${`${line},\n`.repeat(100)}`,
      ', line 101: the text ends after row 100; expected the array to be closed by ]',
    ],
    [
      'bytes that are no text',
      'bytes.jsonl',
      Buffer.concat([Buffer.from(`${line}\n`.repeat(100)), Buffer.from([0])]),
      ', line 101: a NUL character; expected text',
    ],
  ])('gives the answers before %s that is bad, then its place', async (_, name, content, message) => {
    const path = file(name, content);
    const all: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const answers of model.predictStream(path)) all.push(...answers);
    };
    const error: Error = await read().then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(error.message).toBe(`TableModel.predictStream: ${path}${message}`);
    expect(all).toHaveLength(100);
  });

  test('rows of JSON may leave out a missing cell, but one of the first 1,000 names the column', async () => {
    const short = '{"size":1,"ripe":true}\n';
    const { all } = await answersOf(file('sparse.jsonl', `${short.repeat(999)}${line}\n${short}`));
    expect(all).toEqual(
      Array.from({ length: 1001 }, (_, i) => model.predict({ size: 1, colour: i === 999 ? 'red' : null, ripe: true })),
    );
    const late = file('late.jsonl', `${short.repeat(1000)}${line}\n`);
    await expect(answersOf(late)).rejects.toThrow(
      `TableModel.predictStream: ${late} has no column "colour" in its first 1000 rows, but ["size", "ripe"]; expected every column that the model was trained on`,
    );
  });

  test.each([
    [
      'a missing column',
      'none.csv',
      'size,color,ripe\n1,red,true\n',
      'has no column "colour", but ["size", "color", "ripe"]',
    ],
    [
      'a missing column of JSON',
      'none.jsonl',
      '{"size":1,"ripe":true}\n',
      'has no column "colour", but ["size", "ripe"]',
    ],
    [
      'rows without a column',
      'empty.jsonl',
      '{}\n{}\n',
      'has no column "size", and no other either; expected every column that the model was trained on',
    ],
    [
      'no rows',
      'bare.csv',
      'size,colour,ripe\n',
      'has a header and no rows; expected a table as CSV, JSON or JSON lines',
    ],
    ['no rows of JSON', 'bare.json', '[]', 'has no rows; expected a table as CSV, JSON or JSON lines'],
  ])('refuses %s', async (_, name, content, message) => {
    const path = file(name, content);
    await expect(answersOf(path)).rejects.toThrow(`TableModel.predictStream: ${path} ${message}`);
  });

  test('refuses options that it has no use for', async () => {
    await expect(answersOf('new.csv', { columns: {} } as never)).rejects.toThrow(
      'TableModel.predictStream: unknown option "columns"; known are missing, format, delimiter, header, decimal',
    );
  });
});
