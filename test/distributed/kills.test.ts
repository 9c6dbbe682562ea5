/** Ranks are killed at random moments: the others end too, the file is always complete, and the run continues on any number of ranks. */

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import { LONG } from '../support/long.js';
import { whyNoMpi } from '../support/mpi.js';
import { isAlive, startRanks } from '../support/running.js';

const program = fileURLToPath(new URL('programs/checkpointed.cjs', import.meta.url));
const reason = whyNoMpi();

/** Only in `npm run test:long`: each takes seconds. */
const KILLS = 50;
/** Seconds in which all ranks must have ended. */
const AT_MOST = 30;
/** Milliseconds that rank 0 rests in each of 48 steps, and of a whole run, about. */
const REST = 20;
const WHOLE = 1_200;
const RANK = /^rank (\d) of (\d) is process (\d+), from step (\d+)$/;
const RESULT = /^result (\w+) after step 48$/m;

const folder = mkdtempSync(join(tmpdir(), 'kills-'));
afterAll(() => rmSync(folder, { recursive: true }));

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.skipIf(reason !== undefined || !LONG)('killed at a random moment', () => {
  test(`${KILLS} times, all ranks end, and the run continues on another number of them with the bits of one that never stopped`, async () => {
    const random = new Random(5);
    const whole = RESULT.exec((await startRanks(1, program, [join(folder, 'whole'), '0']).ended).stdout)?.[1];
    expect(whole).toBeDefined();
    const file = join(folder, 'killed');
    const counts = { kills: 0, ofMpirun: 0, before: 0, resumed: 0, longest: 0 };
    while (counts.kills < KILLS) {
      const ranks = [1, 2, 4][random.integer(3)]!;
      const run = startRanks(ranks, program, [file, String(REST)]);
      const ids = (await run.seen(RANK, ranks)).map((line) => Number(line[3]));
      await wait(0.8 * WHOLE * random.uniform());
      // One time in five mpirun itself, which can then end nobody.
      const isMpirun = random.integer(5) === 0;
      run.since();
      kill(isMpirun ? run.child.pid! : ids[random.integer(ranks)]!);
      const { code, seconds, stdout } = await run.ended;
      if (RESULT.test(stdout)) {
        rmSync(file); // it had completed before
        continue;
      }
      counts.kills++;
      if (isMpirun) counts.ofMpirun++;
      expect(code).not.toBe(0);
      await expect.poll(() => ids.filter(isAlive), { timeout: AT_MOST * 1e3 }).toEqual([]);
      counts.longest = Math.max(counts.longest, seconds);
      expect(seconds).toBeLessThan(AT_MOST);
      if (!existsSync(file))
        counts.before++; // before the first save was whole
      else if (random.integer(2) === 0) {
        // Half of the runs are finished at once; the others are killed again, further on.
        const other = [1, 2, 4][random.integer(3)]!;
        const { stdout, stderr } = await startRanks(other, program, [file, '0']).ended;
        expect(RESULT.exec(stdout)?.[1], stdout + stderr).toBe(whole);
        counts.resumed++;
        rmSync(file);
      }
    }
    if (existsSync(file)) {
      const { stdout, stderr } = await startRanks(2, program, [file, '0']).ended;
      expect(RESULT.exec(stdout)?.[1], stdout + stderr).toBe(whole);
    }
    const left = readdirSync(folder).filter((name) => name.endsWith('.tmp'));
    console.log({ ...counts, left: left.length });
  }, 1_800_000);
});

/** A process that has ended by itself meanwhile is none to kill. */
function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
