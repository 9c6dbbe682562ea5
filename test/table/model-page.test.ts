/** The program of docs/table-models.md runs, and prints what the page says. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { afterAll, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-table-models-'));
fs.mkdirSync(path.join(place, 'node_modules'));
fs.symlinkSync(root, path.join(place, 'node_modules', 'zerokara'), 'junction');
afterAll(() => fs.rmSync(place, { recursive: true }));

test.skipIf(!fs.existsSync(path.join(root, 'dist/index.js')))(
  'the page’s program prints what it is there to show',
  () => {
    const page = fs.readFileSync(path.join(root, 'docs/table-models.md'), 'utf8');
    const [, code] = page.match(/<!-- program: table-model -->\n\n```ts\n([\s\S]*?)```\n/)!;
    expect(code).toBe(fs.readFileSync(path.join(root, 'test/types/table-model.ts'), 'utf8'));
    const { code: javascript } = transformSync(code!, { loader: 'ts', format: 'cjs' });
    fs.writeFileSync(path.join(place, 'program.cjs'), javascript);
    const printed = execFileSync(process.execPath, ['program.cjs'], { cwd: place, encoding: 'utf8', timeout: 60_000 });
    expect(printed).toMatch(/^\d+ \d+\.\d+\nTableModel, regression of income, mean 2033 ± 545\.7\n/);
    expect(printed).toMatch(/\n(true|false) 0\.\d+\nincome 0\.\d+\nage -?0(\.\d+)?\n\[ 'false', 'true' \] \[\]\n$/);
  },
);
