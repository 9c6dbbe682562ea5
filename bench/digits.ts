/** The training rows: real digits if this machine has any, else seeded imitations. */

import { type Digits, imitations } from '../src/bench/imitations.js';
import type { Dataset } from '../src/data/dataset.js';
import { loadMnist } from '../src/data/mnist.js';

export interface DigitSets {
  readonly train: Digits;
  readonly test: Digits;
  /** Their source, for the report. */
  readonly source: string;
}

/** Exactly `rows` rows to learn: fewer real ones are repeated, which changes no time and no comparison. */
export async function loadDigits(rows: number): Promise<DigitSets> {
  const real = await realDigits(rows);
  if (real === undefined) {
    return {
      train: imitations(rows, 1),
      test: imitations(2000, 2),
      source: 'seeded imitations of digits (no MNIST found)',
    };
  }
  if (real.train.count === rows) return real;
  const repeated = `${real.source}, repeated to ${rows.toLocaleString('en-US')} rows`;
  return { ...real, train: repeat(real.train, rows), source: repeated };
}

async function realDigits(limit: number): Promise<DigitSets | undefined> {
  try {
    const { train, test } = await loadMnist();
    const source = `${Math.min(train.size, limit).toLocaleString('en-US')} digits of MNIST`;
    return { train: bytes(train.take(Math.min(train.size, limit))), test: bytes(test), source };
  } catch (error) {
    // No data on this machine: the bench works without. But a folder that was named must be valid.
    if (process.env['MNIST_DIR']) throw error;
    return undefined;
  }
}

function bytes(dataset: Dataset): Digits {
  const { x, labels } = dataset.toTensors({ normalize: false, dtype: 'float32' });
  return { x: Uint8Array.from(x.data), labels: labels as Int32Array, count: dataset.size };
}

function repeat({ x, labels, count }: Digits, rows: number): Digits {
  const width = x.length / count;
  const all = new Uint8Array(rows * width);
  for (let start = 0; start < rows; start += count) {
    all.set(x.subarray(0, Math.min(count, rows - start) * width), start * width);
  }
  return { x: all, labels: Int32Array.from({ length: rows }, (_, row) => labels[row % count]!), count: rows };
}
