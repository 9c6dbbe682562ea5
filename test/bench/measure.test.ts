import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measurePrograms } from '../../bench/bench.js';
import type { ProgramEntrant } from '../../bench/entrants.js';
import type { JobResult } from '../../src/bench/measure.js';
import { timeRatio } from '../../src/bench/report.js';

const folder = mkdtempSync(join(tmpdir(), 'zerokara-test-'));
const log = join(folder, 'log');
const calibrator = { measure: async () => ({ one: 4, two: 4 }) };

const fake = (kind: string, more: Partial<ProgramEntrant> = {}): ProgramEntrant => ({
  name: kind,
  title: kind,
  threads: 1,
  command: [process.execPath, join(import.meta.dirname, 'fake-system.mjs'), log],
  after: [kind],
  ...more,
});

describe('a job with several systems', () => {
  let result: JobResult;

  beforeAll(async () => {
    result = await measurePrograms(
      'j1',
      [
        fake('fast'),
        fake('slow'),
        fake('wrong'),
        fake('crash'),
        fake('absent'),
        fake('elsewhere', { jobs: ['j2'] }),
        fake('nowhere', { command: [join(folder, 'no-such-program')] }),
      ],
      process.env,
      { pace: { rounds: 3, turn: 5, warmUp: 2 }, calibrator, say: () => {} },
    );
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const lane = (id: string) => result.lanes.find((one) => one.id === id)!;

  test('checks every workload first, warms all up, then gives each its turn in every round', () => {
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    const mine = lines.filter((line) => /^(fast|slow):/.test(line));
    const turns = (milliseconds: number) =>
      ['fast: run step', 'fast: run step/by-hand', 'slow: run step', 'slow: run step/by-hand'].map(
        (line) => `${line} ${milliseconds}`,
      );
    expect(mine).toEqual([
      'fast: check step',
      'fast: check step/by-hand',
      'slow: check step',
      'slow: check step/by-hand',
      ...turns(2),
      ...turns(5),
      ...turns(5),
      ...turns(5),
    ]);
  });

  test('keeps one time a round for each, and takes ratios of them', () => {
    expect(lane('fast@1 step').timings.map(({ median }) => median)).toEqual([100, 100, 100]);
    expect(timeRatio(lane('slow@1 step'), lane('fast@1 step'))).toBe(2);
    expect(result.versions).toMatchObject({ fast: 'fast 1.0', slow: 'slow 1.0' });
  });

  test('never times a system whose results differ from the first one', () => {
    expect(lane('wrong@1 step').failure).toBe('wrong results: number 0 is 9, where the first system has 1');
    expect(lane('wrong@1 step').timings).toEqual([]);
    expect(readFileSync(log, 'utf8')).not.toContain('wrong: run');
  });

  test('continues without a system that fails, and reports its last message', () => {
    expect(lane('crash@1 step').failure).toBe('Segmentation fault');
    expect(lane('crash@1 step').timings).toEqual([]);
  });

  test('lists which systems are not available and why, but not those that take no part', () => {
    expect(result.absent.map(({ entrant }) => entrant.name)).toEqual(['absent', 'nowhere']);
    expect(result.absent[0]!.reason).toBe('its library is not installed');
    expect(result.absent[1]!.reason).toMatch(/ENOENT/);
  });

  test('takes nothing that the job does not measure', () => {
    expect(result.lanes.some(({ id }) => id.includes('unknown'))).toBe(false);
    expect(lane('fast@1 step/by-hand').variant).toBe('by hand');
  });
});
