/** The rows that are trained on: real digits when there are any on this machine, else seeded imitations of them. */

import type { Dataset } from '../data/dataset.js';
import { loadMnist } from '../data/mnist.js';
import { Random } from '../random.js';

/** Pixels as bytes, row after row, and the class of each row. */
export interface Digits {
  readonly x: Uint8Array;
  readonly labels: Int32Array;
  readonly count: number;
}

export interface DigitSets {
  readonly train: Digits;
  readonly test: Digits;
  /** What they are, for the report. */
  readonly source: string;
}

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const CLASSES = 10;

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
    // No data on this machine: the bench does without. A folder that was named must be right.
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

/**
 * Blobs at places that depend on the class, moved by up to two pixels: about a fifth of the pixels is not 0, as in MNIST,
 * and a network can learn them.
 */
export function imitations(count: number, seed: number): Digits {
  const shapes = Array.from({ length: CLASSES }, (_, digit) => blobs(new Random(1000 + digit)));
  const random = new Random(seed);
  const x = new Uint8Array(count * PIXELS);
  const labels = Int32Array.from({ length: count }, () => random.integer(CLASSES));
  labels.forEach((digit, row) => {
    const [down, right] = [random.integer(5) - 2, random.integer(5) - 2];
    const strength = 0.7 + 0.3 * random.uniform();
    for (const [i, j, ink] of shapes[digit]!) {
      x[row * PIXELS + (i + down) * SIDE + j + right] = Math.round(ink * strength);
    }
  });
  return { x, labels, count };
}

/** The inked pixels [row, column, ink] of four round blobs, at least two pixels away from the edge. */
function blobs(random: Random): [number, number, number][] {
  const centres = Array.from({ length: 4 }, () => [6 + random.integer(16), 6 + random.integer(16)] as const);
  const pixels: [number, number, number][] = [];
  for (let i = 2; i < SIDE - 2; i++) {
    for (let j = 2; j < SIDE - 2; j++) {
      const distance = Math.min(...centres.map(([a, b]) => Math.hypot(i - a, j - b)));
      if (distance < 4) pixels.push([i, j, 255 * (1 - distance / 5)]);
    }
  }
  return pixels;
}
