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

function alone(...args: readonly string[]): string {
  const env = { ...process.env, ZEROKARA_THREADS: '1' };
  return spawnSync(process.execPath, [zerokara, ...args], { encoding: 'utf8', env }).stdout;
}

describe.skipIf(why !== undefined)(`the command line over MPI${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  test('train shares its batches, prints and writes once, and goes on with another number of ranks', async () => {
    const flags = ['train', '--limit', '500', '--seed', '1', '--hidden-size', '10'];
    const saved = path.join(folder, 'net.safetensors');
    const checkpoint = ['--checkpoint', path.join(folder, 'run')];
    const shared = [...flags, '--epochs', '2', ...checkpoint];
    // On another machine the folder need not exist.
    const elsewhere = [':', '-n', '1', process.execPath, zerokara, ...shared, '--save', path.join(folder, 'no', 'net')];
    const first = await mpirun(1, zerokara, { args: [...shared, '--save', saved, ...elsewhere] });
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toContain('ranks: 2, 2 of them on this machine; threads of each: 1');
    expect(first.stdout.match(/test accuracy 0\.\d{4} on 500 held-out digits/g)).toHaveLength(1);
    expect(fs.existsSync(saved)).toBe(true);
    const more = alone('train', ...checkpoint, '--resume', '--epochs', '4');
    expect(more).toContain('continues after step 10 of 20');
    const accuracy = (text: string): string => /test accuracy (0\.\d{4}) on/.exec(text)![1]!;
    expect(accuracy(more)).toBe(accuracy(alone(...flags, '--epochs', '4')));
  });

  test('search shares out its trials: the same table as on one process', async () => {
    const flags = ['search', '--limit', '300', '--trials', '5', '--rungs', '2', '--epochs', '1', '--seed', '3'];
    const { code, stdout, stderr } = await mpirun(2, zerokara, { args: [...flags, '--parallel', '1'] });
    expect(code, stderr).toBe(0);
    expect(stdout.replaceAll('\r', '')).toBe(alone(...flags, '--parallel', '1'));
    expect(stderr.match(/^trial /gm)).toHaveLength(7);
  });

  test('a table is trained on one process', async () => {
    const table = path.join(folder, 'table.csv');
    fs.writeFileSync(table, 'a,b\n1,x\n2,y\n');
    const { code, stderr } = await mpirun(2, zerokara, { args: ['train', table, '--target', 'b'] });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'zerokara: train: 2 processes are to train a model of a table; expected one process: digits alone are shared between ranks. Leave out mpirun; --threads sets the threads',
    );
  });
});
