import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { parserAlone } from '../../scripts/lib/papa-parser.mjs';

interface Papa {
  readonly Parser: new (config: object) => { parse(input: string, base: number, ignoreLast: boolean): unknown };
}
const Papa = createRequire(import.meta.url)('papaparse') as Papa;

const text = readFileSync('node_modules/papaparse/papaparse.js', 'utf8');

test("the parser alone gives what Papa Parse's gives", async () => {
  const module = `data:text/javascript,${encodeURIComponent(parserAlone(text))}`;
  const { default: alone } = (await import(module)) as { default: Papa };
  for (const input of [
    '',
    'a,b\n1,2\n',
    '"a ""b"", c",d\n',
    'a\n\n"b\nc',
    '"a"b,c\n',
    'a;b',
    '\ufeffa,b\n"',
    'a,"b"  ,c\n',
  ])
    for (const delimiter of [',', ';', '"', '\n'])
      for (const ignoreLast of [false, true]) {
        const found = new alone.Parser({ delimiter, newline: '\n' }).parse(input, 0, ignoreLast);
        expect(found).toEqual(new Papa.Parser({ delimiter, newline: '\n' }).parse(input, 0, ignoreLast));
      }
});

test('a release of Papa Parse that is built otherwise ends the build, in words', () => {
  expect(() => parserAlone(text.replace('\tfunction Parser(', '\tfunction Core('))).toThrow(
    'papa-parser: papaparse.js has no function Parser',
  );
  expect(() => parserAlone(text.replace('Papa.BAD_DELIMITERS.indexOf(delim)', 'Papa.GOOD.indexOf(delim)'))).toThrow(
    'papa-parser: the parser of papaparse.js reads Papa.GOOD',
  );
});
