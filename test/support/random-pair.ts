/** Random networks and data sets, in all forms that users may give, valid and invalid. */

import type { Dtype } from '../../src/backend/backend.js';
import { KINDS, type Kind } from '../../src/data/kind.js';
import { Random } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';
import type { Matrix } from './exact-loss.js';

export interface Pair {
  /** What the data is given as. */
  readonly given: (typeof GIVEN)[number];
  readonly network: {
    readonly task: Kind;
    readonly inputSize: number;
    readonly hiddenSizes: readonly number[];
    readonly outputSize: number;
    readonly dtype: Dtype;
    readonly seed: number;
  };
  /** The options of `Dataset.from`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** What is wrong, by its names in `INVALID`; empty for a pair that must train. */
  readonly invalid: readonly Invalid[];
  /** x, targets and weights as plain numbers; those of invalid pairs mean nothing. */
  readonly x: Matrix;
  readonly targets: Matrix;
  readonly weights: readonly number[];
}

/** All that can be wrong with a pair. */
export const INVALID = [
  'a classifier of one class',
  'yes or no with several outputs',
  'data of another kind',
  'more classes than outputs',
  'rows of another width than the outputs',
  'soft rows that do not sum to 1',
  'a negative entry in a row',
  'codes of -1 and +1',
  'an index out of range',
  'a negative index',
  'a column of fractions',
  'labels that are not 0 or 1',
  'a wrong number of labels',
  'NaN in the targets',
  'NaN in x',
  'infinity in x',
  'ragged x',
  'x too wide',
  'x of BigInt',
  'text in x',
  'no rows',
  'float64 numbers for a float32 network',
  'a scale for numbers that are not bytes',
  'a wrong number of weights',
  'a negative weight',
] as const;
export type Invalid = (typeof INVALID)[number];

/** The data kinds: `labels` of two classes, `labels` of any number, `multiLabels`, `targets`. */
export const GIVEN = ['classification', 'binary', 'multiLabel', 'regression'] as const;

/** The pair of this seed: always the same. Half of the seeds go through all 16 combinations, half have data that fits. */
export function randomPair(seed: number): Pair {
  const random = new Random(seed, 'program');
  const task = (seed >> 1) % 4;
  const given = seed % 2 === 0 ? task : (seed >> 3) % 4;
  return new PairMaker(random, KINDS[task]!, GIVEN[given]!).make();
}

class PairMaker {
  private readonly invalid = new Set<Invalid>();
  private readonly rows: number;
  private readonly inputSize: number;
  private readonly outputSize: number;
  private readonly dtype: Dtype;

  constructor(
    private readonly random: Random,
    private readonly task: Kind,
    private readonly given: (typeof GIVEN)[number],
  ) {
    this.rows = 1 + random.integer(8);
    this.inputSize = 1 + random.integer(4);
    this.dtype = this.chance(0.5) ? 'float32' : 'float64';
    // Mostly a size that the task can have, so that what comes after is reached.
    const natural = task === 'binary' ? 1 : task === 'classification' ? 2 + random.integer(3) : 1 + random.integer(4);
    this.outputSize = this.chance(0.7) ? natural : 1 + random.integer(4);
    if (task === 'classification' && this.outputSize === 1) this.invalid.add('a classifier of one class');
    if (task === 'binary' && this.outputSize > 1) this.invalid.add('yes or no with several outputs');
    const fits = task === given || (task === 'binary' && given === 'classification');
    if (!fits && !(task === 'classification' && given === 'binary')) this.invalid.add('data of another kind');
  }

