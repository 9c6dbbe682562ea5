/** Random combinations of everything that a run can consist of, interrupted anywhere: the resumed run has the same bits. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { Sequential } from '../../src/models/sequential.js';
import { namedOptimizer, OPTIMIZER_NAMES } from '../../src/optim/named.js';
import { cosine, exponentialDecay } from '../../src/optim/schedules.js';
import { SGD } from '../../src/optim/sgd.js';
import { Random } from '../../src/random.js';
import { EarlyStopping } from '../../src/trainer/early-stopping.js';
import type { Callback } from '../../src/trainer/fit-options.js';
import { ReduceOnPlateau } from '../../src/trainer/reduce-on-plateau.js';
import type { ResumeOptions } from '../../src/trainer/resume-options.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { TrainerOptions } from '../../src/trainer/trainer-options.js';
import { LONG } from '../support/long.js';
import { runnableBackends } from '../support/runnable.js';
import { sameState } from '../support/same-state.js';

const folder = mkdtempSync(join(tmpdir(), 'combinations-'));
afterAll(() => rmSync(folder, { recursive: true }));

const BACKENDS = runnableBackends();
const [COMBINATIONS, POINTS] = LONG ? [30, 5] : [14, 2];

interface Combination {
  readonly trainer: () => Trainer;
  readonly given: () => ResumeOptions;
  readonly random: Random;
}

function combination(seed: number): Combination {
  const random = new Random(seed, 'data');
  const pick = <T>(choices: readonly T[]): T => choices[random.integer(choices.length)]!;
  const chance = (): boolean => random.integer(2) === 0;
  const rows = 40 + random.integer(60);
  const x = Array.from({ length: rows }, () => Array.from({ length: 3 }, () => random.normal()));
  const task = pick(['classification', 'binary', 'regression'] as const);
  const labels = x.map(([a, b]) => Number(a! + b! > 0));
  const data = task === 'regression' ? { targets: x.map(([a, b]) => [a! * b!]) } : { labels, classes: 2 };
  const dtype = pick(['float32', 'float64'] as const);
  const dataset = (from: number, to: number): Dataset =>
    Dataset.from({
      x: x.slice(from, to),
      inputShape: [1, 3, 1],
      dtype,
      ...('targets' in data
        ? { targets: data.targets.slice(from, to) }
        : { labels: labels.slice(from, to), classes: 2 }),
    });
  const train = dataset(0, rows);
  const validation = pick([0.25, dataset(0, 20)]);
  const normalization = pick([[], [{ type: 'batchNormalization' }], [{ type: 'layerNormalization' }]]);
  const dropout = pick([[], [{ type: 'dropout', ratio: 0.3 }]]);
  const images = [
    { type: 'convolution', filters: 2, kernelSize: [1, 2], activation: 'tanh' },
    { type: 'maxPooling', poolSize: [1, 2], stride: 1 },
  ];
  const description = {
    input: [1, 3, 1],
    layers: [
      ...(seed % 3 === 0 ? images : []),
      { type: 'affine', outputSize: 6 },
      ...normalization,
      { type: 'relu' },
      ...dropout,
      { type: 'affine', outputSize: task === 'classification' ? 2 : 1 },
    ],
    task,
  };
  // Each optimizer comes up, however few the combinations.
  const name = OPTIMIZER_NAMES[seed % OPTIMIZER_NAMES.length]!;
  const schedule = pick([
    undefined,
    exponentialDecay({ initial: 0.1, factor: 0.9, over: 3 }),
    cosine({ initial: 0.1, steps: 30 }),
  ]);
  const scheduled = name === 'sgd' && schedule !== undefined;
  const newOptimizer = () => (scheduled ? new SGD({ learningRate: schedule }) : namedOptimizer(name)!);
  const [hasStopping, hasPlateau] = [chance(), !scheduled && chance()];
  const callbacks = (): Callback[] => [
    ...(hasStopping ? [new EarlyStopping({ patience: 1 })] : []),
    ...(hasPlateau ? [new ReduceOnPlateau({ patience: 1, monitor: 'trainLoss', minDelta: 0.01 })] : []),
  ];
  const options = {
    train,
    validation,
    ...{ epochs: 4, batchSize: pick([8, 16, 32]), dropLast: true, seed },
    sampling: pick(['shuffle', 'replacement'] as const),
    evaluate: pick(['epochEnd', 'epochStart'] as const),
    ...(task !== 'regression' && chance() ? { classWeights: pick(['balanced', [1, 3]] as const) } : {}),
    ...(chance() ? { clipGlobalNorm: 0.5 } : {}),
    ...(chance() ? { clipValue: 0.1 } : {}),
    ...(chance() ? { augment: { shift: 0.5, rotate: 10 } } : {}),
  };
  const backend = BACKENDS[seed % BACKENDS.length]!;
  const net = (): Sequential => Sequential.fromJSON(description, { seed, dtype, backend });
  return {
    random,
    trainer: () =>
      new Trainer(net(), { ...options, optimizer: newOptimizer(), callbacks: callbacks() } as TrainerOptions),
    given: () => ({
      backend,
      train,
      callbacks: callbacks(),
      ...(typeof validation === 'number' ? {} : { validation }),
      ...(scheduled ? { optimizer: newOptimizer() } : {}),
    }),
  };
}

/** A signal that aborts at the look of that number, from 0; `looks` counts them. */
class Look {
  looks = 0;
  readonly reason = 'enough';
  constructor(private readonly at: number) {}
  get aborted(): boolean {
    return this.looks++ === this.at;
  }
}

