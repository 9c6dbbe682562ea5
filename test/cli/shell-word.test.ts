import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from '../../src/cli/shell-word.js';

const WORDS = [
  'my runs',
  "it's",
  '$HOME',
  '~/runs',
  '*',
  '',
  'a"b',
  'a\\b',
  'a;b',
  'zwölf',
  '-1e-3',
  '#1',
  'line\nbreak',
];

test('leaves words alone that no shell reads anything into', () => {
  for (const word of ['runs', '/tmp/a-b_c.json', '1e-3', 'step:0.5:100,cosine', 'NA,50%', 'a@b+c']) {
    expect(shellWord(word, 'linux')).toBe(word);
  }
  expect(shellWord('C:\\runs\\a', 'win32')).toBe('C:\\runs\\a');
});

test.skipIf(process.platform === 'win32')('a shell reads back the word', () => {
  const script = `for word in ${WORDS.map((word) => shellWord(word)).join(' ')}; do printf '%s\\0' "$word"; done`;
  expect(spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).stdout).toBe(`${WORDS.join('\0')}\0`);
});

test('on Windows the quotes are double, and backslashes before one too', () => {
  expect(shellWord('my runs', 'win32')).toBe('"my runs"');
  expect(shellWord('my runs\\', 'win32')).toBe('"my runs\\\\"');
  expect(shellWord('a "b"', 'win32')).toBe('"a \\"b\\""');
});
