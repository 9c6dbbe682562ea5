/** What the pages say of the source: the order of imports, how many functions a backend has, and files that are there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { FUNCTIONS } from '../src/backend/functions.js';

const root = resolve(import.meta.dirname, '..');
const order: string[][] = createRequire(import.meta.url)('../scripts/lib/import-order.cjs');
const pages = [
  'README.md',
  ...readdirSync(`${root}/docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const textOf = (page: string): string => readFileSync(`${root}/${page}`, 'utf8');

test('every folder and file of src has a place in the order of imports, which the page shows', () => {
  const parts = readdirSync(`${root}/src`).map((name) => name.replace(/\.ts$/, ''));
  expect(order.flat().sort()).toEqual(parts.filter((name) => name !== 'index').sort());
  const chain = order.map((group) => group.join(', ')).join(' < ');
  expect(textOf('docs/architecture.md')).toContain(`\`${chain}\``);
});

test('a backend has as many functions as the pages say', () => {
  const count = Object.keys(FUNCTIONS).length;
  expect(textOf('docs/architecture.md')).toContain(`is ${count} functions over typed arrays`);
  expect(textOf('README.md').replaceAll('\n', ' ')).toContain(`of ${count} plain functions on typed arrays`);
});

test.each(pages)('the files that %s names are there', (page) => {
  const named = textOf(page).matchAll(
    /`((?:src|test|scripts|native|assembly|bench|examples|docs|web)\/[\w./-]*\.\w+)`/g,
  );
  expect([...named].map(([, file]) => file!).filter((file) => !existsSync(`${root}/${file}`))).toEqual([]);
});
