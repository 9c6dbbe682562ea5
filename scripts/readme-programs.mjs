#!/usr/bin/env node
/**
 * Puts the programs of test/types into the README, so that what readers copy is what the compiler and the tests saw.
 *
 * Each program stands behind a line `<!-- program: name -->`, name being its file in test/types without `.ts`.
 * With --check nothing is written, and a README that is behind is an error.
 */
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const readme = path.join(root, 'README.md');
const before = fs.readFileSync(readme, 'utf8');
const after = before.replace(/(<!-- program: ([\w-]+) -->\n\n```ts\n)[\s\S]*?(```\n)/g, (_, head, name, tail) => {
  return head + fs.readFileSync(path.join(root, 'test', 'types', `${name}.ts`), 'utf8') + tail;
});

if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('README.md is behind test/types: run node scripts/readme-programs.mjs');
    process.exitCode = 1;
  }
} else {
  fs.writeFileSync(readme, after);
}
