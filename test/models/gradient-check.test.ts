import { describe, expect, test } from 'vitest';
import { DivergenceError, DtypeError, StateError } from '../../src/errors.js';
import { Affine } from '../../src/layers/affine.js';
import { IdentityWithLoss } from '../../src/layers/identity-with-loss.js';
import type { BackwardOptions, Layer } from '../../src/layers/layer.js';
import { Relu } from '../../src/layers/relu.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import type { Network } from '../../src/models/network.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { SGD } from '../../src/optim/sgd.js';
import { Random } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { BatchNormalization, Dropout, ForgetfulDropout } from '../support/layers.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

const float64 = { dtype: 'float64' } as const;

const normals = (shape: readonly number[], seed = 1): Tensor => Tensor.randomNormal(shape, { seed, ...float64 });

const twoLayers = (seed = 1): TwoLayerNet =>
  new TwoLayerNet({ inputSize: 4, hiddenSize: 5, outputSize: 3, weightInitStd: 'he', seed, ...float64 });

const affine = (inputSize: number, outputSize: number): Affine =>
  new Affine({ inputSize, outputSize, seed: 1, ...float64 });

const x = normals([6, 4]);
const labels = [0, 2, 1, 1, 0, 2];

/** An Affine layer whose backward pass is changed afterwards. */
class Changed extends Affine {
  constructor(
    inputSize: number,
    outputSize: number,
    private readonly change: (layer: Affine, dx: Tensor | undefined) => Tensor | undefined,
  ) {
    super({ inputSize, outputSize, seed: 1, ...float64 });
  }

  override backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    return this.change(this, super.backward(dy, options));
  }
}

describe('gradientCheck', () => {
  test.each(['x', 'dy'] as const)('names a layer that writes into its %s', (what) => {
    class Doubling implements Layer {
      readonly params = {};
      readonly grads = {};

      forward(x: Tensor): Tensor {
        return x.mul(2, what === 'x' ? { out: x } : {});
      }

      backward(dy: Tensor): Tensor {
        return dy.mul(2, what === 'dy' ? { out: dy } : {});
      }
    }
    const method = what === 'x' ? 'forward' : 'backward';
    const reason = what === 'x' ? 'the caller, or the layer before,' : 'the layer behind, or the loss,';
    for (const layers of [
      [new Doubling(), affine(4, 3)],
      [affine(4, 3), new Doubling()],
    ]) {
      expectRefusal(
        () => gradientCheck(new Sequential(layers), normals([6, 4]), labels),
        StateError,
        `gradientCheck: layer ${layers[0] instanceof Doubling ? 1 : 2} (Doubling): ${method} writes into its ${what}; expected it left as it is: ${reason} reads it again. Write into a new tensor, as ${what}.mul and ${what}.clone make`,
      );
    }
  });

  test('reports what it compared, the worst element and both its values, in fields and in one line', () => {
    const result = gradientCheck(twoLayers(), x, labels);
    expect(result).toMatchObject({ ok: true, kinks: 0, excused: 0, unresolved: 0, faults: [], unchecked: [] });
    expect(Object.keys(result.byParameter)).toEqual(['W1', 'b1', 'W2', 'b2']);
    expect(Object.keys(result.byInput)).toEqual(['x of layer 1 (Affine)', 'x of layer 2 (Affine)', 'scores']);
    // 20 + 5 + 15 + 3 parameters, and 6 rows of 4, 5 and 3.
    expect(result.compared).toBe(43 + 72);
    expect(result.maxError).toBeLessThan(1e-7);
    expect(result.maxError).toBe(result.worst!.error);
    const { array, index, numerical } = result.worst!;
    expect(Math.abs(numerical - result.worst!.backpropagated)).toBeLessThan(1e-7 * Math.abs(numerical));
    expect(String(result)).toMatch(/^right: 115 elements compared; largest error \d\.\de-\d+ at /);
    expect(String(result)).toContain(` at ${array}${index.map((i) => `[${i}]`).join('')} (numerical `);
  });

  test('leaves parameters, buffers and generators as they were', () => {
    const layers = [affine(4, 3), new BatchNormalization(3), new Dropout(0.5, 1), affine(3, 3)];
    const net = new Sequential(layers);
    const before = { params: net.stateDict(), states: net.layerStates() };
    gradientCheck(net, x, labels);
    expect(net.stateDict()).toEqual(before.params);
    expect(net.layerStates()).toEqual(before.states);
  });

  test('takes bytes as the network was trained on them', () => {
    const net = twoLayers();
    net.byteScale = 1 / 255;
    const bytes = { data: Uint8Array.of(0, 255, 10, 90, 200, 1, 2, 3), shape: [2, 4] };
    expect(gradientCheck(net, bytes, [0, 1])).toMatchObject({ ok: true, unchecked: [] });
  });

  test('refuses a float32 network, and a batch without a finite loss', () => {
    const small = new TwoLayerNet({ inputSize: 4, hiddenSize: 5, outputSize: 3 });
    expect(() => gradientCheck(small, x, labels)).toThrow(DtypeError);
    const net = twoLayers();
    net.params.W1.data[0] = Number.NaN;
    expect(() => gradientCheck(net, x, labels)).toThrow(DivergenceError);
  });

  test('takes images as a data set does, and names itself once in an error of a layer', () => {
    const net = Sequential.from(
      {
        input: [4, 4, 1],
        layers: [
          { type: 'convolution', filters: 2, kernelSize: 3 },
          { type: 'affine', outputSize: 3 },
        ],
      },
      { seed: 1, ...float64 },
    );
    const images = normals([2, 4, 4, 1]);
    expect(gradientCheck(net, images, [0, 2])).toMatchObject({ ok: true, unchecked: [] });
    // A layer that fails in the passes layer by layer only, after the network's own four.
    let calls = 0;
    const failing = new Sequential([affine(4, 3), affine(3, 3)]);
    const [, last] = failing.layers;
    const forward = last!.forward.bind(last);
    last!.forward = (rows) => (++calls > 2 ? forward(normals([2, 7])) : forward(rows));
    expect(() => gradientCheck(failing, x, labels)).toThrow(
      /^gradientCheck: layer 1 \(Affine\): x has shape \[2, 7\]; expected \[N, 3\]/,
    );
  });

  test('refuses a batch without rows', () => {
    expect(() => gradientCheck(twoLayers(), normals([0, 4]), [])).toThrow(
      'TwoLayerNet.lossAndGradient: x has no rows; expected at least one, to take the mean over',
    );
  });

  test('checks the parameters of a network that shows no layers, and says what it cannot check', () => {
    const inner = twoLayers();
    const { params, grads, dtype, kind } = inner;
    const foreign = {
      params,
      grads,
      dtype,
      kind,
      lossAndGradient: (rows: Tensor, of: number[]) => inner.lossAndGradient(rows, of),
    } as unknown as Network;
    const result = gradientCheck(foreign, x, labels);
    expect(result).toMatchObject({ ok: true, compared: 43, byInput: {} });
    expect(String(result)).toContain('not checked: dL/dx of the layers, which this network does not expose');
  });
});

