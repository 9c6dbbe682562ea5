/** The run that the flags of `zerokara train` ask for: a new one, or one that continues. */

import type { Command } from 'commander';
import { ArgumentError, DataError } from '../errors.js';
import { isInstance } from '../identity.js';
import { type Callback, type Dataset, type Distributed, EarlyStopping, type Network, Trainer } from '../index.js';
import { digitNet, isConvolutional, type NetFlags, usualOptimizer } from './digit-net.js';
import { patientCheckpoint } from './patient-checkpoint.js';
import { type CommandRanks, isFirst, type RankFlags } from './ranks.js';
import { type RuleFlags, ruleOf } from './rule.js';
import { readRun, requireFreeFolder, type StoredRun, writeRun } from './run-folder.js';
import { continuedFlags } from './saved-flags.js';

/** The options as commander passes them; absent ones are left to the library's defaults. */
export interface TrainFlags extends NetFlags, RuleFlags, RankFlags {
  readonly data?: string;
  readonly limit?: number;
  readonly epochs?: number;
  readonly steps?: number;
  readonly batchSize: number;
  readonly validation?: number;
  readonly earlyStopping?: number;
  readonly checkpoint?: string;
  readonly resume?: true;
  readonly classWeights?: 'balanced';
  readonly clipNorm?: number;
  readonly save?: string;
  readonly report?: string;
}

/** The same before the defaults that depend on others. */
export type GivenFlags = Omit<TrainFlags, 'optimizer'> & Partial<Pick<TrainFlags, 'optimizer'>>;

export const DEFAULT_EPOCHS = 17;

/** The flags that a run may continue with as they are given then; all others, and those not given, are those that it began with. */
const FREE = [
  ...['epochs', 'steps', 'data', 'save', 'report', 'backend', 'checkpoint', 'resume'],
  ...['threads', 'deterministic', 'synchronizeBatchNorm'],
];

