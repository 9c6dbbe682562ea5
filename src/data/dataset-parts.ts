/** What `Dataset.from` takes, and how it becomes the parts of a data set. */

import type { Dtype } from '../backend/backend.js';
import { ArgumentError, DataError, ShapeError, show } from '../errors.js';
import { isInt32 } from '../identity.js';
import { checkOptions, type Elsewhere, requireInteger, requireOneOf, requirePositive } from '../options.js';
import { readLabels, readMultiLabels, requireCount } from '../tensor/labels.js';
import { readNested } from '../tensor/nested.js';
import { formatShape } from '../tensor/shape.js';
import { borrowable } from '../tensor/typed.js';
import type { TypedValues, Values } from '../tensor/values.js';
import { readInputShape } from './input-shape.js';
import type { Kind } from './kind.js';
import type { Labels, MultiLabels } from './labels.js';
import { rowNumbers } from './row-numbers.js';
import { Rows } from './rows.js';

interface CommonOptions {
  /** The samples, (N, inputSize), or of higher rank, e.g. (N, 28, 28), taken as rows. */
  readonly x: Values;
  /**
   * The shape of one sample, where x does not have it: [28, 28, 1] (height, width, channels) for images in rows of 784.
   * Default: that of x.
   */
  readonly inputShape?: readonly number[];
  /** How much each row counts in the loss, Σ wᵢ · lossᵢ / N: N numbers of at least 0. Default: 1 each. */
  readonly weights?: Values;
  /**
   * Factor by which x is multiplied when a batch is gathered, e.g. 1 / 255. For bytes (Uint8Array) only: a network takes
   * floats as they are. Default 1.
   */
  readonly scale?: number;
  /** Convert x (and targets or rows of labels) to this type now. Default: typed arrays keep their type. */
  readonly dtype?: Dtype;
}

/** Samples with one class each. */
export interface ClassificationOptions extends CommonOptions {
  /**
   * N class indices, as a list or a column (N, 1), or N rows over two or more classes, one-hot or soft. The shape alone
   * decides which.
   */
  readonly labels: Labels | TypedValues;
  /** The number of classes. Default: the largest index + 1, or the width of the rows. */
  readonly classes?: number;
  /**
   * Whether the rows of labels may have a sum other than 1. The network's loss must allow it too:
   * `new SoftmaxWithLoss({ unnormalized: true })`. Default false.
   */
  readonly unnormalized?: boolean;
  readonly multiLabels?: never;
  readonly targets?: never;
}

/** Samples to which any number of labels applies. */
export interface MultiLabelOptions extends CommonOptions {
  /** N rows of 0 and 1 (or booleans), one for each label. */
  readonly multiLabels: MultiLabels;
  readonly labels?: never;
  readonly targets?: never;
  readonly classes?: never;
  readonly unnormalized?: never;
}

/** Samples with values to predict. */
export interface RegressionOptions extends CommonOptions {
  /** The values, (N, outputSize); N single numbers are taken as (N, 1). */
  readonly targets: Values;
  readonly labels?: never;
  readonly multiLabels?: never;
  readonly classes?: never;
  readonly unnormalized?: never;
}

/** The kinds of data sets; a network of kind 'binary' is trained on a classification of two classes. */
export type DatasetKind = Exclude<Kind, 'binary'>;

/** The parts of a data set. */
export interface DatasetParts {
  readonly kind: DatasetKind;
  readonly x: Rows;
  readonly sampleShape: readonly number[];
  /** What is learned: class indices; rows over the classes; rows of 0 and 1; rows of target values. */
  readonly labels: Int32Array | Rows;
  readonly classes: number | undefined;
  readonly unnormalized: boolean;
  /** One number per row. */
  readonly weights: Rows | undefined;
  readonly scale: number;
  /** The rows of x that belong to this data set, in order. */
  readonly rows: Int32Array;
}

/** What each kind of data set calls its targets. */
export const LABELS_OF = {
  classification: 'labels',
  multiLabel: 'multiLabels',
  regression: 'targets',
} as const satisfies Record<DatasetKind, string>;

const OPERATION = 'Dataset.from';

const OPTION_NAMES = [
  'x',
  'labels',
  'multiLabels',
  'targets',
  'classes',
  'inputShape',
  'weights',
  'scale',
  'dtype',
  'unnormalized',
] as const;

const LEARNED = 'did you mean "labels" (one class per row), "multiLabels" (any number per row) or "targets" (values)?';
const SAMPLES = 'did you mean "x"?';
const WEIGHTS = 'did you mean "weights"?';

/** Names of options in other libraries, and the name here. */
const ELSEWHERE: Elsewhere = {
  ...Object.fromEntries(['y', 'Y', 'ys', 't', 'output', 'outputs', 'values'].map((name) => [name, LEARNED])),
  ...Object.fromEntries(['data', 'input', 'inputs', 'features', 'samples', 'xs'].map((name) => [name, SAMPLES])),
  ...Object.fromEntries(['sampleWeight', 'sampleWeights', 'sample_weight'].map((name) => [name, WEIGHTS])),
  numClasses: 'did you mean "classes"?',
  inputSize: 'it is the width of x',
  outputSize: 'it is the number of classes, or the width of multiLabels or targets',
  shape: 'x itself takes one: x: { data, shape }',
  imageShape: 'did you mean "inputShape"?',
  sampleShape: 'did you mean "inputShape"?',
};

