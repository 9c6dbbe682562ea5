import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StateError } from '../../src/errors.js';
import { loadTensors } from '../../src/io/load-tensors.js';
import { encodeSafetensors, type StoredTensor } from '../../src/io/safetensors.js';
import { Affine } from '../../src/layers/affine.js';
import type { Layer } from '../../src/layers/layer.js';
import { registerLayer } from '../../src/layers/layer-builder.js';
import type { LayerDescription } from '../../src/layers/layer-types.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { SimpleNet } from '../../src/models/simple-net.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zerokara-saved-'));
});
afterAll(() => rm(folder, { recursive: true }));

const SMALL = { inputSize: 4, hiddenSize: 5, outputSize: 3, seed: 7 } as const;

describe('save and load', () => {
  test.each(['float32', 'float64'] as const)('gives a TwoLayerNet of %s back, equal to the bit', async (dtype) => {
    const path = join(folder, `two-${dtype}.safetensors`);
    const net = new TwoLayerNet({ ...SMALL, activation: 'tanh', weightInitStd: 'xavier', dtype });
    await net.save(path);
    const loaded = await TwoLayerNet.load(path);
    for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
      expect(new Uint8Array(loaded.params[name].data.buffer)).toEqual(new Uint8Array(net.params[name].data.buffer));
    }
    const { inputSize, hiddenSize, outputSize, activation, seed } = loaded;
    expect({ inputSize, hiddenSize, outputSize, activation, seed, dtype: loaded.dtype }).toEqual({
      ...SMALL,
      activation: 'tanh',
      dtype,
    });
  });

  test('gives a MultiLayerNet back with its sizes, activations and task', async () => {
    const path = join(folder, 'multi.safetensors');
    const net = new MultiLayerNet({
      inputSize: 3,
      hiddenSizes: [4, 5],
      outputSize: 2,
      activation: ['relu', 'tanh'],
      task: 'regression',
    });
    await net.save(path);
    const loaded = await MultiLayerNet.load(path, { backend: 'js' });
    const x = [[1, 2, 3]];
    loaded.predict(x).data.forEach((value, i) => {
      expect(value).toBeCloseTo(net.predict(x).data[i]!, 5);
    });
    expect(loaded.activations).toEqual(['relu', 'tanh']);
    expect(loaded.task).toBe('regression');
    expect(loaded.backend.name).toBe('js');
  });

  test('a Sequential’s weights go through a file by loadTensors and loadStateDict', async () => {
    const path = join(folder, 'sequential.safetensors');
    const net = new Sequential([new Affine({ inputSize: 2, outputSize: 3, seed: 1 })]);
    await net.save(path);
    const other = new Sequential([new Affine({ inputSize: 2, outputSize: 3, seed: 2 })]);
    other.loadStateDict(await loadTensors(path));
    expect(other.params.W1!.data).toEqual(net.params.W1!.data);
  });
});

describe('files of 0.1.0', () => {
  const golden = (name: string): string => new URL(`../golden/${name}-0.1.0.safetensors`, import.meta.url).pathname;

  // The expected numbers are those that 0.1.0 itself printed for its files, on its js backend.
  test('a TwoLayerNet still loads, by its own class and as a Sequential', async () => {
    const net = await TwoLayerNet.load(golden('two-layer-net'), { backend: 'js' });
    const { inputSize, hiddenSize, outputSize, activation, seed, dtype } = net;
    expect([inputSize, hiddenSize, outputSize, activation, seed, dtype]).toEqual([4, 5, 3, 'tanh', 7, 'float32']);
    const x = [
      [0.1, -0.2, 0.3, 0.4],
      [1, 0, -1, 0.5],
    ];
    const logits = [
      [0.9322538375854492, -0.2773206830024719, 0.1949286311864853],
      [0.8176078796386719, -0.2605990767478943, 0.9277297854423523],
    ];
    expect(net.logits(x).toArray()).toEqual(logits);
    const again = await Sequential.load(golden('two-layer-net'), { backend: 'js' });
    expect(again.logits(x).toArray()).toEqual(logits);
    expect(again.seed).toBe(7);
  });

  test('a MultiLayerNet for regression still loads', async () => {
    const net = await MultiLayerNet.load(golden('multi-layer-net'), { backend: 'js' });
    const { hiddenSizes, activations, task, dtype } = net;
    expect([hiddenSizes, activations, task, dtype]).toEqual([[4, 5], ['relu', 'tanh'], 'regression', 'float64']);
    const y = net.predict([
      [0.1, -0.2, 0.3],
      [1, 2, 3],
    ]);
    expect(y.toArray()).toEqual([
      [0.19511716026725986, -0.09016878817064562],
      [0.5472259696891912, -0.4616225283497617],
    ]);
  });
});

