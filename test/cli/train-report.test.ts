/** `zerokara train --report` on digits. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const program = resolve(import.meta.dirname, '../../dist/cli/zerokara.js');
const folder = mkdtempSync(join(tmpdir(), 'zerokara-cli-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

function train(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { MNIST_DIR, ...env } = process.env;
  const all = ['train', '--limit', '1000', '--epochs', '3', '--seed', '1', '--backend', 'js', ...args];
  return spawnSync(process.execPath, [program, ...all], { encoding: 'utf8', env, timeout: 60_000 });
}

describe.skipIf(!existsSync(program))('zerokara train --report', () => {
  test('writes a page with the worst mistakes as images, and its numbers beside it', () => {
    const file = join(folder, 'run.html');
    const { status, stdout } = train('--optimizer', 'adam', '--report', file);
    const json = join(folder, 'run.json');
    expect(stdout).toContain(`\nreport in ${file}, its numbers in ${json}\n`);
    expect(status).toBe(0);
    const { history, evaluation, mistakes, layers, settings, environment } = JSON.parse(readFileSync(json, 'utf8'));
    expect(stdout).toContain(`test accuracy ${evaluation.metrics.accuracy.toFixed(4)} on 1,000 held-out digits`);
    expect(history.epochs.map(({ step }: { step: number }) => step)).toEqual([10, 20, 30]);
    expect(history.epochs[2].testLoss).toBeCloseTo(evaluation.metrics.loss, 12);
    const counts: number[] = evaluation.confusionMatrix.flat();
    const right = evaluation.classes.reduce((sum: number, _: string, k: number) => sum + counts[11 * k]!, 0);
    expect(right / counts.reduce((sum, count) => sum + count)).toBe(evaluation.metrics.accuracy);
    expect(mistakes.length).toBe(Math.min(36, 1000 - right));
    const sure: number[] = mistakes.map(({ probability }: { probability: number }) => probability);
    expect(sure).toEqual([...sure].sort((a, b) => b - a));
    expect(layers.map(({ parameters }: { parameters: number }) => parameters)).toEqual([39_250, 510]);
    expect(settings).toMatchObject({ 'training rows': 1000, seed: 1, optimizer: 'adam', epochs: 3 });
    expect(environment.backend).toMatch(/^js \(/);
    const page = readFileSync(file, 'utf8');
    expect(page.match(/<img src="data:image\/png;base64,/g)).toHaveLength(mistakes.length);
    expect(page).toContain(`<data value="${evaluation.metrics.accuracy}">`);
  });

  test.each([
    [
      ['--report', '/nowhere/run.html'],
      'train: /nowhere/run.html cannot be written (ENOENT: no such file or directory); expected a file in a folder that exists and may be written to',
    ],
    [
      ['--save', join(folder, 'a.json'), '--report', join(folder, 'a.html')],
      `train: --report ${join(folder, 'a.html')} writes ${join(folder, 'a.json')}; expected another file than --save`,
    ],
  ])('refuses %j before the first step', (args, message) => {
    const { status, stdout, stderr } = train(...args);
    expect([status, stdout, stderr]).toEqual([1, '', `zerokara: ${message}\n`]);
  });
});
