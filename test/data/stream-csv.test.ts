import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DatasetStream } from '../../src/data/dataset-stream.js';
import { Sequential } from '../../src/models/sequential.js';
import { Random } from '../../src/random.js';
import { Trainer } from '../../src/trainer/trainer.js';

const folder = mkdtempSync(join(tmpdir(), 'stream-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
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
    [{ target: 'a', classes: ['x'] }, 'classes is 1; expected an integer of at least 2'],
    [{ target: 'a', label: 'b' }, 'unknown option "label"; did you mean "target"?'],
    [{ target: 'a', delimiter: '→' }, 'delimiter is "→"; expected an ASCII character'],
  ])('refuses %o', async (given, message) => {
    await expect(DatasetStream.fromCsv(path, given)).rejects.toThrow(`DatasetStream.fromCsv: ${message}`);
  });

  test('tells the file and line of what is no number or no class', async () => {
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
