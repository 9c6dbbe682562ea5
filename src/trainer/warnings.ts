/**
 * What looks wrong when a fit ends, each with its remedy: the same class for every row, values worse than the mean, a dead layer,
 * columns of very different scales.
 *
 * Costs nothing per step: a few hundred rows are examined once, at the end of a fit.
 */

import { type Batch, Batches } from '../data/batches.js';
import { CHUNK_ROWS } from '../data/chunk.js';
import type { Dataset } from '../data/dataset.js';
import type { Layer } from '../layers/layer.js';
import { LayerStack } from '../models/layer-stack.js';
import type { Network } from '../models/network.js';
import type { Tensor } from '../tensor/tensor.js';
import type { EpochRecord } from './history.js';

/** Columns whose standard deviations differ by more than this, and targets as far from 1, are warned about. */
const WILD = 100;

/** A regression that explains less than this of the targets' variance is poor. */
const POOR = 0.5;

/** Classes are imbalanced if one has more than this times the rows of another. */
const IMBALANCED = 2;

/** The share of rows in which a column must differ from 0 to be judged: a rare pixel or category has no scale. */
const SPARSE = 0.01;

/** @param last the last record; without an evaluation there are no warnings */
export function warningsOf(net: Network, train: Dataset, last: EpochRecord | undefined): readonly string[] {
  const { x, labels } = sampleOf(train, net);
  const dead = deadLayer(net, x);
  // Rows that are not all evaluated are a sample of a stream, which may miss a class.
  const isSample = train.kind === 'classification' && last !== undefined && last.trainAccuracy === undefined;
  return [
    isSample ? undefined : absentFirstClass(train),
    oneClass(net, train, x, last),
    poorFit(net, x, labels, { isExplained: dead !== undefined }),
    dead,
    wildColumns(net, train, x),
  ].filter((warning) => warning !== undefined);
}

/** One chunk of rows, evenly spaced. */
function sampleOf(dataset: Dataset, { dtype, backend }: Network): Batch {
  const { rows } = dataset.parts;
  const count = Math.min(CHUNK_ROWS, rows.length);
  const chosen = Int32Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!);
  const sample = dataset.withRows(chosen);
  return new Batches(sample, { batchSize: count, sampling: 'inOrder', dtype, backend }).next();
}

/** Labels that count from 1 make a class 0 that no row has. */
function absentFirstClass(train: Dataset): string | undefined {
  const counts = train.kind === 'classification' ? train.classCounts() : [];
  const others = counts.slice(1).filter((count) => count > 0).length;
  // With one class alone, or several missing, they are not numbered from 1.
  if (counts[0] !== 0 || others < 2 || others < counts.length - 1) return undefined;
  return `No training row is of class 0, but of classes 1 to ${counts.length - 1}. If the labels count from 1, subtract 1: classes count from 0, and the network has ${counts.length}`;
}

/** A network that gives every row the same class is right for exactly the rows of that class. */
function oneClass(net: Network, train: Dataset, x: Tensor, last: EpochRecord | undefined): string | undefined {
  const { rows } = train.parts;
  if (train.kind !== 'classification' || last?.trainAccuracy === undefined) return;
  const counts = train.classCounts();
  const occurring = counts.filter((count) => count > 0);
  if (occurring.length === 1) {
    const only = counts.findIndex((count) => count > 0);
    return rows.length === 1
      ? undefined
      : `All training rows are of class ${only}, so there is nothing to tell apart. Check the labels, and how the rows were chosen`;
  }
  const predicted = net.classify(x);
  const only = predicted[0]!;
  const share = (counts[only] ?? 0) / rows.length;
  if (last.trainAccuracy !== share || predicted.some((label) => label !== only)) return undefined;
  const isImbalanced = Math.max(...occurring) > IMBALANCED * Math.min(...occurring);
  const balance =
    isImbalanced && train.parts.weights === undefined
      ? "give the Trainer classWeights: 'balanced' (the classes have very different numbers of rows), "
      : '';
  return `The network gives every training row class ${only}, which is right for ${percent(share)} of them. ${remedyOf(net, balance)}`;
}

/** A regression that is worse than answering the mean of the targets, or poor with targets far from the scale of 1. */
function poorFit(
  net: Network,
  x: Tensor,
  targets: unknown,
  { isExplained }: { readonly isExplained: boolean },
): string | undefined {
  const rows = x.shape[0]!;
  if (net.kind !== 'regression' || rows < 2) return undefined;
  const { r2, mean, deviation } = fitOf((targets as Tensor).data, net.predict(x).data, rows);
  const isWild = deviation > WILD || (deviation > 0 && deviation < 1 / WILD);
  if (!(r2 < 0 || (isWild && r2 < POOR)) || (isExplained && !isWild)) return undefined;
  const score = `The r2Score of ${rows} training rows is ${short(r2)}${r2 < 0 ? ': worse than always answering the mean' : ''}`;
  const remedy = isWild
    ? `The targets have mean ${short(mean)} and standard deviation ${short(deviation)}. Standardize them: subtract the mean, divide by the standard deviation, and undo it for the predictions`
    : remedyOf(net);
  return `${score}. ${remedy}`;
}

