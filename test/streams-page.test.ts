/** The programs of docs/streams.md are the ones of test/types, and do what the page says. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const page = fs.readFileSync(path.join(root, 'docs/streams.md'), 'utf8');
const programs = [...page.matchAll(/<!-- program: ([\w-]+) -->\n\n```ts\n([\s\S]*?)```\n/g)];

/** What each program prints. */
const PRINTS: Readonly<Record<string, RegExp>> = {
  'streams-csv': /^20000 3\nInt32Array\(2\) \[ 0, 2 \]\n$/,
  'streams-own': /^enough\n\[ 100, 200, 300, 400, 500, 600 \] true\n$/,
};

// The programs find the built package, and write their files, in a folder of their own.
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-streams-'));
fs.mkdirSync(path.join(place, 'node_modules'));
fs.symlinkSync(root, path.join(place, 'node_modules', 'zerokara'), 'junction');
afterAll(() => fs.rmSync(place, { recursive: true }));

describe('the page on streams', () => {
  test('shows its programs, as they are compiled', () => {
    expect(programs.map(([, name]) => name)).toEqual(Object.keys(PRINTS));
    for (const [, name, code] of programs) {
      expect(code).toBe(fs.readFileSync(path.join(root, 'test/types', `${name}.ts`), 'utf8'));
    }
  });

  test.skipIf(!fs.existsSync(path.join(root, 'dist/index.js'))).each(programs.map(([, name, code]) => [name!, code!]))(
    'prints what %s is there to show',
    (name, code) => {
      const { code: javascript } = transformSync(code, { loader: 'ts', format: 'cjs' });
      fs.writeFileSync(path.join(place, `${name}.cjs`), javascript);
      const options = { cwd: place, encoding: 'utf8', timeout: 60_000 } as const;
      expect(execFileSync(process.execPath, [`${name}.cjs`], options)).toMatch(PRINTS[name]!);
    },
  );
});
