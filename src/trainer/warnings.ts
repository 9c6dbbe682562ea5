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
import type { EpochRecord } from './epoch-record.js';

/** Columns whose standard deviations differ by more than this, and targets as far from 1, are warned about. */
const WILD = 100;

/** A regression that explains less than this of the targets' variance is poor. */
const POOR = 0.5;

/** Classes are imbalanced if one has more than this times the rows of another. */
const IMBALANCED = 2;

/** The share of rows in which a column must differ from 0 to be judged: a rare pixel or category has no scale. */
const SPARSE = 0.01;

/** What looks wrong, as data. Classes, layers and columns of x are told by their numbers. */
export type Finding =
  | { readonly is: 'no first class'; readonly classes: number }
  | { readonly is: 'one class in the rows'; readonly label: number }
  | ({ readonly is: 'one answer'; readonly label: number; readonly share: number } & Remedies)
  | ({ readonly is: 'poor fit'; readonly rows: number } & Fit & Remedies)
  | ({ readonly is: 'dead layer'; readonly layer: number; readonly name: string } & Remedies)
  | { readonly is: 'wild columns'; readonly widest: ColumnScale; readonly narrowest: ColumnScale };

/** What may help. */
interface Remedies {
  /** Columns of one scale. */
  readonly scales: boolean;
  /** Weights of the classes, which have very different numbers of rows. */
  readonly balance?: boolean;
}

/** How well predicted values fit, and the scale of the targets. */
interface Fit {
  readonly r2: number;
  readonly mean: number;
  readonly deviation: number;
}

interface ColumnScale {
  readonly column: number;
  readonly deviation: number;
}

/**
 * @param last the last record
 * @param areSampled whether `train` is a sample of more rows, which may miss a class
 */
export function findingsOf(
  net: Network,
  train: Dataset,
  last: EpochRecord,
  { areSampled = false }: { readonly areSampled?: boolean } = {},
): readonly Finding[] {
  const { x, labels } = sampleOf(train, net);
  // Where answers differ, so do scores, and no layer is dead.
  const differ = train.kind === 'classification' && !areEqual(net.classify(x));
  const dead = differ ? undefined : deadLayer(net, x);
  return [
    areSampled ? undefined : absentFirstClass(train),
    areSampled ? undefined : oneClass(net, train, x, differ, last),
    poorFit(net, x, labels, { isExplained: dead !== undefined }),
    dead,
    wildColumns(net, train, x),
  ].filter((finding) => finding !== undefined);
}

/** A finding in the words of a Trainer: what looks wrong, and what to do. */
export function warningOf(finding: Finding): string {
  switch (finding.is) {
    case 'no first class': {
      const { classes } = finding;
      return `No training row is of class 0, but of classes 1 to ${classes - 1}. If the labels count from 1, subtract 1: classes count from 0, and the network has ${classes}`;
    }
    case 'one class in the rows':
      return `All training rows are of class ${finding.label}, so there is nothing to tell apart. Check the labels, and how the rows were chosen`;
    case 'one answer':
      return `The network gives every training row class ${finding.label}, which is right for ${percent(finding.share)} of them. ${remedyOf(finding)}`;
    case 'poor fit': {
      const { rows, r2, mean, deviation } = finding;
      const score = `The r2Score of ${rows} training rows is ${short(r2)}${r2 < 0 ? ': worse than always answering the mean' : ''}`;
      const remedy = isWild(deviation)
        ? `The targets have mean ${short(mean)} and standard deviation ${short(deviation)}. Standardize them: subtract the mean, divide by the standard deviation, and undo it for the predictions`
        : remedyOf(finding);
      return `${score}. ${remedy}`;
    }
    case 'dead layer': {
      const { layer, name, scales } = finding;
      return `Layer ${layer} (${name}) is dead: its output is the same for every row. Use a smaller learning rate, ${scales ? 'standardized columns, ' : ''}or other initial weights`;
    }
    case 'wild columns': {
      const of = ({ column, deviation }: ColumnScale): string =>
        `column ${column} has standard deviation ${short(deviation)}`;
      return `The columns of x differ in scale: ${of(finding.widest)}, ${of(finding.narrowest)}. Standardize them: subtract the mean, divide by the standard deviation`;
    }
  }
}

function remedyOf({ scales, balance = false }: Remedies): string {
  const advice = [
    ...(scales ? ['standardize the columns of x'] : []),
    ...(balance ? ["give the Trainer classWeights: 'balanced' (the classes have very different numbers of rows)"] : []),
    'try another learning rate, or train longer',
  ].join(', ');
  return `${advice[0]!.toUpperCase()}${advice.slice(1)}`;
}

