/** Random stacks of all layers and losses against PyTorch: scripts/torch-layers-fixtures.py made the values. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.js';
import { Dropout } from '../../src/layers/dropout.js';
import type { Targets } from '../../src/layers/layer.js';
import type { NetworkDescription } from '../../src/models/description.js';
import { LayerStack } from '../../src/models/layer-stack.js';
import { Sequential } from '../../src/models/sequential.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { decodeFloats, Stream } from '../support/lehmer.js';
import { runnableBackends } from '../support/runnable.js';

interface Stack {
  readonly seed: number;
  readonly description: NetworkDescription;
  readonly rows: number;
  readonly weighted: boolean;
  readonly loss: number;
  readonly gradients: string;
  readonly scores: string;
}

const read = (name: string): readonly Stack[] =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8'));

const STACKS = read('torch-stacks');
const IMAGE_STACKS = read('torch-image-stacks');

const largest = (values: Iterable<number>): number =>
  [...values].reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** @returns how far apart they are, as a part of the largest */
function distance(actual: Iterable<number>, expected: Float64Array, scale: number): number {
  const values = [...actual];
  expect(values.length).toBe(expected.length);
  return largest(values.map((value, i) => value - expected[i]!)) / scale;
}

function targetsOf({ description, rows }: Stack, outputs: number, stream: Stream, options: object): Targets {
  const { loss, task } = description;
  if (loss === 'crossEntropy') return Int32Array.from({ length: rows }, () => stream.integer() % outputs);
  if (loss === 'binaryCrossEntropy') {
    const labels = Array.from({ length: rows * outputs }, () => stream.integer() % 2);
    return task === 'binary' ? Int32Array.from(labels) : Tensor.from(labels, options).reshape([rows, outputs]);
  }
  const targets = Tensor.zeros([rows, outputs], options);
  stream.fill(targets.data);
  return targets;
}

/** Builds the stack of the description, gives it the numbers of the stream, and compares one step. */
function compare(stack: Stack, backend: Backend): void {
  const options = { dtype: 'float64', backend } as const;
  const net = Sequential.from(stack.description, { seed: 1, ...options });
  const stream = new Stream(stack.seed);
  const x = Tensor.zeros([stack.rows, net.inputSize!], options);
  const ids = net.layers[0]!.readsIndices === true;
  if (ids) for (let i = 0; i < x.size; i++) x.data[i] = stream.integer() % 5;
  else stream.fill(x.data);
  for (const [name, { data }] of Object.entries(net.params)) {
    if (/^gamma/.test(name)) stream.fill(data, (value) => 1 + value / 2);
    else if (/^beta/.test(name)) stream.fill(data, (value) => value / 2);
    else stream.fill(data);
  }
  for (const layer of net.layers) {
    if (!(layer instanceof Dropout)) continue;
    layer.restore({ random: { words: [0, 0, 0, 0].map(() => stream.integer()), spareNormal: undefined } });
  }
  const targets = targetsOf(stack, net.outputSize!, stream, options);
  const weights = stack.weighted
    ? Float64Array.from({ length: stack.rows }, () => Math.abs(stream.value()) * 2)
    : undefined;

  // By the layers themselves, because dL/dx is wanted too.
  const layers = new LayerStack('Sequential', net.layers);
  const loss = net.lossLayer.forward(layers.forward('test', x), targets, weights);
  expect(Math.abs(loss - stack.loss)).toBeLessThanOrEqual(1e-13 * Math.abs(stack.loss));
  const dx = layers.backward('test', net.lossLayer.backward(), { inputGradient: !ids });

  const expected = decodeFloats(stack.gradients);
  const most = largest(expected);
  let start = 0;
  for (const gradient of [...Object.values(net.grads), ...(dx === undefined ? [] : [dx])]) {
    const part = expected.subarray(start, start + gradient.size);
    // A bias in front of a normalisation has the gradient 0, of which only rounding is left.
    expect(distance(gradient.data, part, Math.max(largest(part), 1e-3 * most))).toBeLessThanOrEqual(1e-13);
    start += gradient.size;
  }
  expect(start).toBe(expected.length);
  const scores = decodeFloats(stack.scores);
  expect(distance(net.logits(x).data, scores, largest(scores))).toBeLessThanOrEqual(1e-13);
}

for (const backend of runnableBackends()) {
  describe(`stacks of layers on ${backend.name}`, () => {
    test.each(STACKS)('R1, R2, R5: stack $seed has the loss, gradients and scores of PyTorch to 1e-13', (stack) =>
      compare(stack, backend),
    );

    test.each(IMAGE_STACKS)('R2: image stack $seed has the loss, gradients and scores of PyTorch to 1e-13', (stack) =>
      compare(stack, backend),
    );
  });
}

test('the stacks have every layer and every loss', () => {
  const count = (names: readonly string[]): number => new Set(names).size;
  const layers = (stacks: readonly Stack[]): string[] =>
    stacks.flatMap(({ description }) => description.layers.map(({ type }) => type));
  expect(count(layers(STACKS))).toBe(14);
  expect(layers(IMAGE_STACKS)).toEqual(
    expect.arrayContaining([
      'convolution',
      'maxPooling',
      'averagePooling',
      'globalAveragePooling',
      'batchNormalization',
    ]),
  );
  expect(count(STACKS.map(({ description: { loss, task } }) => `${loss} ${task}`))).toBe(5);
});
