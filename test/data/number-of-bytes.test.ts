import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberOfBytes } from '../../src/data/number-of-bytes.js';
import { parseNumber } from '../../src/io/records/parse-number.js';

function read(text: string): number {
  const bytes = new TextEncoder().encode(`7${text}7`);
  return numberOfBytes(bytes, 1, bytes.length - 1);
}

const digits = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { maxLength }).map((list) => list.join(''));

const texts = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
  fc.double({ min: -1e4, max: 1e4, noNaN: true }).map(String),
  fc
    .tuple(fc.constantFrom('', '-', '+', ' '), digits(24), fc.constantFrom('', '.'), digits(24))
    .map((all) => all.join('')),
  fc.tuple(digits(12), digits(12), fc.integer({ min: -330, max: 310 })).map(([a, b, e]) => `${a}.${b}e${e}`),
);

test('reads the number that parseNumber reads, to the bit', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(Object.is(read(text), parseNumber(text)), text).toBe(true);
    }),
    { seed: 19, numRuns: 20_000 },
  );
});

/** Halfway between two doubles, or as near to it as so many digits can be. */
test.each([
  ...['9007199254740993', '9007199254740992.5', '9007199254740993.001', '4503599627370496.5', '4503599627370497.500'],
  ...[
    '900719925474099.25',
    '0.1000000000000000055',
    '0.30000000000000004',
    '1.7976931348623157',
    '9999999999999999999',
  ],
  ...['0.0000000000000000000001', '00000000000000000000000.5', '123456789012345678', '-0', '-0.0', '5.', '.5'],
])('reads %s as the nearest double', (text) => {
  expect(Object.is(read(text), Number(text))).toBe(true);
});

test.each(['', '.', '-', '-.', '1.2.3', '1,5', '0x1f', 'Infinity', 'NaN', '--1', '1e', 'e5', '1-', ' '])(
  '%j is not a number',
  (text) => {
    expect(read(text)).toBeNaN();
  },
);
