import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvPlan, IGNORED, TARGET } from '../../src/data/csv-plan.js';
import { CsvScanner } from '../../src/data/csv-scanner.js';
import { openCsv } from '../../src/io/records/csv-reader.js';
import { parseNumber } from '../../src/io/records/parse-number.js';
import { errorOf } from './error-of.js';

const words = ['a', 'b c', 'd,e', 'f"g', 'h\ni', 'ü', ''];

const plan = (capacity: number): CsvPlan => ({
  place: 'data.csv',
  delimiter: 44,
  columnNames: ['x', 'note', 'word', 'y'],
  roles: Int32Array.of(0, IGNORED, TARGET, 1),
  inputSize: 2,
  classes: new Map(words.map((word, i) => [word, i])),
  capacity,
});

/** All rows of the text, given in pieces. */
function scanned(text: string, { header = true, pieces = 1, capacity = 3 } = {}): { x: number[]; labels: number[] } {
  const bytes = new TextEncoder().encode(text);
  const scanner = new CsvScanner(plan(capacity), header);
  const all = { x: [] as number[], labels: [] as number[] };
  let at = 0;
  for (let piece = 1; piece <= pieces; piece++) {
    const end = Math.floor((piece * bytes.length) / pieces);
    for (let before = -1; at !== before; ) {
      before = at;
      at = scanner.scan(bytes.subarray(0, end), at, piece === pieces);
      all.x.push(...scanner.x.subarray(0, 2 * scanner.count));
      all.labels.push(...scanner.learned.subarray(0, scanner.count));
      scanner.count = 0;
    }
  }
  expect(at).toBe(bytes.length);
  return all;
}

const numbers = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value.toFixed(4)),
  fc.constantFrom(
    '-0',
    '007',
    '.5',
    '5.',
    '+3',
    ' 7 ',
    '1e3',
    '-1.5E-7',
    '123456789012345678',
    '0.1',
    '999999999999999',
    '"1.25"',
  ),
);
const quoted = (word: string): string => (/["\n\r, ]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word);
const records = fc.array(
  fc.tuple(
    numbers,
    fc.constantFrom('', 'plain', '"a ""note"", \n of two lines"'),
    fc.constantFrom(...words.slice(0, -1)),
    numbers,
  ),
  { minLength: 1, maxLength: 12 },
);

describe('CsvScanner', () => {
  test('reads the numbers and words that the record reader reads, to the bit, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        records,
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        async (rows, lineEnd, endsWithBreak, pieces) => {
          const lines = rows.map(([x, note, word, y]) => [x, note, quoted(word), y].join(','));
          const text =
            ['x,note,word,y', ...lines].join('\n').replaceAll('\n', lineEnd) + (endsWithBreak ? lineEnd : '');
          const expected = { x: [] as number[], labels: [] as number[] };
          const source = (async function* () {
            yield new TextEncoder().encode(text);
          })();
          for await (const batch of await openCsv('test', source, { delimiter: ',', header: true })) {
            for (const [x, , word, y] of batch.records) {
              expected.x.push(parseNumber(x!), parseNumber(y!));
              expected.labels.push(words.indexOf(word!));
            }
          }
          const found = scanned(text, { pieces });
          expect(found.labels).toEqual(expected.labels);
          found.x.forEach((value, i) => {
            expect(Object.is(value, expected.x[i])).toBe(true);
          });
          expect(found.x).toHaveLength(expected.x.length);
        },
      ),
      { seed: 14, numRuns: 300 },
    );
  });

  test('leaves out blank lines and takes files without a header', () => {
    expect(scanned('\n1,,a,2\n  \n\r\n3,,ü,4\n\n', { header: false })).toEqual({ x: [1, 2, 3, 4], labels: [0, 5] });
    expect(scanned('\n\nx,note,word,y\n1,,a,2', { header: true })).toEqual({ x: [1, 2], labels: [0] });
  });

  test.each([
    [
      '1,,a,2\n3,,b c,',
      'line 3, column "y" is empty; expected a number. Fill the empty cells, or name the columns to read with the option columns',
    ],
    [
      '1,,a,2\n3,,a,zwei',
      'line 3, column "y" is "zwei"; expected a number. Name the columns of numbers with the option columns',
    ],
    ['1,,a,1,5\n', 'line 2 has 5 cells; expected 4, as in the first line'],
    ['1,,a\n', 'line 2 has 3 cells; expected 4, as in the first line'],
    ['1,"x\ny",a,2\n\n"1\n2",,a,3', 'line 5, column "x" is "1\\n2"; expected a number'],
    ['1,,q,2\n', 'line 2, column "word" is "q"; expected one of "a", "b c", "d,e", "f\\"g", "h\\ni", "ü", ""'],
    ['1,"x,a,2\n1,,a,2', 'line 2: a quote is never closed'],
    ['1,"x"y,a,2\n', 'line 2: text follows a closing quote; expected the delimiter or the end of the line'],
    ['0x1f,,a,2\n', 'line 2, column "x" is "0x1f"; expected a number'],
    ['1e999,,a,2\n', 'line 2, column "x" is "1e999"; expected a number'],
    ['"1,5",,a,2\n', 'line 2, column "x" is "1,5"; expected a number'],
  ])('refuses %j', (text, message) => {
    for (const pieces of [1, 5]) {
      const error = errorOf(() => scanned(`x,note,word,y\n${text}`, { pieces }));
      expect(error.message).toBe(`DatasetStream: data.csv, ${message}`);
      expect(error).toHaveProperty('code', 'ZK_DATA');
    }
  });

  test.each([
    ['another order', 'note,x,word,y'],
    ['another name', '"x",note,word,z'],
    ['fewer columns', 'x,note,word'],
    ['more columns', 'x,note,word,y,z'],
    ['a row in its place', '1,,a,2'],
  ])('refuses a header with %s', (_, header) => {
    for (const pieces of [1, 5]) {
      const error = errorOf(() => scanned(`\n${header}\n1,,a,2\n`, { pieces }));
      expect(error.message).toBe(
        'DatasetStream: data.csv, line 2 names other columns than when the stream was made; expected "x", "note", "word", "y"',
      );
      expect(error).toHaveProperty('code', 'ZK_DATA');
    }
    expect(scanned('"x", note ,word,y\r\n1,,a,2')).toEqual({ x: [1, 2], labels: [0] });
  });
});