describe('a resumed run equals the uninterrupted one to the bit', () => {
  test.each(Array.from({ length: COMBINATIONS }, (_, seed) => [seed]))('combination %i', async (seed) => {
    const { trainer: newTrainer, given, random } = combination(seed);
    const whole = newTrainer();
    const signal = new Look(-1);
    await whole.fit({ signal });
    for (let i = 0; i < POINTS; i++) {
      const parts = newTrainer();
      // The first look is that of the options' check.
      await parts.fit({ signal: new Look(1 + random.integer(signal.looks - 1)) }).catch((reason) => {
        if (reason !== 'enough') throw reason;
      });
      const path = join(folder, `${seed}-${i}.safetensors`);
      await parts.save(path);
      const resumed = await Trainer.resume(path, given());
      expect(sameState(resumed['run'].state(), parts['run'].state())).toBe(true);
      await resumed.fit();
      expect(resumed.totalSteps).toBe(whole.totalSteps);
      expect(sameState(resumed['run'].state(), whole['run'].state())).toBe(true);
    }
  });
});

describe('resume refuses', () => {
  const x = Array.from({ length: 40 }, (_, i) => [i / 40, 1 - i / 40]);
  const train = Dataset.from({ x, labels: x.map((_, i) => i % 2) });
  const path = join(folder, 'refused.safetensors');
  const begun = async (validation: number | Dataset | undefined): Promise<void> => {
    const net = Sequential.from({ input: 2, layers: [{ type: 'affine', outputSize: 2 }] }, { seed: 1 });
    await new Trainer(net, { train, epochs: 1, seed: 1, ...(validation === undefined ? {} : { validation }) }).save(
      path,
    );
  };

  test.each<[number | Dataset | undefined, number | Dataset | undefined, string]>([
    [0.2, 0.3, 'validation is 0.3; expected 0.2, as in the saved run'],
    [undefined, 0.3, 'validation is 0.3; expected none, as in the saved run'],
    [0.2, train, 'validation is given; expected 0.2, as in the saved run'],
    [train.take(9), undefined, 'validation is undefined; expected the validation rows, as in the saved run'],
    [
      train.take(9),
      train.take(8),
      'validation has 8 rows; expected 9, as in the saved run. A run continues with the data that it began with: the same rows in the same order (a split of the same seed)',
    ],
  ])('other validation rows', async (saved, validation, message) => {
    await begun(saved);
    const options = { train, ...(validation === undefined ? {} : { validation }) };
    await expect(Trainer.resume(path, options)).rejects.toThrow(
      expect.objectContaining({ name: 'ArgumentError', message: `Trainer.resume: ${message}` }),
    );
  });
});
