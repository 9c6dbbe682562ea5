/** The forward passes of the book's chapter 3: rows C1 to C6 of docs/from-the-book.md. */
import { describe, expect, test } from 'vitest';
import { loadMnist } from '../../src/data/mnist.js';
import { Affine } from '../../src/layers/affine.js';
import { IdentityWithLoss } from '../../src/layers/identity-with-loss.js';
import { Sigmoid } from '../../src/layers/sigmoid.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { gamma, unitRoundoff } from '../support/rounding.js';
import { runnableBackends } from '../support/runnable.js';

/** The book's 2-3-2-2 network (§3.4): W[i][j] goes from input i to neuron j. */
const WEIGHTS = {
  W1: [
    [0.1, 0.3, 0.5],
    [0.2, 0.4, 0.6],
  ],
  b1: [0.1, 0.2, 0.3],
  W2: [
    [0.1, 0.4],
    [0.2, 0.5],
    [0.3, 0.6],
  ],
  b2: [0.1, 0.2],
  W3: [
    [0.1, 0.3],
    [0.2, 0.4],
  ],
  b3: [0.1, 0.2],
};
const X = [1, 0.5];

/** One layer neuron by neuron: a_j = Σ_i x_i · W[i][j] + b_j. */
const sums = (x: readonly number[], W: readonly number[][], b: readonly number[]): number[] =>
  b.map((bias, j) => x.reduce((sum, value, i) => sum + value * W[i]![j]!, 0) + bias);
const sigmoid = (a: readonly number[]): number[] => a.map((value) => 1 / (1 + Math.exp(-value)));

const a1 = sums(X, WEIGHTS.W1, WEIGHTS.b1);
const z1 = sigmoid(a1);
const z2 = sigmoid(sums(z1, WEIGHTS.W2, WEIGHTS.b2));
const a3 = sums(z2, WEIGHTS.W3, WEIGHTS.b3);

