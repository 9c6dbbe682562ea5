import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Table from 'cli-table3';
import { Command, Option } from 'commander';
import { ArgumentError, DataError } from '../errors.js';
import { createBackend, loadMnist, randomSearch, type SearchResult, type Trial } from '../index.js';
import { OPTIMIZER_NAMES } from '../optim/named.js';
import { requireInteger } from '../options.js';
import { resolveSeed } from '../random.js';
import { fingerprint } from '../trainer/fingerprint.js';
import { flagOf, toldInFlags } from './flag-errors.js';
import { formatCount, formatCounted, parseNumber } from './numbers.js';
import { type CommandRanks, coresOf, isFirst, onRanks } from './ranks.js';
import { partOf, removeParts, type SearchFlags, searchPlanOf } from './search-folder.js';
import { cornersOf, DRAWN, type DrawnName, type Ranges, rangesOf, spaceOf } from './search-space.js';
import { shellWord } from './shell-word.js';
import { newRun, settle, type TrainFlags } from './training-run.js';
import { TrialStore } from './trial-store.js';

/** Flags that every trial is trained with as they are. */
const CONSTANTS = ['batchNorm', 'schedule', 'classWeights', 'net', 'backend'] as const;

/** The rates that are searched where no flag has a range; of rules that divide by the size of the gradients, smaller ones. */
const USUAL = { plain: '1e-3..1:log', adaptive: '1e-4..1e-2:log' } as const;
const ADAPTIVE: readonly (string | undefined)[] = ['adam', 'adamW', 'rmsProp'];

/** The most trials that the table shows. */
const ROWS = 10;

/** `zerokara search`: random search for the flags of `zerokara train`. */
export function searchCommand(): Command {
  return new Command('search')
    .description(
      'Search at random for good flags of train: those below take a value, LOW..HIGH, LOW..HIGH:log or a list.',
    )
    .option(
      '--learning-rate <range>',
      'factor of the gradient, e.g. 1e-6..1e-2:log (where no flag has a range: 1e-3..1:log, for adam, adamW and rmsProp 1e-4..1e-2:log)',
    )
    .option('--weight-decay <range>', 'how strongly weights are drawn to 0, e.g. 1e-8..1e-4:log')
    .option(
      '--optimizer <names>',
      `any of ${OPTIMIZER_NAMES.join(', ')}, with commas (default: sgd; adam for simple-conv and deep-conv)`,
    )
    .option('--batch-size <range>', 'rows per batch', '100')
    .option('--clip-norm <range>', 'the largest norm of the gradients')
    .option('--hidden-size <range>', 'neurons of the hidden layer, e.g. 20..100 (default 50)')
    .option('--activation <names>', 'any of relu, sigmoid, tanh, with commas (default relu)')
    .option('--dropout <range>', 'share of the hidden activations that a step drops, e.g. 0..0.5')
    .option('--trials <n>', 'how many draws are tried', parseNumber, 20)
    .option('--epochs <n>', 'passes over the data in a trial; with --rungs in the first rung', parseNumber, 5)
    .option('--rungs <n>', 'successive halving: only the best go on from rung to rung', parseNumber, 1)
    .option('--factor <n>', 'one in so many goes on, with so many times the epochs', parseNumber, 3)
    .option('--validation <share>', 'share of the training digits held out to judge by', parseNumber, 0.2)
    .option(
      '--parallel <n>',
      'trials at a time; changes no result (default: one for each core; under mpirun a share of them)',
      parseNumber,
    )
    .option('--batch-norm', 'normalise the hidden layer over the batch')
    .option('--schedule <text>', 'how the rate changes, as in train')
    .addOption(new Option('--class-weights <how>', 'make rare classes count as much as others').choices(['balanced']))
    .option('--net <name or file>', 'the network, as in train')
    .option('--data <folder>', 'folder with the four MNIST files, as in train')
    .option('--limit <rows>', 'use only the first rows', parseNumber)
    .option('--seed <n>', 'makes the search repeatable (default: drawn, and printed)', parseNumber)
    .addOption(
      new Option('--backend <name>', 'where to compute').choices(['auto', 'native', 'wasm', 'js']).default('auto'),
    )
    .option('--checkpoint <folder>', 'write what has been measured into this folder after each trial')
    .option('--resume', 'continue the search of the --checkpoint folder, with its flags; a higher --trials adds some')
    .option('--json', 'print all trials as JSON in place of the table')
    .action(
      toldInFlags((flags: SearchFlags, command: Command) =>
        onRanks({}, (ranks) => search(command, flags, ranks)).finally(settle),
      ),
    );
}

