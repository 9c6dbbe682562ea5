/**
 * The number that a cell holds, spaces around it allowed: `-1.5`, `.5`, `1e-3`, `007`. NaN for every other text: an empty cell,
 * hexadecimal digits, `Infinity`, `NaN`, a decimal comma. A number beyond the range of a double gives Infinity.
 */
export function parseNumber(cell: string): number {
  if (cell === '0') return 0;
  const number = Number(cell);
  if (number === 0 || Number.isNaN(number)) return NUMBER.test(cell) ? number : Number.NaN;
  // Number also reads 0x1f, 0b1, 0o7 and Infinity. All have a letter in the second place, behind spaces if there are any.
  const isPlain = cell.charCodeAt(1) <= NINE && cell.charCodeAt(0) > SPACE;
  return isPlain || cell.length === 1 || NUMBER.test(cell) ? number : Number.NaN;
}

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const SPACE = 32;
const NINE = 57;

/** The mark between a whole number and its fraction. */
export type DecimalMark = '.' | ',';

/** The same where a comma stands before the decimals: `3,14`, `,5`. A number with a point is NaN, for it may stand between thousands. */
function parseWithComma(cell: string): number {
  return cell.includes('.') ? Number.NaN : parseNumber(cell.replace(',', '.'));
}

/** What reads the numbers of cells with this mark, chosen once for all of them. */
export function numberParser(mark: DecimalMark | undefined): (cell: string) => number {
  return mark === ',' ? parseWithComma : parseNumber;
}