/**
 * R², mean and deviation over all outputs together: an output that hardly varies, such as a rare pixel, counts as little as
 * it varies.
 */
function fitOf(
  targets: ArrayLike<number>,
  predicted: ArrayLike<number>,
  rows: number,
): { readonly r2: number; readonly mean: number; readonly deviation: number } {
  const width = targets.length / rows;
  let [total, errors, spread] = [0, 0, 0];
  for (let j = 0; j < width; j++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += targets[row * width + j]!;
    total += sum;
    for (let i = j; i < targets.length; i += width) {
      spread += (targets[i]! - sum / rows) ** 2;
      errors += (targets[i]! - predicted[i]!) ** 2;
    }
  }
  const { length } = targets;
  // Targets that do not vary have no score.
  return { r2: spread > 0 ? 1 - errors / spread : 1, mean: total / length, deviation: Math.sqrt(spread / length) };
}

/** A layer whose output is the same for every row passes nothing on, and no gradient of the rows comes back through it. */
function deadLayer(net: Network, x: Tensor): string | undefined {
  if (x.shape[0]! < 2 || sameRows(x) || !sameRows(net.logits(x))) return undefined;
  const { layers } = net as Network & { readonly layers?: readonly Layer[] };
  for (let k = 1; k < (layers?.length ?? 0); k++) {
    const before = new LayerStack('Trainer', layers!.slice(0, k));
    if (!sameRows(before.infer('warnings', x))) continue;
    return `Layer ${k} (${layers![k - 1]!.constructor.name}) is dead: its output is the same for every row. Use a smaller learning rate, ${readsScales(net) ? 'standardized columns, ' : ''}or other initial weights`;
  }
  return undefined;
}

/** Whether the scale of the columns can matter: not where a layer takes care of it, or x names rows of an Embedding. */
function readsScales(net: Network): boolean {
  const first = (net as Network & { readonly layers?: readonly Layer[] }).layers?.[0];
  const type = first?.describe?.()?.type;
  return first?.readsIndices !== true && type !== 'standardization' && type !== 'batchNormalization';
}

/** @param also what may help beside it, ending with a comma */
function remedyOf(net: Network, also = ''): string {
  const advice = `${readsScales(net) ? 'standardize the columns of x, ' : ''}${also}try another learning rate, or train longer`;
  return `${advice[0]!.toUpperCase()}${advice.slice(1)}`;
}

function wildColumns(net: Network, train: Dataset, x: Tensor): string | undefined {
  // Bytes share a scale by nature.
  if (train.byteScale !== undefined || !readsScales(net)) return undefined;
  const scales = deviations(x);
  const judged = [...scales.keys()].filter((column) => scales[column]! > 0);
  if (judged.length < 2) return undefined;
  const by = (better: (a: number, b: number) => boolean): number =>
    judged.reduce((best, column) => (better(scales[column]!, scales[best]!) ? column : best));
  const [widest, narrowest] = [by((a, b) => a > b), by((a, b) => a < b)];
  if (scales[widest]! <= WILD * scales[narrowest]!) return undefined;
  const deviation = (column: number): string => `column ${column} has standard deviation ${short(scales[column]!)}`;
  return `The columns of x differ in scale: ${deviation(widest)}, ${deviation(narrowest)}. Standardize them: subtract the mean, divide by the standard deviation`;
}

/** The standard deviation of each column; 0 for one that is constant or nearly always 0. */
function deviations({ data, shape }: Tensor): Float64Array {
  const [rows, width] = shape as [number, number];
  return Float64Array.from({ length: width }, (_, j) => {
    let [sum, squares, present] = [0, 0, 0];
    const first = data[j]!; // subtracted before squaring: a column far from 0 keeps its digits
    for (let row = 0; row < rows; row++) {
      const value = data[row * width + j]!;
      sum += value - first;
      squares += (value - first) ** 2;
      if (value !== 0) present++;
    }
    const variance = squares / rows - (sum / rows) ** 2;
    return present <= SPARSE * rows ? 0 : Math.sqrt(Math.max(variance, 0));
  });
}

function sameRows({ data, shape }: Tensor): boolean {
  const width = data.length / Math.max(shape[0]!, 1);
  return data.every((value, i) => value === data[i % width]);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
