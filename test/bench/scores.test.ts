import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAR, barValue, reportBar } from '../../bench/bar.js';
import { Child } from '../../bench/child.js';
import { JOBS } from '../../bench/jobs.js';
import { compareScores, meanBelow, reportScores } from '../../bench/scores.js';
import { fitWorkloads, scoreName } from '../../bench/table-fits.js';
import { TABLE_NAMES } from '../../bench/tables.js';
import { createBackend } from '../../src/backend/choose/load.js';
import { type JobResult, measureJob, type Participant } from '../../src/bench/measure.js';
import { reportJob } from '../../src/bench/report.js';
import { time, workloadFinder } from '../../src/bench/timing.js';
import { lane, result } from './lanes.js';

/** Two systems whose accuracies on iris differ by 0.1, 0.2 and 0.3, and are equal on the other tables. */
function threeRounds(): JobResult {
  const lanes = TABLE_NAMES.flatMap((name) =>
    ['native', 'sklearn'].map((system, i) => {
      const one = lane(
        'sklearn',
        `${system}@1 fit:${name}`,
        [20, 20, 20].map((ms) => ms * (1 + 9 * i)),
      );
      const scores = [0, 1, 2].map((round) => (name === 'iris' && i === 1 ? 0.6 + 0.1 * round : 0.5));
      return {
        ...one,
        timings: one.timings.map((timing, r) => ({ ...timing, figures: { [scoreName(name)]: scores[r]! } })),
      };
    }),
  );
  return result('sklearn', lanes, { data: 'tables' });
}

const row = (title: string) => BAR.find((one) => one.title === title)!;

describe('the comparison with scikit-learn', () => {
  test('pairs the scores of the rounds', () => {
    const { ours, theirs, difference, time } = compareScores(threeRounds(), 'iris')!;
    expect([ours, theirs]).toEqual([0.5, expect.closeTo(0.7, 12)]);
    // Differences −0.1, −0.2, −0.3: s² = 0.01, the error √((1/3 + 1/9) · 0.01) = 0.2/3.
    expect(difference.mean).toBeCloseTo(-0.2, 12);
    expect(difference.standardError).toBeCloseTo(0.2 / 3, 12);
    expect(time).toBe(0.1);
  });

  test('the bar takes the shortfall of each table in standard errors, and the mean over all', () => {
    const job = threeRounds();
    expect(barValue(row('accuracy of iris below scikit-learn, in standard errors'), [job])).toBeCloseTo(3, 12);
    expect(barValue(row('R² of diabetes below scikit-learn, in standard errors'), [job])).toBeCloseTo(0, 12);
    expect(barValue(row('mean score of the five tables below scikit-learn'), [job])).toBeCloseTo(0.04, 12);
    expect(reportBar([job])).toMatch(/^accuracy of iris below .* 3\.00 +≤ 2 +≤ 2 {2}missed$/m);
    expect(reportBar([job])).toMatch(/^a fit of iris ÷ scikit-learn +0\.100 .* goal$/m);
  });

  test('knows nothing where a system is missing or failed', () => {
    const job = threeRounds();
    const some = { ...job, lanes: job.lanes.filter(({ id }) => id !== 'sklearn@1 fit:wine') };
    expect(compareScores(some, 'wine')).toBeUndefined();
    expect(meanBelow(some)).toBeUndefined();
    const failed = { ...job, lanes: job.lanes.map((one) => ({ ...one, failure: 'wrong results' })) };
    expect(reportScores(failed)).toBe('');
  });

  test('prints one line a table, with signs', () => {
    const [head, , iris] = reportScores(threeRounds()).split('\n');
    expect(head).toMatch(/^score on held-out rows +mean +sklearn@1 +difference +std\. error +t +time ÷ sklearn@1$/);
    expect(iris).toMatch(/^iris, accuracy +native@1 +0\.5000 +0\.7000 +−0\.2000 +0\.0667 +−3\.00 +0\.100$/);
  });

  test('the report of the job has the means over the rounds', () => {
    expect(reportJob(threeRounds())).toMatch(/^sklearn +1 .*mean accuracy 0\.700$/m);
  });
});

