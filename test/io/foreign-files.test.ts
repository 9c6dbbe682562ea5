/** Safetensors files of other programs: what PyTorch puts into them, and what nobody should. */

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ArgumentError, DataError } from '../../src/errors.js';
import { loadArrays, loadTensors } from '../../src/io/load-tensors.js';
import { decodeSafetensors, encodeSafetensors, readSafetensors } from '../../src/io/safetensors.js';
import { decodeElements } from '../../src/io/safetensors-types.js';
import { platform } from '../../src/platform/node.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zerokara-foreign-'));
  path = join(folder, 'weights.safetensors');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file of these arrays, given as bytes with their type and shape. */
function write(tensors: Record<string, [dtype: string, shape: number[], bytes: Uint8Array]>): void {
  const entries: [string, unknown][] = [];
  let end = 0;
  for (const [name, [dtype, shape, bytes]] of Object.entries(tensors)) {
    entries.push([name, { dtype, shape, data_offsets: [end, end + bytes.length] }]);
    end += bytes.length;
  }
  writeHeader(
    JSON.stringify(Object.fromEntries(entries)),
    Buffer.concat(Object.values(tensors).map(([, , bytes]) => bytes)),
  );
}

function writeHeader(json: string, data: Uint8Array = new Uint8Array(0)): void {
  const header = Buffer.from(json);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(path, Buffer.concat([prefix, header, data]));
}

const bytesOf = (array: { buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(array.buffer);

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('nothing was thrown'),
    (error: Error) => error,
  );
}

describe('FOUND G1: every type of element', () => {
  test('integers stay integers, in the array of their type', async () => {
    write({
      num_batches_tracked: ['I64', [], bytesOf(BigInt64Array.of(-(2n ** 60n)))],
      weight: ['F32', [2], bytesOf(Float32Array.of(1.5, -2))],
      mask: ['BOOL', [3], Uint8Array.of(1, 0, 1)],
      a: ['U64', [1], bytesOf(BigUint64Array.of(2n ** 64n - 1n))],
      b: ['I16', [2], bytesOf(Int16Array.of(-1, 5))],
      c: ['U16', [1], bytesOf(Uint16Array.of(65535))],
      d: ['I8', [1], bytesOf(Int8Array.of(-128))],
      e: ['U32', [1], bytesOf(Uint32Array.of(2 ** 32 - 1))],
      f: ['I32', [1], bytesOf(Int32Array.of(-3))],
      g: ['F64', [1], bytesOf(Float64Array.of(Math.PI))],
    });
    expect({ ...(await loadArrays(path)) }).toEqual({
      num_batches_tracked: { data: BigInt64Array.of(-(2n ** 60n)), shape: [] },
      weight: { data: Float32Array.of(1.5, -2), shape: [2] },
      mask: { data: Uint8Array.of(1, 0, 1), shape: [3] },
      a: { data: BigUint64Array.of(2n ** 64n - 1n), shape: [1] },
      b: { data: Int16Array.of(-1, 5), shape: [2] },
      c: { data: Uint16Array.of(65535), shape: [1] },
      d: { data: Int8Array.of(-128), shape: [1] },
      e: { data: Uint32Array.of(2 ** 32 - 1), shape: [1] },
      f: { data: Int32Array.of(-3), shape: [1] },
      g: { data: Float64Array.of(Math.PI), shape: [1] },
    });
  });

  test('are written and read again', () => {
    const tensors = {
      i64: { data: BigInt64Array.of(-1n, 2n), shape: [2] },
      u64: { data: BigUint64Array.of(2n ** 63n), shape: [1] },
      i16: { data: Int16Array.of(-5), shape: [1] },
      u16: { data: Uint16Array.of(5), shape: [1] },
      i8: { data: Int8Array.of(-5), shape: [1] },
      u32: { data: Uint32Array.of(5), shape: [1] },
    };
    const bytes = Buffer.concat(encodeSafetensors(tensors));
    expect({ ...decodeSafetensors(bytes, 'f', 'a').tensors }).toEqual(tensors);
  });

  test('tensors are the floats of a file; integers are left out unless named', async () => {
    write({
      num_batches_tracked: ['I64', [], bytesOf(BigInt64Array.of(7n))],
      weight: ['F32', [1, 2], bytesOf(Float32Array.of(1.5, -2))],
    });
    const tensors = await loadTensors(path);
    expect(Object.keys(tensors)).toEqual(['weight']);
    expect(tensors['weight']!.toArray()).toEqual([[1.5, -2]]);
    expect((await errorOf(loadTensors(path, { names: ['num_batches_tracked'] }))).message).toBe(
      `loadTensors: ${path}: "num_batches_tracked" is a BigInt64Array of 1; expected floats. loadArrays reads integers too`,
    );
  });

  test('what is not asked for may be of any type', async () => {
    write({
      scale: ['F8_E4M3', [2], Uint8Array.of(1, 2)],
      weight: ['F32', [1], bytesOf(Float32Array.of(1.5))],
    });
    expect((await loadTensors(path, { names: ['weight'] }))['weight']!.item()).toBe(1.5);
    const error = await errorOf(loadTensors(path));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe(
      `loadTensors: ${path}: tensor "scale" has dtype "F8_E4M3"; expected one of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL. Read the other tensors by name`,
    );
  });

  test('a name that the file lacks is refused, with the nearest one', async () => {
    write({ weight: ['F32', [0], new Uint8Array(0)] });
    expect((await errorOf(loadTensors(path, { names: ['wieght'] }))).message).toBe(
      `loadTensors: ${path}: the file has no tensor "wieght"; expected one of ["weight"]. Did you mean "weight"?`,
    );
    expect((await errorOf(loadArrays(path, { names: ['bias'] }))).message).toBe(
      `loadArrays: ${path}: the file has no tensor "bias"; expected one of ["weight"]`,
    );
  });

  test('options are checked', async () => {
    for (const [options, message] of [
      [{ names: 'weight' }, 'loadTensors: names is "weight"; expected an array of strings'],
      [{ names: ['a', 1] }, 'loadTensors: names[1] is 1; expected a string'],
      [{ maxBytes: -1 }, 'loadTensors: maxBytes is -1; expected an integer of at least 0'],
      [{ name: ['a'] }, 'loadTensors: unknown option "name"; did you mean "names"?'],
    ] as const) {
      const error = await errorOf(loadTensors(path, options as never));
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toBe(message);
    }
  });

  test('__proto__ is a name like any other, from file to tensors', async () => {
    write(Object.fromEntries([['__proto__', ['F32', [1], bytesOf(Float32Array.of(3))]]]) as never);
    const tensors = await loadTensors(path, { names: ['__proto__'] });
    expect(Object.keys(tensors)).toEqual(['__proto__']);
    expect(Object.values(tensors)[0]!.item()).toBe(3);
  });
});

