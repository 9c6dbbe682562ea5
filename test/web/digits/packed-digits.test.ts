/** The file of digits: what is packed comes out again, and what is no such file is refused. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { packDigits } from '../../../scripts/lib/web-digits.mjs';
import { findMnistPackage, readMnistPackage } from '../../../src/data/mnist-package.js';
import { labelsOf, PIXELS, unpackDigits } from '../../../web/digits/packed-digits.js';

test('gives the digits back, each pixel rounded to the nearest of 16 steps', () => {
  const train = Uint8Array.from({ length: 3 * PIXELS }, (_, i) => (7 * i) % 256);
  const test = Uint8Array.from({ length: 2 * PIXELS }, (_, i) => (11 * i) % 256);
  const unpacked = unpackDigits(packDigits(train, test));
  const rounded = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => 17 * Math.round(byte / 17));
  expect(unpacked.train).toEqual(rounded(train));
  expect(unpacked.test).toEqual(rounded(test));
});

test('refuses a file that is cut short, empty or something else', () => {
  const file = packDigits(new Uint8Array(PIXELS), new Uint8Array(PIXELS));
  expect(() => unpackDigits(file.subarray(0, 700))).toThrow(
    'The file of digits has 700 bytes, which do not hold 1 and 1 digits',
  );
  expect(() => unpackDigits(new Uint8Array(0))).toThrow('0 bytes, which do not hold 0 and 0 digits');
  expect(() => unpackDigits(new Uint8Array(8))).toThrow('8 bytes, which do not hold 0 and 0 digits');
});

test('the row says which digit it shows', () => {
  expect([...labelsOf(new Uint8Array(12 * PIXELS))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
});

const FILE = 'dist/web/digits.bin';

test.skipIf(!existsSync(FILE))(
  'the page gets 5,000 and 1,000 digits in at most 600 kB, those of loadMnist',
  async () => {
    const file = readFileSync(FILE);
    expect(file.length).toBeLessThan(600_000);
    const digits = unpackDigits(gunzipSync(file));
    expect([digits.train.length, digits.test.length]).toEqual([5000 * PIXELS, 1000 * PIXELS]);
    const { test } = await readMnistPackage('test', findMnistPackage()!);
    const { x, labels } = test.toTensors({ normalize: false });
    // The first threes that are held out are rows 3, 13, 23 … of the file.
    const threes = [...labels.keys()].filter((row) => labels[row] === 3);
    for (let i = 0; i < 5; i++) {
      const expected = [...x.data.slice(threes[i]! * PIXELS, (threes[i]! + 1) * PIXELS)].map((byte) =>
        Math.round(byte / 17),
      );
      const row = 10 * i + 3;
      expect([...digits.test.slice(row * PIXELS, (row + 1) * PIXELS)].map((byte) => byte / 17)).toEqual(expected);
    }
  },
);
