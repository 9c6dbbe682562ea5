import { describe, expect, test } from 'vitest';
import { THIS_COPY } from '../src/identity.js';
import {
  checkOptions,
  nearestName,
  requireInstance,
  requireInteger,
  requireNonNegative,
  requireNoPromise,
  requireOneOf,
  requirePath,
  requirePositive,
} from '../src/options.js';
import { Random } from '../src/random.js';

const refusal = (message: string): unknown => expect.objectContaining({ name: 'ArgumentError', message });

describe('checkOptions', () => {
  test('passes known names, and suggests the nearest for others', () => {
    checkOptions('f', { rate: 1 }, ['rate', 'size']);
    expect(() => checkOptions('f', { reat: 1 }, ['rate', 'size'])).toThrow(
      refusal('f: unknown option "reat"; did you mean "rate"?'),
    );
    expect(() => checkOptions('f', { colour: 1 }, ['rate', 'size'])).toThrow(
      refusal('f: unknown option "colour"; known are rate, size'),
    );
  });

  test.each([
    [null, 'null'],
    [3, '3'],
    [[1], '[1]'],
  ])('refuses %o as options', (options, shown) => {
    expect(() => checkOptions('f', options, ['rate'])).toThrow(
      refusal(`f: options is ${shown}; expected an object with any of rate`),
    );
  });
});

describe('nearestName', () => {
  test.each([
    ['learningrate', 'learningRate'],
    ['batchsize', 'batchSize'],
    ['epoch', 'epochs'],
    ['momentum', undefined],
  ])('finds for %s %s', (name, expected) => {
    expect(nearestName(name, ['learningRate', 'batchSize', 'epochs'])).toBe(expected);
  });
});

describe('required values', () => {
  test('are handed back when they are right', () => {
    expect(requireInteger('f', 'n', 3, 1)).toBe(3);
    expect(requirePositive('f', 'x', 0.5)).toBe(0.5);
    expect(requireNonNegative('f', 'x', 0)).toBe(0);
    expect(requireOneOf('f', 'kind', 'b', ['a', 'b'])).toBe('b');
  });

  test.each([
    [() => requireInteger('f', 'n', 0, 1), 'f: n is 0; expected an integer of at least 1'],
    [() => requireInteger('f', 'n', 1.5, 1, 9), 'f: n is 1.5; expected an integer in [1, 9]'],
    [() => requireInteger('f', 'n', '3', 1), 'f: n is "3"; expected an integer of at least 1'],
    [() => requirePositive('f', 'x', 0), 'f: x is 0; expected a finite number greater than 0'],
    [
      () => requirePositive('f', 'x', Number.POSITIVE_INFINITY),
      'f: x is Infinity; expected a finite number greater than 0',
    ],
    [() => requireNonNegative('f', 'x', -1), 'f: x is -1; expected a finite number of at least 0'],
    [() => requirePath('f', 'path', ''), 'f: path is ""; expected the path of a file'],
    [() => requirePath('f', 'path', undefined), 'f: path is undefined; expected the path of a file'],
    [() => requireOneOf('f', 'kind', 'c', ['a']), 'f: kind is "c"; expected "a"'],
    [
      () => requireOneOf('f', 'kind', 5, ['alpha', 'beta', 'gamma']),
      'f: kind is 5; expected "alpha", "beta" or "gamma"',
    ],
  ])('are refused otherwise: %o', (call, message) => {
    expect(call).toThrow(refusal(message));
  });
});

describe('requireInstance', () => {
  test('passes an object of the class, and shows anything else', () => {
    const random = new Random(1);
    expect(requireInstance('f', 'random', random, Random, 'a Random')).toBe(random);
    expect(() => requireInstance('f', 'random', [1], Random, 'a Random')).toThrow(
      refusal('f: random is [1]; expected a Random'),
    );
    expect(() => requireInstance('f', 'random', {}, Random, 'a Random', 'Make one with new Random(seed)')).toThrow(
      refusal('f: random is an Object; expected a Random. Make one with new Random(seed)'),
    );
  });

  test('FOUND C5: says that two copies are loaded, which versions, and where they lie', () => {
    const other = Object.defineProperty({}, Symbol.for('zerokara.Random'), {
      value: { version: '0.0.1', place: '/app/other/zerokara' },
    });
    expect(() => requireInstance('f', 'random', other, Random, 'a Random')).toThrow(
      refusal(
        `f: random is a Random of zerokara 0.0.1 in /app/other/zerokara; expected a Random of zerokara ${THIS_COPY.version} in ${THIS_COPY.place}. Two copies are loaded; npm ls zerokara shows which packages require them`,
      ),
    );
  });
});

describe('requireNoPromise', () => {
  test('passes any answer but a promise, whose failure then disturbs nobody', async () => {
    for (const answer of [undefined, null, false, 0, 'then', {}, () => {}]) {
      expect(requireNoPromise('f', 'keep', answer)).toBe(answer);
    }
    expect(() => requireNoPromise('f', 'keep', Promise.reject(new Error('later')))).toThrow(
      refusal('f: keep returned a promise; expected a function that is not async'),
    );
    const words = { expected: 'an answer', fix: 'Wait for it first' };
    // biome-ignore lint/suspicious/noThenProperty: it stands for the promise of another library
    expect(() => requireNoPromise('f', 'keep', { then: () => {} }, words)).toThrow(
      refusal('f: keep returned a promise; expected an answer. Wait for it first'),
    );
    await new Promise((resolve) => setTimeout(resolve)); // the test runner would report a rejection
  });
});
