/** Mistakes that are made with many calls, and what each says: a forgotten await, an address as a path, a model for its network. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Dataset,
  DatasetStream,
  exportOnnx,
  gradientCheck,
  loadArrays,
  loadTensors,
  MultiLayerNet,
  Sequential,
  saveTensors,
  Table,
  TableModel,
  Trainer,
  TwoLayerNet,
  tensorsToBytes,
} from '../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'zerokara-mistakes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const x = [
  [0, 1],
  [1, 0],
];
const dataset = Dataset.from({ x, labels: [0, 1] });
const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2, seed: 1, backend: 'js' });
const table = Table.from(Array.from({ length: 40 }, (_, i) => ({ a: i, y: i % 2 === 0 ? 'u' : 'v' })));
let model: TableModel<'classification'>;
beforeAll(async () => {
  const options = { target: 'y', task: 'classification', epochs: 1, hiddenSizes: [2], seed: 1, backend: 'js' } as const;
  model = await TableModel.train(table, options);
});

/** A caller who does not use TypeScript. */
type Untyped = (...inputs: unknown[]) => unknown;
const untyped = (of: object, method: string): Untyped => ((of as Record<string, Untyped>)[method] as Untyped).bind(of);

async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing is thrown';
}

const ROWS = 'rows, [{ name: value, … }, …], or columns, { name: [value, …], … }';
const OPTIONS =
  'an object with any of x, labels, multiLabels, targets, classes, inputShape, weights, scale, dtype, unnormalized';
const VALUES = 'a number, an array of numbers or a tensor';

describe('a forgotten await', () => {
  const waiting = Promise.resolve(table);
  const cases: [call: () => unknown, message: string][] = [
    [
      () => untyped(TableModel, 'train')(waiting, { target: 'y' }),
      'TableModel.train: table is a Promise; expected a Table',
    ],
    [
      () => untyped(model, 'evaluate')(waiting),
      'TableModel.evaluate: rows is a Promise; expected an array of rows or a Table',
    ],
    [
      () => untyped(model, 'predict')(waiting),
      'TableModel.predict: input is a Promise; expected a row, an array of rows or a Table',
    ],
    [() => untyped(Table, 'from')(waiting), `Table.from: the values are a Promise; expected ${ROWS}`],
    [() => untyped(Dataset, 'from')(waiting), `Dataset.from: options is a Promise; expected ${OPTIONS}`],
    [() => untyped(Dataset, 'from')({ x: waiting, labels: [0] }), `Dataset.from: x is a Promise; expected ${VALUES}`],
    [() => new Trainer(net, { train: waiting as never, epochs: 1 }), 'Trainer: train is a Promise; expected a Dataset'],
    [() => untyped(net, 'predict')(waiting), `TwoLayerNet.predict: x is a Promise; expected ${VALUES}`],
    [() => untyped(net, 'evaluate')(waiting), `TwoLayerNet.evaluate: x is a Promise; expected ${VALUES}`],
    [
      () => untyped(net, 'loadStateDict')(waiting),
      'TwoLayerNet.loadStateDict: dict is a Promise; expected an object of W1, b1, W2, b2',
    ],
    [() => exportOnnx(waiting as never), 'exportOnnx: net is a Promise; expected a network'],
    [
      () => saveTensors(join(folder, 'a'), waiting as never),
      'saveTensors: tensors is a Promise; expected an object of tensors by name',
    ],
  ];
  test.each(cases)('%s', async (call, message) => {
    expect(await messageOf(call)).toBe(`${message}. Await it first`);
  });
});

describe('the address of a file as its path', () => {
  const cannot = (place: string): string => `${place} cannot be read (ENOENT: no such file or directory)`;
  const http = 'http://example.com/a.csv';
  const file = 'file:///none/a.csv';
  const asUrl: [call: (address: string) => unknown, operation: string, expected: string][] = [
    [(address) => Table.read(address), 'Table.read', 'a table as CSV, JSON or JSON lines'],
    [
      (address) => model.predictStream(address).next(),
      'TableModel.predictStream',
      'a table as CSV, JSON or JSON lines',
    ],
    [(address) => TableModel.load(address), 'TableModel.load', 'a file written by save'],
    [(address) => TwoLayerNet.load(address), 'TwoLayerNet.load', 'a file written by save'],
    [(address) => Sequential.load(address), 'Sequential.load', 'a file written by save'],
    [(address) => loadTensors(address), 'loadTensors', 'a safetensors file'],
    [(address) => loadArrays(address), 'loadArrays', 'a safetensors file'],
  ];
  test.each(asUrl)('%s', async (call, operation, expected) => {
    for (const address of [http, file]) {
      expect(await messageOf(() => call(address))).toBe(
        `${operation}: ${cannot(address)}; expected ${expected}. Give it as new URL('${address}')`,
      );
    }
  });

  const asPath: [call: (address: string) => unknown, operation: string, expected: string][] = [
    [
      (address) => DatasetStream.fromCsv(address, { target: 'y' }),
      'DatasetStream.fromCsv',
      '; expected a table as CSV',
    ],
    [(address) => DatasetStream.fromFiles({ x: address, labels: 'b', classes: 2 }), 'DatasetStream.fromFiles', ''],
    [
      (address) => Trainer.resume(address, { train: dataset }),
      'Trainer.resume',
      '; expected a file written by trainer.save',
    ],
  ];
  test.each(asPath)('of what takes no URL: %s', async (call, operation, expected) => {
    expect(await messageOf(() => call(http))).toBe(
      `${operation}: ${cannot(http)}${expected}. Download it first, and give its path`,
    );
    expect(await messageOf(() => call(file))).toBe(
      `${operation}: ${cannot(file)}${expected}. Give its path: fileURLToPath('${file}')`,
    );
  });
});

