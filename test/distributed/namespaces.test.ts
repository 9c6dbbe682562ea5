/** Four hosts that are network namespaces: a run over TCP, a rank that is killed, a link that is cut. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { Hosts } from '../support/hosts.js';
import { whyNoMpi } from '../support/mpi.js';
import { isAlive, startRanks } from '../support/running.js';

const program = fileURLToPath(new URL('programs/checkpointed.cjs', import.meta.url));
const made = whyNoMpi() ?? fourHosts();
if (typeof made === 'string') console.log(`hosts in network namespaces are not tested: ${made}`);

/** Or why there are none: rights, kernel and programs may each be missing, so they are tried. */
function fourHosts(): Hosts | string {
  try {
    return Hosts.open(4);
  } catch (error) {
    return (error as Error).message;
  }
}

const RANK = /^rank (\d) of 4 is process (\d+), from step 0$/;
const RESULT = /^result (\w+) after step 48$/m;

/** Seconds in which all ranks must have ended after one of them cannot go on. */
const AT_MOST = 30;

describe.skipIf(typeof made === 'string')('four hosts', () => {
  const hosts = made as Hosts;
  const folder = mkdtempSync(join(tmpdir(), 'namespaces-'));
  afterAll(() => {
    hosts.close?.();
    rmSync(folder, { recursive: true });
  });

  /** The result of a run to its end on ranks of this machine; what one rank computes, all must. */
  async function finished(file: string, ranks: number): Promise<string | undefined> {
    const { stdout, stderr } = await startRanks(ranks, program, [file, '0']).ended;
    const result = RESULT.exec(stdout)?.[1];
    if (result === undefined) throw new Error(`no result: ${stdout}${stderr}`);
    return result;
  }

  /** A run that has made three epochs; the processes of its ranks. */
  async function begun(file: string, env: Readonly<Record<string, string>> = {}) {
    const run = hosts.mpirun(4, program, [file, '20'], env);
    const lines = await run.seen(RANK, 4);
    const processes = new Map(lines.map((line) => [Number(line[1]), Number(line[2])]));
    await run.seen(/^epoch 3 has ended$/, 1);
    run.since();
    return { run, processes };
  }

  test('train over TCP with the bits of one rank', async () => {
    const { code, stdout, stderr } = await hosts.mpirun(4, program, [join(folder, 'four'), '0']).ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(RESULT.exec(stdout)?.[1]).toBe(await finished(join(folder, 'one'), 1));
  });

  test('end together when a rank is killed; the run continues on two ranks', async () => {
    const file = join(folder, 'killed');
    const { run, processes } = await begun(file);
    process.kill(processes.get(2)!, 'SIGKILL');
    const { code, stderr, seconds } = await run.ended;
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/rank 2\b/);
    expect(seconds).toBeLessThan(AT_MOST);
    await expect.poll(() => [...processes.values()].filter(isAlive), { timeout: 5_000 }).toEqual([]);
    expect(await finished(file, 2)).toBe(await finished(join(folder, 'whole'), 1));
  });

  test('end together when a link is cut; the run continues on two ranks', async () => {
    const file = join(folder, 'cut');
    const { run, processes } = await begun(file, { ZEROKARA_MPI_TIMEOUT: '12' });
    hosts.cut(3);
    const { code, stderr, seconds } = await run.ended;
    expect(code).not.toBe(0);
    // mpirun finds the daemon missing before a rank has lost its patience.
    expect(stderr).toMatch(/lost communication with a remote daemon[\s\S]*10\.77\.0\.4/);
    expect(seconds).toBeLessThan(AT_MOST);
    await expect.poll(() => [...processes.values()].filter(isAlive), { timeout: AT_MOST * 1e3 }).toEqual([]);
    expect(existsSync(file)).toBe(true);
    expect(await finished(file, 2)).toBe(await finished(join(folder, 'whole'), 1));
  });
});
