#!/usr/bin/env node
/**
 * Puts the programs of test/types into the README, the guide and other pages: what readers copy is what the compiler and the tests saw.
 *
 * Each program stands behind a line `<!-- program: name -->`, name being its file in test/types without `.ts`.
 * With --check nothing is written, and a page that is behind is an error.
 */
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

const docs = fs.readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md'));

for (const page of ['README.md', ...docs.map((name) => `docs/${name}`)]) {
  const file = path.join(root, page);
  const before = fs.readFileSync(file, 'utf8');
  const after = before.replace(/(<!-- program: ([\w-]+) -->\n\n```ts\n)[\s\S]*?(```\n)/g, (_, head, name, tail) => {
    return head + fs.readFileSync(path.join(root, 'test', 'types', `${name}.ts`), 'utf8') + tail;
  });
  if (!process.argv.includes('--check')) fs.writeFileSync(file, after);
  else if (after !== before) {
    console.error(`${page} is behind test/types: run node scripts/readme-programs.mjs`);
    process.exitCode = 1;
  }
}
