import { describe, expect, test } from 'vitest';
import { BatchNormalization, createBackend, type Floats, Random, Tensor } from '../../src/index.js';
import type { GatherOfParts } from '../../src/layers/layer.js';

const INPUT = 6;
const CHANNELS = 3;

function tensorOf(data: Floats): Tensor {
  return new Tensor(data, [data.length / INPUT, INPUT], createBackend('js'));
}

function rowsOf(rows: number, seed: number, offset = 0): Tensor {
  const random = new Random(seed);
  return tensorOf(Float64Array.from({ length: rows * INPUT }, () => offset + random.normal()));
}

function part({ data, shape }: Tensor, from: number, to: number): Tensor {
  return tensorOf(data.slice(from * shape[1]!, to * shape[1]!));
}

function layer(): BatchNormalization {
  const made = new BatchNormalization({ inputSize: INPUT, channels: CHANNELS, dtype: 'float64' });
  made.params.gamma.data.set([0.5, -1.5, 2]);
  made.params.beta.data.set([0.1, 0.2, -0.3]);
  return made;
}

/** Rows of mean 100 and deviation 1: their mean is rounded to about 1e-14, and so is x̂. */
function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) expect(found[i]).toBeCloseTo(expected[i]!, 11);
}

describe('batch normalisation of a batch that several processes share', () => {
  const ROWS = 9;
  /** The rows of each part; one has a single row, one none. */
  const cuts = [0, 5, 5, 6, ROWS];
  const x = rowsOf(ROWS, 1, 100);
  const dy = rowsOf(ROWS, 2);

  /** Each pass runs twice: once to hear what each part has to say, once with what all have said. */
  function passes(
    layers: readonly (BatchNormalization | undefined)[],
    of: (part: BatchNormalization, i: number) => void,
  ) {
    const said = layers.map(() => new Float64Array(1 + 2 * CHANNELS));
    for (const [i, one] of layers.entries()) {
      if (one === undefined) continue;
      const kept = Object.values(one.buffers).map(({ data }) => data.slice());
      one.synchronize((own) => {
        said[i] = own.slice();
        return own;
      });
      of(one, i);
      for (const [k, { data }] of Object.values(one.buffers).entries()) data.set(kept[k]!);
    }
    const all = Float64Array.from(said.flatMap((own) => [...own]));
    const gather: GatherOfParts = () => all;
    for (const [i, one] of layers.entries()) {
      if (one === undefined) continue;
      one.synchronize(gather);
      of(one, i);
    }
  }

  test('has the outputs, running averages and gradients of one process', () => {
    const whole = layer();
    const y = whole.forward(x).data.slice();
    const dx = whole.backward(dy)!.data.slice();

    const layers = [0, 1, 2, 3].map((i) => (cuts[i] === cuts[i + 1] ? undefined : layer()));
    const outputs: Tensor[] = [];
    const gradients: Tensor[] = [];
    passes(layers, (one, i) => {
      outputs[i] = one.forward(part(x, cuts[i]!, cuts[i + 1]!)).clone();
    });
    const perRow = (i: number): number => ROWS / (cuts[i + 1]! - cuts[i]!);
    passes(layers, (one, i) => {
      // Of the mean loss over the rows of the part.
      const own = part(dy, cuts[i]!, cuts[i + 1]!);
      own.data.forEach((value, k) => {
        own.data[k] = value * perRow(i);
      });
      gradients[i] = one.backward(own)!.clone();
    });
    const sums = { gamma: new Float64Array(CHANNELS), beta: new Float64Array(CHANNELS) };
    for (const [i, one] of layers.entries()) {
      if (one === undefined) continue;
      expectClose(outputs[i]!.data, part(tensorOf(y), cuts[i]!, cuts[i + 1]!).data);
      const expected = part(tensorOf(dx), cuts[i]!, cuts[i + 1]!).data;
      expectClose(
        Array.from(gradients[i]!.data, (value) => value / perRow(i)),
        expected,
      );
      expectClose(one.buffers.runningMean.data, whole.buffers.runningMean.data);
      expectClose(one.buffers.runningVariance.data, whole.buffers.runningVariance.data);
      for (const name of ['gamma', 'beta'] as const)
        one.grads[name].data.forEach((value, c) => {
          sums[name][c]! += value / perRow(i);
        });
    }
    expectClose(sums.gamma, whole.grads.gamma.data);
    expectClose(sums.beta, whole.grads.beta.data);
  });

  test('has its own statistics again once nothing is gathered', () => {
    const [one, other] = [layer(), layer()];
    expect(one.synchronize(() => new Float64Array())).toBe(1 + 2 * CHANNELS);
    one.synchronize(undefined);
    expect(one.forward(x).data).toEqual(other.forward(x).data);
  });
});
