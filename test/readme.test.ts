/** The README's programs are the ones of test/types, and print what the README says they print. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
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
      const printed = execFileSync(process.execPath, ['-e', javascript], { cwd: root, encoding: 'utf8' });
      const [, shown] = readme.slice(readme.indexOf(code!)).match(/\nprints[^\n]*\n\n```\n([\s\S]*?)```/)!;
      // The backend is the machine's.
      const anyBackend = (text: string): string => text.replace(/\b(native|wasm|js)\n/, 'backend\n');
      expect(anyBackend(printed)).toBe(anyBackend(shown!));
    },
  );

  test('links to files that are there', () => {
    for (const [, target] of readme.matchAll(/\]\(([^)#]+)\)/g)) {
      if (!target!.startsWith('http')) expect(existsSync(root + target), target).toBe(true);
    }
  });
});
