/**
 * Numbers from their digits, without a string: to the bits of `Number(text)`.
 *
 * Source: Clinger 1990, How to read floating point numbers accurately, for up to 15 digits; Dekker 1971, A floating-point
 * technique for extending the available precision, for up to 19.
 */

import { parseNumber } from '../io/records/parse-number.js';

const ZERO = 48;
const MINUS = 45;
const POINT = 46;

/** Integers of this many digits are exact. */
const EXACT_DIGITS = 15;

/** The digits of an integer that two doubles hold together: four more. */
const MOST_DIGITS = EXACT_DIGITS + 4;

/** Powers of ten that a double holds exactly, and their upper halves: 26 bits of the 53. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => 10 ** i);
const UPPER = POWERS.map(upperHalf);

/** More than the relative error of a correction. */
const MARGIN = 2 ** -50;

/**
 * The number in bytes[start … end), which must be ASCII: `-1.5`, `.5`, `1e-3`, spaces around it allowed, as `parseNumber`
 * reads it. NaN for everything else.
 */
export function numberOfBytes(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === MINUS;
  let at = isNegative ? start + 1 : start;
  const first = at;
  let integer = 0; // of the first 15 digits
  let tail = 0; // of those after them
  let digits = 0;
  let point = -1;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (digits < EXACT_DIGITS) integer = 10 * integer + digit;
      else tail = 10 * tail + digit;
      if (integer > 0) digits++; // zeros in front are none
    } else if (byte === POINT && point < 0) {
      point = at;
    } else {
      return numberOfText(bytes, start, end);
    }
  }
  if (end - first === (point < 0 ? 0 : 1)) return Number.NaN;
  const decimals = point < 0 ? 0 : end - point - 1;
  if (digits > MOST_DIGITS || decimals >= POWERS.length) return numberOfText(bytes, start, end);
  const value =
    digits <= EXACT_DIGITS
      ? integer / POWERS[decimals]!
      : quotient(integer, POWERS[digits - EXACT_DIGITS]!, tail, decimals);
  if (Number.isNaN(value)) return numberOfText(bytes, start, end);
  return isNegative ? -value : value;
}

/** (a · scale + b) / 10^decimals, rounded once; NaN where it lies too close to the middle between two doubles. */
function quotient(a: number, scale: number, b: number, decimals: number): number {
  // a = 2²⁶ · upper + lower, so that each product is exact; then their sum as high + low.
  const upper = Math.floor(a / 2 ** 26);
  const large = upper * 2 ** 26 * scale;
  const small = (a - upper * 2 ** 26) * scale + b;
  const high = large + small;
  const low = small - (high - large);
  const power = POWERS[decimals]!;
  const value = high / power;
  // What is left of high: value · power is exactly product + error.
  const product = value * power;
  const [v1, p1] = [upperHalf(value), UPPER[decimals]!];
  const [v0, p0] = [value - v1, power - p1];
  const error = v1 * p1 - product + v1 * p0 + v0 * p1 + v0 * p0;
  const correction = (high - product - error + low) / power;
  const rounded = value + correction * (1 - MARGIN);
  return rounded === value + correction * (1 + MARGIN) ? rounded : Number.NaN;
}

/** The number without the lower 27 bits of its 53. */
function upperHalf(value: number): number {
  const moved = (2 ** 27 + 1) * value;
  return moved - (moved - value);
}

function numberOfText(bytes: Uint8Array, start: number, end: number): number {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return parseNumber(text);
}
