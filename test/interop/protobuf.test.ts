import { describe, expect, test } from 'vitest';
import { bytes, float, integer, joined, type Message, message, nested, text } from '../../src/interop/protobuf.js';

const hex = (...fields: readonly Message[]): string => Buffer.from(joined(message(...fields))).toString('hex');

describe('protocol buffers', () => {
  test('are those of the format’s own description', () => {
    // https://protobuf.dev/programming-guides/encoding: field 1 with 150, field 2 with "testing", the first inside field 3
    expect(hex(integer(1, 150))).toBe('089601');
    expect(hex(text(2, 'testing'))).toBe('120774657374696e67');
    expect(hex(nested(3, integer(1, 150)))).toBe('1a03089601');
  });

  test('have whole numbers of seven bits a byte, beyond 32 bits too', () => {
    expect(hex(integer(1, 0), integer(1, 127), integer(1, 128))).toBe('0800' + '087f' + '088001');
    expect(hex(integer(1, 2 ** 35))).toBe('08' + '808080808001');
    expect(hex(integer(20, 7))).toBe('a00107'); // a field's number above 15 takes two bytes
  });

  test('have floats in four bytes, text in UTF-8, and bytes as they are', () => {
    expect(hex(float(2, -0.5))).toBe('15000000bf');
    expect(hex(text(1, 'é'))).toBe('0a02c3a9');
    expect(hex(bytes(9, Uint8Array.of(0, 255)))).toBe('4a0200ff');
    expect(hex(nested(1, message()))).toBe('0a00');
  });
});