describe('FOUND D1: right gradients are not called wrong', () => {
  test('FOUND D1: an input of zeros with biases of zero is a kink, compared on both sides of it', () => {
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, weightInitStd: 1, seed: 1, ...float64 });
    const result = gradientCheck(net, [[0, 0], [1, -1]], [0, 1]); // biome-ignore format: two rows
    expect(result.ok).toBe(true);
    expect(result.kinks).toBeGreaterThan(0);
    expect(result.excused).toBe(0);
    expect(String(result)).toMatch(/\d+ at a kink/);
  });

  test('FOUND D1: two ReLUs that switch on in opposite directions, where backpropagation gives neither side', () => {
    const net = new MultiLayerNet({
      inputSize: 1,
      hiddenSizes: [1],
      outputSize: 1,
      task: 'regression',
      seed: 1,
      ...float64,
    });
    net.params['W1']!.data[0] = 0;
    expect(gradientCheck(net, [[1], [-1]], [[1], [2]]).ok).toBe(true);
    expect(gradientCheck(net, [[1], [-1]], [[1], [-1]]).ok).toBe(true);
  });

  test('FOUND D1: many ReLUs near 0, as in the book’s net on 100 rows of pixels', () => {
    const net = new TwoLayerNet({
      inputSize: 30,
      hiddenSize: 20,
      outputSize: 10,
      weightInitStd: 0.01,
      seed: 1,
      ...float64,
    });
    const random = new Random(1);
    const pixels = new Tensor(
      Float64Array.from({ length: 3000 }, () => (random.uniform() < 0.7 ? 0 : random.uniform())),
      [100, 30],
    );
    const digits = Array.from({ length: 100 }, (_, i) => i % 10);
    for (let seed = 0; seed < 5; seed++) {
      const result = gradientCheck(net, pixels, digits, { samples: 20, seed });
      expect(String(result)).toMatch(/^right/);
      expect(result.excused).toBe(0);
    }
  });

  test.each([1e-3, 1e3, 1e6])('FOUND D1: inputs and targets of the size of %f', (scale) => {
    const net = new Sequential([affine(4, 5), new Relu(), affine(5, 2)], new IdentityWithLoss());
    expect(String(gradientCheck(net, x.mul(scale), normals([6, 2], 2).mul(scale)))).toMatch(/^right/);
    expect(String(gradientCheck(twoLayers(), x.mul(scale), labels))).toMatch(/^right/);
  });

  test('FOUND D1: a converged network, whose gradients are near the rounding of its loss', () => {
    const net = twoLayers();
    const sgd = new SGD({ learningRate: 1 });
    for (let step = 0; step < 3000; step++) {
      net.lossAndGradient(x, labels);
      sgd.update(net.params, net.grads);
    }
    expect(net.loss(x, labels)).toBeLessThan(1e-3);
    expect(String(gradientCheck(net, x, labels))).toMatch(/^right/);
    const fit = new Sequential([affine(4, 2)], new IdentityWithLoss());
    expect(String(gradientCheck(fit, x, fit.predict(x)))).toMatch(/^right/);
  });

  test('FOUND D1: few samples', () => {
    for (let seed = 0; seed < 30; seed++) {
      expect(String(gradientCheck(twoLayers(seed), x, labels, { samples: 1, seed }))).toMatch(/^right/);
    }
  });
});

