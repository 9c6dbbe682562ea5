import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cell } from '../../src/table/columns.js';
import { Table } from '../../src/table/table.js';
import type { TableReadOptions } from '../../src/table/table-options.js';
import { errorOf } from '../data/error-of.js';

const IRIS = join(import.meta.dirname, '../../examples/data/iris.csv');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zerokara-table-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function* stream(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

const read = (text: string, options?: TableReadOptions): Promise<Table> => Table.read(stream(text), options);

const messageOf = (call: () => unknown): string => {
  const { name, message } = errorOf(call);
  return `${name}: ${message}`;
};

const rejectionOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing was thrown',
    ({ name, message }: Error) => `${name}: ${message}`,
  );

const PEOPLE = 'name,age,city,member\nann,31,Kyoto,true\nbob,,Ōsaka,false\ncyd,45,,true\n';

describe('Table.read', () => {
  test('reads iris: four columns of numbers and one of categories', async () => {
    const table = await Table.read(IRIS);
    expect(String(table)).toBe(`Table of 150 rows × 5 columns (4 number, 1 category) from ${IRIS}`);
    expect(table.source).toEqual({ place: IRIS, format: 'csv', delimiter: ',', header: true });
    expect(table.columnNames).toEqual(['sepalLength', 'sepalWidth', 'petalLength', 'petalWidth', 'species']);
    expect(table.row(149)).toEqual({
      sepalLength: 5.9,
      sepalWidth: 3,
      petalLength: 5.1,
      petalWidth: 1.8,
      species: 'virginica',
    });
  });

  test('takes numbers, words, true and false; an empty cell is missing', async () => {
    const table = await read(PEOPLE);
    expect(table.columns).toEqual([
      { name: 'name', kind: 'category', values: ['ann', 'bob', 'cyd'] },
      { name: 'age', kind: 'number', values: Float64Array.of(31, Number.NaN, 45) },
      { name: 'city', kind: 'category', values: ['Kyoto', 'Ōsaka', null] },
      { name: 'member', kind: 'boolean', values: ['true', 'false', 'true'] },
    ]);
    expect([...table.rows()][1]).toEqual({ name: 'bob', age: null, city: 'Ōsaka', member: false });
    expect([...table]).toEqual([...table.rows()]);
  });

  test('keeps a class called none, NA or null, unless told that it is missing', async () => {
    const text = 'x,y\nnone,a\nNA,b\nnull,c\n';
    expect((await read(text)).column('x').values).toEqual(['none', 'NA', 'null']);
    expect((await read(text, { missing: ['NA', 'null'] })).column('x').values).toEqual(['none', null, null]);
  });

  test('takes the kinds that it is given, and leaves out what is ignored', async () => {
    const text = `zip,flag,day,x\n01234,1,2024-01-01,1\n00001,0,2024-01-02,2\n`;
    const table = await read(text, { columns: { zip: 'category', flag: 'boolean' }, ignore: ['day'] });
    expect(table.columns).toEqual([
      { name: 'zip', kind: 'category', values: ['01234', '00001'] },
      { name: 'flag', kind: 'boolean', values: ['true', 'false'] },
      { name: 'x', kind: 'number', values: Float64Array.of(1, 2) },
    ]);
    expect(await rejectionOf(read('flag,x\nyes,1\n', { columns: { flag: 'boolean' } }))).toBe(
      'DataError: Table.read: the stream, line 2, column 1 ("flag"): "yes" is not a boolean; expected true, false, 1 or 0',
    );
  });

  test('takes any words as categories when told so: formulas, dates, 5,000 of them', async () => {
    const words = Array.from({ length: 5000 }, (_, i) => `=${i}`);
    const table = await read(`id\n${words.join('\n')}\n2024-01-01\n`, { columns: { id: 'category' } });
    expect(table.column('id').values).toEqual([...words, '2024-01-01']);
  });

  test('reads numbers in every usual form, and no other', async () => {
    const table = await read('x\n-1.5\n.5\n5.\n1e-3\n+2E2\n007\n 8 \n"9"\n-0\n');
    expect([...table.column('x').values]).toEqual([-1.5, 0.5, 5, 0.001, 200, 7, 8, 9, -0]);
    for (const word of ['0x1F', '0b1', 'Infinity', 'NaN', '1_000', '1 000', '--1', '1e', '-']) {
      expect(await rejectionOf(read(`x,y\n1,1\n2,1\n${word},1\n`))).toContain(
        `line 4, column 1 ("x"): "${word}" is not a number, but 2 of the 3 values are`,
      );
    }
  });

  test('tells the kind of a column by its first thousand values, however many are missing before them', async () => {
    const table = await read(`x,y\n${',1\n'.repeat(3000)}${'5,1\n'.repeat(1500)}`);
    const { kind, values } = table.column('x');
    expect([kind, values.length, values[2999], values[3000]]).toEqual(['number', 4500, Number.NaN, 5]);
    const flags = await read(`x\n${'true\n'.repeat(1200)}unknown\n`);
    expect(flags.column('x')).toMatchObject({ kind: 'category' });
  });

  test.each(['csv', 'tsv', 'json', 'jsonl', 'ndjson'])('reads .%s and .%s.gz', async (extension) => {
    const texts: Record<string, string> = {
      csv: 'x,y\n1,a\n2,b\n',
      tsv: 'x\ty\n1\ta\n2\tb\n',
      json: '[{ "x": 1, "y": "a" },\n { "y": "b", "x": 2 }]',
    };
    const text = texts[extension] ?? '{"x":1,"y":"a"}\n{"y":"b","x":2}\n';
    for (const [name, content] of [
      [`a.${extension}`, text],
      [`b.${extension}.gz`, gzipSync(text)],
      ['without', gzipSync(text)],
    ] as const) {
      const path = join(folder, name);
      writeFileSync(path, content);
      const table = await Table.read(path);
      expect([...table.rows()]).toEqual([
        { x: 1, y: 'a' },
        { x: 2, y: 'b' },
      ]);
      expect(table.source!.format).toBe(extension === 'json' ? 'json' : extension.endsWith('sv') ? 'csv' : 'jsonl');
    }
  });

  test('reads JSON rows cut anywhere, with brackets, quotes and line breaks in strings', async () => {
    const text = JSON.stringify([{ a: '[{"\\,' }, { a: ']}\n' }, { a: 'ü' }], null, 2);
    for (let size = 1; size < 40; size++) {
      const bytes = new TextEncoder().encode(text);
      const pieces = (async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      })();
      const table = await Table.read(pieces, { format: 'json' });
      expect(table.column('a').values).toEqual(['[{"\\,', ']}', 'ü']);
    }
  });

  test('finds the columns of JSON rows in the order in which they appear, also the late ones', async () => {
    const table = await read('{"a": 1}\n\n{"b": "x", "a": null}\n{"__proto__": 5, "c": true}\n');
    expect(table.columnNames).toEqual(['a', 'b', '__proto__', 'c']);
    expect([...table.rows()].map((row) => Object.entries(row))).toEqual([
      [
        ['a', 1],
        ['b', null],
        ['__proto__', null],
        ['c', null],
      ],
      [
        ['a', null],
        ['b', 'x'],
        ['__proto__', null],
        ['c', null],
      ],
      [
        ['a', null],
        ['b', null],
        ['__proto__', 5],
        ['c', true],
      ],
    ]);
    expect(table.placeOf(1, 'b')).toBe('the stream, line 3, column "b"');
  });

  test('closes the file when it refuses it', async () => {
    let closed = 0;
    const source = (text: string): AsyncGenerator<Uint8Array> =>
      (async function* () {
        try {
          for (;;) yield new TextEncoder().encode(text.padEnd(1000));
        } finally {
          closed++;
        }
      })();
    for (const [text, options] of [
      ['x,y\n1,2,3\n', {}],
      ['x,y\n1,2\n', { format: 'json' }],
      ['x,y\n1,2\n', { ignore: ['z'] }],
      ['[{"x":1}', { header: true }],
      ['GIF89a', {}],
    ] as const) {
      const before = closed;
      await Table.read(source(text), options).catch(() => undefined);
      expect(closed).toBe(before + 1);
    }
  });

  test('reads what a server answers, and says what it answers instead', async () => {
    const server = createServer(({ url }, response) => {
      response.writeHead(url === '/iris.csv?v=1' ? 200 : 404).end('x,y\n1,2\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect([...(await Table.read(new URL('/iris.csv?v=1', base))).rows()]).toEqual([{ x: 1, y: 2 }]);
      expect(await rejectionOf(Table.read(new URL('/none', base)))).toBe(
        `DataError: Table.read: ${base}/none answers 404 Not Found; expected a table as CSV, JSON or JSON lines`,
      );
    } finally {
      server.close();
    }
  });

  test.each<[TableReadOptions, string]>([
    [{ sep: ';' } as object, 'ArgumentError: Table.read: unknown option "sep"; did you mean "delimiter"?'],
    [
      { columns: { x: 'numeric' } } as object,
      'ArgumentError: Table.read: columns["x"] is "numeric"; expected "number", "category" or "boolean"',
    ],
    [{ missing: 'NA' } as object, 'ArgumentError: Table.read: missing is "NA"; expected an array of strings'],
    [{ ignore: [1] } as object, 'ArgumentError: Table.read: ignore[0] is 1; expected a string'],
    [{ format: 'xls' } as object, 'ArgumentError: Table.read: format is "xls"; expected "csv", "json" or "jsonl"'],
    [{ decimal: ';' } as object, 'ArgumentError: Table.read: decimal is ";"; expected "." or ","'],
    [
      { decimalSeparator: ',' } as object,
      'ArgumentError: Table.read: unknown option "decimalSeparator"; did you mean "decimal"?',
    ],
    [
      { format: 'jsonl', header: true },
      'ArgumentError: Table.read: header is given for the stream, which is read as jsonl; expected it for CSV only',
    ],
    [
      { ignore: ['x', 'y'] },
      'DataError: Table.read: the stream has no column that is not ignored; expected at least one',
    ],
  ])('refuses the options %j', async (options, message) => {
    expect(await rejectionOf(read('x,y\n1,2\n', options))).toBe(message);
  });
});

describe('decimal commas', () => {
  test.each([
    ['between semicolons', 'x;word\n3,14;a\n -,5 ;b\n1,;a,b\n+1,5e3;b\n7;\n;b\n'],
    ['in quotes between commas', 'x,word\n"3,14",a\n"-,5",b\n"1,","a,b"\n"+1,5e3",b\n7,\n,b\n'],
  ])('are read %s', async (_, text) => {
    const table = await read(text, { decimal: ',' });
    expect(table.columns).toEqual([
      { name: 'x', kind: 'number', values: Float64Array.of(3.14, -0.5, 1, 1500, 7, Number.NaN) },
      { name: 'word', kind: 'category', values: ['a', 'b', 'a,b', 'b', null, 'b'] },
    ]);
  });

  test('are read behind the values by which the kind is told, and where the kind is given', async () => {
    const numbers = Array.from({ length: 2500 }, (_, i) => i / 4);
    const text = `x;y\n${numbers.map((x) => `${x};0`.replace('.', ',')).join('\n')}\n`;
    for (const columns of [{}, { x: 'number', y: 'boolean' }] as const) {
      const table = await read(text, { decimal: ',', columns });
      expect([...table.column('x').values]).toEqual(numbers);
    }
  });

  test('leave words as they are', async () => {
    const table = await read('zip;day\n1,5;1.2.2024\n2.5;3.2.2024\n', {
      decimal: ',',
      columns: { zip: 'category', day: 'category' },
    });
    expect([...table.rows()]).toEqual([
      { zip: '1,5', day: '1.2.2024' },
      { zip: '2.5', day: '3.2.2024' },
    ]);
  });

  test('are not read unless it is said, and a point is the default', async () => {
    const text = 'x;y\n1.5;2\n2.5;3\n';
    expect([...(await read(text, { decimal: '.' })).rows()]).toEqual([...(await read(text)).rows()]);
  });
});

describe('Table.from', () => {
  test('takes rows and columns, as copies', () => {
    const rows = [
      { x: 1, y: 'a', z: true },
      { x: Number.NaN, y: '', z: null },
      { x: 3, y: 'b' },
    ];
    const table = Table.from(rows);
    const numbers = Float64Array.of(1, Number.NaN, 3);
    expect(table.columns).toEqual([
      { name: 'x', kind: 'number', values: numbers },
      { name: 'y', kind: 'category', values: ['a', null, 'b'] },
      { name: 'z', kind: 'boolean', values: ['true', null, null] },
    ]);
    const same = Table.from({ x: numbers, y: ['a', null, 'b'], z: [true, undefined, null] });
    numbers[0] = 9;
    expect(same.columns).toEqual(table.columns);
    expect(String(same)).toBe('Table of 3 rows × 3 columns (1 number, 1 category, 1 boolean)');
  });

  test.each<[string, unknown, string]>([
    ['no rows', [], 'DataError: Table.from: there is no row; expected at least one'],
    [
      'nothing',
      5,
      'ArgumentError: Table.from: the values are 5; expected rows, [{ name: value, … }, …], or columns, { name: [value, …], … }',
    ],
    ['a row that is none', [{ x: 1 }, 7], 'DataError: Table.from: rows[1] is 7; expected a row, { name: value, … }'],
    [
      'infinity',
      [{ x: 1 / 0 }],
      'DataError: Table.from: rows[0], column "x" is Infinity; expected a finite number, a string, true, false or null',
    ],
    [
      'a date',
      [{ x: new Date(0) }],
      'DataError: Table.from: rows[0], column "x" is a Date; expected a finite number, a string, true, false or null. Give a date as a number: date.getTime()',
    ],
    [
      'columns of different lengths',
      { x: [1], y: [1, 2] },
      'DataError: Table.from: column "y" has 2 values; expected 1, as column "x" has',
    ],
    [
      'a column of one value beside longer ones',
      { x: [1, 2], y: [1] },
      'DataError: Table.from: column "y" has 1 value; expected 2, as column "x" has',
    ],
    [
      'a column that is no list',
      { x: 'abc' },
      'ArgumentError: Table.from: column "x" is "abc"; expected an array of values',
    ],
    [
      'a column of no values',
      { x: [1], y: [null] },
      'DataError: Table.from: column "y" has no value in any row; expected numbers, or words that name categories. Leave it out: ignore: ["y"]',
    ],
    [
      'words among numbers',
      { x: [1, 2, 'three'] },
      'DataError: Table.from: rows[2], column "x": "three" is not a number, but 2 of the 3 values are; expected numbers in the whole column. If it stands for a missing value: missing: ["three"]; if the column holds names: columns: { "x": "category" }',
    ],
  ])('refuses %s', (_, values, message) => {
    expect(messageOf(() => Table.from(values as Record<string, Cell[]>))).toBe(message);
  });

  test('cannot be constructed', () => {
    const Constructor = Table as unknown as new () => Table;
    expect(messageOf(() => new Constructor())).toBe(
      'ArgumentError: Table: called with new; expected Table.read(path) or Table.from(rows)',
    );
  });
});

describe('whole numbers beyond 2⁵³', () => {
  const long = ['9007199254740993', '9007199254740992', '9007199254740995'];
  const csv = (...cells: string[]) => read(`id\n${cells.join('\n')}\n`);

  test('are refused where digits would be lost without a word, with what to do', async () => {
    const message =
      'DataError: Table.read: the stream, line 2, column 1 ("id"): "9007199254740993" is a whole number beyond 2⁵³, of which a number keeps only the first digits; expected whole numbers up to 9007199254740991. If the column holds names: columns: { "id": "category" }; if it is not used: ignore: ["id"]; if rounding does no harm: columns: { "id": "number" }';
    expect(await rejectionOf(csv(...long))).toBe(message);
    // Also behind the values by which the kind is told.
    const late = [...Array.from({ length: 1200 }, (_, i) => String(i)), long[0]!];
    expect(await rejectionOf(csv(...late))).toBe(message.replace('line 2', 'line 1202'));
    expect(messageOf(() => Table.from({ id: [1, long[0]!] }))).toContain('rows[1], column "id": "9007199254740993" is');
    expect(messageOf(() => Table.from({ id: [1, 2 ** 53 + 2] }, { columns: { id: 'category' } }))).toBe(
      'DataError: Table.from: rows[1], column "id": 9007199254740994 is a whole number beyond 2⁵³, of which the last digits are lost; expected names as strings, "9007199254740993"',
    );
  });

  test('stay apart as names, and are rounded where the column is said to be one of numbers', () => {
    expect(Table.from({ id: long }, { columns: { id: 'category' } }).column('id').values).toEqual(long);
    const { values } = Table.from({ id: long }, { columns: { id: 'number' } }).column('id');
    expect([...values]).toEqual(long.map(Number));
  });

  test('are quantities where they come as numbers, or with a point or an exponent', () => {
    expect([...Table.from({ mass: ['6.02e23', 2e30, '1e300', '9007199254740993.0'] }).column('mass').values]).toEqual([
      6.02e23, 2e30, 1e300, 9007199254740992,
    ]);
  });
});

describe('a table', () => {
  const table = Table.from([
    { x: 1, kind: 'a' },
    { x: 2, kind: 'b' },
    { x: null, kind: 'a' },
    { x: 4, kind: 'a\u001b[31m' },
  ]);

  test('shows its first rows, numbers to the right, without control characters', () => {
    expect(table.head(2)).toBe('x  kind\n─  ────\n1  a\n2  b');
    expect(table.head()).toBe('x  kind\n─  ──────\n1  a\n2  b\n   a\n4  a [31m');
    const wide = Table.from([Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`c${i}`, i]))]);
    expect(wide.head().split('\n').at(-1)).toBe('… and 4 more columns');
    expect(messageOf(() => table.head(0))).toBe('ArgumentError: Table.head: n is 0; expected an integer of at least 1');
  });

  test('describes its columns', () => {
    const summary = table.describe();
    expect(summary.columns[0]).toEqual({
      name: 'x',
      kind: 'number',
      missing: 1,
      min: 1,
      max: 4,
      mean: 7 / 3,
      deviation: Math.sqrt(((4 / 3) ** 2 + (1 / 3) ** 2 + (5 / 3) ** 2) / 3),
    });
    expect(String(summary)).toBe(
      [
        'column  kind      missing  values',
        '──────  ────────  ───────  ──────',
        'x       number          1  1 to 4, mean 2.3333, deviation 1.2472',
        'kind    category        0  3: a 2, b 1, a [31m 1',
      ].join('\n'),
    );
    expect(inspect(table)).toBe('Table of 4 rows × 2 columns (1 number, 1 category)');
    // No rows, no figures.
    expect(
      String(table.filter(() => false).describe())
        .split('\n')
        .slice(2),
    ).toEqual(['x       number          0  none', 'kind    category        0  none']);
  });

  test('names the column that was meant', () => {
    expect(messageOf(() => table.column('kinds'))).toBe(
      'ArgumentError: Table.column: there is no column "kinds"; expected a column of the table. Did you mean "kind"?',
    );
    expect(messageOf(() => table.column('weight'))).toBe(
      'ArgumentError: Table.column: there is no column "weight"; expected one of ["x", "kind"]',
    );
    expect(messageOf(() => table.row(4))).toBe('ArgumentError: Table.row: index is 4; expected an integer in [0, 3]');
  });

  test('gives tables of some columns or rows, which know where their rows came from', async () => {
    expect(table.select(['kind', 'x']).columnNames).toEqual(['kind', 'x']);
    const people = await read(PEOPLE);
    const older = people.filter(({ age }, index) => index > 0 && (age === null || Number(age) > 40));
    expect(older.column('name').values).toEqual(['bob', 'cyd']);
    const swapped = older.take([1, 0, 1]);
    expect(swapped.column('name').values).toEqual(['cyd', 'bob', 'cyd']);
    expect(swapped.placeOf(0, 'age')).toBe('the stream, line 4, column 2 ("age")');
    expect(people.filter(() => false).length).toBe(0);
    for (const [call, message] of [
      [() => table.select([]), 'Table.select: names is []; expected at least one name'],
      [() => table.select(['x', 'x']), 'Table.select: names has "x" twice; expected each name once'],
      [() => table.filter('x' as never), 'Table.filter: keep is "x"; expected a function of a row'],
      [
        () => table.filter(async () => false),
        'Table.filter: keep returned a promise; expected a function that is not async',
      ],
      [() => table.take(3 as never), 'Table.take: indices is 3; expected an array of row numbers'],
      [() => table.take([0, 4]), 'Table.take: indices[1] is 4; expected an integer in [0, 3]'],
    ] as const) {
      expect(messageOf(call)).toBe(`ArgumentError: ${message}`);
    }
  });

  test('splits its rows, each in one part, the same for the same seed', async () => {
    const iris = await Table.read(IRIS);
    const { train, test: tested, warnings } = iris.split({ test: 0.2, stratify: 'species', seed: 3 });
    expect([train.length, tested.length, warnings]).toEqual([120, 30, []]);
    const species = tested.describe().columns[4]!;
    expect(species.kind === 'category' && Object.fromEntries(species.counts)).toEqual({
      setosa: 10,
      versicolor: 10,
      virginica: 10,
    });
    const rows = [...(train.parts.origin ?? []), ...(tested.parts.origin ?? [])];
    expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: 150 }, (_, i) => i));
    const again = iris.split({ test: 0.2, stratify: 'species', seed: 3 });
    expect(again.test.columns).toEqual(tested.columns);
    expect(iris.split({ test: 0.2, seed: 3 }).test.length).toBe(30);
  });

  test('says which values have no row in the test part', () => {
    const rare = Table.from({ y: [...Array.from({ length: 9 }, () => 'often'), 'once', null] });
    expect(rare.split({ test: 0.2, stratify: 'y', seed: 1 }).warnings).toEqual([
      'The test part has no row of class "once" (1 row), of missing values (1 row).',
    ]);
  });

  test('without shuffle the last rows are the test part, in their order', () => {
    const days = Table.from({ day: [1, 2, 3, 4, 5] });
    const { train, test: later } = days.split({ test: 0.4, shuffle: false });
    expect([...train.column('day').values]).toEqual([1, 2, 3]);
    expect([...later.column('day').values]).toEqual([4, 5]);
  });

  test.each<[object, string]>([
    [
      { test: 0.5, stratify: 'kind', shuffle: false },
      'ArgumentError: Table.split: stratify is "kind" and shuffle is false; expected one of them: stratify draws rows of each class, and without shuffle the test part is the last rows',
    ],
    [{ test: 1 }, 'ArgumentError: Table.split: test is 1; expected a share greater than 0 and less than 1'],
    [{ testSize: 0.2 }, 'ArgumentError: Table.split: unknown option "testSize"; did you mean "test"?'],
    [
      { test: 0.5, stratify: 'kin' },
      'ArgumentError: Table.split: stratify names a column "kin"; expected a column of the table. Did you mean "kind"?',
    ],
    [
      { test: 0.5, stratify: 'x' },
      'DataError: Table.split: every value of column "x" is there once; expected one that is there twice or more, in a row to train on and one to test. Leave stratify out',
    ],
  ])('refuses to split by %j', (options, message) => {
    expect(messageOf(() => table.split(options as { test: number }))).toBe(message);
  });

  test('refuses to split one row', () => {
    expect(messageOf(() => table.take([0]).split({ test: 0.5 }))).toBe(
      'DataError: Table.split: the table has 1 row; expected at least 2',
    );
  });
});
