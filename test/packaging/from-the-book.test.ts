/** docs/from-the-book.md tells the truth: every row is tested where it says, and its program prints what it says. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as zerokara from '../../src/index.js';
import { testTitles } from '../support/titles.js';

const project = path.resolve(import.meta.dirname, '../..');
const file = path.join(project, 'docs/from-the-book.md');
const page = fs.readFileSync(file, 'utf8');

/** The rows of the page's tables that begin with an id: its id and the test files that its last cell names. */
const rows = page.split('\n').flatMap((line) => {
  const id = /^\| ([A-Z]\d+) \|/.exec(line)?.[1];
  if (id === undefined) return [];
  const files = [
    ...line
      .split('|')
      .at(-2)!
      .matchAll(/`([a-z\d/-]+)`/g),
  ].map(([, name]) => `test/${name}.test.ts`);
  return [{ id, files }];
});

const upTo = (letter: string, last: number): string[] => Array.from({ length: last }, (_, i) => `${letter}${i + 1}`);

describe('docs/from-the-book.md', () => {
  test('lists every row once, A1 to T18, E1 to E31 and O1 to V4', () => {
    const ids = [
      ...upTo('A', 6),
      ...upTo('B', 9),
      ...upTo('P', 4),
      ...upTo('C', 6),
      ...upTo('D', 8),
      ...upTo('N', 7),
      ...upTo('G', 4),
      ...upTo('S', 7),
      ...upTo('L', 7),
      ...upTo('T', 18),
      ...upTo('E', 31),
      ...upTo('O', 9),
      ...upTo('I', 3),
      ...upTo('R', 6),
      ...upTo('H', 2),
      ...upTo('K', 9),
      ...upTo('V', 4),
    ];
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  test('every row is named by the title of a test in each file that it names', () => {
    const missing = rows.flatMap(({ id, files }) => {
      if (files.length === 0) return [`${id} names no test`];
      return files
        .filter((name) => !testTitles(path.join(project, name)).some((title) => names(title, id)))
        .map((name) => `${id} in ${name}`);
    });
    expect(missing).toEqual([]);
  });

  test('the classes and functions that it names are exported', () => {
    const section = page.slice(page.indexOf('### Chapter 2'), page.indexOf('### The training loop'));
    const cells = section.split('\n').flatMap((line) => /^\| .* \| (.*) \|$/.exec(line)?.[1] ?? []);
    const told = cells.flatMap((cell) => [...cell.matchAll(/new ([A-Z]\w+)|(?<![.\w])([a-zA-Z]\w+)\(/g)]);
    const exported = new Set(told.map(([, constructed, called]) => constructed ?? called!));
    expect(exported.size).toBeGreaterThan(20);
    for (const name of exported) expect(Object.keys(zerokara), name).toContain(name);
  });

  test.skipIf(!fs.existsSync(path.join(project, 'dist/index.mjs')))(
    'its training loop prints what the page says',
    () => {
      const [, program] = /```js\n([\s\S]*?)```/.exec(page)!;
      const expected = [...program!.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, printed]) => printed);
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program!], {
        cwd: project,
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      expect(stdout.trim().split('\n')).toEqual(expected);
    },
  );
});

function names(title: string, id: string): boolean {
  return new RegExp(`\\b${id}\\b`).test(title);
}