/** One chunk of rows, evenly spaced. */
function sampleOf(dataset: Dataset, { dtype, backend }: Network): Batch {
  const { rows } = dataset.parts;
  const count = Math.min(CHUNK_ROWS, rows.length);
  const chosen = new Int32Array(count);
  for (let i = 0; i < count; i++) chosen[i] = rows[Math.floor((i * rows.length) / count)]!;
  const sample = dataset.withRows(chosen);
  return new Batches(sample, { batchSize: count, sampling: 'inOrder', dtype, backend }).next();
}

/** Labels that count from 1 make a class 0 that no row has. */
function absentFirstClass(train: Dataset): Finding | undefined {
  const counts = train.kind === 'classification' ? train.classCounts() : [];
  const others = counts.slice(1).filter((count) => count > 0).length;
  // With one class alone, or several missing, they are not numbered from 1.
  if (counts[0] !== 0 || others < 2 || others < counts.length - 1) return undefined;
  return { is: 'no first class', classes: counts.length };
}

/** A network that gives every row the same class is right for exactly the rows of that class. */
function oneClass(
  net: Network,
  train: Dataset,
  x: Tensor,
  differ: boolean,
  { trainAccuracy }: EpochRecord,
): Finding | undefined {
  const { rows } = train.parts;
  if (train.kind !== 'classification') return;
  const counts = train.classCounts();
  const occurring = counts.filter((count) => count > 0);
  if (occurring.length === 1) {
    return rows.length === 1
      ? undefined
      : { is: 'one class in the rows', label: counts.findIndex((count) => count > 0) };
  }
  if (differ) return undefined;
  const label = net.classify(x)[0]!;
  const share = (counts[label] ?? 0) / rows.length;
  if ((trainAccuracy ?? net.accuracy(train)) !== share) return undefined;
  const isImbalanced = Math.max(...occurring) > IMBALANCED * Math.min(...occurring);
  const balance = isImbalanced && train.parts.weights === undefined;
  return { is: 'one answer', label, share, scales: readsScales(net), balance };
}

function areEqual(labels: Int32Array): boolean {
  return labels.every((label) => label === labels[0]);
}

/** A regression that is worse than answering the mean of the targets, or poor with targets far from the scale of 1. */
function poorFit(
  net: Network,
  x: Tensor,
  targets: unknown,
  { isExplained }: { readonly isExplained: boolean },
): Finding | undefined {
  const rows = x.shape[0]!;
  if (net.kind !== 'regression' || rows < 2) return undefined;
  const fit = fitOf((targets as Tensor).data, net.predict(x).data, rows);
  const wild = isWild(fit.deviation);
  if (!(fit.r2 < 0 || (wild && fit.r2 < POOR)) || (isExplained && !wild)) return undefined;
  return { is: 'poor fit', rows, ...fit, scales: readsScales(net) };
}

/** Whether targets of this deviation are far from the scale of 1. */
function isWild(deviation: number): boolean {
  return deviation > WILD || (deviation > 0 && deviation < 1 / WILD);
}

/**
 * R², mean and deviation over all outputs together: an output that hardly varies, such as a rare pixel, counts as little as
 * it varies.
 */
function fitOf(targets: ArrayLike<number>, predicted: ArrayLike<number>, rows: number): Fit {
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
function deadLayer(net: Network, x: Tensor): Finding | undefined {
  if (x.shape[0]! < 2 || sameRows(x) || !sameRows(net.logits(x))) return undefined;
  const { layers } = net as Network & { readonly layers?: readonly Layer[] };
  for (let k = 1; k < (layers?.length ?? 0); k++) {
    const before = new LayerStack('Trainer', layers!.slice(0, k));
    if (!sameRows(before.infer('warnings', x))) continue;
    return { is: 'dead layer', layer: k, name: layers![k - 1]!.constructor.name, scales: readsScales(net) };
  }
  return undefined;
}

/** Whether the scale of the columns can matter: not where a layer takes care of it, or x names rows of an Embedding. */
function readsScales(net: Network): boolean {
  const first = (net as Network & { readonly layers?: readonly Layer[] }).layers?.[0];
  const type = first?.describe?.()?.type;
  return first?.readsIndices !== true && type !== 'standardization' && type !== 'batchNormalization';
}

function wildColumns(net: Network, train: Dataset, x: Tensor): Finding | undefined {
  // Bytes share a scale by nature.
  if (train.byteScale !== undefined || !readsScales(net)) return undefined;
  const scales = deviations(x);
  const judged = [...scales.keys()].filter((column) => scales[column]! > 0);
  if (judged.length < 2) return undefined;
  const by = (better: (a: number, b: number) => boolean): number =>
    judged.reduce((best, column) => (better(scales[column]!, scales[best]!) ? column : best));
  const [widest, narrowest] = [by((a, b) => a > b), by((a, b) => a < b)];
  if (scales[widest]! <= WILD * scales[narrowest]!) return undefined;
  const of = (column: number): ColumnScale => ({ column, deviation: scales[column]! });
  return { is: 'wild columns', widest: of(widest), narrowest: of(narrowest) };
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
