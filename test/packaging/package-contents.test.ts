/** What travels in the package, and what its pages link to. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packTarball, unpack } from '../../scripts/lib/pack.mjs';
import { complaintsAboutContents, deadLinks } from '../../scripts/lib/package-contents.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-contents-'));
afterAll(() => fs.rmSync(place, { recursive: true }));

describe.skipIf(!fs.existsSync(path.join(root, 'dist/index.js')))('the packed package', () => {
  unpack(packTarball(root, place), place);
  const installed = path.join(place, 'node_modules', 'zerokara');

  test('FOUND K3: holds its pages and programs, links to nothing outside, and declares nothing of the bench', () => {
    expect(complaintsAboutContents(installed)).toEqual([]);
    const files = fs.readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(expect.arrayContaining(['docs/performance.md', 'examples/drop-in/server/server.js']));
    expect(files.filter((file) => /bench|cli\/.*\.d\.ts/.test(file))).toEqual([]);
  });

  test('FOUND K3: begins its README with how it is installed', () => {
    const readme = fs.readFileSync(path.join(installed, 'README.md'), 'utf8');
    expect(/^```sh\n(.*)\n/m.exec(readme)![1]).toBe('npm install zerokara');
  });
});

test('whatever a resolver knows, each condition of the entries ends with a default, since some do not look further', () => {
  const { exports } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { exports: object };
  const lasts = (conditions: object): (string | undefined)[] => [
    Object.keys(conditions).at(-1),
    ...Object.values(conditions).flatMap((value: unknown) => (typeof value === 'object' && value ? lasts(value) : [])),
  ];
  const entries = Object.values(exports).filter((entry) => typeof entry === 'object') as Record<string, object>[];
  const found = entries.flatMap((entry) => Object.values(entry).flatMap(lasts));
  expect(new Set(found)).toEqual(new Set(['default']));
  expect(found.length).toBeGreaterThanOrEqual(entries.length * 2);
});

test('a link to what is not there is found, on any page, and a link in code is none', () => {
  const page = (text: string) => {
    fs.writeFileSync(path.join(place, 'page.md'), text);
    return deadLinks(place, 'page.md');
  };
  expect(page('[a](nowhere.md) and [b](page.md#part)')).toEqual([
    'page.md links to nowhere.md, which is not in the package',
  ]);
  expect(page('[a](https://example.org) `[b](c)`\n```\n[d](e)\n```\n[f](#part)')).toEqual([]);
});
