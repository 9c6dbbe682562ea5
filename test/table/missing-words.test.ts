import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import { MissingWords } from '../../src/table/missing-words.js';
import { Table } from '../../src/table/table.js';
import type { TableReadOptions } from '../../src/table/table-options.js';

const folder = mkdtempSync(join(tmpdir(), 'missing-words-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(text: string, options: TableReadOptions, name = 'a.csv'): Promise<Table> {
  const path = join(folder, name);
  writeFileSync(path, text);
  return Table.read(path, options);
}

test('a text is compared by its letters, a number by its value; an empty text and NaN are always missing', () => {
  const words = new MissingWords(['NA', '-999', '1e3']);
  expect(['NA', '-999', ''].map((text) => words.hasText(text))).toEqual([true, true, true]);
  expect(['na', '-999.0', '1000'].map((text) => words.hasText(text))).toEqual([false, false, false]);
  expect([-999, 1000, Number.NaN].map((number) => words.hasNumber(number))).toEqual([true, true, true]);
  expect([999, 0].map((number) => words.hasNumber(number))).toEqual([false, false]);
  expect([true, 'NA', -999].map((cell) => words.has(cell))).toEqual([false, true, true]);
  expect(new MissingWords([]).hasNumber(0)).toBe(false);
});

test('a word with a decimal comma stands for its number, also for a model that knows no commas', async () => {
  const text = 'x;word\n1,5;a\n-9,9;-9,9\n-9,90;b\n-99,0;a\n';
  const table = await read(text, { decimal: ',', missing: ['-9,9', '-99', 'n,a'] });
  expect([...table.rows()]).toEqual([
    { x: 1.5, word: 'a' },
    { x: null, word: null },
    { x: null, word: 'b' },
    { x: null, word: 'a' },
  ]);
  expect(table.parts.missing!.words).toEqual(['-9,9', '-99', 'n,a', '-9.9']);
});

/** 3,000 numbers of which each tenth is marked, from the first rows to the last. */
const marked = Array.from({ length: 3000 }, (_, i) => (i % 10 === 3 ? -999 : i));
const expected = marked.map((value) => (value === -999 ? Number.NaN : value));

describe('a number that stands for a missing value', () => {
  const text = `a\n${marked.join('\n')}\n`;
  const objects = marked.map((a) => ({ a }));
  const strings = marked.map((a) => ({ a: String(a) }));
  const missing = ['-999'];

  test.each<[string, () => Table | Promise<Table>]>([
    ['in CSV, also behind the values by which the kind is told', () => read(text, { missing })],
    ['in CSV, where the kind is said', () => read(text, { missing, columns: { a: 'number' } })],
    ['in CSV, spelled otherwise', () => read(text.replaceAll('-999', ' -999.0'), { missing })],
    ['in CSV, where the word is spelled otherwise', () => read(text, { missing: ['NA', ' -9.99e2 '] })],
    ['in JSON lines', () => read(objects.map((row) => JSON.stringify(row)).join('\n'), { missing }, 'a.jsonl')],
    ['in JSON', () => read(JSON.stringify(objects), { missing, columns: { a: 'number' } }, 'a.json')],
    ['in strings of JSON', () => read(JSON.stringify(strings), { missing }, 'strings.json')],
    ['in rows of a program', () => Table.from(objects, { missing })],
    ['in columns of a program', () => Table.from({ a: Float64Array.from(marked) }, { missing })],
  ])('is missing %s', async (_, make) => {
    const table = await make();
    expect(table.column('a').values).toEqual(Float64Array.from(expected));
    expect(table.describe().columns[0]).toMatchObject({ kind: 'number', missing: 300, min: 0 });
  });

  test('does not make a column of words one of numbers', () => {
    const table = Table.from([{ city: -999 }, { city: 'Nara' }, { city: -999 }], { missing });
    expect(table.column('city')).toEqual({ name: 'city', kind: 'category', values: [null, 'Nara', null] });
  });

  test('is compared by its letters in a column of words', async () => {
    const table = await read('zip\n007\n7\n7.0\n', { missing: ['7'], columns: { zip: 'category' } });
    expect(table.column('zip').values).toEqual(['007', null, '7.0']);
  });

  test('leaves no value, however it is spelled: the column is refused', async () => {
    await expect(read('a,b\n-999.0,1\n-999,2\n', { missing })).rejects.toThrow('has no value in any row');
  });

  test('may lie beyond 2⁵³', async () => {
    const word = '9223372036854775807';
    const table = await read(`a\n1\n${word}\n`, { missing: [word] });
    expect(table.column('a').values).toEqual(Float64Array.of(1, Number.NaN));
    const rows = await read(`[{"a":1},{"a":${word}}]`, { missing: [word] }, 'a.json');
    expect(rows.column('a').values).toEqual(Float64Array.of(1, Number.NaN));
  });
});

test('the records of a file and the values of a program give the same column', async () => {
  const cells = [
    '0',
    '-0',
    '7',
    ' 7',
    '7.0',
    '-999',
    '-999.0',
    ' -999 ',
    '-9.99e2',
    '999',
    '1e3',
    '1000',
    '',
    'NA',
    '.5',
  ];
  const words = [[], ['NA'], ['NA', '-999'], ['NA', '7.00', '0'], ['NA', '1000', '.50']];
  const random = new Random(5);
  for (let round = 0; round < 60; round++) {
    const missing = words[round % words.length]!;
    const kind = ([undefined, 'number', 'category'] as const)[random.integer(3)];
    // Without the word, a column of numbers would refuse it.
    const usable = missing.length === 0 ? cells.filter((cell) => cell !== 'NA') : cells;
    const column = Array.from({ length: 900 + random.integer(900) }, () => usable[random.integer(usable.length)]!);
    const options = { missing, ...(kind === undefined ? {} : { columns: { a: kind } }) };
    const rows = column.map((a) => ({ a, b: 1 }));
    const file = await read(`a,b\n${rows.map(({ a, b }) => `${a},${b}`).join('\n')}\n`, options);
    expect(file.column('a')).toEqual(Table.from(rows, options).column('a'));
  }
});

test('advice on one more word keeps the words that there are', async () => {
  await expect(read('a\n1\n2\nNA\n?\n', { missing: ['NA'] })).rejects.toThrow(
    'If it stands for a missing value: missing: ["NA", "?"]',
  );
});

test('the option must be a list of texts', () => {
  for (const missing of [null, 0, '', 'NA']) {
    expect(() => Table.from([{ a: 1 }], { missing: missing as never })).toThrow('expected an array of strings');
  }
});
