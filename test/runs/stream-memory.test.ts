/** Files that are larger than the memory that training on them takes. */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import { LONG } from '../support/long.js';

const program = fileURLToPath(new URL('../support/stream-memory.cjs', import.meta.url));
const built = existsSync(fileURLToPath(new URL('../../dist/index.js', import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'stream-memory-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COLUMNS = 20;

/** 20 columns of numbers and one of three words, which two of the columns decide. */
function writeTable(path: string, bytes: number): void {
  const random = new Random(8, 'data');
  const lines = Array.from({ length: 20_000 }, () => {
    const values = Array.from({ length: COLUMNS }, () => 6 * random.uniform() - 3);
    const species = values[0]! + values[1]! > 1 ? 'setosa' : values[2]! > 0 ? 'virginica' : 'versicolor';
    return `${values.map((value) => value.toFixed(4)).join(',')},${species}\n`;
  });
  const block = Buffer.from(lines.join(''));
  const file = openSync(path, 'w');
  writeSync(file, `${Array.from({ length: COLUMNS }, (_, i) => `c${i}`).join(',')},species\n`);
  for (let written = 0; written < bytes; written += block.length) writeSync(file, block);
  closeSync(file);
}

/** 3 GB before a release: STREAM_MEGABYTES=3000. */
const ASKED = process.env.STREAM_MEGABYTES;

/** A network whose steps take longer than reading their rows. */
const WIDE = 500;

describe.skipIf(!built)('training on a CSV file', () => {
  test.each([[300, 16], ...(LONG ? [[300, WIDE]] : []), ...(ASKED === undefined ? [] : [[Number(ASKED), WIDE]])] as [
    megabytes: number,
    hidden: number,
  ][])(
    'of %i MB takes less memory than the file, and less than 300 MB in all, with %i hidden neurons',
    (megabytes, hidden) => {
      const path = join(folder, `${megabytes}.csv`);
      writeTable(path, megabytes * 1e6);
      try {
        const printed = execFileSync(process.execPath, [program, path, String(hidden)], { encoding: 'utf8' });
        const found = JSON.parse(printed);
        console.log(`${megabytes} MB: ${printed}`);
        expect(found.most - found.loaded).toBeLessThan(megabytes);
        expect(found.most).toBeLessThan(300);
        expect(found.loss).toBeLessThan(0.3);
        // A pass that only reads, against as many steps on rows in memory.
        if (hidden === WIDE) expect(found.counted).toBeLessThan(found.trained);
      } finally {
        rmSync(path);
      }
    },
    1_800_000,
  );
});
