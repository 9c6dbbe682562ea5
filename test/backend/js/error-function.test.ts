import { expect, test } from 'vitest';
import { complementaryError } from '../../../src/backend/js/error-function.js';

/** Python's math.erfc, at both sides of each border between the three approximations. */
const EXPECTED: [number, number][] = [
  [-7, 2.0],
  [-4.5, 1.999999999803384],
  [-2.2, 1.998137153702018],
  [-0.47, 1.4937450508860821],
  [-0.46, 1.4846553900016797],
  [-0.3, 1.3286267594591274],
  [0, 1.0],
  [0.1, 0.8875370839817152],
  [0.4, 0.5716076449533315],
  [0.46874, 0.5073955847558886],
  [0.46876, 0.5073774688931535],
  [0.5, 0.4795001221869535],
  [1, 0.15729920705028513],
  [1.7, 0.016209541409225436],
  [2.5, 0.0004069520174449589],
  [3.9, 3.479224859723177e-8],
  [3.99999, 1.5418527774541468e-8],
  [4.00001, 1.5415988127604508e-8],
  [5, 1.5374597944280351e-12],
  [8, 1.1224297172982928e-29],
  [15, 7.212994172451206e-100],
  [26, 5.663192408856143e-296],
];

test.each(EXPECTED)('erfc(%d) is that of C to 4 units in the last place', (x, expected) => {
  expect(Math.abs(complementaryError(x) / expected - 1)).toBeLessThan(4 * 2 ** -52 * Math.max(1, x * x));
});

test('erfc is 0 at ∞, 2 at −∞, and NaN of NaN', () => {
  expect([Infinity, -Infinity, Number.NaN].map(complementaryError)).toEqual([0, 2, Number.NaN]);
});