describe('the job at a tiny size', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zerokara-test-'));
  const calibrator = { measure: async () => ({ one: 4, two: 4 }) };
  const settings = { hidden: 5, epochs: 2, batchSize: 8, learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

  /** Every third row of each table: fewer would leave folds empty. */
  beforeAll(() => {
    for (const name of TABLE_NAMES) {
      const text = readFileSync(join(import.meta.dirname, `../../bench/tables/${name}.csv`), 'utf8');
      const lines = text.split('\n').filter((_, i) => i === 0 || i % 3 === 1);
      writeFileSync(join(folder, `${name}.csv`), `${lines.join('\n')}\n`);
    }
    writeFileSync(join(folder, 'fit.json'), JSON.stringify(settings));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const participant = (name: string): Participant => {
    const workloads = fitWorkloads(folder, createBackend('js'));
    const find = workloadFinder(workloads);
    return {
      entrant: { name, title: name, threads: 1 },
      versions: 'tiny',
      workloads: Object.keys(workloads),
      check: (workload) => find(workload).check(),
      run: (workload, milliseconds) => time(find(workload), milliseconds),
    };
  };

  test('runs every table once a round, each round another case, and equal systems score equally', async () => {
    const pace = { rounds: 4, isGiven: true, turn: 300, warmUp: 300 };
    const participants = [participant('native'), participant('sklearn')];
    const measured = await measureJob(JOBS.sklearn, participants, { pace, calibrator, say: () => {} });
    const job: JobResult = { name: 'sklearn', job: JOBS.sklearn, data: 'tiny', absent: [], ...measured };
    expect(job.rounds).toBe(4);
    expect(job.lanes.map(({ failure, timings }) => [failure, timings.length])).toEqual(
      new Array(10).fill([undefined, 4]),
    );
    const digits = job.lanes[3]!.timings.map(({ figures }) => figures!['accuracy']);
    expect(new Set(digits).size).toBeGreaterThan(1);
    for (const name of TABLE_NAMES) expect(compareScores(job, name)!.difference.t).toBe(0);
    expect(meanBelow(job)).toBeCloseTo(0, 15);
  });

  test('has fifty rounds unless others are asked for', async () => {
    const idle: Participant = {
      ...participant('native'),
      workloads: ['fit:iris'],
      check: () => ({ values: [] }),
      run: async () => ({ median: 1, min: 1, iterations: 1, figures: { accuracy: 1 } }),
    };
    const pace = { rounds: 11, turn: 1, warmUp: 1 };
    expect((await measureJob(JOBS.sklearn, [idle], { pace, calibrator, say: () => {} })).rounds).toBe(50);
  });

  const PYTHON = process.env['PYTHON'] || 'python3';
  test.skipIf(spawnSync(PYTHON, ['-c', 'import sklearn']).status !== 0)(
    'scikit-learn sees the same rows in the same splits, and has a score for each',
    async () => {
      const peer = resolve(import.meta.dirname, '../../bench/peers/sklearn_peer.py');
      const { child, ready } = await Child.start([PYTHON, peer, folder, folder, '1'], process.env);
      try {
        expect([...ready.workloads].sort()).toEqual(TABLE_NAMES.map((name) => `fit:${name}`).sort());
        const ours = workloadFinder(fitWorkloads(folder, createBackend('js')));
        for (const name of TABLE_NAMES) {
          const [a, b] = [ours(`fit:${name}`).check(), await child.check(`fit:${name}`)] as { values: number[] }[];
          for (const [i, value] of a!.values.entries()) expect(b!.values[i]! / value).toBeCloseTo(1, 5);
          const { figures } = await child.run(`fit:${name}`, 0);
          expect(Object.keys(figures!)).toEqual([scoreName(name)]);
        }
      } finally {
        child.stop();
      }
    },
  );
});
