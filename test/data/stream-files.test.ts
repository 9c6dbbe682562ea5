import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { DatasetStream } from '../../src/data/dataset-stream.js';
import { DataError } from '../../src/errors.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Random } from '../../src/random.js';
import { Trainer } from '../../src/trainer/trainer.js';

const folder = mkdtempSync(join(tmpdir(), 'stream-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bytesOf = (data: {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}): Buffer => Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);

function file(name: string, ...parts: readonly Uint8Array[]): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

/** As `np.save` writes it, format 1.0. */
function npy(name: string, descr: string, shape: readonly number[], data: Uint8Array, order = 'False'): string {
  const list = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${list}), }`;
  const padded = `${header.padEnd(118 - 1)}\n`;
  return file(name, Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length, 0]), Buffer.from(padded), data);
}

function idx(name: string, type: number, shape: readonly number[], data: Uint8Array): string {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = type;
  header[3] = shape.length;
  for (const [i, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * i);
  return file(name, header, data);
}

const ROWS = 500;
const random = new Random(2, 'data');
const x = Float32Array.from({ length: 4 * ROWS }, () => random.normal());
const labels = Int32Array.from({ length: ROWS }, (_, i) => (x[4 * i]! > 0 ? 1 : 0) + (x[4 * i + 1]! > 0 ? 1 : 0));
const swapped = (data: Buffer, size: number): Buffer =>
  size === 4 ? Buffer.from(data).swap32() : Buffer.from(data).swap64();

/** All rows of a pass, in the order of the files. */
async function rowsOf(stream: DatasetStream): Promise<{ x: number[]; learned: number[] }> {
  const all = { x: [] as number[], learned: [] as number[] };
  for await (const rows of (
    stream as unknown as { source(): AsyncIterable<{ x: number[]; labels?: number[]; targets?: number[] }> }
  ).source()) {
    for (const value of rows.x) all.x.push(value);
    all.learned.push(...(rows.labels ?? rows.targets)!);
  }
  return all;
}

const openFiles = (): number => readdirSync('/proc/self/fd').length;

const npyX = npy('x.npy', '<f4', [ROWS, 4], bytesOf(x));
const npyLabels = npy('labels.npy', '<i8', [ROWS], bytesOf(BigInt64Array.from(labels, BigInt)));

describe('DatasetStream.fromFiles', () => {
  test.each([
    ['NPY of float32 with labels of int64', () => npyX, () => npyLabels],
    [
      'NPY of float64, big-endian',
      () => npy('x8.npy', '>f8', [ROWS, 4], swapped(bytesOf(Float64Array.from(x)), 8)),
      () => npyLabels,
    ],
    [
      'IDX of float32 with labels of int32',
      () => idx('x.idx', 13, [ROWS, 4], swapped(bytesOf(x), 4)),
      () => idx('labels4.idx', 12, [ROWS], swapped(bytesOf(labels), 4)),
    ],
    [
      'NPY with labels as a column of IDX bytes',
      () => npyX,
      () => idx('labels.idx', 8, [ROWS, 1], Uint8Array.from(labels)),
    ],
  ])('reads %s', async (_, xFile, labelFile) => {
    const stream = await DatasetStream.fromFiles({ x: xFile(), labels: labelFile(), classes: 3 });
    expect(stream).toMatchObject({ rows: ROWS, inputSize: 4, classes: 3, byteScale: undefined });
    expect(await rowsOf(stream)).toEqual({ x: [...x], learned: [...labels] });
  });

  test('reads float32 without a header, and values of several columns', async () => {
    const targets = Float32Array.from({ length: 2 * ROWS }, (_, i) => i / 7);
    const stream = await DatasetStream.fromFiles({
      ...{ x: file('x.f32', bytesOf(x)), targets: file('y.f32', bytesOf(targets)) },
      ...{ format: 'float32', inputSize: 4, outputSize: 2 },
    });
    expect(stream).toMatchObject({ rows: ROWS, kind: 'regression', outputSize: 2 });
    expect(await rowsOf(stream)).toEqual({ x: [...x], learned: [...targets] });
  });

  test('reads images of bytes, and chunks of a file that is longer than one', async () => {
    const pixels = Uint8Array.from({ length: 28 * 28 * ROWS }, () => random.integer(256));
    const images = idx('images.idx', 8, [ROWS, 28, 28], pixels);
    const stream = await DatasetStream.fromFiles({
      x: images,
      labels: npyLabels,
      classes: 3,
      scale: 1 / 255,
      window: 100,
    });
    expect(stream).toMatchObject({ inputShape: [28, 28, 1], byteScale: 1 / 255 });
    expect(String(stream)).toBe('DatasetStream of 500 rows from images.idx: x [28, 28] bytes, labels of 3 classes');
    expect((await rowsOf(stream)).x).toEqual([...pixels]);
  });

  test('trains like the same rows in memory, where the window holds them all, and closes the files', async () => {
    const before = openFiles();
    const newNet = (): TwoLayerNet =>
      new TwoLayerNet({ inputSize: 4, hiddenSize: 8, outputSize: 3, weightInitStd: 'he', seed: 1 });
    const stream = await DatasetStream.fromFiles({ x: npyX, labels: npyLabels, classes: 3 });
    const validation = Dataset.from({ x: { data: x, shape: [ROWS, 4] }, labels, classes: 3 });
    const trainer = new Trainer(newNet(), { train: stream, validation, epochs: 100, batchSize: 25, seed: 1 });
    const { epochs } = await trainer.fit();
    expect(epochs).toHaveLength(100);
    expect(epochs.at(-1)!.validationAccuracy).toBeGreaterThan(0.95);
    const values = await DatasetStream.fromFiles({ x: npyX, targets: npyLabels });
    const stop = new AbortController();
    const net = new MultiLayerNet({ inputSize: 4, hiddenSizes: [8], outputSize: 1, task: 'regression', seed: 1 });
    const aborted = new Trainer(net, { train: values, epochs: 3 }).fit({
      signal: stop.signal,
      onStep: () => stop.abort('enough'),
    });
    await expect(aborted).rejects.toBe('enough');
    await expect.poll(openFiles).toBeLessThanOrEqual(before);
  });

  test.each([
    [
      'a missing file',
      { x: join(folder, 'none.npy'), labels: npyLabels, classes: 3 },
      /none\.npy cannot be read \(ENOENT: no such file or directory\)$/,
    ],
    [
      'another format',
      { x: file('x.txt', Buffer.from('1,2,3')), labels: npyLabels, classes: 3 },
      /x\.txt: the file begins with 31 2c 32 2c; expected an NPY or IDX file\. For float32 numbers without a header give the option format: 'float32'$/,
    ],
    [
      'gzip',
      { x: file('x.gz', gzipSync(Buffer.from('1,2,3'))), labels: npyLabels, classes: 3 },
      /x\.gz: the file is packed by gzip; expected an unpacked file\. Unpack it first: gunzip$/,
    ],
    [
      'columns first',
      { x: npy('f.npy', '<f4', [ROWS, 4], bytesOf(x), 'True'), labels: npyLabels, classes: 3 },
      /f\.npy: the array is stored column by column; expected row by row\. Save np\.ascontiguousarray\(x\)$/,
    ],
    [
      'objects',
      { x: npy('o.npy', '|O', [ROWS, 4], bytesOf(x)), labels: npyLabels, classes: 3 },
      /o\.npy: the NPY header is \{'descr': '\|O', .+\}; expected an array of numbers$/,
    ],
    [
      'a file cut short',
      { x: npy('short.npy', '<f4', [ROWS, 5], bytesOf(x)), labels: npyLabels, classes: 3 },
      /short\.npy: the file has 8128 bytes; expected 10128 \(128 of header and 500 × 5 float32 numbers\)$/,
    ],
    [
      'half a row',
      { x: file('half.f32', bytesOf(x)), labels: npyLabels, classes: 3, format: 'float32', inputSize: 7 },
      /half\.f32: the file has 8000 bytes; expected rows of 28 \(7 float32 numbers\)$/,
    ],
    [
      'other rows',
      { x: npyX, labels: npy('few.npy', '<i4', [2], bytesOf(labels.slice(0, 2))), classes: 3 },
      /labels \(.+few\.npy\) has 2 rows; expected 500, as x \(.+x\.npy\)$/,
    ],
    [
      'labels as rows',
      { x: npyX, labels: npyX, classes: 3 },
      /labels \(.+x\.npy\) has shape \[500, 4\]; expected one class for each row: \[N\] or \[N, 1\]$/,
    ],
    [
      'no rows',
      { x: npy('empty.npy', '<f4', [0, 4], Buffer.alloc(0)), labels: npyLabels, classes: 3 },
      /empty\.npy has shape \[0, 4\]; expected at least one row$/,
    ],
    [
      'another inputSize',
      { x: npyX, labels: npyLabels, classes: 3, inputSize: 5 },
      /^DatasetStream\.fromFiles: inputSize is 5; expected 4, as in .+x\.npy$/,
    ],
    [
      'a scale of floats',
      { x: npyX, labels: npyLabels, classes: 3, scale: 0.5 },
      /scale is 0\.5 for .+x\.npy, which holds float32 numbers; expected bytes \(uint8\), because a network takes other numbers as they are$/,
    ],
    [
      'no classes',
      { x: npyX, labels: npyLabels },
      /^DatasetStream\.fromFiles: classes is undefined; expected an integer of at least 2$/,
    ],
    [
      'neither',
      { x: npyX },
      /^DatasetStream\.fromFiles: neither labels nor targets is given; expected the file of one of them$/,
    ],
    [
      'targets with classes',
      { x: npyX, targets: npyLabels, classes: 3 },
      /^DatasetStream\.fromFiles: targets and classes are both given; expected labels with classes, or targets with outputSize$/,
    ],
    [
      'labels with outputSize',
      { x: npyX, labels: npyLabels, classes: 3, outputSize: 1 },
      /^DatasetStream\.fromFiles: labels and outputSize are both given; expected labels with classes, or targets with outputSize$/,
    ],
    ['no x', { labels: npyLabels }, /^DatasetStream\.fromFiles: x is undefined; expected the path of a file$/],
  ])('refuses %s', async (_, options, message) => {
    await expect(DatasetStream.fromFiles(options as never)).rejects.toThrow(message);
  });

  test('tells the file and row of a number that cannot be learned from, and a file that changed', async () => {
    const bad = x.slice();
    bad[4 * 321 + 2] = Number.NaN;
    const stream = await DatasetStream.fromFiles({
      x: npy('bad.npy', '<f4', [ROWS, 4], bytesOf(bad)),
      labels: npyLabels,
      classes: 3,
    });
    await expect(stream.statistics()).rejects.toThrow(
      'DatasetStream: x[321][2] of bad.npy is NaN; expected finite numbers',
    );
    const two = await DatasetStream.fromFiles({ x: npyX, labels: npyLabels, classes: 2 });
    await expect(two.statistics()).rejects.toThrow(
      `DatasetStream: labels[${labels.indexOf(2)}] of labels.npy is 2; expected an integer in [0, 2)`,
    );
    const path = npy('changing.npy', '<f4', [ROWS, 4], bytesOf(x));
    const changing = await DatasetStream.fromFiles({ x: path, labels: npyLabels, classes: 3 });
    truncateSync(path, 4000);
    await expect(changing.statistics()).rejects.toThrow(
      `DatasetStream: ${path} has 4000 bytes; expected 8128, as when the stream was made`,
    );
  });

  test.each([
    [
      'another type',
      () => npy('replaced.npy', '<f8', [ROWS / 2, 4], bytesOf(x)),
      'holds float64 numbers of shape [250, 4]',
    ],
    [
      'another shape',
      () => npy('replaced.npy', '<f4', [4, ROWS], bytesOf(x)),
      'holds float32 numbers of shape [4, 500]',
    ],
    [
      'another order of bytes',
      () => npy('replaced.npy', '>f4', [ROWS, 4], bytesOf(x)),
      'holds big-endian float32 numbers of shape [500, 4]',
    ],
    [
      'another format',
      () => file('replaced.npy', Buffer.alloc(8128, '1,2\n')),
      'has another header (the file begins with 31 2c 32 0a)',
    ],
  ])('refuses a file of as many bytes with %s', async (_, replace, found) => {
    const before = openFiles();
    const path = npy('replaced.npy', '<f4', [ROWS, 4], bytesOf(x));
    const stream = await DatasetStream.fromFiles({ x: path, labels: npyLabels, classes: 3 });
    expect(await stream.statistics()).toMatchObject({ rows: ROWS });
    replace();
    await expect(stream.statistics()).rejects.toThrow(
      new DataError({
        operation: 'DatasetStream',
        found: `${path} ${found}`,
        expected: 'float32 numbers of shape [500, 4], as when the stream was made',
      }),
    );
    await expect.poll(openFiles).toBeLessThanOrEqual(before);
  });
});