  make(): Pair {
    const { random, task, inputSize, outputSize, dtype } = this;
    const learned = this.learned();
    const { x, values, scale } = this.samples();
    const weights = this.weights();
    return {
      given: this.given,
      network: {
        task,
        inputSize,
        hiddenSizes: Array.from({ length: random.integer(3) }, () => 1 + random.integer(4)),
        outputSize,
        dtype,
        seed: random.uint32(),
      },
      data: {
        x,
        ...(scale === undefined ? {} : { scale }),
        ...learned.options,
        ...(weights === undefined ? {} : { weights }),
      },
      invalid: [...this.invalid],
      x: values,
      targets: learned.targets,
      weights: weights ?? Array.from({ length: this.rows }, () => 1),
    };
  }

  private chance(share: number): boolean {
    return this.random.uniform() < share;
  }

  private oneOf<T>(choices: readonly T[]): T {
    return choices[this.random.integer(choices.length)]!;
  }

  /** Rows × columns of numbers. */
  private matrix(columns: number, element: () => number, rows: number = this.rows): number[][] {
    return Array.from({ length: rows }, () => Array.from({ length: columns }, element));
  }

  private typed<T>(Type: { from(list: number[]): T }, matrix: Matrix): { data: T; shape: number[] } {
    return { data: Type.from(matrix.flat()), shape: [matrix.length, matrix[0]?.length ?? 0] };
  }

  // ── x ──

  private samples(): { x: unknown; values: Matrix; scale?: number } {
    const wide = this.chance(0.05);
    if (wide) this.invalid.add('x too wide');
    const width = this.inputSize + (wide ? 1 : 0);
    const normal = (): number => this.random.normal();
    const form = this.oneOf([
      'nested',
      'nested',
      'floats',
      'floats',
      'tensor',
      'integers',
      'bytes',
      'bytes',
      'invalid',
    ]);
    if (form === 'invalid') return this.invalidSamples(width, normal);
    if (form === 'integers') {
      const Type = this.oneOf([Int8Array, Int16Array, Uint16Array, Int32Array, Uint32Array]);
      const values = this.matrix(width, () => this.random.integer(5));
      return { x: this.typed(Type as { from(list: number[]): unknown }, values), values };
    }
    if (form === 'bytes') {
      const bytes = this.matrix(width, () => this.random.integer(256));
      const scale = this.oneOf([undefined, 1 / 255, 0.5]);
      const x = this.typed(this.oneOf([Uint8Array, Uint8ClampedArray]) as { from(list: number[]): unknown }, bytes);
      return {
        x,
        values: bytes.map((row) => row.map((byte) => byte * (scale ?? 1))),
        ...(scale === undefined ? {} : { scale }),
      };
    }
    const values = this.matrix(width, normal);
    const badScale = this.chance(0.03) ? { scale: 0.5 } : {};
    if ('scale' in badScale) this.invalid.add('a scale for numbers that are not bytes');
    if (form === 'nested') return { x: values, values, ...badScale };
    const double = this.chance(0.5);
    if (double && this.dtype === 'float32') this.invalid.add('float64 numbers for a float32 network');
    const rounded = double ? values : values.map((row) => row.map(Math.fround));
    if (form === 'tensor') {
      return { x: Tensor.from(rounded, { dtype: double ? 'float64' : 'float32' }), values: rounded, ...badScale };
    }
    const Floats = double ? Float64Array : Float32Array;
    return { x: this.typed(Floats as { from(list: number[]): unknown }, rounded), values: rounded, ...badScale };
  }

