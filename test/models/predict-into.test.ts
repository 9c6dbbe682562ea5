import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError, StateError } from '../../src/errors.js';
import type { Layer } from '../../src/layers/layer.js';
import { Relu } from '../../src/layers/relu.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { SimpleConvNet } from '../../src/models/simple-conv-net.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { availableBackends } from '../support/backends.js';
import { randomFloats } from '../support/random.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

const sizes = { inputSize: 5, hiddenSize: 7, outputSize: 3, seed: 1 } as const;

type Resizable = ArrayBuffer & { resize(length: number): void };

describe.each(availableBackends().filter(({ backend }) => backend !== undefined))(
  'predictInto on $name',
  ({ backend: found }) => {
    const backend = found!;

    test.each(['float32', 'float64'] as const)('gives the bits of predict, row by row, in %s', (dtype) => {
      const net = new TwoLayerNet({ ...sizes, dtype, backend });
      for (const rows of [1, 2, 8, 9, 1]) {
        const x = randomFloats(dtype, rows * 5, { seed: rows });
        const out = dtype === 'float32' ? new Float32Array(rows * 3) : new Float64Array(rows * 3);
        expect(net.predictInto(out, x)).toBe(out);
        expect(out).toEqual(net.predict(new Tensor(x, [rows, 5], backend)).data);
      }
    });

    test('gives probabilities, values of a regression, and answers of images as predict does', () => {
      const networks = [
        new MultiLayerNet({ inputSize: 4, hiddenSizes: [6], outputSize: 1, task: 'binary', seed: 1, backend }),
        new MultiLayerNet({ inputSize: 4, hiddenSizes: [6], outputSize: 3, task: 'multiLabel', seed: 1, backend }),
        new MultiLayerNet({ inputSize: 4, hiddenSizes: [6], outputSize: 2, task: 'regression', seed: 1, backend }),
        new SimpleConvNet({ inputShape: [8, 8, 1], filters: 3, kernelSize: 3, hiddenSize: 5, seed: 1, backend }),
      ];
      for (const net of networks) {
        const x = randomFloats('float32', 2 * net.inputSize!, { seed: 2 });
        const out = new Float32Array(2 * net.outputSize!);
        const expected = net.predict(new Tensor(x, [2, net.inputSize!], backend));
        expect(net.predictInto(out, x)).toEqual(expected.data);
      }
    });

    test.each(['float32', 'float64'] as const)('gives NaN for a row with a NaN, and for no other, in %s', (dtype) => {
      const common = { outputSize: 3, seed: 1, dtype, backend } as const;
      const networks = [
        ...(['relu', 'sigmoid', 'tanh'] as const).map((activation) => {
          return new MultiLayerNet({ ...common, inputSize: 64, hiddenSizes: [40], activation });
        }),
        new SimpleConvNet({ ...common, inputShape: [8, 8, 1], filters: 3, kernelSize: 3, hiddenSize: 5 }),
      ];
      for (const net of networks) {
        const x = randomFloats(dtype, 3 * 64, { seed: 2 });
        x[64 + 27] = Number.NaN;
        const isNaNs = Array.from(net.predictInto(new Float32Array(9), x), Number.isNaN);
        expect(isNaNs).toEqual([false, false, false, true, true, true, false, false, false]);
      }
    });

    test('reads as many rows as an array over a resizable buffer has by now', () => {
      const net = new TwoLayerNet({ ...sizes, backend });
      const buffer: Resizable = Reflect.construct(ArrayBuffer, [20, { maxByteLength: 40 }]);
      const x = new Float32Array(buffer);
      net.predictInto(new Float32Array(3), x);
      buffer.resize(40);
      expect(() => net.predictInto(new Float32Array(3), x)).toThrow('out has 3 numbers; expected 6: 2 rows of 3');
      const fixed = Float32Array.from(x);
      expect(net.predictInto(new Float32Array(6), x)).toEqual(net.predictInto(new Float32Array(6), fixed));
    });

    test('takes bytes as predict does, scaled like those it was trained on, and floats of the other dtype', () => {
      const net = new TwoLayerNet({ ...sizes, backend });
      net.byteScale = 1 / 255;
      const bytes = Uint8Array.of(0, 255, 7, 100, 200, 3, 4, 5, 6, 7);
      const expected = net.predict({ data: bytes, shape: [2, 5] }).data;
      expect(net.predictInto(new Float32Array(6), bytes)).toEqual(expected);
      expect(net.predictInto(new Float32Array(6), Uint8ClampedArray.from(bytes))).toEqual(expected);

      const x = randomFloats('float64', 10, { seed: 3 });
      const rounded = net.predict(new Tensor(Float32Array.from(x), [2, 5], backend)).data;
      expect(net.predictInto(new Float64Array(6), x)).toEqual(Float64Array.from(rounded));
    });
  },
);

