import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError, ShapeError } from '../../src/errors.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/io/safetensors.js';
import { copyLittleEndian } from '../../src/io/safetensors-types.js';
import { Random } from '../../src/random.js';

const GOLDEN = resolve(import.meta.dirname, '../golden/two-arrays.safetensors');

const encode = (...args: Parameters<typeof encodeSafetensors>): Buffer => Buffer.concat(encodeSafetensors(...args));
const decode = (bytes: Uint8Array) => decodeSafetensors(bytes, 'Network.load', 'net.safetensors');

/** A file with this header and this many bytes of data, as another program might write it. */
function file(header: unknown, dataBytes: number): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([prefix, json, Buffer.alloc(dataBytes)]);
}

function messageOf(call: () => unknown, type: new (...args: never[]) => Error): string {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(type);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

/** A small file of ours with every element type and some metadata. */
function sample(): Buffer {
  const random = new Random(11);
  return encode(
    {
      W1: { data: Float32Array.from({ length: 12 }, () => random.normal()), shape: [3, 4] },
      b1: { data: Float64Array.from({ length: 4 }, () => random.normal()), shape: [4] },
      order: { data: Int32Array.of(2, -1, 0), shape: [3] },
      pixels: { data: Uint8Array.of(0, 128, 255), shape: [1, 3] },
    },
    { architecture: '{"type":"TwoLayerNet","hiddenSize":4}', note: 'ゼロから' },
  );
}

describe('a file written and read again', () => {
  test('holds the same names, shapes, types and metadata', () => {
    const contents = decode(
      encode(
        {
          odd: { data: Uint8Array.of(1, 2, 3), shape: [3] },
          scalar: { data: Float64Array.of(Math.PI), shape: [] },
          none: { data: new Float32Array(0), shape: [0, 7] },
          'a "name"\n': { data: Int32Array.of(-5), shape: [1, 1, 1] },
        },
        { key: 'value', empty: '' },
      ),
    );
    expect(contents).toEqual({
      tensors: {
        odd: { data: Uint8Array.of(1, 2, 3), shape: [3] },
        scalar: { data: Float64Array.of(Math.PI), shape: [] },
        none: { data: new Float32Array(0), shape: [0, 7] },
        'a "name"\n': { data: Int32Array.of(-5), shape: [1, 1, 1] },
      },
      metadata: { key: 'value', empty: '' },
    });
  });

  test('is bit-equal, signalling NaNs and their payloads, infinities and -0 included', () => {
    const bits32 = Uint32Array.of(0x7fa00001, 0xffc12345, 0x7f800000, 0x80000000, 0x00000001);
    const bits64 = BigUint64Array.of(0x7ff4000000000001n, 0xfff8123456789abcn, 0x8000000000000000n, 1n);
    const { tensors } = decode(
      encode({
        f32: { data: new Float32Array(bits32.buffer), shape: [5] },
        f64: { data: new Float64Array(bits64.buffer), shape: [2, 2] },
      }),
    );
    expect(new Uint32Array(tensors['f32']!.data.buffer)).toEqual(bits32);
    expect(new BigUint64Array(tensors['f64']!.data.buffer)).toEqual(bits64);
  });

  test('can have no tensors at all', () => {
    expect(decode(encode({}))).toEqual({ tensors: {}, metadata: {} });
  });

  test('FOUND G1: keeps a tensor called __proto__ as a plain name', () => {
    const tensors = Object.fromEntries([['__proto__', { data: Float32Array.of(1), shape: [1] }]]);
    const contents = decode(encode(tensors));
    expect(Object.keys(contents.tensors)).toEqual(['__proto__']);
    expect(Object.values(contents.tensors)[0]!.data).toEqual(Float32Array.of(1));
    expect(Object.getPrototypeOf(contents.tensors)).toBeNull();
  });

  test('takes subviews and shared memory, and is a snapshot', () => {
    const shared = new Float32Array(new SharedArrayBuffer(16));
    shared.set([1, 2, 3, 4]);
    const chunks = encodeSafetensors({ x: { data: shared.subarray(1, 3), shape: [2] } });
    shared.fill(9);
    expect(decode(Buffer.concat(chunks)).tensors['x']!.data).toEqual(Float32Array.of(2, 3));
  });

  test('reads from any offset of a larger buffer', () => {
    const bytes = sample();
    const larger = Buffer.alloc(bytes.length + 3);
    larger.set(bytes, 3);
    expect(decode(larger.subarray(3))).toEqual(decode(bytes));
  });
});

describe('the bytes', () => {
  test('start the data at a multiple of 8 and each array at a multiple of its element', () => {
    const bytes = sample();
    const length = Number(bytes.readBigUInt64LE());
    expect(length % 8).toBe(0);
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
    const places = Object.entries<{ data_offsets: number[] }>(header)
      .filter(([name]) => name !== '__metadata__')
      .map(([name, entry]) => [name, ...entry.data_offsets]);
    expect(places).toEqual([
      ['b1', 0, 32],
      ['W1', 32, 80],
      ['order', 80, 92],
      ['pixels', 92, 95],
    ]);
  });

  test('hold the SHA-256 of the whole file with its own digits zero', async () => {
    const bytes = sample();
    const hash = /"zerokara\.sha256":"([0-9a-f]{64})"/.exec(bytes.toString('latin1'))![1]!;
    const blank = Buffer.from(bytes.toString('latin1').replace(hash, '0'.repeat(64)), 'latin1');
    const { createHash } = await import('node:crypto');
    expect(createHash('sha256').update(blank).digest('hex')).toBe(hash);
  });

  test('of numbers are little-endian on a big-endian host too', () => {
    const from = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const swapped = (itemSize: number, host: 'LE' | 'BE') => {
      const to = new Uint8Array(8);
      copyLittleEndian(to, from, itemSize, host === 'LE');
      return [...to];
    };
    expect(swapped(4, 'LE')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(swapped(1, 'BE')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(swapped(4, 'BE')).toEqual([4, 3, 2, 1, 8, 7, 6, 5]);
    expect(swapped(8, 'BE')).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test('are read from a file laid out by NumPy and the json and struct modules of Python', () => {
    // numpy: w = arange(6).reshape(2, 3) / 4 as float32, b = [1e300, -0.0] as float64, metadata {"who": "numpy"}.
    const { tensors, metadata } = decode(readFileSync(GOLDEN));
    expect(tensors['w']).toEqual({ data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25), shape: [2, 3] });
    expect(tensors['b']).toEqual({ data: Float64Array.of(1e300, -0), shape: [2] });
    expect(metadata).toEqual({ who: 'numpy' });
  });
});

describe('a damaged file of ours', () => {
  test('is refused after 1,500 of 1,500 random bit flips', () => {
    const random = new Random(3);
    const good = encode(
      { W1: { data: Float32Array.from({ length: 2000 }, () => random.normal()), shape: [40, 50] } },
      { architecture: '{}' },
    );
    decode(good);
    for (let i = 0; i < 1500; i++) {
      const bit = random.integer(good.length * 8);
      good[bit >> 3]! ^= 1 << (bit & 7);
      messageOf(() => decode(good), DataError);
      good[bit >> 3]! ^= 1 << (bit & 7);
    }
    decode(good);
  });

  test('is refused after the flip of any one bit of it', () => {
    const good = sample();
    for (let bit = 0; bit < good.length * 8; bit++) {
      good[bit >> 3]! ^= 1 << (bit & 7);
      messageOf(() => decode(good), DataError);
      good[bit >> 3]! ^= 1 << (bit & 7);
    }
  });

  test('is refused at every shorter length, and one byte longer', () => {
    const good = sample();
    for (let length = 0; length < good.length; length++) {
      messageOf(() => decode(good.subarray(0, length)), DataError);
    }
    messageOf(() => decode(Buffer.concat([good, Buffer.alloc(1)])), DataError);
  });

  test('is detected by its hash, in data and header alike', () => {
    const changed =
      'Network.load: net.safetensors: its contents do not match its SHA-256. The file is damaged or was changed by another program';
    const inData = sample();
    inData[inData.length - 1]! ^= 1;
    expect(messageOf(() => decode(inData), DataError)).toBe(changed);
    const inHeader = Buffer.from(sample().toString('latin1').replace('hiddenSize', 'hiddenSite'), 'latin1');
    expect(messageOf(() => decode(inHeader), DataError)).toBe(changed);
  });

  test('cannot lose its hash unnoticed', () => {
    const renamed = Buffer.from(sample().toString('latin1').replace('zerokara.sha256', 'zerokara.sha257'), 'latin1');
    expect(messageOf(() => decode(renamed), DataError)).toBe(
      'Network.load: net.safetensors: its metadata lacks "zerokara.sha256". The file is damaged or was changed by another program',
    );
  });
});

describe('a file of another program', () => {
  const one = (offsets: unknown, shape: unknown = [1], dtype: unknown = 'F32') => ({
    dtype,
    shape,
    data_offsets: offsets,
  });

  test('is read by the rules of the format alone', () => {
    const { tensors, metadata } = decode(
      file({ a: one([0, 4]), b: one([4, 4], [0]), __metadata__: { format: 'pt' } }, 4),
    );
    expect(tensors).toEqual({
      a: { data: Float32Array.of(0), shape: [1] },
      b: { data: new Float32Array(0), shape: [0] },
    });
    expect(metadata).toEqual({ format: 'pt' });
  });

  test.each<[string, Buffer, string]>([
    ['is empty', Buffer.alloc(0), 'the file has 0 bytes; expected at least 8 (a safetensors file)'],
    [
      'begins with text',
      Buffer.from('weight,colour\n5,red\n'),
      'this is not a safetensors file: its first 8 bytes are not the length of a header',
    ],
    ...(
      [
        ['a zip archive, as torch.save, Keras and numpy.savez write', 'PK\x03\x04\x00\x00\x08\x08'],
        ['a pickle of Python', '\x80\x02\x8a\x0al\xfc\x9cF'],
        ['an HDF5 file, as Keras writes', '\x89HDF\r\n\x1a\n'],
        ['an array of numpy.save', '\x93NUMPY\x01\x00'],
      ] as const
    ).map(([what, start]): [string, Buffer, string] => [
      `is ${what}`,
      Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(100)]),
      `this is not a safetensors file: its first 8 bytes are not the length of a header. It is ${what}: write the arrays as safetensors there, as docs/interop.md shows`,
    ]),
    [
      'ends in its header',
      file({}, 0).subarray(0, 9),
      'the header has 2 bytes but only 1 follow. The file is cut short',
    ],
    ['has a header that is not JSON', file('{"a":', 0), 'the header is not valid JSON; expected a safetensors file'],
    [
      'has a header of broken UTF-8',
      file('{"a":1}', 0).fill(0xff, 10, 11),
      'the header is not valid JSON; expected a safetensors file',
    ],
    ['has a list for a header', file('[]', 0), 'the header is not a JSON object; expected a safetensors file'],
    ['begins its header with a space', file(' {}', 0), 'the header is not a JSON object; expected a safetensors file'],
    [
      'names a tensor twice',
      file('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":1}', 0),
      'the header has the key "a" twice',
    ],
    ['has metadata that is a list', file({ __metadata__: [] }, 0), '__metadata__ is []; expected an object of strings'],
    ['has a number in its metadata', file({ __metadata__: { n: 1 } }, 0), '__metadata__["n"] is 1; expected a string'],
    [
      'has an entry that is not an object',
      file({ a: 3 }, 0),
      'tensor "a" is 3; expected an object of dtype, shape and data_offsets',
    ],
    [
      'lacks a field',
      file({ a: { dtype: 'F32', shape: [] } }, 0),
      'tensor "a" is an object of ["dtype", "shape"]; expected an object of dtype, shape and data_offsets',
    ],
    [
      'has an unknown type',
      file({ a: one([0, 1], [1], 'F8_E4M3') }, 1),
      'tensor "a" has dtype "F8_E4M3"; expected one of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL. Read the other tensors by name',
    ],
    [
      'has a type named like a method',
      file({ a: one([0, 2], [1], 'toString') }, 2),
      'tensor "a" has dtype "toString"; expected one of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL. Read the other tensors by name',
    ],
    [
      'has a shape with a fraction',
      file({ a: one([0, 4], [0.5]) }, 4),
      'tensor "a" has shape [0.5]; expected whole numbers with a product below 2^53',
    ],
    [
      'has a shape with a negative length',
      file({ a: one([0, 4], [-1, -1]) }, 4),
      'tensor "a" has shape [-1, -1]; expected whole numbers with a product below 2^53',
    ],
    [
      'has a shape whose product overflows',
      file({ a: one([0, 0], [2 ** 52, 2 ** 12]) }, 0),
      'tensor "a" has shape [4503599627370496, 4096]; expected whole numbers with a product below 2^53',
    ],
    ['has one offset', file({ a: one([0]) }, 4), 'tensor "a" has data_offsets [0]; expected two whole numbers'],
    [
      'has a negative offset',
      file({ a: one([-4, 0]) }, 4),
      'tensor "a" has data_offsets [-4, 0]; expected two whole numbers',
    ],
    [
      'has a place too small for its shape',
      file({ a: one([0, 4], [2]) }, 4),
      'tensor "a" lies at [0, 4]; expected 8 bytes (F32 of shape [2])',
    ],
    [
      'has offsets in reverse',
      file({ a: one([4, 0], [1]) }, 4),
      'tensor "a" lies at [4, 0]; expected 4 bytes (F32 of shape [1])',
    ],
    [
      'has a gap before its first tensor',
      file({ a: one([4, 8]) }, 8),
      'tensor "a" begins at byte 4 of the data; expected 0, without gap or overlap',
    ],
    [
      'has tensors that overlap',
      file({ a: one([0, 8], [2]), b: one([4, 8]) }, 8),
      'tensor "b" begins at byte 4 of the data; expected 8, without gap or overlap',
    ],
    ['is cut short', file({ a: one([0, 8], [2]) }, 7), 'the data has 7 bytes; expected 8 (the end of the last tensor)'],
    [
      'has bytes after its end',
      file({ a: one([0, 8], [2]) }, 9),
      'the data has 9 bytes; expected 8 (the end of the last tensor)',
    ],
  ])('is refused when it %s', (_, bytes, message) => {
    expect(messageOf(() => decode(bytes), DataError)).toBe(`Network.load: net.safetensors: ${message}`);
  });
});

describe('encodeSafetensors', () => {
  const vector = { data: Float32Array.of(1, 2, 3), shape: [3] };

  test('refuses an array that does not fit its shape', () => {
    const tensors = { W1: { ...vector, shape: [2, 2] } };
    expect(messageOf(() => encode(tensors), ShapeError)).toBe(
      'encodeSafetensors: tensor "W1" has 3 elements; expected as many as its shape [2, 2] says',
    );
  });

  test('refuses a detached array', () => {
    const data = Float32Array.of(1, 2, 3);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    expect(messageOf(() => encode({ W1: { data, shape: [3] } }, {}, 'Network.save'), ShapeError)).toBe(
      'Network.save: tensor "W1" has 0 elements; expected as many as its shape [3] says',
    );
  });

  test('refuses an element type it cannot write', () => {
    const tensors = { W1: { data: new Uint8ClampedArray(3) as never, shape: [3] } };
    expect(messageOf(() => encode(tensors), ArgumentError)).toBe(
      'encodeSafetensors: tensor "W1" is an Uint8ClampedArray of 3; expected an array of floats or integers',
    );
  });

  test('refuses reserved names', () => {
    expect(messageOf(() => encode({ __metadata__: vector }), ArgumentError)).toBe(
      'encodeSafetensors: a tensor has the reserved name "__metadata__"',
    );
    expect(messageOf(() => encode({}, { format: 'pt' }), ArgumentError)).toBe(
      'encodeSafetensors: metadata has the reserved name "format"',
    );
    expect(messageOf(() => encode({}, { 'zerokara.sha256': '' }), ArgumentError)).toBe(
      'encodeSafetensors: metadata has the reserved name "zerokara.sha256"',
    );
  });

  test('refuses metadata that is not a string, or more of it than it would read', () => {
    expect(messageOf(() => encode({}, { epoch: 3 as never }), ArgumentError)).toBe(
      'encodeSafetensors: metadata["epoch"] is 3; expected a string',
    );
    expect(messageOf(() => encode({}, { long: 'x'.repeat(1 << 23) }), ArgumentError)).toBe(
      'encodeSafetensors: names, shapes and metadata take 8388744 bytes; expected at most 8388608',
    );
  });
});
