import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runnableBackends } from '../support/runnable.js';

const program = fileURLToPath(new URL('../support/steady-state.cjs', import.meta.url));
const built = existsSync(fileURLToPath(new URL('../../dist/index.js', import.meta.url)));
const native = runnableBackends().some(({ name }) => name === 'native');

describe.skipIf(!built || !native)('after 2,000 warm steps', () => {
  test('10,000 more keep nothing on the heap, do not grow resident memory by 1 MB, and allocate no typed arrays', () => {
    const printed = execFileSync(process.execPath, ['--expose-gc', program, 'native', '10000'], { encoding: 'utf8' });
    const { rss, heapUsed, arrayBuffers, arraysInSteps, arraysInFit } = JSON.parse(printed);
    expect(rss).toBeLessThan(2 ** 20);
    expect(heapUsed).toBeLessThan(2 ** 17); // 13 bytes a step
    expect(arrayBuffers).toBeLessThanOrEqual(0);
    expect(arraysInSteps).toBe(0);
    // A few views for each record: nothing a step.
    expect(arraysInFit).toBeLessThan(20);
  }, 60_000);
});
