/** Seeded imitations of handwritten digits: the rows of the jobs, the same on every machine. */

import { Random } from '../random.js';

/** Pixels as bytes, row after row, and the class of each row. */
export interface Digits {
  readonly x: Uint8Array;
  readonly labels: Int32Array;
  readonly count: number;
}

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const CLASSES = 10;

/**
 * Blobs at places that depend on the class, moved by up to two pixels: about a fifth of the pixels are not 0, as in MNIST,
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
