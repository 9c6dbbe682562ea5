import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  DeepConvNet,
  MultiLayerNet,
  Sequential,
  SimpleConvNet,
  SimpleNet,
  Table,
  TableModel,
  type Tensor,
  TwoLayerNet,
} from '../../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'zerokara-bytes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sequential = Sequential.from(
  {
    input: 3,
    layers: [
      { type: 'standardization', mean: [1, 2, 3], deviation: [1, 2, 3] },
      { type: 'affine', outputSize: 4, activation: 'relu' },
      { type: 'batchNormalization' },
      { type: 'affine', outputSize: 2 },
    ],
  },
  { seed: 1 },
);

/** One network of each class that has a `load`. */
const NETWORKS = [
  [Sequential, sequential],
  [TwoLayerNet, new TwoLayerNet({ inputSize: 3, hiddenSize: 4, outputSize: 2, seed: 1 })],
  [MultiLayerNet, new MultiLayerNet({ inputSize: 3, hiddenSizes: [4, 5], outputSize: 2, seed: 1, dtype: 'float64' })],
  [SimpleNet, new SimpleNet({ inputSize: 3, outputSize: 2, seed: 1 })],
  [SimpleConvNet, new SimpleConvNet({ inputShape: [12, 12, 1], filters: 2, hiddenSize: 3, outputSize: 2, seed: 1 })],
  [DeepConvNet, new DeepConvNet({ inputShape: [16, 16, 1], hiddenSize: 3, outputSize: 2, seed: 1 })],
] as const;

const messageOf = (call: () => unknown): string => {
  try {
    call();
    return 'nothing is thrown';
  } catch (error) {
    return `${(error as Error).name} ${(error as Error).message}`;
  }
};

describe.each(NETWORKS.map(([type, net]) => [type.name, type, net] as const))('%s', (name, type, net) => {
  test('toBytes gives what save writes, and fromBytes and load of a Blob read it', async () => {
    const path = join(folder, `${name}.safetensors`);
    await net.save(path);
    const bytes = net.toBytes();
    expect(Buffer.compare(bytes, readFileSync(path))).toBe(0);
    const copies = [type.fromBytes(bytes), type.fromBytes(bytes.buffer), await type.load(new Blob([bytes]))];
    for (const copy of copies) {
      expect(copy.constructor).toBe(type);
      expect(copy.describe()).toEqual(net.describe());
      for (const [key, tensor] of Object.entries<Tensor>(net.stateDict())) {
        expect((copy.stateDict() as Record<string, Tensor>)[key]!.data).toEqual(tensor.data);
      }
    }
  });

  test('fromBytes names the bytes and its options where they are wrong', () => {
    const bytes = net.toBytes();
    bytes[bytes.length - 1]! ^= 1;
    expect(messageOf(() => type.fromBytes(bytes))).toBe(
      `DataError ${name}.fromBytes: the data: its contents do not match its SHA-256. The file is damaged or was changed by another program`,
    );
    expect(messageOf(() => type.fromBytes(net.toBytes(), { bakend: 'js' } as never))).toMatch(
      new RegExp(`^ArgumentError ${name}\\.fromBytes: unknown option "bakend"`),
    );
  });
});

test('fromBytes of another class says which one reads the bytes', () => {
  expect(messageOf(() => TwoLayerNet.fromBytes(NETWORKS[3][1].toBytes()))).toBe(
    'DataError TwoLayerNet.fromBytes: the data holds a SimpleNet; expected a TwoLayerNet. Load it with SimpleNet.fromBytes',
  );
});

test('toBytes refuses what save refuses', () => {
  const net = new TwoLayerNet({ inputSize: 1, hiddenSize: 2, outputSize: 2, seed: 1 });
  net.params.W1.data[1] = Number.NaN;
  expect(messageOf(() => net.toBytes())).toBe(
    'DataError TwoLayerNet.toBytes: W1[0][1] is NaN; expected finite numbers. Save with { allowNonFinite: true } to keep it as it is',
  );
  expect(TwoLayerNet.fromBytes(net.toBytes({ allowNonFinite: true })).params.W1.data[1]).toBeNaN();
  expect(messageOf(() => net.toBytes({ allow: true } as never))).toMatch(
    /^ArgumentError TwoLayerNet\.toBytes: unknown/,
  );
});

test('a TableModel travels as bytes, preprocessing included', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => ({
    size: i,
    colour: i % 2 === 0 ? 'red' : 'blue',
    kind: i % 2 === 0 ? 'a' : 'b',
  }));
  const table = Table.from(rows);
  const model = await TableModel.train(table, { target: 'kind', seed: 1, epochs: 5, validation: false });
  const path = join(folder, 'model.safetensors');
  await model.save(path);
  const bytes = model.toBytes();
  expect(Buffer.compare(bytes, readFileSync(path))).toBe(0);
  const row = { size: 2, colour: 'red' };
  for (const copy of [TableModel.fromBytes(bytes), await TableModel.load(new Blob([bytes]))]) {
    expect(String(copy)).toBe(String(model));
    expect(copy.predict(row)).toEqual(model.predict(row));
  }
  expect(messageOf(() => TableModel.fromBytes(sequential.toBytes()))).toBe(
    'DataError TableModel.fromBytes: the data holds a network without the columns of a table; expected a file written by TableModel.save. Load it with Sequential.fromBytes',
  );
  expect(messageOf(() => Sequential.fromBytes(bytes))).toBe(
    'DataError Sequential.fromBytes: the data holds a model of a table, whose network reads preprocessed columns; expected a file written by save of a network. Load it with TableModel.fromBytes; its net is the network',
  );
  writeFileSync(path, bytes);
  expect(String(await TableModel.load(path))).toBe(String(model));
});