/** Checks the options of `Dataset.from` and reads the data. */
export function readParts(options: ClassificationOptions | MultiLabelOptions | RegressionOptions): DatasetParts {
  checkOptions(OPERATION, options, OPTION_NAMES, ELSEWHERE);
  const { dtype, weights, inputShape } = options;
  const kind = kindOf(options);
  if (dtype !== undefined) requireOneOf(OPERATION, 'dtype', dtype, ['float32', 'float64']);

  const x = Rows.from(OPERATION, 'x', options.x, { dtype });
  return {
    kind,
    x,
    sampleShape: inputShape === undefined ? x.sampleShape : readInputShape(OPERATION, inputShape, x.width),
    ...readLearned(kind, options, x.count),
    weights: weights === undefined ? undefined : readWeights(weights, x.count),
    scale: readScale(options.scale, x),
    rows: rowNumbers(x.count),
  };
}

/** The kind, by the option that the caller named; checks options that belong to one kind only. */
function kindOf(options: object): DatasetKind {
  const given = (name: string): boolean => (options as Record<string, unknown>)[name] !== undefined;
  const kinds = Object.keys(LABELS_OF) as DatasetKind[];
  const [kind, other] = kinds.filter((candidate) => given(LABELS_OF[candidate]));
  if (kind === undefined || other !== undefined) {
    throw new ArgumentError({
      operation: OPERATION,
      found:
        kind === undefined
          ? 'none of labels, multiLabels and targets is given'
          : `${LABELS_OF[kind]} and ${LABELS_OF[other!]} are both given`,
      expected: 'labels (one class per row), multiLabels (any number of labels per row) or targets (values to predict)',
    });
  }
  for (const name of ['classes', 'unnormalized']) {
    if (kind === 'classification' || !given(name)) continue;
    throw new ArgumentError({
      operation: OPERATION,
      found: `${name} is given with ${LABELS_OF[kind]}`,
      expected: 'it with labels only',
    });
  }
  return kind;
}

/** What is learned, by its kind. */
function readLearned(
  kind: DatasetKind,
  options: ClassificationOptions | MultiLabelOptions | RegressionOptions,
  count: number,
): Pick<DatasetParts, 'labels' | 'classes' | 'unnormalized'> {
  const { labels, multiLabels, targets, dtype } = options;
  if (kind === 'classification') return readClasses(labels, options as ClassificationOptions, count);
  const none = { classes: undefined, unnormalized: false };
  if (kind === 'multiLabel') {
    const bits = readMultiLabels(OPERATION, 'multiLabels', multiLabels, { count });
    return { labels: Rows.of(OPERATION, 'multiLabels', bits, { dtype }), ...none };
  }
  const rows = Rows.from(OPERATION, 'targets', targets as Values, { dtype, column: true });
  if (rows.sampleShape.length !== 1) {
    throw new ShapeError({
      operation: OPERATION,
      found: `targets has shape ${formatShape([rows.count, ...rows.sampleShape])}`,
      expected: `a matrix, one row for each of the ${count} rows of x`,
    });
  }
  requireCount(OPERATION, 'targets', rows.count, count);
  return { labels: rows, ...none };
}

/** Class indices with the number of classes, or rows over the classes. */
function readClasses(
  labels: unknown,
  { classes, dtype, unnormalized = false }: ClassificationOptions,
  count: number,
): Pick<DatasetParts, 'labels' | 'classes' | 'unnormalized'> {
  if (classes !== undefined) requireInteger(OPERATION, 'classes', classes, 1);
  if (typeof unnormalized !== 'boolean') {
    throw new ArgumentError({
      operation: OPERATION,
      found: `unnormalized is ${show(unnormalized)}`,
      expected: 'true or false',
    });
  }
  const read = readLabels(OPERATION, 'labels', labels, { count, classes, unnormalized });
  if (isInt32(read)) {
    const least = classes ?? read.reduce((largest, label) => Math.max(largest, label + 1), 1);
    return { labels: read, classes: least, unnormalized };
  }
  const rows = Rows.of(OPERATION, 'labels', read, { dtype });
  return { labels: rows, classes: rows.width, unnormalized };
}

/** One number of at least 0 for each row, not all of them 0. */
function readWeights(values: Values, count: number): Rows {
  const given = borrowable(OPERATION, 'weights', values) ?? readNested(OPERATION, 'weights', values, 'float64');
  // Weights are rounded to the network's dtype, whatever theirs is: how much a row counts is not a measurement.
  const read = Rows.of(OPERATION, 'weights', { ...given, untyped: true }, { column: true });
  if (read.width !== 1) {
    throw new ShapeError({
      operation: OPERATION,
      found: `weights has rows of ${read.width}`,
      expected: 'one number for each row of x',
    });
  }
  requireCount(OPERATION, 'weights', read.count, count);
  const negative = read.findOther((weight) => weight >= 0);
  if (negative !== undefined) {
    throw new ArgumentError({
      operation: OPERATION,
      found: `${negative.place} is ${negative.value}`,
      expected: 'a finite number of at least 0',
    });
  }
  if (read.findOther((weight) => weight === 0) === undefined) {
    throw new DataError({ operation: OPERATION, found: 'every weight is 0', expected: 'at least one weight above 0' });
  }
  return read;
}

function readScale(given: number | undefined, x: Rows): number {
  const scale = requirePositive(OPERATION, 'scale', given ?? 1);
  if (scale === 1 || x.isBytes) return scale;
  throw new ArgumentError({
    operation: OPERATION,
    found: `scale is ${scale} for x that is not a Uint8Array`,
    expected: 'bytes, because a network takes other numbers as they are',
    fix: 'Multiply x by it, or give x as bytes',
  });
}
