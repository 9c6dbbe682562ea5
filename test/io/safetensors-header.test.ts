/** Edges of the header that other writers reach, and that a changed line would move unnoticed. */
import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/errors.js';
import { findDuplicateKey } from '../../src/io/duplicate-key.js';
import { decodeSafetensors } from '../../src/io/safetensors.js';
import { LONGEST_HEADER } from '../../src/io/safetensors-header.js';

/** A file with this text as its header and these bytes of data. */
function decode(header: string | object, data: Uint8Array = new Uint8Array(0)) {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return decodeSafetensors(Buffer.concat([prefix, json, data]), 'load', 'x.safetensors');
}

const bytes = (shape: number[], ...offsets: number[]) => ({ dtype: 'U8', shape, data_offsets: offsets });

describe('a header', () => {
  test('may list tensors in another order than their data', () => {
    const { tensors } = decode(
      { second: bytes([1], 2, 3), empty: bytes([0], 2, 2), first: bytes([2], 0, 2) },
      Uint8Array.of(7, 8, 9),
    );
    expect(tensors['first']!.data).toEqual(Uint8Array.of(7, 8));
    expect(tensors['second']!.data).toEqual(Uint8Array.of(9));
    expect(tensors['empty']!.data).toEqual(new Uint8Array(0));
  });

  test('may be as long as the limit to the byte, and not longer', () => {
    const padded = (length: number) => '{}'.padEnd(length);
    expect(decode(padded(LONGEST_HEADER)).tensors).toEqual({});
    expect(() => decode(padded(LONGEST_HEADER + 1))).toThrow(`at most ${LONGEST_HEADER}`);
  });

  test('is refused with a byte order mark before it, which the format does not know', () => {
    expect(() => decode('\ufeff{}')).toThrow(DataError);
  });

  test.each([
    ['a tensor that is null', { a: null }, /tensor "a" is null/],
    ['a dtype that is a number', { a: { dtype: 5, shape: [], data_offsets: [0, 0] } }, /tensor "a" has dtype 5/],
    [
      'data that ends before it begins, of a dtype that is not read',
      { a: { dtype: 'F8_E4M3', shape: [0], data_offsets: [1, 0] } },
      /tensor "a" lies at \[1, 0\]/,
    ],
  ])('is refused with %s, as a DataError', (_, header, message) => {
    expect(() => decode(header, new Uint8Array(1))).toThrow(DataError);
    expect(() => decode(header, new Uint8Array(1))).toThrow(message);
  });

  test('is read where a tensor of another dtype has no bytes', () => {
    expect(() => decode({ a: { dtype: 'F8_E4M3', shape: [0], data_offsets: [0, 0] } })).not.toThrow(/lies at/);
  });
});

test.each(['\t', '\n', '\r', ' \t\r\n '])('a key is found twice also with %j before its colon', (space) => {
  expect(findDuplicateKey(`{"a":1,"a"${space}:2}`)).toBe('a');
});
