import { describe, expect, test, vi } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, DivergenceError, StateError } from '../../src/errors.js';
import { platform } from '../../src/platform/node.js';
import type { Platform } from '../../src/platform/platform.js';
import { Random } from '../../src/random.js';
import type { TrialContext } from '../../src/search/lanes.js';
import { type RandomSearchOptions, randomSearch, type Trial } from '../../src/search/random-search.js';
import { choice, integers, logUniform, uniform } from '../../src/search/space.js';
import { expectRefusal } from '../support/refusal.js';

const space = { rate: logUniform(1e-6, 1e-2), size: integers(1, 3) };
const base = { space, trials: 27, seed: 1, objective: ({ rate }: { rate: number }) => rate };

describe('a space', () => {
  const draws = <T>(from: { sample(random: Random): T }): T[] => {
    const random = new Random(1, 'search');
    return Array.from({ length: 4000 }, () => from.sample(random));
  };

  test('H2: logUniform draws each power of ten alike, within its bounds', () => {
    const rates = draws(logUniform(1e-6, 1e-2));
    for (let power = -6; power < -2; power++) {
      const share = rates.filter((rate) => rate >= 10 ** power && rate < 10 ** (power + 1)).length / rates.length;
      expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / rates.length));
    }
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-6);
    expect(Math.max(...rates)).toBeLessThanOrEqual(1e-2);
  });

  test('uniform, integers and choice draw all that they may', () => {
    expect(draws(uniform(-1, 3)).every((value) => value >= -1 && value < 3)).toBe(true);
    expect([...new Set(draws(integers(-1, 1)))].sort()).toEqual([-1, 0, 1]);
    expect([...new Set(draws(choice(['a', 'b'])))].sort()).toEqual(['a', 'b']);
  });

  test('refuses bounds that are none', () => {
    expectRefusal(
      () => logUniform(0, 1),
      ArgumentError,
      'logUniform: low is 0; expected a finite number greater than 0',
    );
    expectRefusal(() => uniform(2, 1), ArgumentError, 'uniform: high is 1; expected a finite number above low, 2');
    const huge = Number.MAX_VALUE;
    expectRefusal(
      () => uniform(-huge, huge),
      ArgumentError,
      `uniform: low is ${-huge} and high ${huge}; expected a difference that is finite`,
    );
    expectRefusal(() => integers(2, 1), ArgumentError, 'integers: high is 1; expected an integer of at least 2');
    expectRefusal(
      () => integers(1, 2 ** 32 + 1),
      ArgumentError,
      'integers: low is 1 and high 4294967297; expected a high of at most low + 4294967295, here 4294967296. Draw a wider range with logUniform or uniform, and round in the objective',
    );
    expect(draws(integers(-1, 2 ** 32 - 2)).every(Number.isSafeInteger)).toBe(true);
    expectRefusal(() => choice([]), ArgumentError, 'choice: values is []; expected a list of values');
  });
});