for (const backend of runnableBackends()) {
  const options = { dtype: 'float64', backend } as const;

  describe(`forward on ${backend.name}`, () => {
    test('C1: sums element by element, x(2)·W(2, 3) is a(3), and the transpose of (2, 3) is (3, 2)', () => {
      const sum = Tensor.from([1, 2, 3, 4], options).add(Tensor.from([5, 6, 7, 8], options));
      expect(sum.toArray()).toEqual([6, 8, 10, 12]);
      const W = Tensor.from(
        [
          [1, 3, 5],
          [2, 4, 6],
        ],
        options,
      );
      const a = Tensor.from([1, 2], options).matMul(W);
      expect([a.shape, a.toArray()]).toEqual([[3], [5, 11, 17]]);
      expect([W.transpose().shape, W.transpose().toArray()]).toEqual([
        [3, 2],
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      ]);
    });

    test('C2, E15, E31: A = X·W + B, B added to each row, W[i][j] from input i to neuron j', () => {
      const layer = new Affine({ inputSize: 2, outputSize: 3, seed: 1, ...options });
      layer.params.b.set([10, 20, 30]);
      layer.params.W.set([
        [0, 0, 0],
        [0, 0, 7], // from input 1 to neuron 2 alone
      ]);
      const inputs = Tensor.from(
        [
          [1, 0],
          [0, 1],
        ],
        options,
      );
      expect(layer.forward(inputs).toArray()).toEqual([
        [10, 20, 30],
        [10, 20, 37],
      ]);
    });

    const close = (actual: Tensor, expected: readonly number[]): void => {
      expect(actual.shape).toEqual([1, expected.length]);
      actual.data.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-15);
      });
    };

    test('C3, E3: the 2-3-2-2 network as a MultiLayerNet equals the sums by hand, with identity and with softmax', () => {
      const sizes = { inputSize: 2, hiddenSizes: [3, 2], outputSize: 2, activation: 'sigmoid', seed: 1 } as const;
      const regression = new MultiLayerNet({ ...sizes, task: 'regression', ...options });
      const classifier = new MultiLayerNet({ ...sizes, ...options });
      expect(Object.values(regression.params).map(({ shape }) => shape)).toEqual([
        [2, 3],
        [3],
        [3, 2],
        [2],
        [2, 2],
        [2],
      ]);
      for (const net of [regression, classifier]) {
        for (const [name, values] of Object.entries(WEIGHTS)) net.params[name]!.set(values);
        close(net.logits([X]), a3);
      }
      close(regression.predict([X]), a3);
      const exponentials = a3.map(Math.exp);
      const total = exponentials[0]! + exponentials[1]!;
      close(
        classifier.predict([X]),
        exponentials.map((value) => value / total),
      );
      // The book prints this output for these weights.
      expect([...regression.predict([X]).data].map((value) => value.toFixed(8))).toEqual(['0.31682708', '0.69627909']);
    });

    test('C3, B8: the same network layer by layer as a Sequential of Affine and Sigmoid', () => {
      const affine = (inputSize: number, outputSize: number): Affine =>
        new Affine({ inputSize, outputSize, seed: 1, ...options });
      const layers = [affine(2, 3), new Sigmoid(), affine(3, 2), new Sigmoid(), affine(2, 2)];
      const net = new Sequential(layers, new IdentityWithLoss());
      for (const [name, values] of Object.entries(WEIGHTS)) net.params[name]!.set(values);
      close(net.predict([X]), a3);
      close(net.layers[0]!.forward(Tensor.from([X], options)), a1);
    });

    const digits = (dtype: 'float32' | 'float64'): MultiLayerNet =>
      new MultiLayerNet({
        inputSize: 784,
        hiddenSizes: [50, 100, 100],
        outputSize: 10,
        activation: 'sigmoid',
        seed: 1,
        dtype,
        backend,
      });

    test('C4: 784-50-100-100-10 has 55,460 parameters, 443,680 bytes in float64 and 221,840 in float32', () => {
      for (const [dtype, bytes] of [
        ['float64', 443_680],
        ['float32', 221_840],
      ] as const) {
        const { params } = digits(dtype);
        expect([1, 2, 3, 4].map((k) => params[`W${k}`]!.shape)).toEqual([
          [784, 50],
          [50, 100],
          [100, 100],
          [100, 10],
        ]);
        const tensors = Object.values(params);
        expect(tensors.reduce((sum, { size }) => sum + size, 0)).toBe(55_460);
        expect(tensors.reduce((sum, { data }) => sum + data.byteLength, 0)).toBe(bytes);
      }
    });

    test('C5: an untrained net answers a digit with ten shares, printed as %5.2f%%, that sum to 1', async () => {
      const { test: heldOut } = await loadMnist({ limit: 1 });
      const { x } = heldOut.toTensors();
      for (const dtype of ['float32', 'float64'] as const) {
        const y = digits(dtype).predict({ data: Float32Array.from(x.data), shape: [1, 784] });
        expect(y.shape).toEqual([1, 10]);
        expect(Math.abs([...y.data].reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(11 * unitRoundoff(dtype));
        expect(Math.min(...y.data)).toBeGreaterThan(0);
        const printed = [...y.data].map((share) => `${(100 * share).toFixed(2).padStart(5)}%`);
        for (const share of printed) expect(share).toMatch(/^[ \d]\d\.\d\d%$/);
        // Ten roundings to a hundredth of a percent: the printed shares may miss 100 by 0.05.
        const total = printed.reduce((sum, share) => sum + Number.parseFloat(share), 0);
        expect(Math.abs(total - 100)).toBeLessThan(0.0501);
      }
    });

    test.each(['float32', 'float64'] as const)(
      'C6: a batch gives what its rows give one by one, within the derived bound, in %s',
      (dtype) => {
        const net = digits(dtype);
        const x = Tensor.randomUniform([33, 784], { seed: 2, dtype, backend });
        const batch = net.predict(x);
        expect(batch.shape).toEqual([33, 10]);
        for (let row = 0; row < 33; row++) {
          const single = net.predict(x.rows(row, row + 1));
          const bound = relativeBound(net, x.rows(row, row + 1).data);
          single.data.forEach((value, j) => {
            expect(Math.abs(batch.data[10 * row + j]! - value)).toBeLessThanOrEqual(bound * value);
          });
        }
      },
    );
  });
}

/** Units of rounding within which every backend computes a sigmoid or the terms of a softmax. */
const UNITS = 8;

/**
 * How far, relatively, two right evaluations of one row may differ: the probabilities of two batches.
 *
 * A sum of k terms and a bias differs by 2·γ(k + 1)·(Σ|a·w| + |b|) at most, plus Σ|Δa·w| for what came in. The sigmoid's
 * slope is 1/4 at most, and each evaluation adds its own rounding. Softmax turns Δz into a factor exp(2·max|Δz|).
 */
function relativeBound(net: MultiLayerNet, input: ArrayLike<number>): number {
  const u = unitRoundoff(net.dtype);
  let a = Array.from(input);
  let da = a.map(() => 0);
  for (let k = 1; ; k++) {
    const { data: W, shape } = net.params[`W${k}`]!;
    const { data: b } = net.params[`b${k}`]!;
    const [inputs, outputs] = shape as [number, number];
    const rounding = 2 * gamma(inputs + 1, net.dtype);
    const z = Array.from(b);
    const dz = z.map((bias) => rounding * Math.abs(bias));
    for (let j = 0; j < outputs; j++) {
      for (let i = 0; i < inputs; i++) {
        const w = W[i * outputs + j]!;
        z[j]! += a[i]! * w;
        dz[j]! += Math.abs(w) * (rounding * Math.abs(a[i]!) + da[i]!);
      }
    }
    if (net.params[`W${k + 1}`] === undefined) return Math.expm1(2 * Math.max(...dz)) + 2 * (UNITS + 10) * u;
    a = sigmoid(z);
    da = dz.map((difference, j) => difference / 4 + 2 * UNITS * u * a[j]!);
  }
}
