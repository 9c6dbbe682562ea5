/** A process that trains and saves is killed at random moments: the file is always complete, and the run continues as if nothing had happened. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import { LONG } from '../support/long.js';
import { runnableBackends } from '../support/runnable.js';

const program = fileURLToPath(new URL('../support/checkpointing.cjs', import.meta.url));
const built = existsSync(fileURLToPath(new URL('../../dist/index.js', import.meta.url)));

/** For each backend; `npm run test:long` makes 100 in all. */
const KILLS = LONG ? 34 : 4;

/** Steps before a kill, at most: by milliseconds, a slow machine would be killed before its first save, and a fast one never. */
const MOST_STEPS = 60;

const folder = mkdtempSync(join(tmpdir(), 'kill-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts the program, lets it make so many steps, and kills it a little later. @returns whether it was killed before its end */
async function killed(backend: string, file: string, steps: number, milliseconds: number): Promise<boolean> {
  const child = spawn(process.execPath, [program, backend, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)));
  const made = new Promise<void>((resolve) => {
    let count = 0;
    child.stdout.on('data', (dots: Buffer) => {
      count += dots.length;
      if (count >= steps) resolve();
    });
  });
  await Promise.race([made, ended]);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill('SIGKILL');
  return (await ended) === 'SIGKILL';
}

describe.skipIf(!built)('killed while it saves', () => {
  test.each(runnableBackends())(
    `${KILLS} times, a run on $name resumes with the bits of one that never stopped`,
    async ({ name }) => {
      const { begin, goOn, result, STEPS } = createRequire(import.meta.url)(program);
      const whole = begin(name);
      whole.fitSync();
      const random = new Random(1);
      const file = join(folder, `${name}.safetensors`);
      const counts = { kills: 0, before: 0, resumed: 0, unfinished: 0, steps: new Set<number>() };
      for (let tries = 0; counts.resumed < KILLS && tries < 20 * KILLS; tries++) {
        if (!(await killed(name, file, 1 + random.integer(MOST_STEPS), 4 * random.uniform()))) {
          expect((await goOn(name, file)).isComplete).toBe(true);
          rmSync(file);
          continue;
        }
        counts.kills++;
        for (const entry of readdirSync(folder).filter((name) => name.endsWith('.tmp'))) {
          counts.unfinished++; // killed while it wrote
          rmSync(join(folder, entry));
        }
        if (!existsSync(file)) {
          counts.before++; // before the first save was whole
          continue;
        }
        const trainer = await goOn(name, file);
        counts.resumed++;
        counts.steps.add(trainer.step);
        if (trainer.step > STEPS / 2) rmSync(file); // begin again, so that all parts of a run are met
        if (!trainer.isComplete) trainer.fitSync();
        expect(result(trainer)).toEqual(result(whole));
      }
      if (LONG) console.log(name, { ...counts, steps: [...counts.steps].join(' ') });
      expect(counts.resumed).toBe(KILLS);
    },
    600_000,
  );
});
