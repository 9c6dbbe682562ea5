/** Random stacks of all layers and losses against PyTorch: scripts/torch-layers-fixtures.py made the values. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Dropout } from '../../src/layers/dropout.js';
import type { Targets } from '../../src/layers/layer.js';
import type { NetworkDescription } from '../../src/models/description.js';
import { LayerStack } from '../../src/models/layer-stack.js';
import { Sequential } from '../../src/models/sequential.js';
import { Tensor } from '../../src/tensor/tensor.js';
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

const STACKS: readonly Stack[] = JSON.parse(
  readFileSync(new URL('../golden/torch-stacks.json', import.meta.url), 'utf8'),
);

/** Lehmer's generator, as the script has it. */
class Stream {
  constructor(private state: number) {}

  integer(): number {
    this.state = (this.state * 16807) % 2147483647;
    return this.state;
  }

  value(): number {
    return (this.integer() / 2147483647) * 2 - 1;
  }

  fill(data: Tensor['data'], make: (value: number) => number = (value) => value): void {
    for (let i = 0; i < data.length; i++) data[i] = make(this.value());
  }
}

const decode = (text: string): Float64Array => new Float64Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);

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

for (const backend of runnableBackends()) {
  const options = { dtype: 'float64', backend } as const;

  describe(`stacks of layers on ${backend.name}`, () => {
    test.each(STACKS)('R1, R2, R5: stack $seed has the loss, gradients and scores of PyTorch to 1e-13', (stack) => {
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

      const expected = decode(stack.gradients);
      const most = largest(expected);
      let start = 0;
      for (const gradient of [...Object.values(net.grads), ...(dx === undefined ? [] : [dx])]) {
        const part = expected.subarray(start, start + gradient.size);
        // A bias in front of a normalisation has the gradient 0, of which only rounding is left.
        expect(distance(gradient.data, part, Math.max(largest(part), 1e-3 * most))).toBeLessThanOrEqual(1e-13);
        start += gradient.size;
      }
      expect(start).toBe(expected.length);
      const scores = decode(stack.scores);
      expect(distance(net.logits(x).data, scores, largest(scores))).toBeLessThanOrEqual(1e-13);
    });
  });
}

test('the stacks have every layer and every loss', () => {
  const count = (names: readonly string[]): number => new Set(names).size;
  expect(count(STACKS.flatMap(({ description }) => description.layers.map(({ type }) => type)))).toBe(14);
  expect(count(STACKS.map(({ description: { loss, task } }) => `${loss} ${task}`))).toBe(5);
});
