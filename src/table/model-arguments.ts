/** What methods of a model take: tables and places of files. */

import { platform } from '#platform';
import { ArgumentError, show } from '../errors.js';
import { isThenable, requireInstance } from '../options.js';
import { Table } from './table.js';

/** The part of a `file:` URL that is read: `new URL('model.safetensors', import.meta.url)` is one. */
export interface FileUrl {
  readonly href: string;
}

/** @throws {ArgumentError} for anything else */
export function requireTable(operation: string, table: unknown): Table {
  return requireInstance(
    operation,
    'table',
    table,
    Table,
    'a Table',
    "Make one with Table.read('data.csv') or Table.from(rows)",
  );
}

/** @throws {ArgumentError} for a table that is still to be waited for, or the path of one */
export function refuseNoRows(operation: string, input: unknown): void {
  const isPath = typeof input === 'string';
  if (!isPath && !isThenable(input)) return;
  throw new ArgumentError({
    operation,
    found: `input is ${show(input)}`,
    expected: 'a row, an array of rows or a Table',
    fix: isPath ? 'predictStream reads a file' : undefined,
  });
}

/** Anything but a path or a URL is refused where the file is opened. */
export function pathOf(path: string | FileUrl): string {
  const href = (path as Partial<FileUrl> | null | undefined)?.href;
  return typeof href === 'string' ? platform.files.pathOf(href) : (path as string);
}
