import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CsvOptions, lineOf, openCsv } from '../../../src/io/records/csv-reader.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zerokara-csv-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A stream of the bytes in pieces of this size. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Read {
  readonly delimiter: string;
  readonly header: boolean;
  readonly names: readonly string[];
  readonly records: (readonly string[])[];
  readonly lines: number[];
}

async function read(text: string | Uint8Array, options: CsvOptions = {}, size = 7): Promise<Read> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const reader = await openCsv('Table.read', pieces(bytes, size), options);
  const records: (readonly string[])[] = [];
  const lines: number[] = [];
  for await (const batch of reader) {
    batch.records.forEach((record, i) => {
      records.push(record);
      lines.push(lineOf(batch, i));
    });
  }
  return { delimiter: reader.delimiter, header: reader.header, names: reader.columnNames, records, lines };
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing was thrown',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

describe('openCsv', () => {
  test('takes a blank line of a single column for a missing cell, however the text is cut', async () => {
    for (const size of [1, 7, 1000]) {
      const found = await read('\nx\n\n1\n  \n\n"2\n3"\n\n4\n\n\n', {}, size);
      expect(found.records).toEqual([[''], ['1'], [''], [''], ['2\n3'], [''], ['4']]);
      expect(found.lines).toEqual([3, 4, 5, 6, 7, 9, 10]);
      expect((await read('1\n\n2\n\n', { header: false }, size)).records).toEqual([['1'], [''], ['2']]);
      expect((await read('x,y\n\n1,2\n', {}, size)).records).toEqual([['1', '2']]);
    }
  });

  test('reads cells in quotes, with delimiters, quotes and line breaks in them', async () => {
    const found = await read('name,note\nAnn,"a, b"\nBob,"says ""hi"""\nCyd,"two\nlines"\nDan,last\n');
    expect(found).toEqual({
      delimiter: ',',
      header: true,
      names: ['name', 'note'],
      records: [
        ['Ann', 'a, b'],
        ['Bob', 'says "hi"'],
        ['Cyd', 'two\nlines'],
        ['Dan', 'last'],
      ],
      lines: [2, 3, 4, 6],
    });
  });

  test.each(['\n', '\r\n', '\r'])('takes %j as the end of a line, wherever a piece ends', async (end) => {
    const text = ['a,b', '1,2', '', '3,"x', 'y"', '5,6'].join(end);
    for (let size = 1; size <= text.length; size++) {
      const { records, lines } = await read(text, {}, size);
      expect(records).toEqual([
        ['1', '2'],
        ['3', 'x\ny'],
        ['5', '6'],
      ]);
      expect(lines).toEqual([2, 4, 6]);
    }
  });

  test.each([
    [',', 'a,b\n1,2\n'],
    [';', 'a;b\n"1,5";2,5\n3,1;4,2\n'],
    ['\t', 'a\tb c\n1\tx, y\n'],
    ['|', 'a|b\n1|2\n'],
    ['^', 'a^b\n1^2\n'],
    [' ', 'a b\n1 2\n'],
    [',', 'a\n1\n2\n'],
  ])('finds the delimiter %j', async (delimiter, text) => {
    expect((await read(text)).delimiter).toBe(delimiter);
  });

  test.each([
    [';', 'a;b\n"1,5";2,5\n3,1;4,2\n'],
    [';', '1,5;2,5\n3,1;4,2\n'],
    [',', 'a,b\n"1,5",2\n"3,1",4\n'],
    [',', 'a,b\n1,2\n3,4\n'],
    [' ', 'a b\n1,5 2\n3,1 4,2\n'],
    [';', 'a\n1,5\n2,5\n'],
    [';', '1,5\n2,5\n'],
  ])('finds the delimiter %j beside decimal commas', async (delimiter, text) => {
    expect((await read(text, { decimal: ',' })).delimiter).toBe(delimiter);
  });

  test('takes a first line with a decimal comma as data where commas stand before decimals', async () => {
    expect((await read('a;1,5\nb;2,5\n', { decimal: ',' })).header).toBe(false);
    expect((await read('a;1,5\nb;2,5\n')).header).toBe(true);
    expect((await read('a;1.5\nb;2,5\n', { decimal: ',' })).header).toBe(true);
  });

  test('takes the delimiter it is given', async () => {
    expect((await read('a;b,c\n1;2,3\n', { delimiter: ',' })).records).toEqual([['1;2', '3']]);
  });

  test('takes a first line with a number as data, unless told otherwise', async () => {
    const text = 'ann,2019\nbob,2020\n';
    expect(await read(text)).toMatchObject({ header: false, names: ['column1', 'column2'], lines: [1, 2] });
    expect(await read(text, { header: true })).toMatchObject({ header: true, names: ['ann', '2019'], lines: [2] });
    expect(await read('a,b\nc,d\n', { header: false })).toMatchObject({ names: ['column1', 'column2'], lines: [1, 2] });
  });

  test('leaves out a byte order mark, and unpacks gzip', async () => {
    const marked = new TextEncoder().encode('\ufeffä,b\n1,2\n');
    expect((await read(marked, {}, 2)).names).toEqual(['ä', 'b']);
    expect((await read(gzipSync(marked), {}, 5)).names).toEqual(['ä', 'b']);
  });

  test('reads a file, and a URL of it', async () => {
    const path = join(folder, 'small ä.csv');
    writeFileSync(path, 'a,b\n1,2\n');
    for (const source of [path, new URL(`file://${folder}/small%20%C3%A4.csv`)]) {
      const reader = await openCsv('Table.read', source);
      expect(reader.place).toBe(path);
      const batches = [];
      for await (const batch of reader) batches.push(batch.records);
      expect(batches).toEqual([[['1', '2']]]);
    }
  });

  test('gives the records that were written, for any cells in pieces of any size', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'ü', '🙂', ',', '"', '\n', ' ', '1'), maxLength: 6 });
    const rows = fc.array(fc.tuple(cell, cell, fc.constant('x')), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 40 }), async (written, size) => {
        const quoted = written.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','));
        const { records, lines } = await read(['p,q,r', ...quoted].join('\n'), { delimiter: ',' }, size);
        expect(records).toEqual(written);
        let line = 2;
        const starts = written.map((row) => {
          const start = line;
          line += 1 + row.join('').split('\n').length - 1;
          return start;
        });
        expect(lines).toEqual(starts);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test('closes a file that is not read to its end', async () => {
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new TextEncoder().encode('a,b\n'.repeat(100_000));
      } finally {
        closed = true;
      }
    }
    for await (const batch of await openCsv('Table.read', source())) {
      expect(batch.records.length).toBeGreaterThan(0);
      break;
    }
    expect(closed).toBe(true);
    closed = false;
    await (await openCsv('Table.read', source())).close();
    expect(closed).toBe(true);
  });
});

