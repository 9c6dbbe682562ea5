import { expect, test } from 'vitest';
import { formatNumber, formatShare, number, shown } from '../../src/report/format.js';

test.each([
  [0, '0'],
  [12, '12'],
  [-12, '−12'],
  [60_000, '60,000'],
  [0.97345, '0.9735'],
  [54.2345, '54.23'],
  [0.25, '0.25'],
  [123456.7, '123,457'],
  [-0.000012345, '−1.234e-5'],
  [2e20, '2.000e+20'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '–'],
])('%d is shown as %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test('a share is shown in percent', () => {
  expect([formatShare(0.98765), formatShare(1), formatShare(Number.NaN)]).toEqual(['98.8 %', '100.0 %', '–']);
});

test('a number keeps all its digits for programs', () => {
  expect(number(1 / 3).text).toBe('<data value="0.3333333333333333">0.3333</data>');
});

test('shows a value by its kind, and what is missing as missing', () => {
  const missing = '<span class="missing">missing</span>';
  expect([shown('a<b'), shown(true), shown(2), shown(null), shown(undefined)].map(({ text }) => text)).toEqual([
    ...['a&lt;b', 'true', '<data value="2">2</data>', missing, missing],
  ]);
});
