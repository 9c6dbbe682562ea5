import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { DatasetStream } from '../../src/data/dataset-stream.js';
import { DataError } from '../../src/errors.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { SGD } from '../../src/optim/sgd.js';
import { Random } from '../../src/random.js';
import { Trainer } from '../../src/trainer/trainer.js';

const folder = mkdtempSync(join(tmpdir(), 'stream-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const random = new Random(6, 'data');
const rows = Array.from({ length: 40_000 }, () => {
  const [a, b] = [10 + 3 * random.normal(), 1000 * random.normal()];
  return { a: a.toFixed(3), b: b.toFixed(1), species: a + b / 300 > 10 ? 'large' : 'small' };
});
/** 2 MB: several chunks. */
const path = file(
  'data.csv',
  `a,note,b,species\n${rows.map(({ a, b, species }) => `${a},"some ""note"" that is not read",${b},${species}`).join('\n')}\n`,
);
const options = { target: 'species', classes: ['small', 'large'], columns: ['b', 'a'] } as const;

type Source = { source(): AsyncIterable<{ x: Float64Array; labels?: Float64Array; targets?: Float64Array }> };

describe('DatasetStream.fromCsv', () => {
  test('reads the columns in the order that is asked for', async () => {
    const stream = await DatasetStream.fromCsv(path, options);
    expect(String(stream)).toBe('DatasetStream from data.csv: x [2], labels of 2 classes');
    const [x, labels] = [[] as number[], [] as number[]];
    for await (const chunk of (stream as unknown as Source).source()) {
      for (const value of chunk.x) x.push(value);
      for (const label of chunk.labels!) labels.push(label);
    }
    expect(x).toEqual(rows.flatMap(({ a, b }) => [Number(b), Number(a)]));
    expect(labels).toEqual(rows.map(({ species }) => options.classes.indexOf(species as 'small')));
  });

  test('trains on its statistics, and closes the file', async () => {
    const before = readdirSync('/proc/self/fd').length;
    const stream = await DatasetStream.fromCsv(path, options);
    const { mean, deviation, classCounts } = await stream.statistics();
    expect(mean[1]).toBeCloseTo(10, 1);
    expect(deviation[0]).toBeGreaterThan(950);
    expect(classCounts).toEqual(
      [0, 1].map((label) => rows.filter(({ species }) => species === options.classes[label]).length),
    );
    const net = Sequential.from(
      {
        input: 2,
        layers: [
          { type: 'standardization', mean, deviation },
          { type: 'affine', outputSize: 8, activation: 'relu' },
          { type: 'affine', outputSize: 2 },
        ],
        loss: 'crossEntropy',
      },
      { seed: 1 },
    );
    const trainer = new Trainer(net, { train: stream, epochs: 1, optimizer: 'adam', seed: 1 });
    const { losses, warnings } = await trainer.fit();
    expect(losses).toHaveLength(400);
    expect(losses.slice(-50).reduce((sum, loss) => sum + loss) / 50).toBeLessThan(0.2);
    expect(warnings).toEqual([]);
    await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
  });

  test('takes class numbers, values, other delimiters, a mark of the byte order and no header', async () => {
    const numbers = await DatasetStream.fromCsv(file('n.csv', '\ufeffx;class\r\n1;0\r\n2;1\r\n'), {
      target: 'class',
      classes: 2,
    });
    expect(await numbers.statistics()).toMatchObject({ rows: 2, mean: [1.5], classCounts: [1, 1] });
    const values = await DatasetStream.fromCsv(file('v.tsv', '1\t2\t3\n4\t5\t6'), { target: 'column3' });
    expect(await values.statistics()).toMatchObject({ rows: 2, mean: [2.5, 3.5], targetMean: [4.5] });
  });

  test.each([
    [
      { target: 'specis', classes: 2 },
      'target is "specis"; expected a column of the file: "a", "note", "b", "species". Did you mean "species"?',
    ],
    [
      { target: 'species', columns: ['c'] },
      'columns[0] is "c"; expected a column of the file: "a", "note", "b", "species"',
    ],
    [
      { target: 'a', columns: ['b', 'b'] },
      'columns[1] is "b", which is there already; expected each column once, without the target',
    ],
    [{ target: 'a', columns: ['a'] }, 'columns[0] is "a", the target; expected each column once, without the target'],
    [{ target: 'a', columns: [] }, 'there is no column but the target; expected columns to learn from'],
    [{ target: 'a', classes: ['x', 'x'] }, 'classes[1] is "x", as is classes[0]; expected each class once'],
    [{ target: 'a', classes: ['x'] }, 'classes is ["x"]; expected at least two words, or the number of classes'],
    [{ target: 'a', classes: [] }, 'classes is []; expected at least two words, or the number of classes'],
    [{ target: 'a', classes: 1 }, 'classes is 1; expected an integer of at least 2'],
    [{ target: 'a', label: 'b' }, 'unknown option "label"; did you mean "target"?'],
    [{ target: 'a', delimiter: '→' }, 'delimiter is "→"; expected an ASCII character'],
  ])('refuses %o', async (given, message) => {
    await expect(DatasetStream.fromCsv(path, given)).rejects.toThrow(`DatasetStream.fromCsv: ${message}`);
  });

  test.each(['3', '-1', '0.5'])('tells the line of the class number %s, after the rows before it', async (label) => {
    const lines = Array.from({ length: 40 }, (_, i) => `${i},${i % 3}`);
    const broken = file('classes.csv', `a,class\n\n"1",2\n${lines.join('\n')}\n7,${label}\n8,1\nx,1\n`);
    const stream = await DatasetStream.fromCsv(broken, { target: 'class', classes: 3 });
    const x: number[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of (stream as unknown as Source).source()) x.push(...chunk.x);
    };
    await expect(read()).rejects.toThrow(
      new DataError({
        operation: 'DatasetStream',
        found: `${broken}, line 44, column "class" is ${label}`,
        expected: 'an integer in [0, 3)',
      }),
    );
    expect(x).toEqual([1, ...lines.keys()]);
  });

  test('refuses a file packed by gzip, and one without rows', async () => {
    const packed = file('packed.csv', gzipSync('a,b\n1,2\n'));
    await expect(DatasetStream.fromCsv(packed, { target: 'b' })).rejects.toThrow(
      new DataError({
        operation: 'DatasetStream.fromCsv',
        found: `${packed}: the file is packed by gzip`,
        expected: 'an unpacked file',
        fix: 'Unpack it first: gunzip',
      }),
    );
    for (const text of ['a,b', 'a,b\r\n', '\na,b\n\n  \n']) {
      const bare = file('bare.csv', text);
      await expect(DatasetStream.fromCsv(bare, { target: 'b' })).rejects.toThrow(
        new DataError({
          operation: 'DatasetStream.fromCsv',
          found: `${bare} has no rows below its header`,
          expected: 'at least one',
        }),
      );
    }
    // The header is longer than what is read first.
    const names = Array.from({ length: 8000 }, (_, i) => `column${i}`).join(',');
    const wide = file('wide.csv', `${names}\n${new Array(8000).fill('1').join(',')}\n`);
    expect(await DatasetStream.fromCsv(wide, { target: 'column0' })).toMatchObject({ inputSize: 7999 });
  });

  test('refuses a file that was written anew with other columns, or without rows', async () => {
    const changing = file('changing.csv', 'a,b,c\n1,2,3\n');
    const stream = await DatasetStream.fromCsv(changing, { target: 'c' });
    expect(await stream.statistics()).toMatchObject({ rows: 1, mean: [1, 2], targetMean: [3] });
    file('changing.csv', 'b,a,c\n2,1,3\n');
    await expect(stream.statistics()).rejects.toThrow(
      new DataError({
        operation: 'DatasetStream',
        found: `${changing}, line 1 names other columns than when the stream was made`,
        expected: '"a", "b", "c"',
      }),
    );
    file('changing.csv', 'a,b,c\n');
    await expect(stream.statistics()).rejects.toThrow(
      new DataError({
        operation: 'DatasetStream',
        found: `${changing} has no rows below its header`,
        expected: 'at least one',
      }),
    );
  });

  test.each([
    ['a bad cell', '3,x,4', 'line 502, column "b" is "x"; expected a number'],
    ['the last cell bad', '3,4,x', 'line 502, column "c" is "x"; expected a number'],
    ['a record cut short', '3,4', 'line 502 has 2 cells; expected 3, as in the first line'],
  ])('gives the rows before %s first', async (_, last, message) => {
    const lines = Array.from({ length: 500 }, (_, i) => `${i},${2 * i},${3 * i}`);
    const broken = file('broken.csv', `a,b,c\n${lines.join('\n')}\n${last}\n5,6,7\n`);
    const stream = await DatasetStream.fromCsv(broken, { target: 'c', window: 50 });
    const given = { x: [] as number[], targets: [] as number[] };
    const read = async (): Promise<void> => {
      for await (const { x, targets } of (stream as unknown as Source).source()) {
        given.x.push(...x);
        given.targets.push(...targets!);
      }
    };
    await expect(read()).rejects.toThrow(`DatasetStream: ${broken}, ${message}`);
    expect(given.x).toEqual(lines.flatMap((_, i) => [i, 2 * i]));
    expect(given.targets).toEqual(lines.map((_, i) => 3 * i));
    const net = new MultiLayerNet({ inputSize: 2, hiddenSizes: [4], outputSize: 1, task: 'regression', seed: 1 });
    const optimizer = new SGD({ learningRate: 1e-9 });
    const trainer = new Trainer(net, { train: stream, steps: 100, batchSize: 10, optimizer, seed: 1 });
    await expect(trainer.fit()).rejects.toThrow(`DatasetStream: ${broken}, ${message}`);
    // A batch needs a full window and one batch more behind it.
    expect(trainer.step).toBe(45);
  });

  test('tells the file and line of what is neither a number nor a class', async () => {
    const whole = await DatasetStream.fromCsv(path, { target: 'species', classes: ['small', 'large'] });
    await expect(whole.statistics()).rejects.toThrow(
      `DatasetStream: ${path}, line 2, column "note" is "some \\"note\\" that is not read"; expected a number`,
    );
    const one = await DatasetStream.fromCsv(path, { ...options, classes: ['small', 'huge'] });
    const line = 2 + rows.findIndex(({ species }) => species === 'large');
    await expect(one.statistics()).rejects.toThrow(
      `DatasetStream: ${path}, line ${line}, column "species" is "large"; expected one of "small", "huge"`,
    );
    await expect(DatasetStream.fromCsv(join(folder, 'none.csv'), options)).rejects.toThrow(
      'none.csv cannot be read (ENOENT: no such file or directory)',
    );
    await expect(DatasetStream.fromCsv(5 as never, options)).rejects.toThrow(
      'DatasetStream.fromCsv: path is 5; expected the path of a CSV file',
    );
    const gone = await DatasetStream.fromCsv(file('gone.csv', 'a,b\n1,2'), { target: 'b' });
    rmSync(join(folder, 'gone.csv'));
    await expect(gone.statistics()).rejects.toThrow('gone.csv cannot be read (ENOENT: no such file or directory)');
  });
});
