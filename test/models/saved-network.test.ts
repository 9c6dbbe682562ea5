import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadTensors } from '../../src/io/load-tensors.js';
import { encodeSafetensors } from '../../src/io/safetensors.js';
import { Affine } from '../../src/layers/affine.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';

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

  test('weights without an architecture', async () => {
    const path = join(folder, 'weights.safetensors');
    await writeFile(path, Buffer.concat(encodeSafetensors({ W: { data: new Float32Array(2), shape: [2] } })));
    await refusal(
      path,
      `${path}: its metadata has no architecture; expected "zerokara.architecture", as save writes it. Weights alone are read by loadTensors and put into a network by loadStateDict`,
    );
  });

  test('an architecture that its arrays do not fit', async () => {
    const path = join(folder, 'unfit.safetensors');
    const { W1, b1, W2 } = new TwoLayerNet(SMALL).params;
    const architecture = JSON.stringify({ network: 'TwoLayerNet', options: SMALL });
    const chunks = encodeSafetensors({ W1, b1, W2 }, { 'zerokara.architecture': architecture });
    await writeFile(path, Buffer.concat(chunks));
    await refusal(
      path,
      `${path} does not describe a TwoLayerNet (TwoLayerNet.loadStateDict: "b2" is missing; expected W1, b1, W2, b2)`,
    );
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