/** y = xⁿ, with the description that `build` makes it of. */
class Power implements Layer {
  readonly params = {};
  readonly grads = {};
  constructor(readonly exponent: number) {}
  forward(x: Tensor): Tensor {
    return x.pow(this.exponent);
  }
  backward(dy: Tensor): Tensor {
    return dy;
  }
  describe(): LayerDescription {
    return { type: 'power', exponent: this.exponent } as never;
  }
}

describe('a file holds the whole network', () => {
  const x = [[0.5, -1]];

  test('every layer and loss, buffers, and the scale of bytes', async () => {
    const path = join(folder, 'whole.safetensors');
    const net = Sequential.from(
      {
        input: [1, 2],
        layers: [
          { type: 'standardization', mean: [0.25, 1], deviation: [2, 3] },
          { type: 'matMul', outputSize: 4, weightInitStd: 1 },
          { type: 'tanh' },
          { type: 'affine', outputSize: 3, activation: 'sigmoid', weightInitStd: 0.5 },
          { type: 'rescaling', scale: 2, offset: 1 },
          { type: 'sigmoid' },
          { type: 'affine', outputSize: 2 },
          { type: 'relu' },
        ],
        task: 'multiLabel',
      },
      { seed: 3, dtype: 'float64' },
    );
    net.byteScale = 1 / 255;
    net.buffers['mean1']!.set([5, 6]); // as if it had been measured since
    await net.save(path);
    const loaded = await Sequential.load(path);
    expect(loaded.predict(x).data).toEqual(net.predict(x).data);
    expect(Object.keys(loaded.stateDict())).toEqual(Object.keys(net.stateDict()));
    expect(loaded.describe()).toEqual(net.describe());
    expect([loaded.byteScale, loaded.kind, loaded.seed, loaded.dtype]).toEqual([1 / 255, 'multiLabel', 3, 'float64']);
  });

  test('a SimpleNet, and one of any class as a Sequential', async () => {
    const path = join(folder, 'simple.safetensors');
    const net = new SimpleNet({ weights: Tensor.arange(1, 7, { dtype: 'float64' }).reshape([2, 3]) });
    await net.save(path);
    const loaded = await SimpleNet.load(path);
    expect(loaded.params.W.toArray()).toEqual(net.params.W.toArray());
    expect(loaded.seed).toEqual(expect.any(Number));
    const general = await Sequential.load(path);
    expect(general.logits([[1, 1]]).toArray()).toEqual([[5, 7, 9]]);
    expect(Object.keys(general.params)).toEqual(['W1']);
  });

  test('custom layers, built by what load is given or by what is registered', async () => {
    const path = join(folder, 'own.safetensors');
    const net = new Sequential([new Affine({ inputSize: 2, outputSize: 3, seed: 1 }), new Power(3)]);
    await net.save(path);
    const unknown =
      /layer 2 \(power\): type is "power"; expected affine, matMul, convolution, maxPooling, averagePooling, globalAveragePooling, embedding, relu, sigmoid, tanh, leakyRelu, gelu, softplus, dropout, batchNormalization, layerNormalization, rescaling, standardization/;
    await expect(Sequential.load(path)).rejects.toThrow(unknown);
    const layers = { power: ({ exponent }: { exponent: number }) => new Power(exponent) } as never;
    const loaded = await Sequential.load(path, { layers });
    expect(loaded.logits(x).data).toEqual(net.logits(x).data);
    registerLayer('power' as never, (({ exponent }: { exponent: number }) => new Power(exponent)) as never);
    expect((await Sequential.load(path)).logits(x).data).toEqual(net.logits(x).data);
  });

  test('and a layer without describe is named by save and by describe, by nothing else', async () => {
    class Silent extends Power {
      override describe = undefined as never;
    }
    const net = new Sequential([new Affine({ inputSize: 2, outputSize: 3 }), new Silent(2)]);
    expect(net.predict(x).shape).toEqual([1, 3]);
    const message = "layer 2 (Silent) has no describe; expected describe() { return { type: '…' } } on each layer";
    expectRefusal(() => net.describe(), StateError, `Sequential.describe: ${message}`);
    await expect(net.save(join(folder, 'silent.safetensors'))).rejects.toThrow(`Sequential.save: ${message}`);
  });
});

