/** MNIST from its four original files. */

import { platform } from '#platform';
import { DataError } from '../errors.js';
import { Dataset } from './dataset.js';
import { readIdx } from './idx.js';

/** Digits are 0 to 9. */
export const CLASSES = 10;

/** Bytes become numbers in [0, 1]. */
export const PIXEL_SCALE: number = 1 / 255;

/** The folder to read, and how. */
export interface MnistFolder {
  readonly dir: string;
  /** The folder's name in the message when it is missing. */
  readonly named: string;
  /** The most bytes that one of the files may have, on disk and unpacked. */
  readonly maxBytes: number;
}

/**
 * The 60,000 training and 10,000 test digits in a folder: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same
 * with `t10k`, each gzipped (`.gz`) or not, with a hyphen or a dot before `idx`.
 *
 * @throws {DataError} if the folder or a file is missing, or a file is invalid
 */
export async function readMnistFiles(
  operation: string,
  folder: MnistFolder,
): Promise<{ train: Dataset<Int32Array>; test: Dataset<Int32Array> }> {
  const { dir, named } = folder;
  const status = await platform.files.status(dir).catch(() => undefined);
  if (status?.kind !== 'folder') {
    throw new DataError({
      operation,
      found: `${named} is ${status === undefined ? 'missing' : 'not a folder'}`,
      expected: 'a folder with the four MNIST files',
    });
  }
  const names = await platform.files.list(dir);
  // One after the other: the files of the second are not read before those of the first are known to be good.
  const train = await readPart(operation, folder, names, 'train');
  return { train, test: await readPart(operation, folder, names, 't10k') };
}

/** The labels first: they are few, and show whether the images are as expected before those are allocated. */
async function readPart(
  operation: string,
  { dir, maxBytes }: MnistFolder,
  names: readonly string[],
  part: 'train' | 't10k',
): Promise<Dataset<Int32Array>> {
  const imagesPath = find(operation, dir, names, `${part}-images`, 'idx3-ubyte');
  const labelsPath = find(operation, dir, names, `${part}-labels`, 'idx1-ubyte');
  const complain = (found: string, expected: string): DataError => new DataError({ operation, found, expected });

  const labels = await readIdx(operation, labelsPath, { rank: 1, maxBytes });
  const wrong = labels.data.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    throw complain(`${labelsPath}: labels[${wrong}] is ${labels.data[wrong]}`, `an integer in [0, ${CLASSES})`);
  }
  const images = await readIdx(operation, imagesPath, {
    rank: 3,
    maxBytes,
    requireShape: (shape) => {
      const [count] = shape;
      if (count !== labels.data.length) {
        throw complain(
          `${labelsPath} has ${labels.data.length} labels`,
          `${count}, one for each image in ${imagesPath}`,
        );
      }
      if (shape.includes(0)) throw complain(`${imagesPath} declares ${shape.join(' × ')} pixels`, 'at least one');
    },
  });
  return Dataset.from({ x: images, labels: labels.data, classes: CLASSES, scale: PIXEL_SCALE });
}

/** The first of the names commonly used for the file. */
function find(operation: string, dir: string, present: readonly string[], stem: string, type: string): string {
  const names = [`${stem}-${type}`, `${stem}.${type}`].flatMap((name) => [name, `${name}.gz`]);
  const name = names.find((candidate) => present.includes(candidate));
  if (name !== undefined) return platform.files.join(dir, name);
  throw new DataError({
    operation,
    found: `${dir} has no ${stem}-${type}`,
    expected: `one of ${names.join(', ')}`,
  });
}
