import { describe, expect, test } from 'vitest';
import { findDuplicateKey } from '../../src/io/duplicate-key.js';

describe('findDuplicateKey', () => {
  test.each([
    ['{}', undefined],
    ['{"a":1,"b":2}', undefined],
    ['{"a":1,"a":2}', 'a'],
    ['{"a":{"a":{"a":0}}}', undefined],
    ['{"a":{"b":0,"c":[{"b":1},{"b":2}]},"b":3}', undefined],
    ['{"a":{"b":0,"c":[{"b":1,"b" : 2}]}}', 'b'],
    ['{"x":0,"\\u0078":1}', 'x'],
    ['{"a\\"":0,"b":"a\\":","a\\"" :1}', 'a"'],
    ['{"a":"{\\"b\\":1,\\"b\\":2}"}', undefined],
    ['["a","a",{"a":"a"}]', undefined],
  ])('finds in %s the key %s', (json, key) => {
    JSON.parse(json); // the function is for valid JSON only
    expect(findDuplicateKey(json)).toBe(key);
  });
});
