/** What calls that need a file answer in a page, which has none. */

import { expect, test, vi } from 'vitest';
import { Dataset, DatasetStream, ModelCheckpoint, saveTensors, Table, Trainer, TwoLayerNet } from '../../src/index.js';

vi.mock('#platform', () => import('../../src/platform/browser.js'));

const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2, seed: 1, backend: 'js' });
const train = Dataset.from({ x: [[1, 2]], labels: [0], classes: 2 });
const trainer = (): Trainer =>
  new Trainer(net, { train, epochs: 1, callbacks: [new ModelCheckpoint({ path: 'run-{epoch}.safetensors' })] });

test.each<[string, () => Promise<unknown>]>([
  [
    'TwoLayerNet.save: a.safetensors cannot be written: a page has no files. toBytes gives the bytes of the file, for a download or a store of the page',
    () => net.save('a.safetensors'),
  ],
  [
    'TwoLayerNet.load: a.safetensors is a file, and a page cannot open files by name; expected a URL that begins with http: or https:, or a Blob',
    () => TwoLayerNet.load('a.safetensors'),
  ],
  [
    'saveTensors: a.safetensors cannot be written: a page has no files. tensorsToBytes gives the bytes of the file, for a download or a store of the page',
    () => saveTensors('a.safetensors', net.stateDict()),
  ],
  [
    'Trainer.save: a.safetensors cannot be written: a page has no files. toBytes of its net gives the network alone',
    () => trainer().save('a.safetensors'),
  ],
  [
    'Trainer.resume: a.safetensors is a file, and a page cannot open files by name; expected a run of this page, or a network, which load and fromBytes read',
    () => Trainer.resume('a.safetensors', { train }),
  ],
  ['ModelCheckpoint: run-1.safetensors cannot be written: a page has no files', () => trainer().fit()],
  [
    'DatasetStream.fromFiles: x.npy is a file, and a page cannot open files by name; expected DatasetStream.from with a function that fetches the rows',
    () => DatasetStream.fromFiles({ x: 'x.npy', labels: 'labels.npy', classes: 2 }),
  ],
  [
    'DatasetStream.fromCsv: a.csv is a file, and a page cannot open files by name; expected DatasetStream.from with a function that fetches the rows',
    () => DatasetStream.fromCsv('a.csv', { target: 'y' }),
  ],
  [
    'Table.read: a.csv is a file, and a page cannot open files by name; expected a URL that begins with http: or https:, or a stream of bytes',
    () => Table.read('a.csv'),
  ],
])('%s', async (message, call) => {
  await expect(call()).rejects.toMatchObject({ name: 'DataError', message });
});

test.each<[string, () => Promise<unknown>]>([
  ['Trainer.save: path is 5; expected the path of a file', () => trainer().save(5 as never)],
  ['saveTensors: path is ""; expected the path of a file', () => saveTensors('', {})],
  [
    'DatasetStream.fromFiles: path is undefined; expected the path of a file',
    () => DatasetStream.fromFiles({} as never),
  ],
])('what would be no path anywhere is an ArgumentError: %s', async (message, call) => {
  await expect(call()).rejects.toMatchObject({ name: 'ArgumentError', message });
});