  private invalidSamples(width: number, normal: () => number): { x: unknown; values: Matrix } {
    const values: unknown[][] = this.matrix(width, normal);
    const row = values[this.random.integer(this.rows)]!;
    const column = this.random.integer(width);
    const what = this.oneOf(['NaN in x', 'infinity in x', 'ragged x', 'x of BigInt', 'text in x', 'no rows'] as const);
    // One row cannot be ragged.
    this.invalid.add(what === 'ragged x' && this.rows === 1 ? 'text in x' : what);
    if (what === 'NaN in x') row[column] = Number.NaN;
    else if (what === 'infinity in x') row[column] = this.oneOf([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    else if (what === 'ragged x' && this.rows > 1) row.push(1);
    else if (what === 'x of BigInt') {
      return { x: { data: new BigInt64Array(this.rows * width), shape: [this.rows, width] }, values: [] };
    } else if (what === 'no rows') return { x: this.oneOf([[], [[]], new Float32Array(0)]), values: [] };
    else row[column] = this.oneOf(['1', 'a', null, undefined, {}, true]);
    return { x: values, values: [] };
  }

  // ── labels, multiLabels, targets ──

  private learned(): { options: Readonly<Record<string, unknown>>; targets: Matrix } {
    if (this.chance(0.05)) {
      this.invalid.add('a wrong number of labels');
      // One more than the rows of x; never fewer than one.
      return this.learnedFor(this.rows + 1);
    }
    return this.learnedFor(this.rows);
  }

  private learnedFor(rows: number): { options: Readonly<Record<string, unknown>>; targets: Matrix } {
    if (this.given === 'regression') return this.values(rows);
    if (this.given === 'multiLabel') return this.bits(rows);
    return this.classes(rows);
  }

  /** How many outputs the data asks for: mostly those of the network. */
  private width(): number {
    const width = this.chance(0.8) ? this.outputSize : 1 + this.random.integer(4);
    if (width !== this.outputSize && this.task === this.given)
      this.invalid.add('rows of another width than the outputs');
    return width;
  }

  private values(rows: number): { options: Readonly<Record<string, unknown>>; targets: Matrix } {
    const width = this.width();
    const targets = this.matrix(width, () => this.random.normal(), rows);
    if (this.chance(0.05)) {
      targets[0]![0] = Number.NaN;
      this.invalid.add('NaN in the targets');
    }
    if (width === 1 && this.chance(0.5)) return { options: { targets: targets.map(([value]) => value) }, targets };
    if (this.dtype === 'float64' && this.chance(0.3)) {
      return { options: { targets: this.typed(Float64Array, targets) }, targets };
    }
    return { options: { targets }, targets };
  }

  private bits(rows: number): { options: Readonly<Record<string, unknown>>; targets: Matrix } {
    const targets = this.matrix(this.width(), () => this.random.integer(2), rows);
    const form = this.oneOf(['numbers', 'booleans', 'bytes', 'floats', 'codes', 'shares']);
    if (form === 'codes' || form === 'shares') {
      this.invalid.add(form === 'codes' ? 'codes of -1 and +1' : 'labels that are not 0 or 1');
      // At least one element that is neither 0 nor 1.
      const wrong = targets.map((row) => row.map((bit) => (form === 'codes' ? 2 * bit - 1 : bit)));
      wrong[0]![0] = form === 'codes' ? -1 : this.oneOf([0.5, 2, Number.NaN]);
      return { options: { multiLabels: wrong }, targets };
    }
    if (form === 'booleans') {
      return { options: { multiLabels: targets.map((row) => row.map((bit) => bit === 1)) }, targets };
    }
    if (form === 'bytes') return { options: { multiLabels: this.typed(Uint8Array, targets) }, targets };
    if (form === 'floats') return { options: { multiLabels: this.typed(Float32Array, targets) }, targets };
    return { options: { multiLabels: targets }, targets };
  }

  private classes(rows: number): { options: Readonly<Record<string, unknown>>; targets: Matrix } {
    const room = this.task === 'binary' ? 2 : Math.max(this.outputSize, 2);
    const more = this.given === 'classification' && this.chance(0.1);
    const classes = this.given === 'binary' ? 2 : more ? room + 1 + this.random.integer(2) : room;
    const accepts = this.task === 'binary' || this.task === 'classification';
    const form = this.oneOf(['list', 'int32', 'bytes', 'floats', 'column', 'one-hot', 'soft', 'invalid', 'invalid']);
    if (form === 'invalid') return this.invalidClasses(rows, classes);

    const indices = Array.from({ length: rows }, () => this.random.integer(classes));
    if (accepts && more) {
      indices[0] = classes - 1; // so that the class is there
      this.invalid.add('more classes than outputs');
    }
    const hot = indices.map((index) => Array.from({ length: Math.max(classes, room) }, (_, c) => Number(c === index)));
    const declared = this.chance(0.5) ? { classes } : {};
    const isRows = form === 'one-hot' || form === 'soft';
    if (accepts && isRows && classes < room) this.invalid.add('rows of another width than the outputs');
    switch (form) {
      case 'int32':
        return { options: { labels: Int32Array.from(indices), ...declared }, targets: hot };
      case 'bytes':
        return { options: { labels: Uint8Array.from(indices), ...declared }, targets: hot };
      case 'floats':
        return { options: { labels: Float64Array.from(indices), ...declared }, targets: hot };
      case 'column':
        return { options: { labels: indices.map((index) => [index]), ...declared }, targets: hot };
      case 'one-hot': {
        const labels = hot.map((row) => row.slice(0, classes));
        return { options: { labels, ...declared }, targets: labels };
      }
      case 'soft': {
        const labels = this.shares(rows, classes);
        return { options: { labels, ...declared }, targets: labels };
      }
      default:
        return { options: { labels: indices, ...declared }, targets: hot };
    }
  }

  /** Rows of positive numbers that sum to 1. */
  private shares(rows: number, classes: number): number[][] {
    return this.matrix(classes, () => 0.1 + this.random.uniform(), rows).map((row) => {
      const total = row.reduce((a, b) => a + b);
      return row.map((share) => share / total);
    });
  }

  private invalidClasses(
    rows: number,
    classes: number,
  ): { options: Readonly<Record<string, unknown>>; targets: Matrix } {
    const indices = Array.from({ length: rows }, () => this.random.integer(classes));
    const row = this.random.integer(rows);
    const what = this.oneOf([
      'soft rows that do not sum to 1',
      'a negative entry in a row',
      'codes of -1 and +1',
      'an index out of range',
      'a negative index',
      'a column of fractions',
    ] as const);
    this.invalid.add(what);
    const soft = this.shares(rows, classes);
    if (what === 'soft rows that do not sum to 1') {
      soft[row]![0]! += this.oneOf([0.001, 0.5, 1]);
      return { options: { labels: soft }, targets: [] };
    }
    if (what === 'a negative entry in a row') {
      // The sum stays 1.
      soft[row]![1]! += soft[row]![0]! + 0.25;
      soft[row]![0] = -0.25;
      return { options: { labels: soft }, targets: [] };
    }
    if (what === 'codes of -1 and +1') {
      const codes = indices.map((index) => (index === 0 ? -1 : 1));
      codes[row] = -1;
      return { options: { labels: this.chance(0.5) ? codes : codes.map((code) => [code]) }, targets: [] };
    }
    if (what === 'a column of fractions') {
      const column = indices.map((index) => [index + 0.5]);
      return { options: { labels: this.chance(0.5) ? column : column.flat() }, targets: [] };
    }
    indices[row] = what === 'a negative index' ? -1 : classes;
    const labels = this.oneOf([indices, Int32Array.from(indices), indices.map((index) => [index])]);
    // Without `classes`, an index out of range would say that there is one class more.
    return { options: { labels, classes }, targets: [] };
  }

  private weights(): number[] | undefined {
    if (this.chance(0.7)) return undefined;
    const weights = Array.from({ length: this.rows }, () => 0.1 + this.random.uniform());
    const what = this.oneOf([
      'a wrong number of weights',
      'a negative weight',
      ...new Array(8).fill(undefined),
    ] as const);
    if (what !== undefined) this.invalid.add(what);
    if (what === 'a wrong number of weights') weights.push(1);
    if (what === 'a negative weight') weights[0] = -1;
    return weights;
  }
}
