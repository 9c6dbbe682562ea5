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
    expect(most).toBeLessThan(rows.length);
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

  test('gives the answers before a bad cell, then its place', async () => {
    const path = file('bad.csv', `${csv}"x",true,red,large\n`);
    const all: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const answers of model.predictStream(path)) all.push(...answers);
    };
    await expect(read()).rejects.toThrow(
      `TableModel.predictStream: ${path}, line 5002, column 4 ("size"): "large" is no number; expected numbers in the whole column`,
    );
    expect(all.length).toBeGreaterThan(2000);
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
      'TableModel.predictStream: unknown option "columns"; known are missing, format, delimiter, header',
    );
  });
});
