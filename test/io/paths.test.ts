import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { DatasetStream } from '../../src/data/dataset-stream.js';
import { ArgumentError } from '../../src/errors.js';
import { loadTensors } from '../../src/io/load-tensors.js';
import { saveTensors } from '../../src/io/save-tensors.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Table } from '../../src/table/table.js';
import { TableModel } from '../../src/table/table-model.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { Trainer } from '../../src/trainer/trainer.js';

const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1 });
const train = Dataset.from({ x: [[0, 1]], labels: [0], classes: 2 });

/** Every function that takes the path of a file, by the name that its messages have. */
const CALLS: Readonly<Record<string, (path: never) => Promise<unknown>>> = {
  'Sequential.load': (path) => Sequential.load(path),
  'TwoLayerNet.load': (path) => TwoLayerNet.load(path),
  'TwoLayerNet.save': (path) => net.save(path),
  'Trainer.save': (path) => new Trainer(net, { train, steps: 1 }).save(path),
  'Trainer.resume': (path) => Trainer.resume(path, { train }),
  'TableModel.load': (path) => TableModel.load(path),
  'TableModel.save': async (path) => (await tableModel()).save(path),
  loadTensors: (path) => loadTensors(path),
  saveTensors: (path) => saveTensors(path, { a: Tensor.zeros([1]) }),
};

function tableModel(): Promise<TableModel> {
  const table = Table.from(Array.from({ length: 20 }, (_, i) => ({ x: i % 7, y: i })));
  return TableModel.train(table, { target: 'y', epochs: 1, hiddenSizes: [], seed: 1 });
}

describe.each(Object.entries(CALLS))('%s', (operation, call) => {
  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    ['', '""'],
    [{}, 'an Object'],
  ])('refuses %j as a path', async (path, shown) => {
    const readsMore = /\.(load|resume)$|^loadTensors$/.test(operation);
    const [name, expected] = readsMore
      ? ['source', 'the path of a file, a URL, a Blob or bytes']
      : ['path', 'the path of a file'];
    const error = new ArgumentError({ operation, found: `${name} is ${shown}`, expected });
    await expect(call(path as never)).rejects.toThrow(error);
  });
});

test('a CSV stream says which file it wants', async () => {
  await expect(DatasetStream.fromCsv('', { target: 'x' })).rejects.toThrow(ArgumentError);
});
