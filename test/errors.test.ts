import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  BackendError,
  DataError,
  DivergenceError,
  DtypeError,
  formatComplaint,
  ShapeError,
  StateError,
  show,
  ZerokaraError,
} from '../src/errors.js';

describe('errors', () => {
  test('tell operation, what came, what was expected and the fix, in this order', () => {
    expect(formatComplaint({ operation: 'f', found: 'x is 1', expected: '2', fix: 'Give 2' })).toBe(
      'f: x is 1; expected 2. Give 2',
    );
    expect(formatComplaint({ operation: 'f', found: 'called before g' })).toBe('f: called before g');
  });

  test.each([
    [ShapeError, 'ZK_SHAPE'],
    [DtypeError, 'ZK_DTYPE'],
    [ArgumentError, 'ZK_ARGUMENT'],
    [BackendError, 'ZK_BACKEND'],
    [DataError, 'ZK_DATA'],
    [StateError, 'ZK_STATE'],
  ])('%o is a ZerokaraError with a stable code, its own name, and a cause', (Kind, code) => {
    const cause = new Error('below');
    const error = new Kind({ operation: 'f', found: 'x' }, { cause });
    expect(error).toBeInstanceOf(ZerokaraError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code, name: Kind.name, message: 'f: x', cause });
  });

  test('DivergenceError carries the loss and the place', () => {
    const at = { step: 3, epoch: 1, learningRate: 10 };
    expect(new DivergenceError(Number.NaN, { operation: 'f', found: 'x' }, { at })).toMatchObject({
      code: 'ZK_DIVERGENCE',
      loss: Number.NaN,
      at,
    });
  });

  test.each([
    ['a', '"a"'],
    [1.5, '1.5'],
    [-0, '-0'],
    [Number.NaN, 'NaN'],
    [10n, '10n'],
    [undefined, 'undefined'],
    [null, 'null'],
    [[1, [2, 'x']], '[1, [2, "x"]]'],
    [new Array(20).fill(0), '[0, 0, 0, 0, 0, 0, 0, 0, …]'],
    [new Float32Array(3), 'a Float32Array of 3'],
    [new Int8Array(3), 'an Int8Array of 3'],
    [new ArrayBuffer(2), 'an ArrayBuffer'],
    [new Map(), 'a Map'],
    [Object.create(null), 'an object'],
    [() => 1, 'a function'],
  ])('show writes %o as %s', (value, text) => {
    expect(show(value)).toBe(text);
  });
});
