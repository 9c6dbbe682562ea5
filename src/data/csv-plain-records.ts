import type { CsvPlan, CsvRowsRead } from './csv-plan.js';
import * as plan from './csv-plan.js';
import { numberOfBytes } from './number-of-bytes.js';

// Constants of this module: in CommonJS, those of another are looked up anew for each byte.
const { CR, LF, QUOTE, TARGET } = plan;
const ZERO = 48;
/** Bytes less `ZERO`: what follows the digits of a number. */
const MINUS = 45 - ZERO;
const POINT = 46 - ZERO;

/** Integers of this many digits are computed in 32 bits; divided by a power of ten they are rounded once, as `Number(text)` is. */
const FEW_DIGITS = 9;

const POWERS = Float64Array.from({ length: FEW_DIGITS + 1 }, (_, i) => 10 ** i);

/** Longer cells are read the slow way. */
const LONGEST_NUMBER = 64;

/** Bytes that are looked at together. */
const WORD = 4;

/**
 * The quick way through a file: records without quotes, whose numbers are numbers and whose words are classes. It stops at the
 * first other one.
 */
export class PlainRecords {
  /** The bytes of the word of each class; undefined where the target holds numbers. */
  private readonly words: readonly Uint8Array[] | undefined;
  /** Whether a delimiter can be told from a part of a number. */
  private readonly applies: boolean;
  /** Where the cell that `longNumber` has read ends. */
  private cellEnd = 0;

  constructor(private readonly plan: CsvPlan) {
    const { classes, delimiter } = plan;
    const digit = delimiter - ZERO;
    this.applies = digit !== MINUS && digit !== POINT && !(digit >= 0 && digit <= 9);
    this.words = classes && [...classes.keys()].map((word) => new TextEncoder().encode(word));
  }

  /** How far `read` may go: behind the last line break that has a word of bytes behind it, if only of the memory. */
  static endIn(bytes: Uint8Array): number {
    const from = Math.min(bytes.length - 1, bytes.buffer.byteLength - bytes.byteOffset - WORD);
    return from < 0 ? 0 : bytes.lastIndexOf(LF, from) + 1;
  }

  /**
   * Reads records from the byte `from` on, until the rows are full.
   *
   * @param end what `endIn` says of these bytes
   * @returns where the first record begins that was not read
   */
  read(bytes: Uint8Array, from: number, end: number, rows: CsvRowsRead): number {
    if (!this.applies) return from;
    const { words } = this;
    const { roles, delimiter, inputSize, capacity } = this.plan;
    const { x, learned, lines } = rows;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const last = roles.length - 1;
    let { count, line } = rows;
    let begin = from;
    read: while (begin < end && count < capacity) {
      let at = begin;
      for (let column = 0; column <= last; column++) {
        const role = roles[column]!;
        const start = at;
        let next: number;
        if (role >= 0 || (role === TARGET && words === undefined)) {
          // A branch on the sign would be guessed wrongly half of the time.
          const sign = +(bytes[at]! - ZERO === MINUS);
          at += sign;
          const first = at;
          let integer = 0;
          let digit = bytes[at]! - ZERO;
          while (digit >= 0 && digit <= 9) {
            integer = (Math.imul(integer, 10) + digit) | 0;
            digit = bytes[++at]! - ZERO;
          }
          let digits = at - first;
          let decimals = 0;
          if (digit === POINT) {
            const point = ++at;
            const word = view.getInt32(at, true);
            if (isFourDigits(word)) {
              integer = (Math.imul(integer, 10_000) + fourDigits(word)) | 0;
              at += WORD;
            }
            digit = bytes[at]! - ZERO;
            while (digit >= 0 && digit <= 9) {
              integer = (Math.imul(integer, 10) + digit) | 0;
              digit = bytes[++at]! - ZERO;
            }
            decimals = at - point;
            digits += decimals;
          }
          next = digit + ZERO;
          let value = decimals === 0 ? integer : integer / POWERS[Math.min(decimals, FEW_DIGITS)]!;
          value *= 1 - 2 * sign;
          const isEnd = next === delimiter || next === LF || next === CR;
          if (digits === 0 || digits > FEW_DIGITS || !isEnd) {
            value = this.longNumber(bytes, start);
            if (!Number.isFinite(value)) break read;
            at = this.cellEnd;
            next = bytes[at]!;
          }
          if (role >= 0) x[count * inputSize + role] = value;
          else learned[count] = value;
        } else {
          next = bytes[at]!;
          while (next !== delimiter && next !== LF && next !== CR && next !== QUOTE) next = bytes[++at]!;
          if (role === TARGET) {
            const label = labelAmong(words!, bytes, start, at);
            if (label < 0) break read;
            learned[count] = label;
          }
        }
        if (column === last && next === CR) next = bytes[++at]!;
        if (next !== (column === last ? LF : delimiter)) break read;
        at++;
      }
      lines[count++] = line++;
      begin = at;
    }
    rows.count = count;
    rows.line = line;
    return begin;
  }

  /** The number of any form in the cell that begins at `start`; NaN if it is none, or in quotes. */
  private longNumber(bytes: Uint8Array, start: number): number {
    const { delimiter } = this.plan;
    let at = start;
    let isAscii = true;
    for (let byte = bytes[at]!; byte !== delimiter && byte !== LF && byte !== CR; byte = bytes[++at]!) {
      if (byte > 127 || byte === QUOTE) isAscii = false;
    }
    this.cellEnd = at;
    return isAscii && at - start <= LONGEST_NUMBER ? numberOfBytes(bytes, start, at) : Number.NaN;
  }
}

/** Whether each byte of the word is a digit. */
function isFourDigits(word: number): boolean {
  return (((word & 0xf0f0f0f0) ^ 0x30303030) | (((word + 0x06060606) & 0xf0f0f0f0) ^ 0x30303030)) === 0;
}

/** The number of four digits, the first in the lowest byte: two pairs at once, then the pairs. */
function fourDigits(word: number): number {
  const digits = word & 0x0f0f0f0f;
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return Math.imul(pairs & 0xff, 100) + (pairs >>> 16);
}

/** The place of the word in bytes[start … end); -1 if it is none of them. */
function labelAmong(words: readonly Uint8Array[], bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  for (let label = 0; label < words.length; label++) {
    const word = words[label]!;
    if (word.length !== length) continue;
    let i = 0;
    while (i < length && word[i] === bytes[start + i]) i++;
    if (i === length) return label;
  }
  return -1;
}
