/** The job of a network of images as files: its layers as JSON in the text file, its parameters one after another. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBackend } from '../src/backend/choose/load.js';
import { SEED } from '../src/bench/jobs.js';
import { Batches } from '../src/data/batches.js';
import { Dataset } from '../src/data/dataset.js';
import { Random } from '../src/random.js';
import type { DigitSets } from './digits.js';
import { type ImageLayer, type ImageNet, imageParameters, weightedLayers } from './image-nets.js';
import { type RowFacts, readFacts, readFloats, readRowFacts, writeRows } from './job-rows.js';

/** Rows of the full MNIST. */
const MNIST_ROWS = 60_000;

export interface ImageJobFolder extends RowFacts {
  readonly input: readonly [number, number, number];
  readonly layers: readonly ImageLayer[];
  /** Of J9 where MNIST_DIR names the full MNIST; else no seeds and no marks. */
  readonly seeds: number;
  readonly epochs: number;
  readonly marks: readonly number[];
}

export function writeImageJobFolder(folder: string, net: ImageNet, digits: DigitSets): void {
  const { input, layers, learningRate, learning } = net;
  const learns = learning !== undefined && Boolean(process.env['MNIST_DIR']);
  writeRows(folder, net, digits, {
    sizes: `${input.reduce((product, length) => product * length)} ${weightedLayers(net).at(-1)!.shape.at(-1)}`,
    input: input.join(' '),
    layers: JSON.stringify(layers),
    learningRate,
    ...(learns ? { seeds: learning.seeds, epochs: learning.epochs, marks: learning.marks.join(' ') } : {}),
  });
  writeFileSync(join(folder, 'parameters.f32'), imageParameters(net, SEED));
  if (!learns) return;
  for (let seed = 1; seed <= learning.seeds; seed++) {
    writeFileSync(join(folder, `parameters-${seed}.f32`), imageParameters(net, seed));
    writeFileSync(join(folder, `order-${seed}.i32`), trainerOrder(MNIST_ROWS, learning.epochs, net.batchSize, seed));
  }
}

/** The order in which a Trainer with this seed sees the rows, epoch after epoch: the batches of row numbers. */
export function trainerOrder(rows: number, epochs: number, batchSize: number, seed: number): Int32Array {
  const numbers = Dataset.from({
    x: { data: Float32Array.from({ length: rows }, (_, row) => row), shape: [rows, 1] },
    labels: new Int32Array(rows),
    classes: 2,
  });
  const random = new Random(seed, 'order');
  const backend = createBackend('js');
  const batches = new Batches(numbers, { batchSize, sampling: 'shuffle', random, dtype: 'float32', backend });
  const order = new Int32Array(epochs * rows);
  for (let next = 0; next < order.length; ) {
    const { x, size } = batches.next();
    order.set(x.data.subarray(0, size), next);
    next += size;
  }
  return order;
}

/** @returns undefined for the folder of a fully connected network */
export function readImageJobFolder(folder: string): ImageJobFolder | undefined {
  const facts = readFacts(folder);
  const layers = facts.get('layers');
  if (layers === undefined) return undefined;
  const [height, width, channels] = facts.get('input')!.split(' ').map(Number) as [number, number, number];
  return {
    ...readRowFacts(folder, facts),
    input: [height, width, channels],
    layers: JSON.parse(layers) as ImageLayer[],
    seeds: Number(facts.get('seeds') ?? 0),
    epochs: Number(facts.get('epochs') ?? 0),
    marks: (facts.get('marks') ?? '').split(' ').filter(Boolean).map(Number),
  };
}

/** The initial parameters of J9's run with this seed. */
export function learningParameters({ folder }: ImageJobFolder, seed: number): Float32Array {
  return readFloats(join(folder, `parameters-${seed}.f32`));
}
