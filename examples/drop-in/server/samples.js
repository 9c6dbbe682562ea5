// Made-up pictures of 8 × 8 pixels: each of ten classes has its own pattern, with added noise.
import { Dataset, Random } from 'zerokara';

export const INPUTS = 64;
export const LABELS = 10;

const patterns = new Random(1);
const brightness = Uint8Array.from({ length: LABELS * INPUTS }, () => 60 + patterns.integer(136));

/** One picture of a class. */
export function drawSample(label, random) {
  return Array.from({ length: INPUTS }, (_, i) => brightness[label * INPUTS + i] - 60 + random.integer(120));
}

/** A data set of bytes, scaled to [0, 1] when batches are gathered. */
export function drawSamples(count, seed = 2) {
  const random = new Random(seed);
  const labels = Int32Array.from({ length: count }, () => random.integer(LABELS));
  const pixels = new Uint8Array(count * INPUTS);
  for (const [row, label] of labels.entries()) pixels.set(drawSample(label, random), row * INPUTS);
  return Dataset.from({ x: { data: pixels, shape: [count, INPUTS] }, labels, classes: LABELS, scale: 1 / 255 });
}