async function search(command: Command, given: SearchFlags, ranks: CommandRanks): Promise<void> {
  const { flags, file, finished, digits: known } = await searchPlanOf(command, given, ranks);
  const ownSeed = resolveSeed('search', flags.seed);
  const seed = ranks?.gather([ownSeed])[0]?.[0] ?? ownSeed; // all have read what the first now writes
  const usual = ADAPTIVE.includes(flags.optimizer) ? USUAL.adaptive : USUAL.plain;
  const ranges = rangesOf(
    flags.learningRate === undefined && !varies(flags) ? { ...flags, learningRate: usual } : flags,
  );
  requireCounts(flags);
  requireRungsFor(command, flags);

  const { train: all, source } = await loadMnist({
    ...(flags.data === undefined ? {} : { dir: flags.data }),
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
  });
  const { train, test: validation } = all.split({ test: flags.validation, seed, stratify: true });
  const constants = Object.fromEntries(
    CONSTANTS.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]]),
  );
  // A Worker could report what is wrong with a flag only once it has begun.
  for (const corner of cornersOf(ranges)) {
    await newRun({ ...constants, ...corner, seed, epochs: flags.epochs } as unknown as TrainFlags, { train });
  }
  const backend = createBackend(flags.backend);
  const digits = await fingerprint(all, { dtype: 'float32', backend });
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(digits)) {
    throw new DataError({
      operation: 'search',
      found: `the digits from ${source} are not those that ${file} has measured on`,
      expected: 'the same --data',
    });
  }
  const store = new TrialStore({
    command,
    file: isFirst(ranks) ? file : partOf(file, ranks),
    flags: { ...flags, seed },
    digits,
    finished,
    mayLackFolder: !isFirst(ranks),
    warn: (warning) => console.error(`warning: ${warning}`),
  });
  // A search that goes on is written with its first trial: by then it is known that what was measured before belongs to it.
  if (file !== undefined && isFirst(ranks) && flags.resume !== true) {
    await removeParts(file);
    await store.write();
  }
  if (flags.json !== true && isFirst(ranks)) {
    console.log(
      `data: ${formatCount(train.size)} digits to learn, ${formatCount(validation.size)} to judge by, from ${source}`,
    );
    console.log(`search: ${formatCount(flags.trials)} trials, seed ${seed}, backend ${backend.name}`);
  }
  const result = await randomSearch({
    space: spaceOf(ranges, constants),
    trials: flags.trials,
    seed,
    objective: pathToFileURL(join(__dirname, 'search-worker.js')),
    data: { train, validation },
    halving: { budget: flags.epochs, rungs: flags.rungs, factor: flags.factor },
    parallel: flags.parallel ?? coresOf(ranks),
    ...(ranks === undefined ? {} : { distributed: ranks }),
    finished,
    // What the first would learn only at the end of a rung.
    onMeasured: (trial) => (isFirst(ranks) ? undefined : store.keep(trial)),
    onTrial: async (trial) => {
      const epochs = flags.epochs * flags.factor ** (trial.scores.length - 1);
      await store.keep(trial);
      console.error(`trial ${trial.trial}: ${scoreText(trial)} after ${formatCounted(epochs, 'epoch')}`);
    },
  });
  if (!isFirst(ranks)) return;
  try {
    tell(flags, ranges, result);
  } finally {
    await store.end();
  }
}

/** Whether a flag has more than one value. */
function varies(flags: SearchFlags): boolean {
  return (Object.keys(DRAWN) as DrawnName[]).some((name) => /,|\.\./.test(flags[name] ?? ''));
}

/** Checked here, because the search names options that no flag is called by. */
function requireCounts({ trials, epochs, rungs, factor, parallel }: SearchFlags): void {
  requireInteger('search', 'trials', trials, 1);
  requireInteger('search', 'epochs', epochs, 1);
  requireInteger('search', 'rungs', rungs, 1);
  requireInteger('search', 'factor', factor, 2);
  if (parallel !== undefined) requireInteger('search', 'parallel', parallel, 1);
}

/** @throws {ArgumentError} for a --factor that changes nothing */
function requireRungsFor(command: Command, { rungs, factor }: SearchFlags): void {
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
  if (rungs > 1 || !isGiven('factor')) return;
  throw new ArgumentError({
    operation: 'search',
    found: `--factor ${factor} is given ${isGiven('rungs') ? `with --rungs ${rungs}` : 'without --rungs'}`,
    expected: 'at least 2 rungs: from one to the next, one trial in so many goes on',
  });
}

/** The table of the best with the command that trains it, or everything as JSON; what was tried even if all failed. */
function tell({ json, epochs, rungs, factor, data, limit }: SearchFlags, ranges: Ranges, result: SearchResult): void {
  const { seed, trials } = result;
  if (json === true) {
    const best = typeof trials[0]?.scores.at(-1) === 'number' ? result.best : null;
    console.log(JSON.stringify({ seed, score: 'validation accuracy', best, trials }, null, 1));
  } else {
    console.log(tableOf(trials, ranges));
  }
  const { best } = result;
  if (json === true) return;
  const flags = Object.entries<unknown>({ ...best.params, data, limit }).flatMap(([name, value]) =>
    value === undefined ? [] : value === true ? [flagOf(name)] : [flagOf(name), shellWord(String(value))],
  );
  console.log(
    `the best: zerokara train ${flags.join(' ')} --epochs ${epochs * factor ** (rungs - 1)} --seed ${best.seed}`,
  );
}

function tableOf(trials: readonly Trial[], ranges: Ranges): string {
  const names = Object.keys(ranges).filter((name) => ranges[name as DrawnName]!.ends.length > 1);
  const table = new Table({
    head: ['rank', 'trial', 'validation accuracy', ...names.map(flagOf)],
    colAligns: ['right', 'right', 'right', ...names.map(() => 'right' as const)],
    style: { compact: true, head: [], border: [] },
  });
  trials.slice(0, ROWS).forEach((trial, i) => {
    const values = names.map((name) => short(trial.params[name]));
    table.push([i + 1, trial.trial, scoreText(trial, ''), ...values]);
  });
  return table.toString();
}

function scoreText({ scores }: Trial, label = 'validation accuracy '): string {
  const score = scores.at(-1);
  return typeof score === 'number' ? `${label}${score.toFixed(4)}` : 'failed';
}

function short(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value);
}
