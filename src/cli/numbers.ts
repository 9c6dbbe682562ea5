/** Reading and writing numbers on the command line. */

import { InvalidArgumentError } from 'commander';
import { counted } from '../errors.js';

/** Reads `1000`, `1_000` or `1e3`; ranges are checked by the library, which knows them. */
export function parseNumber(text: string): number {
  const value = Number(text.replaceAll('_', ''));
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('expected a number');
  return value;
}

/** Reads a whole number of at least 1, for options that nothing checks later. */
export function parseCount(text: string): number {
  const value = parseNumber(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number of at least 1');
  return value;
}

/** Reads `64,32`; an empty text gives no size. */
export function parseSizes(text: string): number[] {
  return text.trim() === '' ? [] : text.split(',').map(parseCount);
}

/** 2000 as `2,000`. */
export function formatCount(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

/** 2000 rows as `2,000 rows`, 1 as `1 row`. */
export function formatCounted(n: number, one: string): string {
  return counted(n, one, undefined, formatCount(n));
}

/** 1.64 as `1.6 s`, 0.0123 as `12 ms`, 200 as `3 min 20 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
