/** The README's programs are the ones of test/types, and print what the README says they print. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';

// The package as it is installed in a project: the programs name a table in it.
const project = mkdtempSync(path.join(os.tmpdir(), 'zerokara-readme-'));
afterAll(() => rmSync(project, { recursive: true }));

const root = fileURLToPath(new URL('..', import.meta.url));
mkdirSync(path.join(project, 'node_modules'));
symlinkSync(root, path.join(project, 'node_modules', 'zerokara'), 'junction');

const readme = readFileSync(`${root}README.md`, 'utf8');
const programs = [...readme.matchAll(/<!-- program: ([\w-]+) -->\n\n```ts\n([\s\S]*?)```\n/g)];

describe('README', () => {
  test('shows its programs, as they are compiled', () => {
    expect(programs.map(([, name]) => name).join(' ')).toBe(
      'iris xor digits gradient-check from-description custom-layers on-step resume early-stopping',
    );
    for (const [, name, code] of programs) expect(code).toBe(readFileSync(`${root}test/types/${name}.ts`, 'utf8'));
  });

  test.skipIf(!existsSync(`${root}dist/index.js`)).each(['xor', 'iris', 'from-description'])(
    'prints what it says that %s prints',
    (name) => {
      const [, , code] = programs.find(([, found]) => found === name)!;
      const { code: javascript } = transformSync(code!, { loader: 'ts', format: 'cjs' });
      const printed = execFileSync(process.execPath, ['-e', javascript], { cwd: project, encoding: 'utf8' });
      const [, shown] = readme.slice(readme.indexOf(code!)).match(/\nprints[^\n]*\n\n```\n([\s\S]*?)```/)!;
      // The backend is the machine's.
      const anyBackend = (text: string): string => text.replace(/\b(native|wasm|js)\n/, 'backend\n');
      expect(anyBackend(printed)).toBe(anyBackend(shown!));
    },
  );

  test.skipIf(!existsSync(`${root}dist/cli/zerokara.js`))(
    'has a command that trains on the table of the package',
    () => {
      const [, args] = readme.match(/^npx zerokara (train node_modules\/.*)$/m)!;
      const run = [`${root}dist/cli/zerokara.js`, ...args!.split(' '), '--seed', '1'];
      const printed = execFileSync(process.execPath, run, { cwd: project, encoding: 'utf8', stdio: 'pipe' });
      expect(printed).toMatch(/\nsaved to iris\.safetensors\nheld out: 30 rows: loss 0\.\d+, accuracy (1|0\.9\d*), /);
    },
  );

  test('links to files that are there', () => {
    for (const [, target] of readme.matchAll(/\]\(([^)#]+)\)/g)) {
      if (!target!.startsWith('http')) expect(existsSync(root + target), target).toBe(true);
    }
  });
});
