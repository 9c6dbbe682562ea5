import type { Dataset } from '../data/dataset.js';
import type { Distributed } from '../distributed/distributed.js';
import { ArgumentError, StateError, show } from '../errors.js';
import { keepName } from '../identity.js';
import { checkOptions, requireFunction, requireInteger, requireNoPromise, requireOneOf } from '../options.js';
import { Random, resolveSeed } from '../random.js';
import { type AbortSignalLike, requireSignal, waitFor } from '../trainer/fit-options.js';
import { lanesOf, type ModuleUrl, type Objective, type TrialContext } from './lanes.js';
import { onAllRanks, requireSameTrials, searchRanks, shareScores } from './shared-trials.js';
import type { Distribution } from './space.js';

/** Hyper-parameters by name, each with what it is drawn from. */
export type Space = Readonly<Record<string, Distribution>>;

/** One draw from a space. */
export type Drawn<S extends Space> = { readonly [K in keyof S]: ReturnType<S[K]['sample']> };

/**
 * Successive halving: all trials run with a small budget, the best 1 / `factor` of them again with `factor` times as much,
 * and so on. A rung ends before the next begins, so that the order in which trials finish changes nothing.
 */
export interface Halving {
  /** The budget of the first rung, an integer of at least 1, e.g. epochs. */
  readonly budget: number;
  /** How often the best go on, at least 1 for the first rung alone. */
  readonly rungs: number;
  /** At least 2. Default 3. */
  readonly factor?: number;
}

/** What a search takes. */
export interface RandomSearchOptions<S extends Space> {
  readonly space: S;
  /** How many draws are tried. */
  readonly trials: number;
  /**
   * Runs a trial, to its score; a promise is awaited. A DivergenceError makes it a failed trial, not a failed search.
   *
   * A URL names a module whose default export is such a function, with the `data` as a third argument: it runs in
   * Workers, several trials at a time. Any number of Workers gives the same result.
   */
  readonly objective: ModuleUrl | ((params: Drawn<S>, context: TrialContext) => number | PromiseLike<number>);
  /** How many Workers run the module of a URL. Default: one for each core, but no more than trials. */
  readonly parallel?: number;
  /** Data sets for the module of a URL, in memory that the Workers share: `Dataset.from(data.train)` builds one there. */
  readonly data?: Readonly<Record<string, Dataset>>;
  /** Whether a larger score is better (an accuracy, the default) or a smaller one (a loss). */
  readonly direction?: 'maximize' | 'minimize';
  readonly halving?: Halving;
  /**
   * Processes that share the trials of each rung; all get the same result. `onTrial` runs on rank 0, after a rung also for the
   * trials of the others.
   */
  readonly distributed?: Distributed;
  /** Seed of the draws and of the trials' own seeds. Drawn when absent. */
  readonly seed?: number;
  /**
   * The trials of an earlier result, or of `onTrial`, of the same search: what they have measured is not measured again.
   */
  readonly finished?: readonly Trial<Drawn<S>>[];
  /**
   * Ends the search, also in the middle of a trial, which is not measured then, or of the wait for `onTrial`: the call rejects with `signal.reason`, and Workers
   * end. An objective that is a function finds it in its context.
   */
  readonly signal?: AbortSignalLike;
  /** Runs after each measurement with the trial as it stands; a promise is awaited. What it keeps, `finished` takes. */
  readonly onTrial?: (trial: Trial<Drawn<S>>) => unknown;
  /** The same on the process that has measured it, on every one: what it keeps survives the others. @internal */
  readonly onMeasured?: (trial: Trial<Drawn<S>>) => unknown;
}

/** One draw with what was measured of it. */
export interface Trial<P = Readonly<Record<string, unknown>>> {
  /** Its number, from 0. */
  readonly trial: number;
  readonly seed: number;
  readonly params: P;
  /** Of each rung that it came to, the score; null for one that is not finite, or a run that diverged. */
  readonly scores: readonly (number | null)[];
}

/** What a search found: `String(result)` is a table of the best. */
export class SearchResult<P = Readonly<Record<string, unknown>>> {
  static {
    keepName(SearchResult, 'SearchResult');
  }

  /** @param trials best first */
  constructor(
    readonly seed: number,
    readonly trials: readonly Trial<P>[],
  ) {}

  /**
   * The best trial: that with the best score on the last rung.
   *
   * @throws {StateError} if every trial of that rung failed: none is better than another
   */
  get best(): Trial<P> {
    const [first] = this.trials;
    if (typeof first?.scores.at(-1) === 'number') return first;
    const count = this.trials.filter(({ scores }) => scores.length === first!.scores.length).length;
    throw new StateError({
      operation: 'SearchResult.best',
      found: `${count === 1 ? 'the 1 trial' : `all ${count} trials`} of the last rung failed (a loss or a score that is not finite)`,
      expected: 'a trial with a score',
      fix: 'Search smaller learning rates, or clip the gradients; trials has what was tried',
    });
  }

