/** The programs of docs/tables.md do what the page says. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { afterAll, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const page = fs.readFileSync(path.join(root, 'docs/tables.md'), 'utf8');

/** What each program prints, as the page shows it. */
const PROGRAMS = [...page.matchAll(/<!-- program: ([\w-]+) -->\n\n```ts\n([\s\S]*?)```\n\n```\n([\s\S]*?)```\n/g)].map(
  ([, name, code, printed]) => ({ name: name!, code: code!, printed: printed! }),
);

const place = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-tables-'));
fs.mkdirSync(path.join(place, 'node_modules'));
fs.symlinkSync(root, path.join(place, 'node_modules', 'zerokara'), 'junction');
afterAll(() => fs.rmSync(place, { recursive: true }));

test('docs/tables.md shows what tables-read prints', () => {
  expect(PROGRAMS.map(({ name }) => name)).toContain('tables-read');
});

test.skipIf(!fs.existsSync(path.join(root, 'dist/index.js'))).each(PROGRAMS)(
  'prints what the page shows for $name',
  ({ name, code, printed }) => {
    const { code: javascript } = transformSync(code, { loader: 'ts', format: 'cjs' });
    fs.writeFileSync(path.join(place, `${name}.cjs`), javascript);
    const options = { cwd: place, encoding: 'utf8', timeout: 60_000 } as const;
    expect(execFileSync(process.execPath, [`${name}.cjs`], options)).toBe(printed);
  },
);
