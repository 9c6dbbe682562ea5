/** `zerokara bench` as users run it: the built file in a process of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const program = resolve(import.meta.dirname, '../../dist/cli/zerokara.js');
const folder = mkdtempSync(join(tmpdir(), 'zerokara-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, 'bench', ...args], { encoding: 'utf8', timeout: 60_000 });
}

describe('zerokara bench', () => {
  test('FOUND K2: compares the backends of this machine, and speaks of nothing that users cannot have', () => {
    const json = join(folder, 'bench.json');
    const { status, stdout } = bench(
      '--quick',
      '--rounds',
      '1',
      '--jobs',
      'j3',
      '--backends',
      'wasm,js',
      '--json',
      json,
    );
    expect(stdout).toMatch(/^J3: predict with 784-50-10\n10,000 imitated digits; 1 round\nnoise: /m);
    expect(stdout).toMatch(/^zerokara wasm +1 +[\d.]+ .*\nzerokara js +1 +[\d.]+/m);
    expect(stdout).not.toMatch(/the bar|goal|not measured|PyTorch|reference|not here/);
    expect(status).toBe(0);
    const { jobs } = JSON.parse(readFileSync(json, 'utf8'));
    expect(jobs.map(({ name }: { name: string }) => name)).toEqual(['j3']);
  });

  test.each([
    [['--rounds', '0'], 'expected a whole number of at least 1'],
    [['--rounds', '1.5'], 'expected a whole number of at least 1'],
    [['--json', '/nowhere/x'], 'bench: /nowhere/x cannot be written'],
    [['--jobs', 'j9'], '"j9" is not one of j1, j2, j3, gemm'],
    [['--backends', 'gpu'], '"gpu" is not one of native, wasm, js'],
  ])('FOUND E2: refuses %j before anything is measured', (args, sentence) => {
    const { status, stdout, stderr } = bench(...args);
    expect(stderr).toContain(sentence);
    expect([status, stdout]).toEqual([1, '']);
  });
});
