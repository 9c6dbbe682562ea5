/** Only src/platform and a few other folders know Node: linters enforce it, and these tests show that they do. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourceAliases } from '../../scripts/lib/source-aliases.mjs';

const root = resolve(import.meta.dirname, '../..');

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'zerokara-boundary-')));
  const order = 'scripts/lib/import-order.cjs';
  for (const file of ['.dependency-cruiser.cjs', order, 'biome.json', 'tsconfig.json', 'package.json']) {
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** Runs a program of node_modules/.bin over the planted files. */
function run(name: string, ...args: readonly string[]): { status: number | null; output: string } {
  const script = join(root, 'node_modules', '.bin', name);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test("biome refuses Node's globals outside the platform", () => {
  const names = ['process', 'Buffer', 'require', '__dirname', '__filename', 'setImmediate'];
  const text = names.map((name, i) => `export const value${i} = ${name};\n`).join('');
  for (const place of ['src/data', 'src/backend/js', 'src/platform', 'src/backend/native']) put(`${place}/a.ts`, text);
  const { status, output } = run('biome', 'lint', '--vcs-enabled=false', '--reporter=github', 'src');
  const found = [...output.matchAll(/noRestrictedGlobals,file=([^,]+),line=(\d+)/g)].map(
    ([, file, line]) => `${relative(folder, file!)} ${names[Number(line) - 1]}`,
  );
  const expected = ['src/backend/js/a.ts', 'src/data/a.ts'].flatMap((file) => names.map((name) => `${file} ${name}`));
  expect(found.sort()).toEqual(expected.sort());
  expect(status).toBe(1);
});

test('dependency-cruiser refuses Node modules outside the platform, and a platform or the native tier by its path', () => {
  put('src/platform/node.ts', "import { readFileSync } from 'node:fs';\nexport const platform = readFileSync;\n");
  put('src/platform/browser.ts', 'export const platform = 1;\n');
  put('src/data/good.ts', "export { platform } from '#platform';\n");
  put('src/data/node.ts', "export { readFileSync } from 'node:fs';\n");
  put('src/platform/node-modules.ts', 'export const fs = 1;\n');
  put('src/data/modules.ts', "export { fs } from '../platform/node-modules.js';\n");
  put('src/backend/native/good.ts', "export { fs } from '../../platform/node-modules.js';\n");
  put('src/data/named.ts', "export { platform } from '../platform/browser.js';\n");
  put('src/backend/native/tier.ts', 'export const native = 1;\n');
  put('src/backend/native/addon.ts', 'export type Addon = 1;\n');
  put('src/backend/choose/named.ts', "export { native } from '../native/tier.js';\n");
  put(
    'src/backend/choose/good.ts',
    "export { native } from '#native';\nexport type { Addon } from '../native/addon.js';\n",
  );
  const { status, output } = run('depcruise', 'src');
  expect(output.match(/error .*/g)).toEqual([
    'error platform-by-its-name: src/data/named.ts → src/platform/browser.ts',
    'error node-only-through-the-platform: src/data/node.ts → fs',
    'error node-modules-only-through-the-platform: src/data/modules.ts → src/platform/node-modules.ts',
    'error native-tier-by-its-name: src/backend/choose/named.ts → src/backend/native/tier.ts',
  ]);
  expect(status).toBe(4);
});

test('"#platform", "#native" and "#mpi" are those of the browser for pages, and of Node otherwise', () => {
  const named = (where: 'browser' | 'node') =>
    Object.entries(sourceAliases(root, where)).map(([name, file]) => `${name} ${relative(root, file)}`);
  expect(named('node').sort()).toEqual([
    '#mpi src/distributed/mpi/mpi.ts',
    '#native src/backend/native/tier.ts',
    '#platform src/platform/node.ts',
  ]);
  expect(named('browser').sort()).toEqual([
    '#mpi src/distributed/absent.ts',
    '#native src/backend/native/absent.ts',
    '#platform src/platform/browser.ts',
  ]);
});
