/**
 * The CSV parser, Papa Parse, bundled with the library at build time.
 *
 * Its core is used without the machinery around it, which reads files and guesses: given a string it returns the records
 * in it and where the last whole one ends, so that the caller decides when more text is read.
 */
import Papa from 'papaparse';

export function parseCsv(text, { delimiter, more, preview }) {
  const parser = new Papa.Parser({ delimiter, newline: '\n', quoteChar: '"', preview });
  const { data, errors, meta } = parser.parse(text, 0, more);
  return { records: data, faults: errors, end: meta.cursor };
}
