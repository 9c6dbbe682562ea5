import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const steps = readFileSync(join(root, '.ci/run'), 'utf8')
  .split('\n')
  .filter((line) => !line.trimStart().startsWith('#'))
  .join('\n');

test.each([
  ['the tests by the command of the README', /^(?:[A-Z_]+=1 )*tests "npm test" npm test --$/m],
  ['address and undefined-behaviour sanitizers', /^ *step .* node (scripts\/sanitize\.mjs)$/m],
  ['the thread sanitizer', /^ *step .* node (scripts\/sanitize-threads\.mjs)$/m],
  [
    'threads under stress',
    /^ *node (test\/support\/thread-stress\.cjs) --spawns \d+ --workers \d+ --exits \d+ --addon "\$addon"$/m,
  ],
])('FOUND K4: CI runs %s', (_, line) => {
  const [, program] = line.exec(steps) ?? [undefined, 'no such step'];
  expect(line.test(steps)).toBe(true);
  if (program !== undefined) expect(existsSync(join(root, program))).toBe(true);
});

test('CI begins every group of steps that it defines', () => {
  const groups = [...steps.matchAll(/^(\w+)\(\) \{\n((?: {2}.*\n)*)\}/gm)]
    .filter(([, , body]) => /^ *(?:\w+=\S+ )*(?:step|tests|rows) "/m.test(body!))
    .map(([, name]) => name!);
  const begun = [...steps.matchAll(/^(?:beside|two_at_a_time) (.*)$/gm)].flatMap(([, names]) => names!.split(' '));
  expect(groups.length).toBeGreaterThan(8);
  expect([...begun].sort()).toEqual([...groups].sort());
});

test('CI installs the browser that looks at the pages of reports, and says whether it is there', () => {
  expect(steps).toMatch(/^ {2}apt-get .* install -y --no-install-recommends chromium /m);
  expect(steps).toContain('echo "pages in Chromium: skipped"');
});

test('CI starts without the variables that choose a backend, threads or kernels', () => {
  expect(steps).toMatch(/^unset \$\{!ZEROKARA_@\} OPENBLAS_CORETYPE/m);
});
