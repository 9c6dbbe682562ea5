import { expect, test } from 'vitest';
import { hashOf, valuesOf } from '../../../web/digits/choices.js';

test.each([
  ['', '0.001'],
  ['#optimizer=sgd&init=0.01', '0.1'],
  ['#optimizer=momentum', '0.03'],
  ['#optimizer=sgd&rate=1', '1'],
  ['#optimizer=sgd&rate=2', '0.1'],
  ['#optimizer=__proto__', '0.001'],
])('the rate of %s is %s', (hash, rate) => {
  expect(valuesOf(hash).get('rate')).toBe(rate);
});

test.each([
  '',
  'network=convolutional&hidden=100',
  'init=0.01&optimizer=sgd',
  'optimizer=sgd&rate=1',
  'optimizer=sgd&rate=0.001',
])('the hash %s is kept as it is', (hash) => {
  expect(hashOf(valuesOf(`#${hash}`))).toBe(hash);
});

test("an optimizer's own rate and what is no value are left out", () => {
  expect(hashOf(valuesOf('#optimizer=sgd&rate=0.1&seed=9&other=1'))).toBe('optimizer=sgd');
});
