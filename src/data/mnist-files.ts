/** MNIST from its four original files. */

import { platform } from '#platform';
import { DataError } from '../errors.js';
import { Dataset } from './dataset.js';
import { readIdx } from './idx.js';

/** Digits are 0 to 9. */
export const CLASSES = 10;

/** Bytes become numbers in [0, 1]. */
export const PIXEL_SCALE: number = 1 / 255;

/**
 * The 60,000 training and 10,000 test digits in `dir`: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same
 * with `t10k`, each gzipped (`.gz`) or not, also with a dot before `idx`.
 *
 * @param named the folder as the message about a missing one names it
 * @throws {DataError} if the folder or a file is missing, or a file is not as it should be
 */
export async function readMnistFiles(
  operation: string,
  dir: string,
  named: string = dir,
): Promise<{ train: Dataset; test: Dataset }> {
  const folder = await platform.files.status(dir).catch(() => undefined);
  if (folder?.kind !== 'folder') {
    throw new DataError({
      operation,
      found: `${named} is ${folder === undefined ? 'missing' : 'no folder'}`,
      expected: 'a folder with the four MNIST files',
    });
  }
  const [train, test] = await Promise.all([readPart(operation, dir, 'train'), readPart(operation, dir, 't10k')]);
  return { train, test };
}

async function readPart(operation: string, dir: string, part: 'train' | 't10k'): Promise<Dataset> {
  const names = await platform.files.list(dir);
  const imagesPath = find(operation, dir, names, `${part}-images`, 'idx3-ubyte');
  const labelsPath = find(operation, dir, names, `${part}-labels`, 'idx1-ubyte');
  const [images, labels] = await Promise.all([readIdx(operation, imagesPath, 3), readIdx(operation, labelsPath, 1)]);
  const [count, height, width] = images.shape as [number, number, number];
  const complain = (found: string, expected: string): DataError => new DataError({ operation, found, expected });
  if (count !== labels.data.length) {
    throw complain(`${labelsPath} has ${labels.data.length} labels`, `${count}, one for each image in ${imagesPath}`);
  }
  if (images.data.length === 0) {
    throw complain(`${imagesPath} declares ${count} × ${height} × ${width} pixels`, 'at least one');
  }
  const wrong = labels.data.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    throw complain(`${labelsPath}: labels[${wrong}] is ${labels.data[wrong]}`, `an integer in [0, ${CLASSES})`);
  }
  return Dataset.from({ x: images, labels: labels.data, classes: CLASSES, scale: PIXEL_SCALE });
}

/** The first of the names under which the file is commonly kept. */
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