describe('FOUND L5: save refuses numbers that are not finite', () => {
  test('naming the first, and keeps them where it is asked to', async () => {
    const path = join(folder, 'non-finite.safetensors');
    const net = new TwoLayerNet(SMALL);
    net.params.W2.data[4] = Number.NaN;
    await expect(net.save(path)).rejects.toThrow(
      expect.objectContaining({
        name: 'DataError',
        message:
          'TwoLayerNet.save: W2[1][1] is NaN; expected finite numbers. Save with { allowNonFinite: true } to keep it as it is',
      }),
    );
    await expect(readFile(path)).rejects.toThrow('ENOENT');
    await net.save(path, { allowNonFinite: true });
    expect((await TwoLayerNet.load(path)).params.W2.data).toEqual(net.params.W2.data);
    await expect(net.save(path, { allowNonfinite: true } as never)).rejects.toThrow('did you mean "allowNonFinite"?');
  });
});

describe('load refuses', () => {
  const refusal = async (path: string, message: string): Promise<void> => {
    await expect(TwoLayerNet.load(path)).rejects.toThrow(
      expect.objectContaining({ name: 'DataError', code: 'ZK_DATA', message: `TwoLayerNet.load: ${message}` }),
    );
  };

  test('a file that is not there', async () => {
    const path = join(folder, 'missing.safetensors');
    await refusal(path, `${path} cannot be read (ENOENT: no such file or directory); expected a file written by save`);
  });

  test('a damaged file', async () => {
    const path = join(folder, 'damaged.safetensors');
    await new TwoLayerNet(SMALL).save(path);
    const bytes = await readFile(path);
    bytes[bytes.length - 5]! ^= 1;
    await writeFile(path, bytes);
    await refusal(
      path,
      `${path}: its contents do not match its SHA-256. The file is damaged or was changed by another program`,
    );
  });

  test('another network', async () => {
    const path = join(folder, 'other.safetensors');
    await new MultiLayerNet({ inputSize: 3, hiddenSizes: [], outputSize: 2 }).save(path);
    await refusal(path, `${path} holds a MultiLayerNet; expected a TwoLayerNet. Load it with MultiLayerNet.load`);
  });

  test('FOUND F: another network, with a call that exists', async () => {
    class Own extends Sequential {}
    const path = join(folder, 'own-class.safetensors');
    for (const [net, advice] of [
      [new Sequential([new Affine({ inputSize: 2, outputSize: 3 })]), 'Sequential.load'],
      [new Own([new Affine({ inputSize: 2, outputSize: 3 })]), 'Sequential.load'],
      [new SimpleNet(), 'SimpleNet.load'],
    ] as const) {
      await net.save(path);
      await refusal(path, `${path} holds a ${net.constructor.name}; expected a TwoLayerNet. Load it with ${advice}`);
    }
    const weights = encodeSafetensors({}, { 'zerokara.architecture': '{"network":"Sequential","options":{}}' });
    await writeFile(path, Buffer.concat(weights));
    await refusal(
      path,
      `${path} holds a network without its layers, as version 0.1.0 wrote it; expected the description of a network. To read weights alone use loadTensors, and loadStateDict to put them into a network`,
    );
  });

  /** A file with these arrays that says this of its network. */
  const write = async (name: string, saved: unknown, tensors: Record<string, StoredTensor> = {}): Promise<string> => {
    const path = join(folder, `${name}.safetensors`);
    const text = typeof saved === 'string' ? saved : JSON.stringify(saved);
    await writeFile(path, Buffer.concat(encodeSafetensors(tensors, { 'zerokara.network': text })));
    return path;
  };
  const saved = (network: string, description: unknown, tensors: string[]): object => {
    return { format: 2, network, description, built: { dtype: 'float32' }, tensors };
  };

  test('a file of a newer version, saying so', async () => {
    const path = await write('newer', { format: 3, graph: {} });
    await refusal(
      path,
      `${path} is of format 3, which a newer version of zerokara wrote; expected format 2 or older. Update zerokara to read it`,
    );
  });

  const tiny = { data: new Float32Array(1), shape: [1] };
  const huge = (outputSize: number): object => ({ input: outputSize, layers: [{ type: 'affine', outputSize }] });

  test.each([2 ** 14, 30_000, 2 ** 20])(
    'FOUND G2, L3: a file of 400 bytes that describes %i × as many weights, before anything is allocated',
    async (size) => {
      const path = await write(`huge-${size}`, saved('Sequential', huge(size), ['W1', 'b1']), { W1: tiny, b1: tiny });
      const before = process.memoryUsage().arrayBuffers;
      await expect(Sequential.load(path)).rejects.toThrow(
        `Sequential.load: ${path}: "W1" has shape [1]; expected [${size}, ${size}], as the description says`,
      );
      const architecture = { network: 'TwoLayerNet', options: { inputSize: size, hiddenSize: size, outputSize: 2 } };
      await writeFile(
        path,
        Buffer.concat(
          encodeSafetensors(
            { W1: tiny, b1: tiny, W2: tiny, b2: tiny },
            { 'zerokara.architecture': JSON.stringify({ ...architecture, dtype: 'float32' }) },
          ),
        ),
      );
      await expect(TwoLayerNet.load(path)).rejects.toThrow(
        `TwoLayerNet.load: ${path}: "W1" has shape [1]; expected [${size}, ${size}], as the description says`,
      );
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    },
  );

  test('FOUND G2: descriptions and arrays that do not fit one another', async () => {
    const one = { data: new Float32Array(2), shape: [1, 2] };
    const two = { data: new Float32Array(2), shape: [2] };
    const small = { input: 1, layers: [{ type: 'affine', outputSize: 2 }] };
    const cases: [string, object | string, Record<string, StoredTensor>, string][] = [
      [
        'a tensor too many',
        saved('Sequential', small, ['W1', 'b1']),
        { W1: one, b1: two, c: two },
        ': there is a tensor "c"; expected those of the network only (W1, b1)',
      ],
      [
        'a name too many',
        saved('Sequential', small, ['W1', 'b1', 'c']),
        { W1: one, b1: two, c: two },
        ': it has 3 tensors; expected 2, as the description says',
      ],
      [
        'a name too few',
        saved('Sequential', small, ['W1']),
        { W1: one },
        ': it has 1 tensors; expected as many as the description needs',
      ],
      ['no JSON', 'affine', {}, ': its metadata describes no network; expected "zerokara.network", as save writes it'],
      [
        'no dtype',
        { ...saved('Sequential', small, []), built: {} },
        {},
        ': its metadata describes no network; expected "zerokara.network", as save writes it',
      ],
      [
        'null as its description',
        saved('Sequential', null, []),
        {},
        ': its metadata describes no network; expected "zerokara.network", as save writes it',
      ],
      [
        'a layer that is null',
        saved('Sequential', { input: 1, layers: [null] }, []),
        {},
        " does not describe a network that can be built (Sequential.load: layers[0] is null; expected an object with a type, e.g. { type: 'relu' })",
      ],
      [
        'an impossible size',
        saved('Sequential', { input: 1, layers: [{ type: 'affine', outputSize: -1 }] }, []),
        {},
        ' does not describe a network that can be built (Sequential.load: layer 1 (affine): outputSize is -1; expected an integer of at least 1)',
      ],
    ];
    for (const [name, text, tensors, message] of cases) {
      const path = await write('unfit', text, tensors);
      await expect(Sequential.load(path), name).rejects.toThrow(
        expect.objectContaining({ name: 'DataError', message: `Sequential.load: ${path}${message}` }),
      );
    }
    const other = await write('other-layers', saved('TwoLayerNet', small, ['W1', 'b1']), { W1: one, b1: two });
    await refusal(other, `${other} holds layers that a TwoLayerNet does not have`);
  });

  test('weights without an architecture', async () => {
    const path = join(folder, 'weights.safetensors');
    await writeFile(path, Buffer.concat(encodeSafetensors({ W: { data: new Float32Array(2), shape: [2] } })));
    await refusal(
      path,
      `${path}: its metadata describes no network; expected "zerokara.network", as save writes it. To read weights alone use loadTensors, and loadStateDict to put them into a network`,
    );
  });

  test('an architecture that its arrays do not fit', async () => {
    const path = join(folder, 'unfit.safetensors');
    const { W1, b1, W2 } = new TwoLayerNet(SMALL).params;
    const architecture = JSON.stringify({ network: 'TwoLayerNet', options: SMALL });
    const chunks = encodeSafetensors({ W1, b1, W2 }, { 'zerokara.architecture': architecture });
    await writeFile(path, Buffer.concat(chunks));
    await refusal(path, `${path}: there is no tensor "b2"; expected W1, b1, W2, b2`);
  });

  test('save into a folder that does not exist, with a typed error', async () => {
    const path = join(folder, 'nowhere', 'net.safetensors');
    await expect(new TwoLayerNet(SMALL).save(path)).rejects.toThrow(
      expect.objectContaining({
        name: 'DataError',
        message: `TwoLayerNet.save: ${path} cannot be written (ENOENT: no such file or directory); expected a file in a folder that exists and may be written to`,
      }),
    );
  });
});
