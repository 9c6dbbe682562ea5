import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { csvRowsAhead } from '../../src/data/csv-ahead.js';
import { IGNORED, TARGET } from '../../src/data/csv-plan.js';
import { type CsvTask, csvRows } from '../../src/data/csv-rows.js';
import type { StreamRows } from '../../src/data/stream-rows.js';
import { DataError } from '../../src/errors.js';
import { Random } from '../../src/random.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const isBuilt = existsSync(join(root, 'dist/data/csv-rows.js'));
const folder = mkdtempSync(join(tmpdir(), 'csv-ahead-'));
afterAll(() => rmSync(folder, { recursive: true }));

const random = new Random(3, 'data');
const lines = Array.from({ length: 30_000 }, (_, i) => {
  const word = ['a', 'b', '"c ""d"""'][i % 3];
  return `${(9 * random.normal()).toFixed(3)},note ${i},${word},${random.normal()}`;
});

function taskOf(name: string, text: string): CsvTask {
  const path = join(folder, name);
  writeFileSync(path, text);
  const plan = {
    ...{ place: path, delimiter: 44, columnNames: ['x', 'note', 'word', 'y'], inputSize: 2, capacity: 1000 },
    roles: Int32Array.of(0, IGNORED, TARGET, 1),
    classes: new Map(['a', 'b', 'c "d"'].map((word, i) => [word, i])),
  };
  return { path, plan, header: true, classes: 3 };
}

/** All numbers, and what ended them. */
async function read(rows: AsyncIterable<StreamRows>): Promise<{ x: number[]; labels: number[]; error?: unknown }> {
  const all = { x: [] as number[], labels: [] as number[] };
  try {
    for await (const { x, labels } of rows) {
      all.x.push(...Array.from(x));
      all.labels.push(...Array.from(labels as Float64Array));
    }
    return all;
  } catch (error) {
    return { ...all, error };
  }
}

const threads = (): number => readdirSync('/proc/self/task').length;

describe.skipIf(!isBuilt)('csvRowsAhead', () => {
  const task = taskOf('data.csv', `x,note,word,y\n${lines.join('\n')}\n`);

  test('gives the rows that this thread would read, to the bit', async () => {
    const before = threads();
    let most = 0;
    const counted = async function* (): AsyncGenerator<StreamRows> {
      for await (const rows of csvRowsAhead(task, 0)) {
        most = Math.max(most, threads());
        yield rows;
      }
    };
    const found = await read(counted());
    expect(most).toBeGreaterThan(before);
    expect(found).toEqual(await read(csvRows(task)));
    expect(found.labels).toHaveLength(lines.length);
    await expect.poll(threads).toBeLessThanOrEqual(before);
  });

  test.each([
    ['a bad cell', '1,,a,x', 'line 30002, column "y" is "x"; expected a number'],
    ['a bad word', '1,,z,1', 'line 30002, column "word" is "z"; expected one of "a", "b", "c \\"d\\""'],
    ['a quote that is never closed', '1,"', 'line 30002: a quote is never closed'],
  ])('gives the rows before %s, then its place', async (_, last, message) => {
    const broken = taskOf('broken.csv', `x,note,word,y\n${lines.join('\n')}\n${last}\n`);
    const found = await read(csvRowsAhead(broken, 0));
    expect(found.labels).toHaveLength(lines.length);
    expect(found.error).toBeInstanceOf(DataError);
    expect((found.error as DataError).message).toBe(`DatasetStream: ${broken.path}, ${message}`);
    expect((found.error as DataError).message).toBe(((await read(csvRows(broken))).error as DataError).message);
  });

  test('says why a file cannot be read', async () => {
    const { error } = await read(csvRowsAhead({ ...task, path: join(folder, 'none.csv') }, 0));
    expect(error).toHaveProperty('message', expect.stringContaining('none.csv cannot be read (ENOENT: no such file'));
    expect(error).toHaveProperty('cause.code', 'ENOENT');
  });

  test('ends the thread when the loop is left', async () => {
    const before = threads();
    for await (const rows of csvRowsAhead(task, 0)) {
      expect(rows.x.length).toBe(2000);
      break;
    }
    await expect.poll(threads).toBeLessThanOrEqual(before);
  });

  test('reads on this thread where another cannot begin, and keeps no process alive', () => {
    const program = `
      const { csvRowsAhead } = require('./dist/data/csv-ahead.js');
      const { platform } = require('#platform');
      const threads = require('node:worker_threads');
      const task = { ...${JSON.stringify({ ...task, plan: undefined })}, plan: { ...${JSON.stringify({ ...task.plan, roles: undefined, classes: undefined })},
        roles: Int32Array.of(0, -2, -1, 1), classes: new Map([['a', 0], ['b', 1], ['c "d"', 2]]) } };
      (async () => {
        let count = 0;
        for await (const { labels } of csvRowsAhead(task, 0)) count += labels.length;
        const { Worker } = threads;
        threads.Worker = function () { throw new Error('no threads'); };
        for await (const { labels } of csvRowsAhead(task, 0)) count += labels.length;
        threads.Worker = Worker;
        console.log(count);
        const left = csvRowsAhead(task, 0);
        console.log((await left.next()).value.labels.length);
      })();
    `;
    const printed = execFileSync(process.execPath, ['-e', program], { cwd: root, encoding: 'utf8', timeout: 20_000 });
    expect(printed).toBe('60000\n1000\n');
  });
});
