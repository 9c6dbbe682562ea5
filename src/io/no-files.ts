/** What a page, which has no files, answers to calls that need one. */

import { DataError } from '../errors.js';
import { requirePath } from '../options.js';

/** @throws {ArgumentError} for what would not be a path anywhere */
export function cannotWrite(operation: string, path: string, fix?: string): DataError {
  requirePath(operation, 'path', path);
  return new DataError({ operation, found: `${path} cannot be written: a page has no files`, fix });
}

/** What to do then. */
export function givesTheBytes(call: string): string {
  return `${call} gives the bytes of the file, for a download or a store of the page`;
}

/** @param expected what to give in place of a path */
export function cannotOpen(operation: string, path: string, expected: string): DataError {
  requirePath(operation, 'path', path);
  return new DataError({ operation, found: `${path} is a file, and a page cannot open files by name`, expected });
}
