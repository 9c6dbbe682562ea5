import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { LONG } from '../support/long.js';
import { mpirun, program, resultsOf, runAlone, whyNoMpi } from '../support/mpi.js';

const why = whyNoMpi();
const KILLS = LONG ? 50 : 2;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-mpi-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

interface Result {
  readonly rank: number;
  readonly step: number;
  readonly weights: string;
  readonly losses: readonly number[];
}

/** Arguments of a run of 12 epochs of 5 steps that saves itself after each. */
function saving(file: string, more: object = {}): string[] {
  return [JSON.stringify([{ epochs: 12, save: file, connect: { deterministic: true }, ...more }])];
}

describe.skipIf(why !== undefined)(`ranks that fail${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  test('a rank that throws what nothing catches ends all, and says who it was', async () => {
    const { code, stderr, seconds } = await mpirun(3, program('throwing.cjs'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/RangeError: this rank has had enough\n\s+at /);
    expect(stderr).toContain('zerokara: rank 1 of 3 has ended with an error, so all ranks end');
    expect(seconds).toBeLessThan(30);
  });

  test('a rank that ends with another status than 0 ends all', async () => {
    const { code, stderr } = await mpirun(2, program('throwing.cjs'), { args: ['exit'] });
    expect(code).toBe(7);
    expect(stderr).toContain('zerokara: rank 1 of 2 has ended with exit status 7, so all ranks end');
  });

  test('a rank that stops answering ends all, and the others say that they have waited', async () => {
    const { code, stderr, seconds } = await mpirun(2, program('throwing.cjs'), {
      args: ['silent'],
      env: { ZEROKARA_MPI_TIMEOUT: '2' },
    });
    expect(code).toBe(75);
    expect(stderr).toContain(
      'zerokara: rank 0 of 2 has waited 2 s for the others, so all ranks end; a rank or a link between them is gone. Start again with the last checkpoint (ZEROKARA_MPI_TIMEOUT sets the seconds)',
    );
    expect(seconds).toBeLessThan(20);
  });

  test(`${KILLS} kills at random: all ranks end, the file is whole, and any number of ranks continues it`, async () => {
    const whole = runAlone(program('train.cjs'), { args: saving(path.join(folder, 'whole.safetensors')) });
    const [[expected]] = resultsOf<readonly [Result]>(whole) as readonly [readonly [Result]];
    for (let i = 0; i < KILLS; i++) {
      const file = path.join(folder, `killed-${i}.safetensors`);
      const victim = i % 2;
      let isKilled = false;
      const wait = 30 + ((i * 7919) % 300);
      const watch = setInterval(() => {
        if (isKilled || !fs.existsSync(file)) return;
        isKilled = true;
        setTimeout(() => kill(file, victim), wait);
      }, 5);
      // Slow enough that the kill comes before the end.
      const { code, stderr, seconds } = await mpirun(2, program('train.cjs'), { args: saving(file, { slow: 300 }) });
      clearInterval(watch);
      expect(seconds).toBeLessThan(30);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(new RegExp(`process rank ${victim} .* exited on signal 9`));
      const args = saving(file, { resume: file });
      const resumed = resultsOf<readonly [Result]>(
        i % 3 === 0
          ? runAlone(program('train.cjs'), { args })
          : await mpirun(LONG ? 4 : 2, program('train.cjs'), { args }),
      );
      for (const [{ weights, losses }] of resumed) {
        expect(weights).toBe(expected.weights);
        expect(losses).toEqual(expected.losses);
      }
    }
  }, 1_200_000);
});

/** Kills the process of that rank which has `file` in its arguments. */
function kill(file: string, rank: number): void {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  for (const line of stdout.split('\n')) {
    const [, pid, args] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    if (args === undefined || !args.includes(file) || args.startsWith('mpirun')) continue;
    const environment = fs.readFileSync(`/proc/${pid}/environ`, 'utf8');
    if (environment.includes(`OMPI_COMM_WORLD_RANK=${rank}\0`)) process.kill(Number(pid), 'SIGKILL');
  }
}