describe('predictInto', () => {
  test('reads the array anew at each call, and leaves x as it was', () => {
    const net = new TwoLayerNet(sizes);
    const x = new Float32Array(5).fill(1);
    const first = net.predictInto(new Float32Array(3), x);
    expect(x).toEqual(new Float32Array(5).fill(1));
    x.fill(-1);
    const second = net.predictInto(new Float32Array(3), x);
    expect(second).not.toEqual(first);
    expect(second).toEqual(net.predict([x]).data);
  });

  test('may write its answers over x', () => {
    const net = new TwoLayerNet({ ...sizes, inputSize: 3 });
    const x = Float32Array.of(1, 2, 3);
    const expected = net.predict([Array.from(x)]).data;
    expect(net.predictInto(x, x)).toEqual(expected);
  });

  test('refuses an x that is not a typed array of floats or bytes', () => {
    const net = new TwoLayerNet(sizes);
    const out = new Float32Array(3).fill(9);
    const expected = 'a Float32Array, a Float64Array or bytes, the rows one after another';
    const fix = 'predict takes tensors and nested arrays';
    for (const [x, shown] of [
      [[1, 2, 3, 4, 5], '[1, 2, 3, 4, 5]'],
      [Tensor.zeros([1, 5]), 'a Tensor'],
      [new Int32Array(5), 'an Int32Array of 5'],
      [undefined, 'undefined'],
    ] as const) {
      const call = () => net.predictInto(out, x as unknown as Float32Array);
      expectRefusal(call, ArgumentError, `TwoLayerNet.predictInto: x is ${shown}; expected ${expected}. ${fix}`);
    }
    expect(out).toEqual(new Float32Array(3).fill(9));
  });

  test.each([0, 4, 6, 9])('refuses an x of %i numbers where rows have 5', (length) => {
    const call = () => new TwoLayerNet(sizes).predictInto(new Float32Array(3), new Float32Array(length));
    const expected = 'a multiple of 5 (inputSize), one row or more';
    expectRefusal(call, ShapeError, `TwoLayerNet.predictInto: x has ${length} numbers; expected ${expected}`);
  });

  test('refuses an out of another length or type before it computes', () => {
    const net = new TwoLayerNet(sizes);
    const call = (out: unknown, rows: number) => () => net.predictInto(out as Float32Array, new Float32Array(5 * rows));
    const of = 'TwoLayerNet.predictInto: out';
    expectRefusal(call(new Float32Array(4), 1), ShapeError, `${of} has 4 numbers; expected 3: 1 row of 3 (outputSize)`);
    expectRefusal(
      call(new Float32Array(3), 2),
      ShapeError,
      `${of} has 3 numbers; expected 6: 2 rows of 3 (outputSize)`,
    );
    const expected = 'a Float32Array or a Float64Array';
    expectRefusal(call([0, 0, 0], 1), ArgumentError, `${of} is [0, 0, 0]; expected ${expected}`);
    expectRefusal(call(new Int32Array(3), 1), ArgumentError, `${of} is an Int32Array of 3; expected ${expected}`);
  });

  test('of layers that do not say how long a row is, refuses to guess', () => {
    const net = new Sequential([new Relu()]);
    const call = () => net.predictInto(new Float32Array(2), new Float32Array(2));
    const message =
      'Sequential.predictInto: the layers do not say how many numbers a row has; expected a first layer with a fixed inputSize. Use predict, whose x has a shape';
    expectRefusal(call, StateError, message);
  });

  test('of a last layer that does not say how many columns it gives, checks the answers instead', () => {
    const twice: Layer = {
      params: {},
      grads: {},
      inputSize: 2,
      forward: (x) => Tensor.from([Array.from(x.data), Array.from(x.data)].flat()).reshape([1, 4]),
      backward: () => undefined,
    };
    const net = new Sequential([twice]);
    expect(net.predictInto(new Float32Array(4), Float32Array.of(1, 1))).toEqual(new Float32Array(4).fill(0.25));
    const out = new Float32Array(3).fill(9);
    const message = 'Sequential.predictInto: out has 3 numbers; expected 4: 1 row of 4 (outputSize)';
    expectRefusal(() => net.predictInto(out, new Float32Array(2)), ShapeError, message);
    expect(out).toEqual(new Float32Array(3).fill(9));
  });
});

const program = fileURLToPath(new URL('../support/predict-into-memory.cjs', import.meta.url));
const built = existsSync(fileURLToPath(new URL('../../dist/index.js', import.meta.url)));

// Not on wasm, whose backend makes views of its memory in each call.
const heapless = runnableBackends().filter(({ name }) => name !== 'wasm');

describe.skipIf(!built).each(heapless)('on $name', ({ name }) => {
  test('a warm call makes no typed arrays and leaves less than 1 KB of heap', () => {
    const printed = execFileSync(process.execPath, ['--expose-gc', program, name], { encoding: 'utf8' });
    const { arrays, bytes } = JSON.parse(printed);
    expect(arrays).toBe(0);
    expect(bytes).toBeLessThan(1024);
  }, 60_000);
});