describe('FOUND G1: half floats', () => {
  /** A half by its definition. */
  function numberOf(half: number): number {
    const sign = half >> 15 === 0 ? 1 : -1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }

  test('of IEEE 754 widen exactly, all 65,536 of them', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const floats = decodeElements('F16', bytesOf(halves)) as Float32Array;
    expect(floats.every((value, i) => Object.is(value, numberOf(i)))).toBe(true);
    // Known ones: 1, the smallest, the largest, -2, π.
    expect([0x3c00, 0x0001, 0x7bff, 0xc000, 0x4248].map((half) => floats[half])).toEqual([
      1,
      2 ** -24,
      65504,
      -2,
      3.140625,
    ]);
  });

  test('of bfloat16 are the upper halves of float32', () => {
    const floats = decodeElements('BF16', bytesOf(Uint16Array.of(0x3f80, 0xc040, 0x7f80, 0x8000, 0x0001)));
    expect(floats).toEqual(Float32Array.of(1, -3, Number.POSITIVE_INFINITY, -0, 2 ** -133));
  });

  test('make float32 tensors', async () => {
    write({
      w: ['F16', [2], bytesOf(Uint16Array.of(0x3c00, 0xc000))],
      v: ['BF16', [], bytesOf(Uint16Array.of(0x4049))],
    });
    const { w, v } = await loadTensors(path);
    expect([w!.dtype, w!.toArray(), v!.item()]).toEqual(['float32', [1, -2], 3.140625]);
  });
});

describe('FOUND L4: a hostile header', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

  test.each([
    [
      'for a tensor',
      `{"a":${nested(200_000)}}`,
      'tensor "a" is [[[[…]]]]; expected an object of dtype, shape and data_offsets',
    ],
    [
      'for a shape',
      `{"a":{"dtype":"F32","shape":${nested(200_000)},"data_offsets":[0,0]}}`,
      'tensor "a" has shape [[[[…]]]]; expected whole numbers with a product below 2^53',
    ],
    ['for metadata', `{"__metadata__":{"a":${nested(200_000)}}}`, '__metadata__["a"] is [[[[…]]]]; expected a string'],
    ['for everything', nested(200_000), 'the header is not a JSON object; expected a safetensors file'],
    [
      'in objects',
      `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`,
      'tensor "a" is an object of ["a"]; expected an object of dtype, shape and data_offsets',
    ],
  ])('nested 200,000 deep %s is reported in a short sentence', async (_, json, message) => {
    writeHeader(json);
    const error = await errorOf(loadTensors(path));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe(`loadTensors: ${path}: ${message}`);
  });

  test('with a string of millions of characters, or a million keys, is reported in a short sentence', async () => {
    for (const json of [
      `{"${'x'.repeat(5e6)}":1}`,
      `{"a":{${Array.from({ length: 500_000 }, (_, i) => `"${i}":0`).join()}}}`,
      `{"__metadata__":{"${'\\u0061'.repeat(1e6)}":1}}`,
      `{"a":{"dtype":"${'F'.repeat(5e6)}","shape":[],"data_offsets":[0,0]}}`,
    ]) {
      writeHeader(json);
      const error = await errorOf(loadTensors(path));
      expect(error).toBeInstanceOf(DataError);
      expect(error.message.length).toBeLessThan(600 + path.length);
    }
  });
});