describe('FOUND D2: layers that train otherwise than they infer', () => {
  test('FOUND D2: dropout and batch normalisation are right, and with an error they are wrong', () => {
    const hidden = (): Layer[] => [affine(4, 5), new BatchNormalization(5), new Relu(), new Dropout(0.4, 3)];
    expect(String(gradientCheck(new Sequential([...hidden(), affine(5, 3)]), x, labels))).toMatch(/^right/);

    class Forgets extends BatchNormalization {
      // As if mean and variance did not depend on x.
      override backward(dy: Tensor): Tensor {
        super.backward(dy);
        return dy.mul(this.params.gamma);
      }
    }
    const wrong = gradientCheck(new Sequential([affine(4, 5), new Forgets(5), affine(5, 3)]), x, labels);
    expect(wrong.ok).toBe(false);
    expect(wrong.byInput['x of layer 2 (Forgets)']).toBeGreaterThan(0.1);
    expect(wrong.byInput['x of layer 3 (Affine)']).toBeLessThan(1e-7);
  });

  test('FOUND D2: a layer that draws other numbers each time is refused by place and name', () => {
    const net = new Sequential([affine(4, 5), new ForgetfulDropout(), affine(5, 3)]);
    expect(() => gradientCheck(net, x, labels)).toThrow(StateError);
    expect(() => gradientCheck(net, x, labels)).toThrow(
      /^gradientCheck: the output of layer 2 \(ForgetfulDropout\) is .* once and .* the next time; expected the same for the same input: otherwise there is no derivative to compare\. Give layers that draw numbers the methods state and restore, so that the same ones can be drawn again$/,
    );
  });
});

