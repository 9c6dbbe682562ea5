/** Whole fits of the library on the tables, one split after another: what scikit-learn is compared with. */

import type { Backend } from '../src/backend/backend.js';
import type { Workload } from '../src/bench/timing.js';
import { Dataset } from '../src/data/dataset.js';
import { MultiLayerNet } from '../src/models/multi-layer-net.js';
import { Adam } from '../src/optim/adam.js';
import { Trainer } from '../src/trainer/trainer.js';
import {
  type FitSettings,
  FOLDS,
  type Part,
  readFitSettings,
  readTable,
  SEEDS,
  splitTable,
  TABLE_NAMES,
  type Table,
  type TableName,
} from './tables.js';

/** The seed and the fold of a round: all seeds on fold 0, then all on fold 1, and so on. */
export function caseOfRound(round: number): { readonly seed: number; readonly fold: number } {
  return { seed: round % SEEDS, fold: Math.floor(round / SEEDS) % FOLDS };
}

/** `fit:iris`, and so for each table of the folder. */
export function fitWorkloads(folder: string, backend: Backend): Record<string, () => Workload> {
  return Object.fromEntries(TABLE_NAMES.map((name) => [`fit:${name}`, () => fitWorkload(folder, name, backend)]));
}

/** A run is one fit; `figures` tells its score on the test part, and goes on to the case of the next round. */
function fitWorkload(folder: string, name: TableName, backend: Backend): Workload {
  const table = readTable(folder, name);
  const settings = readFitSettings(folder);
  const prepare = (round: number) => {
    const { seed, fold } = caseOfRound(round);
    return { seed, split: splitTable(table, seed, fold) };
  };
  let round = 0;
  let current = prepare(0);
  let net: MultiLayerNet | undefined;
  return {
    // Both sides standardise for themselves: the same splits and scales give the same sums.
    check() {
      const { train, test } = current.split;
      return {
        values: [train.rows, test.rows, ...[train, test].flatMap(({ x, target }) => [squares(x), squares(target)])],
      };
    },
    run() {
      net = trained(table, settings, current.split.train, current.seed, backend);
    },
    figures() {
      const test = datasetOf(table, current.split.test);
      const score = table.isRegression ? net!.evaluate(test).r2Score! : net!.accuracy(test);
      current = prepare(++round);
      return { [scoreName(name)]: score };
    },
  };
}

/** What a fit is judged by. */
export function scoreName(name: TableName): 'accuracy' | 'R²' {
  return name === 'diabetes' ? 'R²' : 'accuracy';
}

/** From the arrays to a trained network, as users write it. */
function trained(table: Table, settings: FitSettings, part: Part, seed: number, backend: Backend): MultiLayerNet {
  const { hidden, epochs, batchSize, learningRate, beta1, beta2, epsilon } = settings;
  const train = datasetOf(table, part);
  const isBinary = train.classes === 2;
  const net = new MultiLayerNet({
    inputSize: table.columns,
    hiddenSizes: [hidden],
    outputSize: table.isRegression || isBinary ? 1 : train.classes!,
    task: table.isRegression ? 'regression' : isBinary ? 'binary' : 'classification',
    seed,
    backend,
  });
  const optimizer = new Adam({ learningRate, beta1, beta2, epsilon });
  new Trainer(net, { train, epochs, batchSize, optimizer, seed, evaluate: false }).fitSync();
  return net;
}

function datasetOf({ columns, isRegression, target: all }: Table, { rows, x, target }: Part): Dataset {
  const given = { data: x, shape: [rows, columns] };
  if (isRegression) return Dataset.from({ x: given, targets: target });
  return Dataset.from({ x: given, labels: target, classes: Math.max(...all) + 1 });
}

function squares(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value ** 2;
  return sum;
}