/** Digits to learn from, and to judge by. */
interface Digits {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** The same, and the processes that share the run. */
type SharedDigits = Digits & { readonly distributed?: Distributed };

/** A run before its first step here. */
export interface PreparedRun {
  readonly trainer: Trainer;
  /** Its network, on one line. */
  readonly told: string;
}

/** The flags of the run, and the stored run that it continues, if it does. */
export interface Plan {
  readonly flags: TrainFlags;
  readonly stored: StoredRun | undefined;
}

/**
 * How the ranks work together: as the flags say and, where a run continues, as it began. What is wrong with its folder, `planOf` tells
 * once the ranks know each other.
 */
export async function rankFlagsOf(command: Command, given: GivenFlags): Promise<RankFlags> {
  const { checkpoint, resume } = given;
  if (resume !== true || checkpoint === undefined) return given;
  const stored = await readRun(command, checkpoint).catch(() => undefined);
  const { deterministic = false, synchronizeBatchNorm = false } = (stored?.flags ?? {}) as RankFlags;
  return { deterministic, synchronizeBatchNorm, ...given };
}

/**
 * Reads the stored run, or makes sure that there is none; nothing has been loaded then.
 *
 * @throws {ArgumentError} for flags that contradict each other or the stored run, {DataError} for a folder without one
 */
export async function planOf(command: Command, given: GivenFlags, ranks?: CommandRanks): Promise<Plan> {
  const refuse = (found: string, expected: string): never => {
    throw new ArgumentError({ operation: 'train', found, expected });
  };
  const { checkpoint } = given;
  if (given.resume !== true) {
    if (given.earlyStopping !== undefined && given.validation === undefined) {
      refuse('--early-stopping is given without --validation', 'a share of the digits to judge by: --validation 0.2');
    }
    if (checkpoint !== undefined && isFirst(ranks)) await requireFreeFolder(command, checkpoint);
    return { flags: { ...given, optimizer: given.optimizer ?? usualOptimizer(given.net) }, stored: undefined };
  }
  if (checkpoint === undefined) {
    return refuse('--resume is given without --checkpoint', 'the folder of the run to continue: --checkpoint FOLDER');
  }
  const stored = await readRun(command, checkpoint);
  const file = `${checkpoint}/train.json`;
  const flags = continuedFlags(command, stored.flags, FREE, file) as unknown as TrainFlags;
  if (flags.epochs !== undefined && flags.steps !== undefined) {
    const [other, own] = stored.flags['steps'] === undefined ? ['steps', 'epochs'] : ['epochs', 'steps'];
    refuse(`--${other} is given`, `--${own}, which the run began with (${file})`);
  }
  return { flags, stored };
}

/** The run, with everything about it checked: nothing is left to fail but the training. */
export async function prepareRun(
  command: Command,
  { flags, stored }: Plan,
  digits: Digits,
  ranks?: CommandRanks,
): Promise<PreparedRun> {
  const { checkpoint } = flags;
  const shared = ranks === undefined ? {} : { distributed: ranks };
  const begun = stored === undefined ? flags : (stored.flags as unknown as TrainFlags);
  const { trainer, told, steps } =
    stored?.state === undefined
      ? await newRun(
          { ...begun, ...(checkpoint === undefined ? {} : { checkpoint }), backend: flags.backend },
          { ...digits, ...shared },
        )
      : { ...(await continuedRun(flags, stored, stored.state, { ...digits, ...shared })), steps: stored.steps };
  await ranks?.barrier(); // all have read what the first now writes
  // The new end is in the state before it is in the flags: whichever file a crash leaves behind, the run goes on.
  if (stored !== undefined && moveEnd(trainer, flags, begun) && stored.state !== undefined) {
    await trainer.save(stored.state);
  }
  if (checkpoint !== undefined && isFirst(ranks)) {
    const { checkpoint: _, resume: __, ...own } = flags;
    await writeRun(command, checkpoint, { ...own, ...runLength(flags), seed: trainer.seed }, steps);
  }
  return { trainer, told };
}

/**
 * The run of these flags from its first step on, and its length in updates.
 *
 * @param more options of the Trainer that no flag sets
 */
export async function newRun(
  flags: TrainFlags,
  digits: Omit<SharedDigits, 'test'> & Partial<SharedDigits>,
  more: { readonly evaluate?: false } = {},
): Promise<PreparedRun & { readonly steps: number }> {
  const batchSize = Math.min(flags.batchSize, digits.train.size);
  const { net, told } = await digitNet(flags, digits.train, batchSize);
  const { validation, classWeights, clipNorm } = flags;
  const options = {
    ...digits,
    ...more,
    batchSize,
    seed: net.seed!,
    ...(validation === undefined ? {} : { validation }),
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(clipNorm === undefined ? {} : { clipGlobalNorm: clipNorm }),
    ...runLength(flags),
  };
  // The length of the run in updates, which a cosine needs, is the Trainer's to tell: it knows how many rows are held out.
  const { distributed: _, ...ownOptions } = options;
  const steps = new Trainer(net, ownOptions).totalSteps;
  const trainer = new Trainer<Network>(net, {
    ...options,
    optimizer: ruleOf(flags, steps),
    callbacks: callbacksOf(flags),
  });
  return { trainer, told, steps };
}

async function continuedRun(
  flags: TrainFlags,
  { steps }: StoredRun,
  state: string,
  digits: SharedDigits,
): Promise<PreparedRun> {
  // A file of --net may have changed since: the state has the network itself.
  const batchSize = Math.min(flags.batchSize, digits.train.size);
  const isFile = flags.net !== undefined && !isConvolutional(flags.net);
  const own = isFile ? undefined : await digitNet(flags, digits.train, batchSize);
  const trainer = await Trainer.resume(state, {
    ...digits,
    ...(own === undefined ? { backend: flags.backend } : { net: own.net }),
    ...(flags.schedule === undefined ? {} : { optimizer: ruleOf(flags, steps) }),
    callbacks: callbacksOf(flags),
  }).catch((error: unknown) => {
    if (!isInstance(error, DataError)) throw error;
    const { found, expected } = error.complaint;
    const fix = 'Remove it to continue from the epoch before';
    throw new DataError({ operation: 'train', found, expected, fix }, { cause: error });
  });
  if (trainer.seed !== flags.seed) {
    throw new DataError({
      operation: 'train',
      found: `${state} is of a run with seed ${trainer.seed}`,
      expected: `seed ${flags.seed}, as in the train.json beside it`,
    });
  }
  return { trainer, told: own?.told ?? `that of ${state}` };
}

/**
 * Moves the end of a run that continues to where its flags say.
 *
 * @returns whether it moved
 * @throws {ArgumentError} for an earlier end, or where the run cannot be what it would be had it begun with these flags
 */
function moveEnd(trainer: Trainer, flags: TrainFlags, begun: TrainFlags): boolean {
  const name = flags.steps === undefined ? 'epochs' : 'steps';
  const length = (of: TrainFlags): number => of.steps ?? (of.epochs ?? DEFAULT_EPOCHS) * trainer.stepsPerEpoch;
  const [wanted, before] = [length(flags), length(begun)];
  const end = trainer.totalSteps;
  if (wanted === before || wanted === end) return false;
  const refuse = (expected: string): never => {
    throw new ArgumentError({ operation: 'train', found: `--${name} is ${flags[name]}`, expected });
  };
  if (end < before) refuse(`no other length: --early-stopping has ended this run in epoch ${trainer.epoch}`);
  if (wanted < end)
    refuse(`a later end than step ${end} (epoch ${Math.ceil(end / trainer.stepsPerEpoch)}) of this run`);
  if (flags.schedule?.includes('cosine') === true) {
    refuse(`no other length: --schedule ${flags.schedule} has come to its end with step ${before}`);
  }
  trainer.extend({ steps: wanted - end });
  return true;
}

function callbacksOf({ earlyStopping, checkpoint }: TrainFlags): Callback[] {
  return [
    ...(earlyStopping === undefined ? [] : [new EarlyStopping({ patience: earlyStopping })]),
    ...(checkpoint === undefined
      ? []
      : [patientCheckpoint(checkpoint, (warning) => console.error(`warning: ${warning}`))]),
  ];
}

/** The run's length, as the Trainer takes it: the Trainer refuses both flags together. */
function runLength({ epochs, steps }: TrainFlags): { readonly epochs: number } | { readonly steps: number } {
  if (steps === undefined) return { epochs: epochs ?? DEFAULT_EPOCHS };
  return epochs === undefined ? { steps } : Object.assign({ steps }, { epochs });
}

/**
 * Lets the engine finish its background compilation. Node 20 can hang forever at the end of a process when such
 * work waits for a garbage collection, which the digits of the npm package make likely: 5 of 25 runs that were refused
 * right after loading hung, none with this (nodejs/node issue 54918).
 */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
