/** Some fifty tables that are none, or not one to learn from. */

import { gzipSync } from 'node:zlib';
import type { TableReadOptions } from '../../src/table/table-options.js';

export interface Malformed {
  readonly what: string;
  /** The file that is written; `folder/` is a folder, an empty name no file. */
  readonly file: string;
  readonly content?: string | Uint8Array;
  readonly options?: TableReadOptions;
  /** Class and message of the error. */
  readonly message: string;
}

const utf16 = (text: string): Uint8Array => new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer);
const rows = (count: number, row: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${row(i)}\n`).join('');
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

export const MALFORMED: readonly Malformed[] = [
  {
    what: 'a quote that is never closed',
    file: 'a.csv',
    content: 'x,name\n1,ann\n2,"bob\n3,cyd\n',
    message:
      'DataError: Table.read: a.csv, line 3, column 2: a quote is never closed. A quote that belongs to a cell is written twice, and the cell in quotes',
  },
  {
    what: 'text behind a closing quote',
    file: 'a.csv',
    content: 'x,name\n1,ann\n2,"bob" or "rob"\n3,cyd\n',
    message:
      'DataError: Table.read: a.csv, line 3, column 2: text follows a closing quote; expected the delimiter or the end of the line. A quote that belongs to a cell is written twice',
  },
  {
    what: 'a row that is too long',
    file: 'a.csv',
    content: 'x,y\n1,2\n3,4,5\n',
    message:
      'DataError: Table.read: a.csv, line 3 has 3 cells; expected 2, as in line 1. A cell that contains "," must be in quotes',
  },
  {
    what: 'a row that is too short',
    file: 'a.csv',
    content: 'x,y,z\n1,2,3\n\n4,5\n',
    message: 'DataError: Table.read: a.csv, line 4 has 2 cells; expected 3, as in line 1',
  },
  {
    what: 'a NUL character',
    file: 'a.csv',
    content: 'x,y\n1,2\n3,\0\n',
    message: 'DataError: Table.read: a.csv, line 3, column 2: a NUL character; expected text',
  },
  {
    what: 'two columns of one name',
    file: 'a.csv',
    content: 'x,y,x\n1,2,3\n',
    message:
      'DataError: Table.read: a.csv, line 1, column 3 is called "x", as is column 1; expected a name of its own for each column. If the first line is data already: header: false',
  },
  {
    what: 'a column without a name',
    file: 'a.csv',
    content: ',x,y\n0,1,2\n',
    message:
      'DataError: Table.read: a.csv, line 1, column 1 has no name; expected a name for each column. If the first line is data already: header: false',
  },
  {
    what: 'a name in columns that is not there',
    file: 'a.csv',
    content: 'species,x\na,1\n',
    options: { columns: { specie: 'category' } },
    message:
      'ArgumentError: Table.read: columns names a column "specie"; expected a column of the table. Did you mean "species"?',
  },
  {
    what: 'a name in ignore that is not there',
    file: 'a.csv',
    content: 'x,y\n1,2\n',
    options: { ignore: ['weight'] },
    message: 'ArgumentError: Table.read: ignore names a column "weight"; expected one of ["x", "y"]',
  },
  {
    what: 'a column without a value',
    file: 'a.csv',
    content: 'x,y\n1,\n2,\n',
    message:
      'DataError: Table.read: a.csv, column 2 ("y") has no value in any row; expected numbers, or words that name categories. Leave it out: ignore: ["y"]',
  },
  {
    what: 'no value at all',
    file: 'a.csv',
    content: 'x,y\n,\n ,\n',
    message:
      'DataError: Table.read: a.csv, column 1 ("x") has no value in any row; column 2 ("y") has no value in any row; expected numbers, or words that name categories. Leave them out: ignore: ["x", "y"]',
  },
  {
    what: 'no value but marks of missing ones',
    file: 'a.csv',
    content: 'x,y\n1,NA\n2,?\n',
    options: { missing: ['NA', '?'] },
    message:
      'DataError: Table.read: a.csv, column 2 ("y") has no value in any row; expected numbers, or words that name categories. Leave it out: ignore: ["y"]',
  },
  {
    what: 'numbers with decimal commas',
    file: 'a.csv',
    content: 'x;price\n1;3,14\n2;2,72\n',
    message:
      'DataError: Table.read: a.csv, line 2, column 2 ("price"): "3,14" has a comma; expected a number with a decimal point, without marks between thousands. If the comma stands before decimals: decimal: ","; if the column is not used: ignore: ["price"]',
  },
  {
    what: 'marks between thousands',
    file: 'a.csv',
    content: 'x,price\n1,"1,234"\n2,"980"\n',
    message:
      'DataError: Table.read: a.csv, line 2, column 2 ("price"): "1,234" has a comma; expected a number with a decimal point, without marks between thousands. If the comma stands before decimals: decimal: ","; if the column is not used: ignore: ["price"]',
  },
  {
    what: 'commas between thousands before a decimal point',
    file: 'a.csv',
    content: 'x;price\n1;1,234.5\n2;9,876.5\n',
    message:
      'DataError: Table.read: a.csv, line 2, column 2 ("price"): "1,234.5" has a comma; expected a number with a decimal point, without marks between thousands. If the column is not used: ignore: ["price"]',
  },
  {
    what: 'points between thousands',
    file: 'a.csv',
    content: 'x;price\n1;1.234,5\n2;980\n',
    message:
      'DataError: Table.read: a.csv, line 2, column 2 ("price"): "1.234,5" has a comma; expected a number with a decimal point, without marks between thousands. If the column is not used: ignore: ["price"]',
  },
  {
    what: 'points between thousands before a decimal comma',
    file: 'a.csv',
    content: 'x;price\n1;1.234,5\n2;980,0\n',
    options: { decimal: ',' },
    message:
      'DataError: Table.read: a.csv, line 2, column 2 ("price"): "1.234,5" has a point; expected a number with a decimal comma, without marks between thousands. If the column is not used: ignore: ["price"]',
  },
  {
    what: 'points between thousands, or addresses',
    file: 'a.csv',
    content: 'x,from\n1,10.100.200.123\n2,10.100.200.124\n',
    message:
      'DataError: Table.read: a.csv, line 2, column 2 ("from"): "10.100.200.123" has marks between thousands; expected a number with a decimal point, without marks between thousands. If the column is not used: ignore: ["from"]; if the column holds names: columns: { "from": "category" }',
  },
  {
    what: 'commas between thousands where a comma stands before decimals',
    file: 'a.csv',
    content: 'x;price\n1;1,234,567\n2;980,0\n',
    options: { decimal: ',' },
    message:
      'DataError: Table.read: a.csv, line 2, column 2 ("price"): "1,234,567" has marks between thousands; expected a number with a decimal comma, without marks between thousands. If the column is not used: ignore: ["price"]',
  },
  {
    what: 'decimal points where a comma stands before decimals',
    file: 'a.csv',
    content: 'x;price\n1;3.14\n2;2.72\n',
    options: { decimal: ',' },
    message:
      'DataError: Table.read: a.csv, line 2, column 2 ("price"): "3.14" has a point; expected a number with a decimal comma, without marks between thousands. If the point stands before decimals: decimal: "."; if the column is not used: ignore: ["price"]',
  },
  {
    what: 'a decimal point far behind commas',
    file: 'a.csv',
    content: `x;price\n${rows(1500, (i) => `${i};${i},5`)}1;1.5\n`,
    options: { decimal: ',' },
    message:
      'DataError: Table.read: a.csv, line 1502, column 2 ("price"): "1.5" has a point; expected a number with a decimal comma, without marks between thousands. If the point stands before decimals: decimal: "."; if the column is not used: ignore: ["price"]',
  },
  {
    what: 'a mark of decimals for JSON',
    file: 'a.json',
    content: '[{"x": 1}]',
    options: { decimal: ',' },
    message: 'ArgumentError: Table.read: decimal is given for a.json, which is read as json; expected it for CSV only',
  },
  {
    what: 'decimal commas in JSON',
    file: 'a.json',
    content: '[{"x": "3,14"}]',
    message:
      'DataError: Table.read: a.json, line 1, column "x": "3,14" has a comma; expected a number with a decimal point, without marks between thousands. If the column is not used: ignore: ["x"]',
  },
  {
    what: 'decimal commas between commas',
    file: 'a.csv',
    content: 'x,price\n1,3,14\n2,2,72\n',
    message:
      'DataError: Table.read: a.csv, line 2 has 3 cells; expected 2, as in line 1. A cell that contains "," must be in quotes',
  },
  {
    what: '10,000 categories',
    file: 'a.csv',
    content: `x,id\n${rows(10_000, (i) => `${i},customer ${i}`)}`,
    message:
      'DataError: Table.read: a.csv, column 2 ("id") holds more than 1000 different words, e.g. "customer 0" in line 2; expected numbers, or words that name categories. Leave it out: ignore: ["id"]; or take every word as a category: columns: { "id": "category" }',
  },
  {
    what: 'names of people',
    file: 'a.csv',
    content: `name,x,born\n${rows(30, (i) => `person ${i},${i},1990-01-${10 + (i % 20)}`)}`,
    message:
      'DataError: Table.read: a.csv, column 1 ("name") holds text, 30 different words in 30 rows, e.g. "person 0" in line 2; column 3 ("born") holds dates, e.g. "1990-01-10" in line 2; expected numbers, or words that name categories. Leave them out: ignore: ["name", "born"]; or take every word as a category: columns: { "name": "category" }',
  },
  {
    what: 'a column of dates',
    file: 'a.csv',
    content: 'x,day\n1,2024-02-29\n2,2024-03-01T12:30\n',
    message:
      'DataError: Table.read: a.csv, column 2 ("day") holds dates, e.g. "2024-02-29" in line 2; expected numbers, or words that name categories. Leave it out: ignore: ["day"]',
  },
  {
    what: 'a long text',
    file: 'a.csv',
    content: `x,review\n1,${'good '.repeat(60)}\n2,bad\n`,
    message:
      'DataError: Table.read: a.csv, column 2 ("review") holds text, e.g. "good good good good good good good good good good good good good good good good good good good good "… in line 2; expected numbers, or words that name categories. Leave it out: ignore: ["review"]; or take every word as a category: columns: { "review": "category" }',
  },
  {
    what: 'a huge cell',
    file: 'a.csv',
    content: `x,blob\n1,"${'A'.repeat(2 ** 24)}"\n`,
    message:
      'DataError: Table.read: a.csv, column 2 ("blob") holds text, e.g. "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"… in line 2; expected numbers, or words that name categories. Leave it out: ignore: ["blob"]; or take every word as a category: columns: { "blob": "category" }',
  },
  {
    what: 'a line without an end',
    file: 'a.csv',
    content: 'A'.repeat(2 ** 24 + 1),
    message: 'DataError: Table.read: a.csv, line 1 has more than 16777216 characters; expected lines of a table',
  },
  {
    what: 'a formula',
    file: 'a.csv',
    content: 'x,sum\n1,=SUM(A1:A9)\n',
    message:
      'DataError: Table.read: a.csv, line 2, column 2 ("sum"): "=SUM(A1:A9)" is a formula; expected a value. Save the sheet with values instead of formulas',
  },
  {
    what: 'an error of a spreadsheet',
    file: 'a.csv',
    content: 'x,sum\n1,2\n2,3\n3,#DIV/0!\n',
    message:
      'DataError: Table.read: a.csv, line 4, column 2 ("sum"): "#DIV/0!" is an error of a spreadsheet; expected a value. Save the sheet with values instead of formulas',
  },
  {
    what: 'a mark among numbers',
    file: 'a.csv',
    content: 'x,age\n1,30\n2,?\n3,40\n',
    message:
      'DataError: Table.read: a.csv, line 3, column 2 ("age"): "?" is not a number, but 2 of the 3 values are; expected numbers in the whole column. If it stands for a missing value: missing: ["?"]; if the column holds names: columns: { "age": "category" }',
  },
  {
    what: 'a word after many numbers',
    file: 'a.csv',
    content: `x,age\n${rows(1200, (i) => `1,${i}`)}1,old\n`,
    message:
      'DataError: Table.read: a.csv, line 1202, column 2 ("age"): "old" is not a number; expected numbers in the whole column. If it stands for a missing value: missing: ["old"]; if the column holds names: columns: { "age": "category" }',
  },
  {
    what: 'a number beyond the range',
    file: 'a.csv',
    content: 'x,y\n1,2\n1e999,3\n',
    message:
      'DataError: Table.read: a.csv, line 3, column 1 ("x"): "1e999" is too large; expected numbers up to 1.7976931348623157e+308',
  },
  {
    what: '__proto__ as a column',
    file: 'a.csv',
    content: '__proto__,x\n1,2\nb,3\n',
    message:
      'DataError: Table.read: a.csv, line 3, column 1 ("__proto__"): "b" is not a number, but 1 of the 2 values is; expected numbers in the whole column. If it stands for a missing value: missing: ["b"]; if the column holds names: columns: { "__proto__": "category" }',
  },
  {
    what: 'UTF-16',
    file: 'a.csv',
    content: utf16('\ufeffx,y\n1,2\n'),
    message:
      'DataError: Table.read: a.csv is text in UTF-16; expected UTF-8. Save it as UTF-8 (iconv -f UTF-16 -t UTF-8)',
  },
  {
    what: 'UTF-16 without its mark',
    file: 'a.csv',
    content: utf16('x,y\n1,2\n'),
    message:
      'DataError: Table.read: a.csv is text in UTF-16; expected UTF-8. Save it as UTF-8 (iconv -f UTF-16 -t UTF-8)',
  },
  {
    what: 'Latin-1',
    file: 'a.csv',
    content: latin1('x,city\n1,Kyoto\n2,Malmö\n'),
    message:
      'DataError: Table.read: a.csv, line 3, column 2: byte 0xf6 is no UTF-8. Save it as UTF-8 (iconv -f ISO-8859-1 -t UTF-8, if it is Latin-1)',
  },
  {
    what: 'an image',
    file: 'a.csv',
    content: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13),
    message: 'DataError: Table.read: a.csv is a PNG image; expected a table as CSV, JSON or JSON lines',
  },
  {
    what: 'an Excel workbook',
    file: 'a.csv',
    content: Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 6, 0),
    message:
      'DataError: Table.read: a.csv is an Excel workbook or another zip file; expected a table as CSV, JSON or JSON lines. Save the sheet as CSV, or unpack the file',
  },
  {
    what: 'a web page',
    file: 'a.csv',
    content: '<!DOCTYPE html>\n<html><body>404</body></html>\n',
    message: 'DataError: Table.read: a.csv is an HTML page; expected a table as CSV, JSON or JSON lines',
  },
  {
    what: 'an empty file',
    file: 'a.csv',
    content: '',
    message: 'DataError: Table.read: a.csv is empty; expected a table as CSV',
  },
  {
    what: 'blank lines',
    file: 'a.csv',
    content: '\n  \n\n',
    message: 'DataError: Table.read: a.csv is empty; expected a table as CSV',
  },
  {
    what: 'a header only',
    file: 'a.csv',
    content: 'x,y\n',
    message: 'DataError: Table.read: a.csv has a header and no rows; expected a table as CSV, JSON or JSON lines',
  },
  {
    what: 'a folder',
    file: 'folder/',
    message: 'DataError: Table.read: folder/ is a folder; expected a table as CSV, JSON or JSON lines',
  },
  {
    what: 'no file',
    file: '',
    message:
      'DataError: Table.read: none.csv cannot be read (ENOENT: no such file or directory); expected a table as CSV, JSON or JSON lines',
  },
  {
    what: 'a gzip file that is cut short',
    file: 'a.csv.gz',
    content: gzipSync(`x,y\n${rows(5000, (i) => `${i},${i * i}`)}`).subarray(0, 9000),
    message:
      'DataError: Table.read: a.csv.gz is a gzip file that is cut short; expected a table as CSV, JSON or JSON lines',
  },
  {
    what: 'a damaged gzip file',
    file: 'a.csv.gz',
    content: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff),
    message: 'DataError: Table.read: a.csv.gz is a damaged gzip file; expected a table as CSV, JSON or JSON lines',
  },
  {
    what: 'JSON that is no array',
    file: 'a.json',
    content: '{ "x": [1, 2], "y": [3, 4] }\n',
    message:
      'DataError: Table.read: a.json, line 1: the text does not begin with [; expected an array of rows, [{ "name": value, … }, …]',
  },
  {
    what: 'JSON rows that are arrays',
    file: 'a.json',
    content: '[\n  [1, 2],\n  [3, 4]\n]\n',
    message: 'DataError: Table.read: a.json, line 2 is [1, 2]; expected a row, { name: value, … }',
  },
  {
    what: 'JSON with a broken row',
    file: 'a.json',
    content: '[\n  { "x": 1 },\n  { "x": 2, },\n  { "x": 3 }\n]\n',
    message:
      'DataError: Table.read: a.json, line 3: "{ \\"x\\": 2, }" is no JSON; expected a row, { "name": value, … }',
  },
  {
    what: 'JSON that ends too early',
    file: 'a.json',
    content: '[\n  { "x": 1 },\n  { "x": 2',
    message: 'DataError: Table.read: a.json, line 3: the text ends within row 2; expected the array to be closed by ]',
  },
  {
    what: 'JSON with nested values',
    file: 'a.json',
    content: '[{ "x": 1, "tags": ["a"] }]',
    message:
      'DataError: Table.read: a.json, line 1, column "tags" is ["a"]; expected a finite number, a string, true, false or null',
  },
  {
    what: 'an empty array of JSON',
    file: 'a.json',
    content: '[]',
    message: 'DataError: Table.read: a.json has no rows; expected a table as CSV, JSON or JSON lines',
  },
  {
    what: 'JSON lines with a broken line',
    file: 'a.jsonl',
    content: '{"x": 1}\n{"x": 2\n{"x": 3}\n',
    message: 'DataError: Table.read: a.jsonl, line 2: "{\\"x\\": 2" is no JSON; expected a row, { "name": value, … }',
  },
  {
    what: 'JSON called CSV',
    file: 'a.csv',
    content: '[{ "x": 1 }]',
    message: 'DataError: Table.read: a.csv holds JSON; expected CSV, as its name says. Give its format: format: "json"',
  },
  {
    what: 'words and numbers in one column of JSON',
    file: 'a.jsonl',
    content: '{"x": 1}\n{"x": 2}\n{"x": true}\n',
    message:
      'DataError: Table.read: a.jsonl, line 3, column "x": true is not a number, but 2 of the 3 values are; expected numbers in the whole column. If the column holds names: columns: { "x": "category" }',
  },
];
