import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { mpirun, whyNoMpi } from '../support/mpi.js';

const why = whyNoMpi();
const zerokara = fileURLToPath(new URL('../../dist/cli/zerokara.js', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-mpi-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What search.json and search.rank-1.json hold of the trials; `scores` has one for each rung. */
interface SavedTrials {
  trials: { trial: number; scores: unknown[] }[];
}

function alone(...args: readonly string[]): string {
  const env = { ...process.env, ZEROKARA_THREADS: '1' };
  return spawnSync(process.execPath, [zerokara, ...args], { encoding: 'utf8', env }).stdout;
}

describe.skipIf(why !== undefined)(`the command line over MPI${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  test('train shares its batches, prints and writes once, and goes on with another number of ranks and the same bits', async () => {
    const flags = ['train', '--limit', '500', '--seed', '1', '--hidden-size', '10', '--deterministic'];
    const [saved, parts, whole] = ['two', 'parts', 'whole'].map((name) => path.join(folder, `${name}.safetensors`));
    const checkpoint = ['--checkpoint', path.join(folder, 'run')];
    const shared = [...flags, '--epochs', '2', ...checkpoint];
    // On another machine the folder need not exist.
    const elsewhere = [':', '-n', '1', process.execPath, zerokara, ...shared, '--save', path.join(folder, 'no', 'net')];
    const first = await mpirun(1, zerokara, { args: [...shared, '--save', saved!, ...elsewhere] });
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toContain('ranks: 2, 2 of them on this machine; threads of each: 1');
    expect(first.stdout.match(/test accuracy 0\.\d{4} on 500 held-out digits/g)).toHaveLength(1);
    expect(fs.existsSync(saved!)).toBe(true);
    const more = alone('train', ...checkpoint, '--resume', '--epochs', '4', '--save', parts!);
    expect(more).toContain('continues after step 10 of 20');
    expect(alone(...flags, '--epochs', '4', '--save', whole!)).toContain('held-out digits');
    expect(fs.readFileSync(parts!).equals(fs.readFileSync(whole!))).toBe(true);
  });

  test('search shares out its trials: the same table as on one process, and what a rank has measured is kept', async () => {
    const flags = ['search', '--limit', '300', '--trials', '5', '--rungs', '2', '--epochs', '1', '--seed', '3'];
    const checkpoint = ['--checkpoint', path.join(folder, 'search'), '--parallel', '1'];
    const { code, stdout, stderr } = await mpirun(2, zerokara, { args: [...flags, ...checkpoint] });
    expect(code, stderr).toBe(0);
    expect(stdout.replaceAll('\r', '')).toBe(alone(...flags, '--parallel', '1'));
    expect(stderr.match(/^trial /gm)).toHaveLength(7);

    // As if it had ended before rank 0 knew of what the other rank has measured.
    const file = path.join(folder, 'search', 'search.json');
    const saved = JSON.parse(fs.readFileSync(file, 'utf8')) as SavedTrials;
    const other = JSON.parse(fs.readFileSync(path.join(folder, 'search', 'search.rank-1.json'), 'utf8')) as SavedTrials;
    const measured = new Map(other.trials.map(({ trial, scores }) => [trial, scores.length]));
    const known = saved.trials.filter(({ trial, scores }) => measured.get(trial) !== scores.length);
    expect(known.length).toBeLessThan(saved.trials.length);
    saved.trials = known;
    fs.writeFileSync(file, JSON.stringify(saved));
    const env = { ...process.env, ZEROKARA_THREADS: '1' };
    const more = spawnSync(process.execPath, [zerokara, 'search', ...checkpoint, '--resume'], {
      encoding: 'utf8',
      env,
    });
    expect(more.stdout).toBe(stdout.replaceAll('\r', ''));
    expect(more.stderr).not.toMatch(/^trial /m);
  });

  test('a model of a table, on two processes as on one', async () => {
    const table = path.join(folder, 'table.csv');
    const rows = Array.from({ length: 200 }, (_, i) => `${Math.sin(i)},${i % 3},${Math.sin(i) > 0.2 ? 'x' : 'y'}`);
    fs.writeFileSync(table, ['a,b,c', ...rows].join('\n'));
    const flags = ['train', table, '--target', 'c', '--seed', '1', '--epochs', '5', '--deterministic', '--json'];
    const { code, stdout, stderr } = await mpirun(2, zerokara, { args: flags });
    expect(code, stderr).toBe(0);
    expect(stdout.replaceAll('\r', '')).toBe(alone(...flags));
    expect(stderr.match(/^trained: 5 epochs/gm)).toHaveLength(1);
  });
});