describe('openCsv refuses', () => {
  test.each([
    [
      { delimiter: ',,' },
      'ArgumentError: Table.read: delimiter is ",,"; expected one character other than a quote or a line break',
    ],
    [
      { delimiter: '"' },
      'ArgumentError: Table.read: delimiter is "\\""; expected one character other than a quote or a line break',
    ],
    [{ header: 1 }, 'ArgumentError: Table.read: header is 1; expected true or false'],
  ])('the options %j', async (options, message) => {
    expect(await messageOf(read('a,b\n', options as CsvOptions))).toBe(message);
  });

  test('a source that is none', async () => {
    const expected = 'expected a path, a URL, or a stream of bytes (an async iterable of Uint8Array)';
    expect(await messageOf(openCsv('Table.read', 5))).toBe(`ArgumentError: Table.read: source is 5; ${expected}`);
    expect(await messageOf(openCsv('Table.read', new URL('ftp://x/y.csv')))).toBe(
      'ArgumentError: Table.read: source is the URL "ftp://x/y.csv"; expected one that begins with file:, http: or https:',
    );
    async function* words(): AsyncGenerator<string> {
      yield 'a,b';
    }
    expect(await messageOf(openCsv('Table.read', words()))).toBe(
      'ArgumentError: Table.read: the stream gives "a,b"; expected bytes (Uint8Array)',
    );
  });

  test('a record without an end before it fills the memory', async () => {
    const long = `a,b\n1,"${'x'.repeat(2 ** 24)}`;
    expect(await messageOf(read(long, {}, 2 ** 20))).toBe(
      'DataError: Table.read: the stream, line 2, column 2: a quote is not closed within 16777216 characters',
    );
    expect(await messageOf(read('x'.repeat(2 ** 24 + 1), {}, 2 ** 20))).toBe(
      'DataError: Table.read: the stream, line 1 has more than 16777216 characters; expected lines of a table',
    );
  });

  test('what follows the end of the text in mid-batch, after the records before it', async () => {
    const reader = await openCsv(
      'Table.read',
      pieces(new TextEncoder().encode(`a,b\n${'1,2\n'.repeat(50_000)}3,\0\n`), 1000),
    );
    let rows = 0;
    const all = (async () => {
      for await (const { records } of reader) rows += records.length;
    })();
    expect(await messageOf(all)).toBe(
      'DataError: Table.read: the stream, line 50002, column 2: a NUL character; expected text',
    );
    expect(rows).toBe(50_000);
  });
});