  /** The first `count` trials as a table: rank, trial, score, hyper-parameters. */
  table(count = 10): string {
    const names = Object.keys(this.trials[0]!.params as object);
    const cells = this.trials.slice(0, count).map(({ trial, scores, params }, i) => {
      const values = names.map((name) => cell((params as Readonly<Record<string, unknown>>)[name]));
      return [`${i + 1}`, `${trial}`, cell(scores.at(-1)), ...values];
    });
    const rows = [['rank', 'trial', 'score', ...names], ...cells];
    const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => row[j]!.length)));
    return rows.map((row) => row.map((text, j) => text.padStart(widths[j]!)).join('  ')).join('\n');
  }

  /** The table of the best ten. */
  toString(): string {
    return this.table();
  }
}

function cell(value: unknown): string {
  if (value === null) return 'failed';
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : show(value);
}

/**
 * Draws hyper-parameters at random, tries them, and ranks them: often as good as a grid, with far fewer trials.
 *
 * The draws, and the seed of each trial, depend on `seed` alone. Source: Saito, Deep Learning from Scratch, §6.5; Bergstra and
 * Bengio, Random search for hyper-parameter optimization (2012); Jamieson and Talwalkar (2016) for the halving.
 *
 * @throws {ArgumentError} for an empty space, numbers out of range, a score that is not a number, or `finished` trials of
 *   another search; `signal.reason` when aborted
 * @example
 * const result = await randomSearch({
 *   space: { learningRate: logUniform(1e-6, 1e-2), weightDecay: logUniform(1e-8, 1e-4) },
 *   trials: 100, seed: 1,
 *   objective: async (params, { seed }) => {
 *     const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, seed });
 *     await new Trainer(net, { train, epochs: 10, optimizer: new SGD(params), seed }).fit();
 *     return net.accuracy(validation);
 *   },
 * });
 * console.log(String(result));
 */
export async function randomSearch<S extends Space>(options: RandomSearchOptions<S>): Promise<SearchResult<Drawn<S>>> {
  const operation = 'randomSearch';
  checkOptions(operation, options, [
    ...['space', 'trials', 'objective', 'parallel', 'data', 'direction', 'halving', 'distributed', 'seed', 'finished'],
    ...['signal', 'onTrial', 'onMeasured'],
  ]);
  const { space, finished = [], signal } = options;
  requireSignal(operation, signal);
  requireSpace(operation, space);
  const count = requireInteger(operation, 'trials', options.trials, 1);
  if (options.onTrial !== undefined) requireFunction(operation, 'onTrial', options.onTrial);
  const direction = requireOneOf(operation, 'direction', options.direction ?? 'maximize', ['maximize', 'minimize']);
  const { budget, rungs, factor } = readHalving(operation, options.halving);
  const ranks = searchRanks(operation, options.distributed);
  const onTrial = ranks.rank === 0 ? options.onTrial : undefined;
  const seed = ranks.gather([resolveSeed(operation, options.seed)])[0]![0]!;
  const trials = await onAllRanks(operation, ranks, () =>
    takeOver(operation, drawTrials(operation, space, count, seed), finished),
  );
  requireSameTrials(operation, trials, JSON.stringify([direction, budget, rungs, factor]), ranks);

  const lanes = lanesOf<Drawn<S>>(operation, options, trials);
  const tell = async (trial: Trial<Drawn<S>>): Promise<void> => {
    const answer = onTrial?.({ ...trial, scores: [...trial.scores] });
    await waitFor(Promise.resolve(answer), signal);
    if (signal?.aborted === true) throw signal.reason;
  };
  try {
    let present = trials;
    for (let rung = 0; rung < rungs; rung++) {
      const open = present.filter(({ scores }) => scores.length <= rung);
      const waiting = open.filter((_, i) => i % ranks.size === ranks.rank);
      const work = async (run: Objective<Drawn<S>>): Promise<void> => {
        for (let trial = waiting.shift(); trial !== undefined; trial = waiting.shift()) {
          const { trial: number, seed: own, params } = trial;
          const context = { trial: number, seed: own, budget: budget * factor ** rung };
          trial.scores.push(await measure(operation, () => run(params, context), signal));
          await options.onMeasured?.({ ...trial, scores: [...trial.scores] });
          await tell(trial);
        }
      };
      await onAllRanks(operation, ranks, () => Promise.all(lanes.map(({ run }) => work(run))));
      const others = shareScores(open, rung, ranks);
      await onAllRanks(operation, ranks, async () => {
        for (const trial of others) await tell(trial);
      });
      present = ranked(present, direction, rung).slice(0, Math.ceil(present.length / factor));
    }
    return new SearchResult(seed, ranked(trials, direction));
  } finally {
    await Promise.all(lanes.map(({ end }) => end()));
  }
}

interface OpenTrial<P> extends Trial<P> {
  readonly scores: (number | null)[];
}

