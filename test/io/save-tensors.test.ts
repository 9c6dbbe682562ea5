import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ArgumentError, DataError, ShapeError } from '../../src/errors.js';
import { loadArrays, loadTensors } from '../../src/io/load-tensors.js';
import { saveTensors, tensorsToBytes } from '../../src/io/save-tensors.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zerokara-save-tensors-'));
  path = join(folder, 'arrays.safetensors');
});
afterAll(() => rm(folder, { recursive: true }));

describe('saveTensors', () => {
  test('FOUND J3: named tensors: writes what loadTensors and loadArrays read, to the bit', async () => {
    const W = Tensor.randomNormal([3, 4], { seed: 1 });
    W.data[0] = Number.NaN;
    W.data[1] = -0;
    const wide = Tensor.from([[0.1], [Number.POSITIVE_INFINITY]], { dtype: 'float64' });
    const labels = { data: Uint8Array.of(0, 255), shape: [2] };
    const count = { data: BigInt64Array.of(-(2n ** 62n)), shape: [] };
    await saveTensors(path, { W, wide, labels, count, 'a/b:0': W });
    expect(Object.keys(await loadTensors(path))).toEqual(['wide', 'W', 'a/b:0']);
    const arrays = await loadArrays(path);
    expect(arrays['W']).toEqual({ data: W.data, shape: [3, 4] });
    expect(arrays['wide']).toEqual({ data: wide.data, shape: [2, 1] });
    expect(arrays['labels']).toEqual(labels);
    expect(arrays['count']).toEqual(count);
  });

  test('writes a record without tensors, and __proto__ as a name', async () => {
    await saveTensors(path, {});
    expect(Object.keys(await loadTensors(path))).toEqual([]);
    await saveTensors(
      path,
      JSON.parse('{"__proto__": null}', (key, value) => (key === '' ? value : Tensor.ones([1]))),
    );
    expect(Object.keys(await loadTensors(path))).toEqual(['__proto__']);
  });

  test.each([
    [undefined, 'undefined'],
    ['', '""'],
    [3, '3'],
  ])('refuses %o as a path, and so do the readers', async (wrong, shown) => {
    const place = wrong as string;
    for (const [name, call, argument, expected] of [
      ['saveTensors', saveTensors(place, { W: Tensor.ones([2]) }), 'path', 'the path of a file'],
      ['loadTensors', loadTensors(place), 'source', 'the path of a file, a URL, a Blob or bytes'],
      ['loadArrays', loadArrays(place), 'source', 'the path of a file, a URL, a Blob or bytes'],
    ] as const) {
      const error = await call.then(String, (thrown: Error) => thrown);
      expect(error).toBeInstanceOf(ArgumentError);
      expect((error as Error).message).toBe(`${name}: ${argument} is ${shown}; expected ${expected}`);
    }
  });

  test('refuses what is no array, by name, and leaves the old file', async () => {
    await saveTensors(path, { W: Tensor.ones([2]) });
    const refused: [unknown, new (...inputs: never[]) => Error, string][] = [
      [null, ArgumentError, 'saveTensors: tensors is null; expected an object of tensors by name'],
      [
        { W: [1, 2] },
        ArgumentError,
        'saveTensors: tensor "W" is [1, 2]; expected a tensor, or { data, shape } with a typed array',
      ],
      [
        { W: { data: ['a'], shape: [1] } },
        ArgumentError,
        'saveTensors: tensor "W" is ["a"]; expected an array of floats or integers',
      ],
      [
        { W: { data: new Float32Array(3), shape: [2] } },
        ShapeError,
        'saveTensors: tensor "W" has 3 elements; expected as many as its shape [2] says',
      ],
      [{ __metadata__: Tensor.ones([1]) }, ArgumentError, 'saveTensors: a tensor has the reserved name "__metadata__"'],
    ];
    for (const [tensors, type, message] of refused) {
      const error = await saveTensors(path, tensors as never).catch((thrown: Error) => thrown);
      expect(error).toBeInstanceOf(type);
      expect((error as Error).message).toBe(message);
    }
    const place = join(folder, 'missing', 'a.safetensors');
    const error = await saveTensors(place, {}).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toBe(
      `saveTensors: ${place} cannot be written (ENOENT: no such file or directory); expected a file in a folder that exists and may be written to`,
    );
    expect((await loadTensors(path))['W']!.toArray()).toEqual([1, 1]);
    expect(await readdir(folder)).toEqual(['arrays.safetensors']);
  });
});

describe('tensorsToBytes', () => {
  test('gives the bytes of the file, which loadTensors reads from a Blob', async () => {
    const tensors = { W: Tensor.randomNormal([3, 4], { seed: 1 }), count: { data: Int32Array.of(7), shape: [] } };
    const bytes = tensorsToBytes(tensors);
    await saveTensors(path, tensors);
    expect(bytes).toEqual(new Uint8Array(await readFile(path)));
    expect((await loadTensors(new Blob([bytes])))['W']!.data).toEqual(tensors.W.data);
  });

  test('refuses what is no array, by name', () => {
    expectRefusal(
      () => tensorsToBytes({ W: [1, 2] } as never),
      ArgumentError,
      'tensorsToBytes: tensor "W" is [1, 2]; expected a tensor, or { data, shape } with a typed array',
    );
  });
});
