/** Pages with programs of test/types, besides the README and the guide: the programs do what the pages say. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';

/** Each page's programs in order, and what each prints, by its essential part. */
const PAGES: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  interop: {
    'interop-onnx': /^true\n$/,
    'interop-pytorch': /^\[ 3, 3, 1, 8 \] \[ 1568, 10 \]\n$/,
    'interop-tensors': /^\[ \[ 1, 2 \], \[ 3, 4 \] \] Uint8Array\(3\) \[ 0, 1, 1 \]\n$/,
  },
  'coming-from': {
    'coming-from-book': /^(1|0\.9\d*)\n$/,
    'coming-from-pytorch': /^10 0\.\d+\n20 0\.\d+\n30 0\.\d+\n\[ 1, 2 \] Int32Array\(1\) \[ 1 \]\n$/,
    'coming-from-keras': /^Sequential, binary[\s\S]*\n(1|0\.\d+)\n\[ 3, 1 \]\n$/,
    'coming-from-sklearn': /^(1|0\.9\d*)\nyes\n$/,
    'coming-from-tfjs': /^(8\.9\d*|9\.0\d*|9)\n$/,
    'coming-from-brain': /^true\n$/,
  },
};

const root = path.resolve(import.meta.dirname, '..');
const isBuilt = fs.existsSync(path.join(root, 'dist/index.js'));

// The programs find the built package, and write their files, in a folder of their own.
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-pages-'));
fs.mkdirSync(path.join(place, 'node_modules'));
fs.symlinkSync(root, path.join(place, 'node_modules', 'zerokara'), 'junction');
afterAll(() => fs.rmSync(place, { recursive: true }));

describe.each(Object.entries(PAGES))('the page %s', (page, prints) => {
  const text = fs.readFileSync(path.join(root, `docs/${page}.md`), 'utf8');
  const programs = [...text.matchAll(/<!-- program: ([\w-]+) -->\n\n```ts\n([\s\S]*?)```\n/g)];

  test('shows its programs, as they are compiled', () => {
    expect(programs.map(([, name]) => name)).toEqual(Object.keys(prints));
    for (const [, name, code] of programs) {
      expect(code).toBe(fs.readFileSync(path.join(root, 'test/types', `${name}.ts`), 'utf8'));
    }
  });

  test.skipIf(!isBuilt).each(programs.map(([, name, code]) => [name!, code!]))(
    'prints what %s is there to show',
    (name, code) => {
      const { code: javascript } = transformSync(code, { loader: 'ts', format: 'cjs' });
      fs.writeFileSync(path.join(place, `${name}.cjs`), javascript);
      const options = { cwd: place, encoding: 'utf8', timeout: 60_000 } as const;
      expect(execFileSync(process.execPath, [`${name}.cjs`], options)).toMatch(prints[name]!);
    },
  );
});