/** All draws, in the order of the trials: nothing that happens later changes them. */
function drawTrials<S extends Space>(operation: string, space: S, count: number, seed: number): OpenTrial<Drawn<S>>[] {
  const random = new Random(seed, 'search');
  return Array.from({ length: count }, (_, trial) => {
    const own = random.integer(2 ** 31);
    const params = Object.fromEntries(
      Object.entries(space).map(([name, from]) => [
        name,
        requireNoPromise(operation, `space.${name}.sample`, from.sample(random)),
      ]),
    );
    return { trial, seed: own, params: params as Drawn<S>, scores: [] };
  });
}

/** Puts what was measured before into the trials that it belongs to. */
function takeOver<P>(operation: string, trials: OpenTrial<P>[], finished: readonly Trial<P>[]): OpenTrial<P>[] {
  if (!Array.isArray(finished)) {
    throw new ArgumentError({ operation, found: `finished is ${show(finished)}`, expected: 'a list of trials' });
  }
  for (const [i, measured] of (finished as readonly unknown[]).entries()) {
    const { trial, seed, params, scores } = requireTrial<P>(operation, i, measured);
    const drawn = trials[trial];
    if (drawn === undefined || drawn.seed !== seed || JSON.stringify(drawn.params) !== JSON.stringify(params)) {
      throw new ArgumentError({
        operation,
        found: `finished[${i}] is not trial ${trial} of this search`,
        expected: 'trials of the same space, seed and number',
      });
    }
    if (scores.length > drawn.scores.length) drawn.scores.splice(0, drawn.scores.length, ...scores);
  }
  return trials;
}

/** Trials come back from JSON: each must have its number and the list of its scores. */
function requireTrial<P>(operation: string, i: number, value: unknown): Trial<P> {
  const { trial, scores } = (value ?? {}) as Partial<Trial<P>>;
  const isScore = (score: unknown): boolean => score === null || Number.isFinite(score);
  if (typeof trial === 'number' && Array.isArray(scores) && scores.every(isScore)) return value as Trial<P>;
  throw new ArgumentError({
    operation,
    found: `finished[${i}] is ${show(value)}`,
    expected: 'a trial: an object with trial, seed, params and scores',
  });
}

/** @throws `signal.reason` where the signal ends it */
async function measure(
  operation: string,
  run: () => unknown,
  signal: AbortSignalLike | undefined,
): Promise<number | null> {
  const isAborted = (): boolean => signal?.aborted === true;
  if (isAborted()) throw signal!.reason;
  let score: unknown;
  try {
    score = await waitFor(Promise.resolve(run()), signal);
  } catch (error) {
    if (isAborted()) throw signal!.reason; // what the objective makes of it is not told
    // By its code: an error from a Worker is of no class of this thread.
    if ((error as { code?: unknown } | null)?.code === 'ZK_DIVERGENCE') return null;
    throw error;
  }
  if (isAborted()) throw signal!.reason;
  if (typeof score !== 'number') {
    throw new ArgumentError({ operation, found: `objective returned ${show(score)}`, expected: 'a number, the score' });
  }
  return Number.isFinite(score) ? score : null;
}

/** Best first: those that came further, then by the score there, failed ones last, equal ones by their number. */
function ranked<T extends Trial<unknown>>(trials: readonly T[], direction: string, rung?: number): T[] {
  const sign = direction === 'maximize' ? -1 : 1;
  const scoreOf = ({ scores }: T): number => {
    const score = rung === undefined ? scores.at(-1) : scores[rung];
    return score === null || score === undefined ? Number.POSITIVE_INFINITY : sign * score;
  };
  const difference = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
  return [...trials].sort(
    (a, b) =>
      (rung === undefined ? b.scores.length - a.scores.length : 0) ||
      difference(scoreOf(a), scoreOf(b)) ||
      a.trial - b.trial,
  );
}

function readHalving(operation: string, halving: Halving | undefined): Required<Halving> {
  if (halving === undefined) return { budget: 1, rungs: 1, factor: 2 };
  checkOptions(`${operation}: halving`, halving, ['budget', 'rungs', 'factor']);
  return {
    budget: requireInteger(operation, 'halving.budget', halving.budget, 1),
    rungs: requireInteger(operation, 'halving.rungs', halving.rungs, 1),
    factor: requireInteger(operation, 'halving.factor', halving.factor ?? 3, 2),
  };
}

function requireSpace(operation: string, space: unknown): void {
  if (typeof space !== 'object' || space === null || Object.keys(space).length === 0) {
    throw new ArgumentError({
      operation,
      found: `space is ${show(space)}`,
      expected: 'hyper-parameters by name, e.g. { learningRate: logUniform(1e-6, 1e-2) }',
    });
  }
  for (const [name, from] of Object.entries(space)) {
    if (typeof (from as Partial<Distribution> | null)?.sample === 'function') continue;
    throw new ArgumentError({
      operation,
      found: `space.${name} is ${show(from)}`,
      expected: 'logUniform, uniform, integers, choice, or an object with sample(random)',
    });
  }
}
