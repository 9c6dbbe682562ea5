import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { complaintsAboutPublishing } from '../../scripts/lib/publish-rules.mjs';
import { ADDON_INPUTS, DIST_INPUTS, hashOf, writeStamp } from '../../scripts/lib/stamp.cjs';

let root: string;
const write = (file: string, text: string): void => {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
};
const built = (): object => ({
  dist: hashOf(root, DIST_INPUTS),
  prebuilds: { 'linux-x64': hashOf(root, ADDON_INPUTS, ['native/build']) },
});

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-publish-'));
  write('src/index.ts', 'export {};');
  write('native/addon.cc', '');
  write('dist/index.js', '');
  write('prebuilds/linux-x64/zerokara.node', '');
  writeStamp(root, built());
});
afterEach(() => fs.rmSync(root, { recursive: true }));

test('a folder with its binary and a fresh library can be published', () => {
  expect(complaintsAboutPublishing(root)).toEqual([]);
});

test('the binary that the README promises must be there', () => {
  fs.rmSync(path.join(root, 'prebuilds'), { recursive: true });
  expect(complaintsAboutPublishing(root)).toEqual([
    'prebuilds/linux-x64/zerokara.node is missing, which the README promises; npm run prebuild makes it on linux-x64',
  ]);
});

test('neither library nor binary may be older than the sources', () => {
  write('src/index.ts', 'export const one = 1;');
  expect(complaintsAboutPublishing(root)).toEqual([
    'dist was not built from these sources; npm run build:dist makes it',
  ]);
  writeStamp(root, built());
  write('native/addon.cc', '// changed');
  expect(complaintsAboutPublishing(root)).toEqual([
    'prebuilds/linux-x64/zerokara.node was built from other sources than these; npm run prebuild makes it again',
  ]);
  writeStamp(root, { dist: hashOf(root, DIST_INPUTS) }); // a binary from another machine
  expect(complaintsAboutPublishing(root)).toEqual([]);
  fs.rmSync(path.join(root, 'dist'), { recursive: true });
  expect(complaintsAboutPublishing(root)).toEqual([
    'dist was not built from these sources; npm run build:dist makes it',
  ]);
});

test('npm asks before it publishes', () => {
  const { scripts } = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8'));
  expect(scripts.prepublishOnly).toBe('node scripts/check-publish.mjs');
});
