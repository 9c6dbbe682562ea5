import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Table } from '../../src/table/table.js';
import { MALFORMED } from './malformed.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zerokara-malformed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each(MALFORMED)(
  'refuses $what, with a sentence, and writes nothing',
  async ({ file, content, options, message }) => {
    const path = join(folder, file === '' ? 'none.csv' : file);
    if (file.endsWith('/')) mkdirSync(path);
    else if (file !== '') writeFileSync(path, content!);
    const before = readdirSync(folder);
    const error = await Table.read(path, options).then(
      () => new Error('nothing was thrown'),
      (thrown: Error) => thrown,
    );
    expect(`${error.name}: ${error.message}`.replaceAll(`${folder}/`, '')).toBe(message);
    expect(readdirSync(folder)).toEqual(before);
  },
);
