/**
 * Random runs of the Trainer that are likely to go wrong: learning rates up to 1e30, wild scales, NaN planted in data and
 * in parameters. However a run ends, its network must give a finite loss.
 */
import { expect } from 'vitest';
import type { Backend, Dtype, Floats } from '../../src/backend/backend.js';
import { allocate } from '../../src/backend/backend.js';
import { Dataset } from '../../src/data/dataset.js';
import { DivergenceError, ZerokaraError } from '../../src/errors.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { SGD } from '../../src/optim/sgd.js';
import { Random } from '../../src/random.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { TrainerOptions } from '../../src/trainer/trainer-options.js';
import { runnableBackends } from './runnable.js';

/** How a run ended: with a finite loss, with a DivergenceError and weights gone back to, or none to go back to. */
export type Ending = 'finite' | 'diverged' | 'nothing to go back to';

const BACKENDS = runnableBackends();

interface Planted {
  /** The first step after which it is there; 0 for before the run. */
  readonly step: number;
  readonly where: 'x' | 'parameter';
  readonly value: number;
}

/** One run, all of it by `seed`. @throws if it ends otherwise than it may */
export async function randomRun(seed: number): Promise<Ending> {
  const random = new Random(seed);
  const pick = <T>(choices: readonly T[]): T => choices[random.integer(choices.length)]!;
  const powerOfTen = (least: number, most: number): number => 10 ** (least + random.uniform() * (most - least));

  const backend: Backend = pick(BACKENDS);
  const dtype: Dtype = pick(['float32', 'float32', 'float64']);
  const task = pick(['classification', 'binary', 'multiLabel', 'regression', 'regression'] as const);
  const [size, inputSize] = [2 + random.integer(60), 1 + random.integer(5)];
  const outputSize = task === 'binary' ? 1 : 2 + random.integer(3);
  const classes = Math.max(outputSize, 2);
  const data = allocate(dtype, size * inputSize);
  const scales = Array.from({ length: inputSize }, () => pick([1, 1, 1, powerOfTen(-3, 6), powerOfTen(10, 37)]));
  for (let i = 0; i < data.length; i++) data[i] = random.normal() * 0.3 * scales[i % inputSize]!;
  const targets = allocate(dtype, size * outputSize);
  const targetScale = pick([1, 1, powerOfTen(0, 8), powerOfTen(10, 36)]);
  for (let i = 0; i < targets.length; i++) targets[i] = random.normal() * 0.3 * targetScale;
  const labels = Int32Array.from({ length: size }, () => random.integer(classes));
  const multiLabels = Array.from({ length: size }, () => Array.from({ length: outputSize }, () => random.integer(2)));
  const weights =
    random.integer(3) > 0 ? undefined : allocate(dtype, size).map(() => random.uniform() * powerOfTen(-2, 3));
  /** These rows, over the very array where they are all of it. */
  const dataset = (x: Floats, rows: readonly number[] = [...labels.keys()]): Dataset => {
    const part = (values: Floats, width: number): { data: Floats; shape: number[] } => ({
      data:
        rows.length === size
          ? values
          : allocate(dtype, rows.length * width).map(
              (_, i) => values[rows[Math.floor(i / width)]! * width + (i % width)]!,
            ),
      shape: [rows.length, width],
    });
    const common = {
      x: part(x, inputSize),
      ...(weights === undefined ? {} : { weights: rows.map((row) => weights[row]!) }),
    };
    switch (task) {
      case 'regression':
        return Dataset.from({ ...common, targets: part(targets, outputSize) });
      case 'multiLabel':
        return Dataset.from({ ...common, multiLabels: rows.map((row) => multiLabels[row]!) });
      default:
        return Dataset.from({ ...common, labels: rows.map((row) => labels[row]!), classes });
    }
  };
  const train = dataset(data);

  const net = new MultiLayerNet({
    inputSize,
    hiddenSizes: Array.from({ length: random.integer(3) }, () => 1 + random.integer(6)),
    outputSize,
    task,
    activation: pick(['relu', 'sigmoid', 'tanh', 'identity'] as const),
    ...(random.integer(4) === 0 ? { weightInitStd: powerOfTen(-2, 20) } : {}),
    seed,
    dtype,
    backend,
  });
  const initialLoss = net.loss(train);
  const steps = 1 + random.integer(pick([2, 5, 40]));
  const planted: Planted | undefined =
    random.integer(4) > 0
      ? undefined
      : {
          step: random.integer(steps + 1),
          where: pick(['x', 'parameter'] as const),
          value: pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]),
        };
  const plantedAt = random.integer(data.length);
  const plant = (step: number): void => {
    if (step !== planted?.step) return;
    const into = planted.where === 'x' ? data : pick(Object.values(net.params)).data;
    into[planted.where === 'x' ? plantedAt : random.integer(into.length)] = planted.value;
  };
  const trainer = new Trainer(net, {
    train,
    steps,
    seed,
    batchSize: pick([1, 3, size, 100]),
    sampling: pick(['shuffle', 'replacement']),
    evaluate: pick(['epochEnd', 'epochStart', false]),
    optimizer: new SGD({ learningRate: pick([powerOfTen(-3, 1), powerOfTen(-3, 30), 1e30]) }),
    ...(random.integer(3) === 0 ? { test: dataset(data.slice(), [0, size - 1]) } : {}),
  } as TrainerOptions);
  const clean = data.slice();
  if (planted?.where === 'x') plant(0);

  let error: unknown;
  try {
    const onStep = ({ step }: { step: number }): void => plant(step);
    if (random.integer(2) === 0) await trainer.fit({ onStep });
    else trainer.fitSync({ onStep });
  } catch (thrown) {
    error = thrown;
  }

  const badRow = planted?.where === 'x' && !Number.isFinite(data[plantedAt]!) ? Math.floor(plantedAt / inputSize) : -1;
  const finiteRows = [...labels.keys()].filter((row) => row !== badRow);
  const loss = finiteRows.length === 0 ? 0 : net.loss(dataset(clean, finiteRows));
  const where = `run ${seed} (${backend.name}): ${error}`;
  if (error === undefined) {
    expect(loss, where).toSatisfy(Number.isFinite);
    expect(Number.isFinite(net.loss(train)), where).toBe(true);
    return 'finite';
  }
  expect(error, where).toBeInstanceOf(ZerokaraError);
  expect(error, where).toBeInstanceOf(DivergenceError);
  const { message } = error as DivergenceError;
  if (planted?.where === 'x' && message.includes('In train, x[')) expect(badRow, where).toBeGreaterThanOrEqual(0);
  if (!message.includes('No weights of this run give a finite loss')) {
    expect(loss, where).toSatisfy(Number.isFinite);
    return 'diverged';
  }
  // Only where the initial weights gave none either.
  expect(Number.isFinite(initialLoss), where).toBe(false);
  return 'nothing to go back to';
}

export interface Endings {
  readonly counts: Readonly<Record<Ending, number>>;
  add(ending: Ending): void;
}

export function countEndings(): Endings {
  const counts: Record<Ending, number> = { finite: 0, diverged: 0, 'nothing to go back to': 0 };
  return {
    counts,
    add(ending) {
      counts[ending]++;
    },
  };
}
