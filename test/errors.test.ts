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

  test('FOUND L4: show answers in at most 200 characters, whatever the value is', () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic, cyclic);
    let deep: unknown = 1;
    for (let i = 0; i < 200_000; i++) deep = [deep];
    const unreadable = Proxy.revocable([], {});
    unreadable.revoke();
    const hostile = {
      get constructor(): never {
        throw new Error('no');
      },
    };
    class Long {}
    Object.defineProperty(Long, 'name', { value: 'L'.repeat(1e6) });
    expect([
      show(cyclic),
      show(deep),
      show(new Array(1e6).fill('x'.repeat(1e6))),
      show('x'.repeat(1e6)),
      show(10n ** 100_000n),
      show(unreadable.proxy),
      show(hostile),
      show(new Long()),
      show({ constructor: { name: 5 } }),
    ]).toEqual([
      '[[[[…], […]], [[…], […]]], [[[…], […]], [[…], […]]]]',
      '[[[[…]]]]',
      `["${'x'.repeat(100)}"…, "${'x'.repeat(92)}…`,
      `"${'x'.repeat(100)}"…`,
      'a bigint of more than 100 digits',
      'an object that cannot be read',
      'an object that cannot be read',
      `a ${'L'.repeat(99)}…`,
      'an object',
    ]);
  });
});