describe('FOUND D3: wrong gradients are not called right', () => {
  test('FOUND D3: a layer that adds to its gradients', () => {
    const sums = new Map<Affine, Float64Array>();
    const layer = new Changed(4, 3, (self, dx) => {
      const sum = sums.get(self) ?? new Float64Array(12);
      self.grads.W.data.forEach((value, i) => {
        sum[i]! += value;
      });
      sums.set(self, sum);
      self.grads.W.data.set(sum);
      return dx;
    });
    const result = gradientCheck(new Sequential([layer]), x, labels);
    expect(result.ok).toBe(false);
    expect(result.faults[0]).toMatch(
      /^the gradient of W1 changes from pass to pass: .*, then .* \(it must be overwritten, not added to\)$/,
    );
    expect(String(result)).toContain('changes from pass to pass');
  });

  test('FOUND D3: a wrong dx of the first layer, which nothing reads in training', () => {
    const layer = new Changed(4, 3, (_, dx) => dx?.mul(1.01));
    const result = gradientCheck(new Sequential([layer]), x, labels);
    expect(result.ok).toBe(false);
    expect(result.worst).toMatchObject({ array: 'x of layer 1 (Changed)', error: expect.closeTo(0.0099, 4) });
    expect(Math.max(...Object.values(result.byParameter))).toBeLessThan(1e-7);
  });

  test.each(runnableBackends())('a wrong dx in the middle is named by its own layer on $name', (backend) => {
    // W1, b1 and the dx of the first two layers are wrong by the same part.
    const first = new Affine({ inputSize: 4, outputSize: 4, seed: 1, ...float64, backend });
    const middle = new Changed(4, 4, (_, dx) => dx?.mul(1.01));
    for (const samples of [undefined, 2]) {
      const { worst, maxError, byParameter } = gradientCheck(
        new Sequential([first, middle, affine(4, 3)]),
        x,
        labels,
        samples === undefined ? {} : { samples, seed: 1 },
      );
      expect(worst!.array).toBe('x of layer 2 (Changed)');
      if (samples === undefined) expect(worst!.index).toEqual([0, 0]);
      expect(worst!.error).toBeCloseTo(maxError, 5);
      expect(byParameter['W1']).toBeCloseTo(0.0099, 4);
    }
  });

  test('FOUND D3: a dropped row where the inputs are tiny', () => {
    const tiny = x.clone();
    for (let row = 0; row < 6; row++) tiny.data[4 * row + 1]! *= 1e-9;
    const layer = new Changed(4, 3, (self, dx) => {
      self.grads.W.data.fill(0, 3, 6);
      return dx;
    });
    const result = gradientCheck(new Sequential([layer]), tiny, labels);
    expect(result.worst).toMatchObject({ array: 'W1', index: [1, expect.any(Number)], backpropagated: 0, error: 1 });
    expect(Math.abs(result.worst!.numerical)).toBeLessThan(1e-8);
    expect(result.ok).toBe(false);
  });

  test('FOUND D3: a doubled dW1 at one sample of each array, half of which are zeros', () => {
    for (let seed = 0; seed < 300; seed++) {
      const layer = new Changed(4, 3, (self, dx) => {
        self.grads.W.data.forEach((value, i) => {
          self.grads.W.data[i] = 2 * value;
        });
        return dx;
      });
      const sparse = x.clone();
      for (let row = 0; row < 6; row++) sparse.data.fill(0, 4 * row, 4 * row + 2);
      const net = new Sequential([layer, new Relu(), affine(3, 3)]);
      expect(gradientCheck(net, sparse, labels, { samples: 1, seed }).ok).toBe(false);
    }
  });

  test('FOUND D3: samples are drawn among elements other than 0 first', () => {
    const sparse = x.clone();
    for (let row = 0; row < 6; row++) sparse.data.fill(0, 4 * row, 4 * row + 3);
    for (let seed = 0; seed < 20; seed++) {
      // W1 has 3 elements other than 0, and 9 zeros.
      const [three, four] = [3, 4].map((samples) =>
        gradientCheck(new Sequential([affine(4, 3)]), sparse, labels, { samples, seed }),
      );
      expect([three!.zeros, four!.zeros]).toEqual([0, 1]);
    }
  });

  test('FOUND D3: one wrong element among larger ones, also where it was not drawn', () => {
    const wide = x.clone();
    for (let row = 0; row < 6; row++) wide.data[4 * row + 2]! *= 1e6;
    const layer = new Changed(4, 3, (self, dx) => {
      self.grads.W.data[1]! *= 1.01;
      return dx;
    });
    const net = new Sequential([layer], new IdentityWithLoss());
    const all = gradientCheck(net, wide, normals([6, 3], 2));
    expect(all.worst).toMatchObject({ array: 'W1', index: [0, 1], error: expect.closeTo(0.0099, 4) });
    const doubled = new Changed(4, 3, (self, dx) => {
      self.grads.W.data[1]! *= 2;
      return dx;
    });
    for (let seed = 0; seed < 20; seed++) {
      const drawn = gradientCheck(new Sequential([doubled]), x, labels, { samples: 1, seed });
      expect(drawn.worst).toMatchObject({ array: 'W1', index: [0, 1] });
    }
  });

  test('FOUND D3: one element counts as compared or as doubtful, and zeros are reported', () => {
    const dead = twoLayers();
    dead.params.b1.data.fill(-1e3);
    const result = gradientCheck(dead, x, [0, 2, 1, 1, 0, 0]);
    expect(result).toMatchObject({ ok: true, kinks: 0, unresolved: 0 });
    // W1, b1, W2 and dx of the first layer: b2, dx of the second layer and the scores are left.
    expect(result.zeros).toBe(20 + 5 + 15 + 24);
    expect(String(result)).toContain(`${result.zeros} of them 0 both ways`);
  });
});
