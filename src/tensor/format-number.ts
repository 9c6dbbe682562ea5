/**
 * The numbers of one array as text of one width, as NumPy prints them: the fewest digits that identify each number, but
 * at most 8 after the point.
 */

import type { Dtype } from '../backend/backend.js';

/** Digits after the point, as in NumPy's `precision` option. */
const PRECISION = 8;

/** A function that formats any of these numbers, all in one style and padded to one width. */
export function numberFormat(numbers: readonly number[], dtype: Dtype): (x: number) => string {
  const finite = numbers.filter(Number.isFinite);
  const write = needsExponent(finite, dtype) ? exponentStyle(finite, dtype) : pointStyle(finite, dtype);
  const width = numbers.reduce((widest, x) => Math.max(widest, write(x).length), 0);
  return (x) => write(x).padStart(width);
}

/** A single number by itself: all its digits, `5.0` for a whole one. */
export function formatScalar(x: number, dtype: Dtype): string {
  if (!Number.isFinite(x)) return special(x);
  const magnitude = Math.abs(x);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= (dtype === 'float32' ? 1e6 : 1e16))) {
    return withTwoDigits(shortest(x, dtype).replace(/\.?0*e/, 'e'));
  }
  const [whole = '', fraction = ''] = plainDigits(x, dtype).split('.');
  return `${whole}.${fraction === '' ? '0' : fraction}`;
}

/** Scientific notation where plain digits would hide the small numbers or not fit the large ones. */
function needsExponent(finite: readonly number[], dtype: Dtype): boolean {
  const magnitudes = finite.filter((x) => x !== 0).map(Math.abs);
  if (magnitudes.length === 0) return false;
  const greatest = magnitudes.reduce((a, b) => Math.max(a, b));
  const least = magnitudes.reduce((a, b) => Math.min(a, b));
  const ratio = dtype === 'float32' ? Math.fround(greatest / least) : greatest / least;
  return greatest >= 1e8 || least < 1e-4 || ratio > 1000;
}

/** `1.  ` `0.25`: points aligned, no zeros after the last digit. */
function pointStyle(finite: readonly number[], dtype: Dtype): (x: number) => string {
  const write = (x: number): string => {
    const digits = plainDigits(x, dtype);
    const fraction = digits.split('.')[1] ?? '';
    const cut = fraction.length > PRECISION ? trimZeros(roundHalfEven(x)) : digits;
    return cut.includes('.') ? cut : `${cut}.`;
  };
  const fractionLength = (text: string): number => text.length - text.indexOf('.') - 1;
  const places = finite.reduce((most, x) => Math.max(most, fractionLength(write(x))), 0);
  return (x) => {
    if (!Number.isFinite(x)) return special(x);
    const text = write(x);
    return text + ' '.repeat(places - fractionLength(text));
  };
}

/** `1.00e+00` `2.50e-07`: all have the same number of digits after the point and in the exponent. */
function exponentStyle(finite: readonly number[], dtype: Dtype): (x: number) => string {
  const parts = (x: number): [fraction: string, exponent: string] => {
    const [, fraction = '', exponent = ''] = /^-?\d\.?(\d*)e(.*)$/.exec(shortest(x, dtype)) ?? [];
    return [fraction.replace(/0+$/, ''), exponent];
  };
  const places = finite.reduce((most, x) => Math.max(most, Math.min(parts(x)[0].length, PRECISION)), 0);
  const exponentDigits = finite.reduce((most, x) => Math.max(most, parts(x)[1].length - 1), 2);
  return (x) => {
    if (!Number.isFinite(x)) return special(x);
    const [mantissa = '', exponent = ''] = signed(x, x.toExponential(places)).split('e');
    const [whole = '', fraction = ''] = mantissa.split('.');
    return `${whole}.${fraction}e${exponent[0]}${exponent.slice(1).padStart(exponentDigits, '0')}`;
  };
}

/** The fewest digits that read back as the same number of the dtype, with an exponent. */
function shortest(x: number, dtype: Dtype): string {
  if (dtype === 'float64') return signed(x, x.toExponential());
  for (let digits = 0; digits < 9; digits++) {
    const text = x.toExponential(digits);
    if (Math.fround(Number(text)) === x) return signed(x, text);
  }
  return signed(x, x.toExponential());
}

/** The same digits without an exponent. */
function plainDigits(x: number, dtype: Dtype): string {
  const [mantissa = '', exponent = ''] = shortest(x, dtype).replace('-0', '0').replace(/^-/, '').split('e');
  const digits = mantissa.replace('.', '');
  const point = Number(exponent) + 1;
  const sign = x < 0 || Object.is(x, -0) ? '-' : '';
  if (point <= 0) return trimZeros(`${sign}0.${'0'.repeat(-point)}${digits}`);
  return trimZeros(`${sign}${digits.slice(0, point).padEnd(point, '0')}.${digits.slice(point)}`);
}

/** toFixed rounds ties away from zero, NumPy to the even digit; a tie is a number whose digits end right there. */
function roundHalfEven(x: number): string {
  const rounded = x.toFixed(PRECISION);
  const exact = x.toFixed(PRECISION + 20);
  const isTie = /^50*$/.test(exact.slice(rounded.length));
  const isOdd = Number(rounded.at(-1)) % 2 === 1;
  return isTie && isOdd ? exact.slice(0, rounded.length) : rounded;
}

function trimZeros(text: string): string {
  return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

/** toExponential loses the sign of −0. */
function signed(x: number, text: string): string {
  return Object.is(x, -0) ? `-${text}` : text;
}

function withTwoDigits(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function special(x: number): string {
  return Number.isNaN(x) ? 'nan' : x > 0 ? 'inf' : '-inf';
}
