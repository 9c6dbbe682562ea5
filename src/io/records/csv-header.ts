/** The first record of a CSV file: names of the columns, or the first row. */

import { type Complaint, show } from '../../errors.js';
import { type DecimalMark, numberParser } from './parse-number.js';

/** A header holds names: none of its cells is a number. */
export function looksLikeHeader(record: readonly string[], decimal?: DecimalMark): boolean {
  const parse = numberParser(decimal);
  return record.every((cell) => Number.isNaN(parse(cell)));
}

/**
 * The names in a header, without spaces around them.
 *
 * @param error makes the error of the header's line
 */
export function columnNamesOf(
  header: readonly string[],
  error: (complaint: Omit<Complaint, 'operation'>) => Error,
): readonly string[] {
  const names = header.map((name) => name.trim());
  const places = new Map<string, number>();
  names.forEach((name, i) => {
    const fix = 'If the first line is data already: header: false';
    if (name === '') {
      throw error({ found: `, column ${i + 1} has no name`, expected: 'a name for each column', fix });
    }
    const earlier = places.get(name);
    if (earlier !== undefined) {
      const found = `, column ${i + 1} is called ${show(name)}, as is column ${earlier + 1}`;
      throw error({ found, expected: 'a name of its own for each column', fix });
    }
    places.set(name, i);
  });
  return names;
}