describe('FOUND L3: sizes are checked against each other before anything is allocated', () => {
  /** The file system, which notes how much was read. */
  function counting(): { files: typeof platform.files; read: () => number } {
    let read = 0;
    const files = {
      ...platform.files,
      async openToRead(at: string) {
        const file = await platform.files.openToRead(at);
        return {
          ...file,
          async read(into: Uint8Array, position: number) {
            const count = await file.read(into, position);
            read += count;
            return count;
          },
        };
      },
    };
    return { files, read: () => read };
  }

  test('a shape that needs more bytes than the file has', async () => {
    writeHeader('{"a":{"dtype":"F32","shape":[30000,30000],"data_offsets":[0,3600000000]}}');
    const error = await errorOf(loadTensors(path));
    expect(error.message).toBe(
      `loadTensors: ${path}: the data has 0 bytes; expected 3600000000 (the end of the last tensor)`,
    );
  });

  test('of a large file with a broken header only the header is read', async () => {
    writeHeader('{"a":1}');
    truncateSync(path, 1.5e9); // sparse: it takes no room
    const { files, read } = counting();
    const error = await errorOf(readSafetensors('f', path, { files }));
    expect(error.message).toBe(`f: ${path}: tensor "a" is 1; expected an object of dtype, shape and data_offsets`);
    expect(read()).toBe(15);
  });

  test('of a large file only the tensors asked for are read', async () => {
    const json =
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[1000000000],"data_offsets":[4,1000000004]}}';
    writeHeader(json);
    truncateSync(path, 8 + json.length + 1_000_000_004);
    const { files, read } = counting();
    const { tensors } = await readSafetensors('f', path, { files, names: ['a'] });
    expect(tensors['a']!.data).toEqual(Float32Array.of(0));
    expect(read()).toBe(8 + json.length + 4);
  });

  test('an unknown type that ends before it starts, to hide that the one before is too long', async () => {
    const json =
      '{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"F4","shape":[1],"data_offsets":[8,4]}}';
    writeHeader(json, new Uint8Array(4));
    expect((await errorOf(loadTensors(path, { names: ['a'] }))).message).toBe(
      `loadTensors: ${path}: tensor "b" lies at [8, 4]; expected an end that is not before its start (F4 of shape [1])`,
    );
  });

  test('a file of ours is checked against its hash, whichever tensors are asked for', async () => {
    const tensors = { a: { data: Uint8Array.of(1), shape: [1] }, b: { data: Uint8Array.of(2), shape: [1] } };
    const file = Buffer.concat(encodeSafetensors(tensors));
    file[file.length - 1] = 3; // in b
    writeFileSync(path, file);
    expect((await errorOf(loadArrays(path, { names: ['a'] }))).message).toBe(
      `loadArrays: ${path}: its contents do not match its SHA-256. The file is damaged or was changed by another program`,
    );
  });

  test('a file above the cap is refused unread, and read where maxBytes allows it', async () => {
    write({ a: ['U8', [1000], new Uint8Array(1000)] });
    const { files, read } = counting();
    const error = await errorOf(readSafetensors('f', path, { files, maxBytes: 1000 }));
    expect(error.message).toBe(
      `f: ${path} has 1067 bytes; expected at most 1000. A larger file is read with the option maxBytes`,
    );
    expect(read()).toBe(0);
    expect((await loadArrays(path, { maxBytes: 2000 }))['a']!.data.length).toBe(1000);
    truncateSync(path, 2 ** 31 + 1);
    expect((await errorOf(loadTensors(path))).message).toBe(
      `loadTensors: ${path} has 2147483649 bytes; expected at most 2147483648. A larger file is read with the option maxBytes`,
    );
  });

  test('a file that becomes shorter while it is read', async () => {
    write({ a: ['U8', [100], new Uint8Array(100)] });
    const files = {
      ...platform.files,
      async openToRead(at: string) {
        const file = await platform.files.openToRead(at);
        const { size } = await file.status();
        truncateSync(path, size - 1);
        return { ...file, status: async () => ({ ...(await file.status()), size }) };
      },
    };
    const error = await errorOf(readSafetensors('f', path, { files }));
    expect(error.message).toBe(`f: ${path} became shorter while it was read; expected a safetensors file`);
  });
});
