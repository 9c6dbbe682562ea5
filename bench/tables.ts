/** Tables to learn from, and the splits by which two libraries are compared on them. bench/tables/README.md says what they are. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const TABLE_NAMES = ['iris', 'wine', 'breast-cancer', 'digits', 'diabetes'] as const;

export type TableName = (typeof TABLE_NAMES)[number];

/** Tables of values; the others are of classes. */
const REGRESSIONS: ReadonlySet<string> = new Set<TableName>(['diabetes']);

/** For each seed the rows are cut into FOLDS folds, and each fold is once the test part. */
export const SEEDS = 5;
export const FOLDS = 10;

/** How both sides train: Adam over shuffled epochs, one hidden layer of ReLU, no penalty, no early stop. */
export interface FitSettings {
  readonly hidden: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface Table {
  readonly name: TableName;
  readonly isRegression: boolean;
  readonly columns: number;
  readonly x: readonly (readonly number[])[];
  /** A class index or a value for each row. */
  readonly target: readonly number[];
  /** For each seed the fold in which each row is tested. */
  readonly folds: readonly (readonly number[])[];
}

/** Rows of a table: x (rows, columns), and a class index or a value for each row. */
export interface Part {
  readonly rows: number;
  readonly x: Float32Array;
  readonly target: readonly number[];
}

/** One fold as the test part, the others to train on: columns, and the values of a regression, standardised by the training rows. */
export interface Split {
  readonly train: Part;
  readonly test: Part;
}

export function readFitSettings(folder: string): FitSettings {
  return JSON.parse(readFileSync(join(folder, 'fit.json'), 'utf8')) as FitSettings;
}

export function readTable(folder: string, name: TableName): Table {
  const [head, ...lines] = readFileSync(join(folder, `${name}.csv`), 'utf8')
    .trim()
    .split('\n');
  const columns = head!.split(',').indexOf('target');
  const rows = lines.map((line) => line.split(',').map(Number));
  return {
    name,
    isRegression: REGRESSIONS.has(name),
    columns,
    x: rows.map((row) => row.slice(0, columns)),
    target: rows.map((row) => row[columns]!),
    folds: Array.from({ length: SEEDS }, (_, seed) => rows.map((row) => row[columns + 1 + seed]!)),
  };
}

export function splitTable({ x, target, folds, columns, isRegression }: Table, seed: number, fold: number): Split {
  const indices = [...x.keys()];
  const trained = indices.filter((row) => folds[seed]![row] !== fold);
  const tested = indices.filter((row) => folds[seed]![row] === fold);
  const scales = Array.from({ length: columns }, (_, j) => scaleOf(trained.map((row) => x[row]![j]!)));
  const scale = isRegression ? scaleOf(trained.map((row) => target[row]!)) : { mean: 0, deviation: 1 };
  const part = (rows: readonly number[]): Part => ({
    rows: rows.length,
    x: Float32Array.from(rows.flatMap((row) => x[row]!.map((value, j) => standardised(value, scales[j]!)))),
    target: rows.map((row) => standardised(target[row]!, scale)),
  });
  return { train: part(trained), test: part(tested) };
}

interface Scale {
  readonly mean: number;
  /** 1 for a column that is constant. */
  readonly deviation: number;
}

export function scaleOf(values: readonly number[]): Scale {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

export function standardised(value: number, { mean, deviation }: Scale): number {
  return (value - mean) / deviation;
}