describe('randomSearch', () => {
  test('has no best trial where every one of the last rung failed', async () => {
    const all = await randomSearch({ ...base, trials: 3, objective: () => Number.NaN });
    expect(String(all)).toMatch(/^rank {2}trial {3}score .*\n {3}1 {6}0 {2}failed/);
    const fix = 'Search smaller learning rates, or clip the gradients; trials has what was tried';
    expectRefusal(
      () => all.best,
      StateError,
      `SearchResult.best: all 3 trials of the last rung failed (a loss or a score that is not finite); expected a trial with a score. ${fix}`,
    );
    const late = await randomSearch({
      ...base,
      trials: 3,
      halving: { budget: 1, rungs: 2, factor: 3 },
      objective: (_, { budget }) => (budget === 1 ? 0.5 : Number.POSITIVE_INFINITY),
    });
    expectRefusal(
      () => late.best,
      StateError,
      `SearchResult.best: the 1 trial of the last rung failed (a loss or a score that is not finite); expected a trial with a score. ${fix}`,
    );
  });

  test('ranks the trials, and its draws depend on the seed alone', async () => {
    const { trials, best } = await randomSearch(base);
    const rates = trials.map(({ params }) => params.rate);
    expect(rates).toEqual([...rates].sort((a, b) => b - a));
    expect(best).toBe(trials[0]);
    const slow = await randomSearch({ ...base, direction: 'minimize', objective: async ({ rate }) => rate });
    expect(slow.trials.map(({ params }) => params.rate)).toEqual([...rates].reverse());
    expect((await randomSearch({ ...base, seed: 2 })).best.params).not.toEqual(best.params);
  });

  test('halving gives the best of each rung more to spend', async () => {
    const spent: Record<number, number[]> = {};
    const halving = { budget: 2, rungs: 3, factor: 3 };
    const { trials } = await randomSearch({
      ...base,
      halving,
      objective: ({ rate }, { trial, budget }) => {
        spent[budget] = [...(spent[budget] ?? []), trial];
        return budget === 2 ? rate : -rate;
      },
    });
    expect(Object.entries(spent).map(([budget, of]) => [budget, of.length])).toEqual([
      ['2', 27],
      ['6', 9],
      ['18', 3],
    ]);
    expect(trials.map(({ scores }) => scores.length)).toEqual([
      ...Array(3).fill(3),
      ...Array(6).fill(2),
      ...Array(18).fill(1),
    ]);
    const largest = await randomSearch(base);
    expect(new Set(spent[6])).toEqual(new Set(largest.trials.slice(0, 9).map(({ trial }) => trial)));
  });

  test('goes on from finished trials, wherever it was broken off', async () => {
    const halving = { budget: 1, rungs: 3 };
    const whole = await randomSearch({ ...base, halving });
    for (const broken of [0, 5, 30, 38]) {
      const kept: Trial<{ rate: number; size: number }>[] = [];
      await randomSearch({
        ...base,
        halving,
        onTrial: (trial) => {
          kept.push(trial);
          if (kept.length > broken) throw new Error('broken off');
        },
      }).catch(() => {});
      let measured = 0;
      const again = await randomSearch({
        ...base,
        halving,
        finished: JSON.parse(JSON.stringify(kept)),
        objective: ({ rate }) => {
          measured++;
          return rate;
        },
      });
      expect(again).toEqual(whole);
      expect(measured).toBe(27 + 9 + 3 - kept.length);
    }
  });

  test('a trial that diverges, or has no finite score, fails alone', async () => {
    const { trials } = await randomSearch({
      ...base,
      objective: (_params, { trial }) => {
        if (trial === 3) throw new DivergenceError(Number.NaN, { operation: 'Trainer', found: 'the loss is NaN' });
        return trial === 4 ? Number.NaN : trial;
      },
    });
    expect(trials.slice(-2).map(({ trial, scores }) => [trial, scores])).toEqual([
      [3, [null]],
      [4, [null]],
    ]);
    const failing = randomSearch({ ...base, objective: () => Promise.reject(new Error('no such file')) });
    await expect(failing).rejects.toThrow('no such file');
  });

  describe('in Workers', () => {
    const objective = new URL('./objective.mjs', import.meta.url);
    const data = {
      train: Dataset.from({
        x: [
          [0.5, 0.25],
          [1, 2],
        ],
        labels: [1, 0],
      }).split({ test: 0.5, seed: 1 }).train,
    };
    const inWorkers = { ...base, trials: 12, objective, data, halving: { budget: 1, rungs: 2 } };

    test('any number of them gives the same result, over shared data', async () => {
      const [one, three] = [
        await randomSearch({ ...inWorkers, parallel: 1 }),
        await randomSearch({ ...inWorkers, parallel: 3 }),
      ];
      expect(three).toEqual(one);
      expect(one.trials.filter(({ scores }) => scores.includes(null)).map(({ trial }) => trial)).toEqual([3]);
    });

    test('where the system gives fewer threads, they are enough; without any, the search says so and leaves none', async () => {
      const { startWorker } = platform;
      const giving = (count: number) => {
        const ends: ReturnType<typeof vi.fn>[] = [];
        const start = vi.spyOn(platform as Required<Platform>, 'startWorker').mockImplementation((module, shared) => {
          if (ends.length === count) throw new Error('Worker initialization failure: EAGAIN');
          const worker = startWorker!(module, shared);
          ends.push(vi.fn(() => worker.end()));
          return { ...worker, end: ends.at(-1)! as () => Promise<void> };
        });
        return { ends, start };
      };
      const search = { ...inWorkers, trials: 3, halving: { budget: 1, rungs: 1 } };
      const expected = await randomSearch({ ...search, parallel: 1 });
      const { ends, start } = giving(1);
      expect(await randomSearch({ ...search, parallel: 3 })).toEqual(expected);
      expect(start).toHaveBeenCalledTimes(2);
      expect(ends.map((end) => end.mock.calls.length)).toEqual([1]);
      start.mockRestore();
      const none = giving(0);
      await expect(randomSearch({ ...search, parallel: 3 })).rejects.toThrow(
        new StateError({
          operation: 'randomSearch',
          found: 'no Worker can be started (Worker initialization failure: EAGAIN)',
          expected: 'room for one more thread and its memory',
          fix: 'Raise the limit (ulimit -u, ulimit -v, or that of the container)',
        }),
      );
      none.start.mockImplementation(() => {
        throw Object.assign(new Error('Access to this API has been restricted'), { code: 'ERR_ACCESS_DENIED' });
      });
      await expect(randomSearch({ ...search, parallel: 3 })).rejects.toThrow(
        'expected the permission to start Workers. Start Node with --allow-worker',
      );
      none.start.mockRestore();
    });

    test('an error ends the search, with its message and the line that threw it', async () => {
      const failing = randomSearch({ ...inWorkers, parallel: 2, space: { rate: uniform(2, 3) } } as never);
      await expect(failing).rejects.toMatchObject({
        name: 'RangeError',
        message: expect.stringMatching(/^rate is 2\./),
        stack: expect.stringContaining('objective.mjs:'),
      });
      const missing = new URL('./nothing.mjs', import.meta.url);
      await expect(randomSearch({ ...inWorkers, parallel: 1, objective: missing })).rejects.toThrow('nothing.mjs');
      await expect(randomSearch({ ...inWorkers, data: { train: [] } } as never)).rejects.toThrow(
        'randomSearch: data.train is []; expected a Dataset',
      );
    });
  });

  test('refuses what cannot be sent to a Worker, and names it', async () => {
    const objective = new URL('./nothing.mjs', import.meta.url);
    const sent = { ...base, objective, space: { rate: choice([1]), kind: choice([['relu'], ['relu']]) } };
    for (const [value, shown] of [
      [Math.max, 'a function'],
      [{ f: Math.max }, 'an Object'],
      [Symbol('relu'), 'Symbol(relu)'],
    ]) {
      const search = randomSearch({ ...sent, space: { ...sent.space, f: choice([value]) } } as never);
      await expect(search).rejects.toThrow(
        expect.objectContaining({
          name: 'ArgumentError',
          message: `randomSearch: space.f has drawn ${String(shown)}, which cannot be sent to a Worker; expected data: numbers, texts, lists and plain objects of them. Draw a name, e.g. choice(["relu", "tanh"]), and let the module look up what it stands for`,
        }),
      );
    }
    await expect(randomSearch(sent as never)).rejects.toThrow('nothing.mjs'); // lists can be sent
  });

  test('a signal ends it in a trial that never does, and what was measured is told', async () => {
    const controller = new AbortController();
    const measured: number[] = [];
    const signals = new Set<unknown>();
    const search = randomSearch({
      ...base,
      trials: 5,
      signal: controller.signal,
      objective: (_params: unknown, { trial, signal }: TrialContext) => {
        signals.add(signal);
        if (trial < 2) return 1;
        setTimeout(() => controller.abort('enough'), 1);
        return new Promise<number>(() => {});
      },
      onTrial: ({ trial }: Trial) => measured.push(trial),
    } as never);
    await expect(search).rejects.toBe('enough');
    expect([measured, [...signals]]).toEqual([[0, 1], [controller.signal]]);
    const none = { ...base, objective: () => expect.unreachable(), signal: AbortSignal.abort('before') } as never;
    await expect(randomSearch(none)).rejects.toBe('before');
  });

  test('a signal ends the wait for onTrial, of the last trial too', async () => {
    const controller = new AbortController();
    const onTrial = ({ trial }: Trial): unknown => {
      if (trial < 2) return undefined;
      setTimeout(() => controller.abort('enough'), 1);
      return new Promise(() => {});
    };
    const search = randomSearch({
      ...base,
      trials: 3,
      objective: () => 1,
      onTrial,
      signal: controller.signal,
    } as never);
    await expect(search).rejects.toBe('enough');
  });

  test('a signal ends Workers', async () => {
    const signal = AbortSignal.timeout(100);
    const slow = new URL('data:text/javascript,export default () => new Promise((r) => setTimeout(r, 1e6))');
    const begun = performance.now();
    const search = randomSearch({ ...base, objective: slow, parallel: 2, signal } as never);
    expect(await search.catch((error: unknown) => error)).toBe(signal.reason);
    expect(performance.now() - begun).toBeLessThan(30_000);
  });

  test('prints a table of the best', async () => {
    const result = await randomSearch({
      ...base,
      space: { rate: choice([0.012345678]), kind: choice(['a']) },
      trials: 2,
      objective: (_params: unknown, { trial }: TrialContext) => (trial === 0 ? Number.NaN : 0.5),
    } as never);
    expect(String(result)).toBe(
      'rank  trial   score     rate  kind\n   1      1     0.5  0.01235   "a"\n   2      0  failed  0.01235   "a"',
    );
  });

  test.each<[object, string]>([
    [
      { space: {} },
      'space is an Object; expected hyper-parameters by name, e.g. { learningRate: logUniform(1e-6, 1e-2) }',
    ],
    [
      { space: { rate: 0.1 } },
      'space.rate is 0.1; expected logUniform, uniform, integers, choice, or an object with sample(random)',
    ],
    [
      { space: { rate: { sample: async () => 0.1 } } },
      'space.rate.sample returned a promise; expected a function that is not async',
    ],
    [
      { signal: new AbortController() },
      'signal is an AbortController; expected an AbortSignal. Pass controller.signal',
    ],
    [{ trials: 0 }, 'trials is 0; expected an integer of at least 1'],
    [{ objective: 'accuracy' }, 'objective is "accuracy"; expected a function, or the URL of a module: new URL(…)'],
    [
      { parallel: 2 },
      'parallel is given for an objective that is a function; expected it for the URL of a module, which runs in Workers',
    ],
    [{ objective: () => 'good' }, 'objective returned "good"; expected a number, the score'],
    [{ direction: 'max' }, 'direction is "max"; expected "maximize" or "minimize"'],
    [{ halving: { budget: 1, rungs: 2, factor: 1 } }, 'halving.factor is 1; expected an integer of at least 2'],
    [
      { finished: [{ trial: 0, seed: 5, params: {}, scores: [] }] },
      'finished[0] is not trial 0 of this search; expected trials of the same space, seed and number',
    ],
    [{ finished: [null] }, 'finished[0] is null; expected a trial: an object with trial, seed, params and scores'],
    [
      { finished: [{ trial: 0, seed: 1, params: {}, scores: 'none' }] },
      'finished[0] is an Object; expected a trial: an object with trial, seed, params and scores',
    ],
  ])('refuses %o', async (options, message) => {
    await expect(randomSearch({ ...base, ...options } as RandomSearchOptions<typeof space>)).rejects.toThrow(
      expect.objectContaining({ name: 'ArgumentError', message: `randomSearch: ${message}` }),
    );
  });
});
