/** What the values of a column are: told by the first of them. */

import { type DecimalMark, numberParser, parseNumber } from '../io/records/parse-number.js';
import type { ColumnKind } from './columns.js';

/** A value before the kind of its column is known; null where it is missing. */
export type RawCell = string | number | boolean | null;

const DATE =
  /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2}|[AaPp][Mm])?)?$/;

/** The other mark in a number, by the mark of decimals: for decimals, or between thousands. */
const FOREIGN = {
  '.': /^[+-]?(?:\d*,\d+|\d{1,3}(?:[.,]\d{3})+[.,]?\d*)$/,
  ',': /^[+-]?(?:\d*\.\d+|\d{1,3}(?:[.,]\d{3})+[.,]?\d*)$/,
} as const;

const FORMULA = /^=[-+\w($"'.]/;
const SHEET_ERROR = /^#(?:N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NUM!|NULL!)$/;

export const isDate = (cell: string): boolean => DATE.test(cell);
/** Whether a cell is a number that is not written with this mark of decimals alone. */
export const isForeignNumber = (cell: string, decimal: DecimalMark): boolean => FOREIGN[decimal].test(cell);
/** What a spreadsheet writes instead of a value. */
export const isFormula = (cell: string): boolean => FORMULA.test(cell) || SHEET_ERROR.test(cell);

/** `true` or `false` in any case; undefined for other words. */
export function booleanOf(cell: RawCell): 'true' | 'false' | undefined {
  if (typeof cell === 'boolean') return cell ? 'true' : 'false';
  if (typeof cell !== 'string' || cell.length > 5) return undefined;
  const word = cell.toLowerCase();
  return word === 'true' || word === 'false' ? word : undefined;
}

export function numberOf(cell: RawCell, parse = parseNumber): number {
  if (typeof cell === 'number') return cell;
  return typeof cell === 'string' ? parse(cell) : Number.NaN;
}

/**
 * The kind of a column, or why it cannot be told: `dates`, or the index of a cell that does not go with the others.
 *
 * A column is of numbers or booleans if all its values are. If half of them or more are numbers, the others are more likely
 * marks for missing values or errors than names, and only the user can tell.
 */
export function kindOf(
  cells: readonly RawCell[],
  decimal: DecimalMark = '.',
): ColumnKind | 'dates' | { readonly odd: number; readonly numbers: number } {
  const parse = numberParser(decimal);
  let [present, numbers, booleans, dates, foreign] = [0, 0, 0, 0, 0];
  let [odd, firstForeign] = [-1, -1];
  cells.forEach((cell, i) => {
    if (cell === null) return;
    present++;
    if (!Number.isNaN(numberOf(cell, parse))) {
      numbers++;
      return;
    }
    if (odd === -1) odd = i;
    if (booleanOf(cell) !== undefined) booleans++;
    else if (isDate(cell as string)) dates++;
    else if (isForeignNumber(cell as string, decimal)) {
      if (firstForeign === -1) firstForeign = i;
      foreign++;
    }
  });
  if (numbers === present) return 'number';
  if (booleans === present) return 'boolean';
  if (dates === present) return 'dates';
  if (foreign > 0 && 2 * (numbers + foreign) >= present) return { odd: firstForeign, numbers };
  if (2 * numbers >= present) return { odd, numbers };
  return 'category';
}

const WHOLE = /^[+-]?\d+$/;

/**
 * Whether the digits of a whole number are more than a number keeps: beyond 2⁵³ several become one. A number that comes as such
 * may be a quantity as it was measured, 6e23, so that only text tells.
 */
export function losesDigits(cell: RawCell): boolean {
  return typeof cell === 'string' && WHOLE.test(cell) && !Number.isSafeInteger(Number(cell));
}
