import { expect, test } from 'vitest';
import { jsonPathOf } from '../../src/io/json-path.js';

test.each([
  ['run.html', 'run.json'],
  ['out/run.HTM', 'out/run.json'],
  ['run', 'run.json'],
  ['run.json', 'run.json.json'],
  ['a.html.page', 'a.html.page.json'],
])('%s has %s beside it', (path, json) => {
  expect(jsonPathOf(path)).toBe(json);
});
