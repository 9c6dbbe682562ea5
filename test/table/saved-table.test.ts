import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSafetensors, readSafetensors } from '../../src/io/safetensors.js';
import { Random } from '../../src/random.js';
import { Table } from '../../src/table/table.js';
import { type AnyTableModel, TableModel } from '../../src/table/table-model.js';
import { people } from './people.js';

let folder: string;
let model: AnyTableModel;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zerokara-saved-table-'));
  path = join(folder, 'model.safetensors');
  model = await TableModel.train(Table.from(people(60)), {
    target: 'answer',
    ignore: ['wage'],
    embeddingFrom: 4,
    epochs: 2,
    seed: 1,
    backend: 'js',
  });
  await model.save(path);
});
afterAll(() => rm(folder, { recursive: true }));

const refusal = async (file: string, message: string): Promise<void> => {
  await expect(TableModel.load(file)).rejects.toThrow(
    expect.objectContaining({ name: 'DataError', message: `TableModel.load: ${message}` }),
  );
};

/** What the tests change of the parsed metadata. */
interface Parsed {
  columns: { readonly high: number; readonly categories: string[] }[];
  readonly target: { readonly classes: string[] };
  readonly settings: object;
}

/** Changes an object, and returns nothing. */
const set = (of: object, to: object): void => void Object.assign(of, to);

/** The file with its table changed, sealed anew. */
async function changed(name: string, change: (table: Parsed) => unknown): Promise<string> {
  const { tensors, metadata } = await readSafetensors('test', path);
  const table = JSON.parse(metadata['zerokara.table']!) as Parsed;
  const next = change(table) ?? table;
  const text = typeof next === 'string' ? next : JSON.stringify(next);
  const file = join(folder, `${name}.safetensors`);
  await writeFile(file, Buffer.concat(encodeSafetensors(tensors, { ...metadata, 'zerokara.table': text })));
  return file;
}

describe('TableModel.load refuses', () => {
  test('a file in which any bit was flipped', async () => {
    const bytes = await readFile(path);
    const random = new Random(1);
    const file = join(folder, 'flipped.safetensors');
    // The preprocessing lies in the header, of which every flip must be found, as in the numbers after it.
    const header = Number(bytes.readBigUInt64LE(0));
    for (let i = 0; i < 150; i++) {
      const flipped = Buffer.from(bytes);
      const at = i < 100 ? random.integer(8 + header) : random.integer(bytes.length);
      flipped[at]! ^= 1 << random.integer(8);
      await writeFile(file, flipped);
      await expect(TableModel.load(file), `a bit of byte ${at}`).rejects.toThrow(/^TableModel\.load: .+/);
    }
  });

  test('a file that was cut short, at any place', async () => {
    const bytes = await readFile(path);
    const file = join(folder, 'cut.safetensors');
    for (const length of [0, 7, 8, 100, bytes.length >> 1, bytes.length - 1]) {
      await writeFile(file, bytes.subarray(0, length));
      await expect(TableModel.load(file)).rejects.toMatchObject({ code: 'ZK_DATA' });
    }
  });

  test('a file that is not there', async () => {
    const file = join(folder, 'missing.safetensors');
    await refusal(file, `${file} cannot be read (ENOENT: no such file or directory); expected a file written by save`);
  });

  test('a table of a newer version, saying so', async () => {
    const file = await changed('newer', () => ({ format: 3, trees: [] }));
    await refusal(
      file,
      `${file} holds a table model of format 3, which a newer version of zerokara wrote; expected format 2 or older. Update zerokara to read it`,
    );
  });

  test.each<[string, (table: Parsed) => unknown]>([
    ['no JSON', () => 'table'],
    ['null', () => 'null'],
    ['no columns', (table) => ({ ...table, columns: [] })],
    ['a column twice', (table) => void table.columns.push(table.columns[0]!)],
    ['a deviation of 0', (table) => set(table.columns[0]!, { deviation: 0 })],
    ['a mean that is not a number', (table) => set(table.columns[0]!, { mean: null })],
    ['limits the wrong way round', (table) => set(table.columns[0]!, { low: table.columns[0]!.high + 1 })],
    ['a category that is no word', (table) => set(table.columns[1]!.categories, { 0: 7 })],
    ['a category twice', (table) => set(table.columns[1]!.categories, { 1: table.columns[1]!.categories[0]! })],
    ['an embedding without a place for rare ones', (table) => set(table.columns[1]!, { hasRarePlace: false })],
    ['an unknown form', (table) => set(table.columns[1]!, { form: 'hash' })],
    ['an unknown task', (table) => set(table, { task: 'ranking' })],
    ['one class', (table) => set(table.target, { classes: ['no'] })],
    ['another task than its target', (table) => set(table, { task: 'regression' })],
    ['a history without epochs', (table) => set(table, { history: {} })],
    ['no settings', (table) => ({ ...table, settings: undefined })],
    ['a warm-up that is not a number', (table) => set(table.settings, { warmUpEpochs: '2' })],
    ['words for missing values that are no texts', (table) => set(table, { format: 2, missing: [-999] })],
    ['warnings that are no texts', (table) => set(table, { warnings: [1] })],
  ])('a table with %s', async (_, change) => {
    const file = await changed('malformed', change);
    await refusal(
      file,
      `${file}: its metadata describes no table model; expected "zerokara.table", as TableModel.save writes it`,
    );
  });

  test('a table that does not fit its network', async () => {
    const inputs = await changed('inputs', (table) => void table.columns.pop());
    await refusal(inputs, `${inputs} contradicts itself: the network reads 4 columns and the table has 2`);
    const outputs = await changed('outputs', (table) => void table.target.classes.push('perhaps'));
    await refusal(
      outputs,
      `${outputs} contradicts itself: the network (classification, 2 outputs) does not answer the target (classification, 3)`,
    );
    const places = await changed('places', (table) => void table.columns[1]!.categories.pop());
    await refusal(places, `${places} contradicts itself: the network embeds 5 categories and the table has 4`);
  });

  test('an unknown option', async () => {
    await expect(TableModel.load(path, { backand: 'js' } as never)).rejects.toThrow(
      'TableModel.load: unknown option "backand"; did you mean "backend"?',
    );
  });
});

test('a file of before the warm-up tells how its model was trained', async () => {
  const before = { warmUpEpochs: undefined, beta1: undefined, beta2: undefined };
  const loaded = await TableModel.load(await changed('older', (table) => set(table.settings, before)));
  expect(loaded.settings).toMatchObject({ warmUpEpochs: 0, beta1: 0.9, beta2: 0.999 });
  expect(String(loaded)).toContain('learning rate 0.03, falling to 0 along a cosine; β 0.9 and 0.999;');
});

test('a file keeps names that mean something to JavaScript', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({
    ['__proto__']: i % 2 === 0 ? 'constructor' : 'toString',
    y: i % 2 === 0 ? 'hasOwnProperty' : '__proto__',
  }));
  const odd = await TableModel.train(Table.from(rows), { target: 'y', task: 'classification', seed: 1, backend: 'js' });
  const file = join(folder, 'odd.safetensors');
  await odd.save(file);
  const loaded = (await TableModel.load(file, { backend: 'js' })) as TableModel<'classification'>;
  expect(loaded.columns.map(({ name }) => name)).toEqual(['__proto__']);
  const { label, probabilities } = loaded.predict(rows[1]!);
  expect(label).toBe('__proto__');
  expect(Object.keys(JSON.parse(JSON.stringify(probabilities)))).toEqual(['__proto__', 'hasOwnProperty']);
});