test('what has a network is not one', async () => {
  const trainer = new Trainer(net, { train: dataset, epochs: 1 });
  const network = 'expected a network, e.g. new TwoLayerNet({ … })';
  const check = untyped({ gradientCheck }, 'gradientCheck');
  const cases: [call: () => unknown, message: string][] = [
    [() => exportOnnx(model as never), 'exportOnnx: net is a TableModel; expected a network. Pass model.net'],
    [() => exportOnnx(trainer as never), 'exportOnnx: net is a Trainer; expected a network. Pass trainer.net'],
    [
      () => new Trainer(model as never, { train: dataset, epochs: 1 }),
      `Trainer: net is a TableModel; ${network}. Pass model.net`,
    ],
    [() => check(model, x, [0, 1]), `gradientCheck: net is a TableModel; ${network}. Pass model.net`],
    [
      () => tensorsToBytes(net as never),
      'tensorsToBytes: tensor "kind" is "classification"; expected a tensor, or { data, shape } with a typed array. Of a network, give net.stateDict()',
    ],
  ];
  for (const [call, message] of cases) expect(await messageOf(call)).toBe(message);
});

test('x and labels in one object are no Dataset yet', async () => {
  for (const method of ['evaluate', 'accuracy', 'loss'])
    expect(await messageOf(() => untyped(net, method)({ x, labels: [0, 1] }))).toBe(
      `TwoLayerNet.${method}: x is an Object; expected rows of numbers, or a Dataset. Make one with Dataset.from({ x, labels })`,
    );
  for (const method of ['predict', 'classify'])
    expect(await messageOf(() => untyped(net, method)({ x, labels: [0, 1] }))).toBe(
      `TwoLayerNet.${method}: x is an Object; expected rows of numbers. Give its x alone`,
    );
});

test('words and truth values are no classes yet', async () => {
  const from = untyped(Dataset, 'from');
  expect(await messageOf(() => from({ x, labels: ['a', 'b'] }))).toBe(
    'Dataset.from: labels[0] is "a"; expected an integer of at least 0. Give the index of each word: labels.map((word) => classes.indexOf(word)), or train a TableModel, which keeps words',
  );
  expect(await messageOf(() => from({ x, labels: ['0', '1'] }))).toBe(
    'Dataset.from: labels[0] is "0"; expected an integer of at least 0. Give numbers: labels.map(Number)',
  );
  expect(await messageOf(() => from({ x, labels: [true, false] }))).toBe(
    'Dataset.from: labels[0] is true; expected an integer of at least 0. Give false as 0 and true as 1: labels.map(Number)',
  );
  expect(await messageOf(() => from({ x, targets: ['1.5', '2'] }))).toBe(
    'Dataset.from: targets[0] is "1.5"; expected a number. Convert texts with Number',
  );

  const path = join(folder, 's.csv');
  writeFileSync(path, 'a,y\n1,yes\n2,no\n');
  for (const classes of [{}, { classes: 2 }]) {
    const stream = await DatasetStream.fromCsv(path, { target: 'y', ...classes });
    const task = 'classes' in classes ? 'classification' : 'regression';
    const outputSize = task === 'regression' ? 1 : 2;
    const learner = new MultiLayerNet({ inputSize: 1, hiddenSizes: [2], outputSize, task, backend: 'js' });
    const trainer = new Trainer(learner, { train: stream, steps: 1 });
    expect(await messageOf(() => trainer.fit())).toBe(
      `DatasetStream: ${path}, line 2, column "y" is "yes"; expected a number. Give the words of the target in the order of their classes: classes: ["yes", …]`,
    );
  }
});

test('a path where rows belong, and where bytes do', async () => {
  expect(await messageOf(() => untyped(model, 'predict')('new.csv'))).toBe(
    'TableModel.predict: input is "new.csv"; expected a row, an array of rows or a Table. predictStream reads a file',
  );
  expect(await messageOf(() => untyped(TableModel, 'fromBytes')('m.safetensors'))).toBe(
    'TableModel.fromBytes: bytes is "m.safetensors"; expected the bytes of a file (Uint8Array or ArrayBuffer). TableModel.load reads a file by its path',
  );
});

test('load takes what toBytes gives', async () => {
  const loaded = await TableModel.load(model.toBytes(), { backend: 'js' });
  expect(loaded.predict({ a: 3 })).toEqual(model.predict({ a: 3 }));
  const again = await TwoLayerNet.load(net.toBytes().buffer as ArrayBuffer, { backend: 'js' });
  expect(again.predict(x).toArray()).toEqual(net.predict(x).toArray());
  expect(await messageOf(() => TwoLayerNet.load(Uint8Array.of(1)))).toMatch(/^TwoLayerNet\.load: the bytes/);
});
