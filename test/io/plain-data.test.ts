import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/errors.js';
import { copyPlain, copyTogether, samePlain } from '../../src/io/plain-data.js';
import { expectRefusal } from '../support/refusal.js';

const value = () => ({
  numbers: { a: 1, b: -0, c: Number.NaN },
  list: [1, 'two', null, { deep: Float64Array.of(1, 2) }],
  floats: Float32Array.of(0.1, 0.2),
  absent: undefined,
});

describe('copyPlain', () => {
  test('keeps the type of every typed array', () => {
    const value = {
      ids: Int32Array.of(1, -2),
      mask: Uint8Array.of(3),
      big: BigInt64Array.of(4n),
      x: Float32Array.of(5),
    };
    const copied = copyPlain(value);
    expect(copied).toEqual(value);
    expect(copied.ids.buffer).not.toBe(value.ids.buffer);
    expect(samePlain(copied, value)).toBe(true);
    copied.ids[1] = 0;
    expect(samePlain(copied, value)).toBe(false);
  });

  test.each([copyPlain, copyTogether])('tells how much memory is missing: $name', (copy) => {
    const x = Object.assign(new Float32Array(20_000), {
      slice: (): never => {
        throw new RangeError('Array buffer allocation failed');
      },
    });
    const message = 'copy: 20000 float32 numbers take 80.0 kB; expected no more than this process can allocate';
    expectRefusal(() => copy({ x }), ArgumentError, message);
  });

  test('shares nothing with what it copies', () => {
    const original = value();
    const copy = copyPlain(original);
    expect(samePlain(copy, original)).toBe(true);
    original.floats[0] = 9;
    original.numbers.a = 9;
    (original.list[3] as { deep: Float64Array }).deep[0] = 9;
    expect(samePlain(copy, value())).toBe(true);
  });

  test('uses the arrays of an old copy again where they have the same type and length', () => {
    const old = copyPlain({ same: new Float32Array(2), longer: new Float32Array(3), other: new Float64Array(2) });
    const copy = copyPlain(
      { same: Float32Array.of(1, 2), longer: Float32Array.of(1, 2), other: Float32Array.of(1, 2) },
      old,
    );
    expect(copy.same).toBe(old.same);
    expect([...old.same]).toEqual([1, 2]);
    expect([copy.longer, copy.other]).toEqual([Float32Array.of(1, 2), Float32Array.of(1, 2)]);
  });

  test('copies a view as its own numbers, and an entry of any name', () => {
    const view = new Float32Array(10).fill(3).subarray(2, 4);
    const copy = copyPlain({ view, ...JSON.parse('{ "__proto__": 7 }') });
    expect(copy.view.buffer.byteLength).toBe(8);
    expect(Object.entries(copy)).toContainEqual(['__proto__', 7]);
  });
});

describe('copyTogether', () => {
  const arrays = () => ({
    W: Float32Array.of(1, 2, 3),
    of: [Float64Array.of(4), { b: Float32Array.of(Number.NaN) }] as const,
    rows: Int32Array.of(5),
    large: new Float32Array(2 ** 14 + 1).fill(6),
  });

  test('puts small floats into one memory, aligned, and shares nothing with what it copies', () => {
    const value = arrays();
    const copy = copyTogether(value);
    expect(samePlain(copy, value)).toBe(true);
    const { W, of, rows, large } = copy;
    expect([W, of[0], of[1].b].map(({ byteOffset }) => byteOffset)).toEqual([0, 16, 24]);
    expect(new Set([W.buffer, of[0].buffer, of[1].b.buffer]).size).toBe(1);
    expect(W.buffer.byteLength).toBe(32);
    expect([rows.buffer.byteLength, large.buffer.byteLength]).toEqual([4, large.byteLength]);
    W[0] = 9;
    expect(samePlain(value, arrays())).toBe(true);
  });

  test('uses the arrays of an old copy again', () => {
    const old = copyTogether(arrays());
    const copy = copyTogether({ ...arrays(), more: Float32Array.of(7) }, old);
    expect([copy.W === old.W, copy.of[1].b === old.of[1].b, copy.large === old.large]).toEqual([true, true, true]);
    expect(copy.more).toEqual(Float32Array.of(7));
  });
});

describe('samePlain', () => {
  test.each([
    [0, -0],
    [Number.NaN, 1],
    [[1], [1, 2]],
    [[], {}],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, null],
    ['1', 1],
    [Float32Array.of(1), Float64Array.of(1)],
    [Float32Array.of(1), Float32Array.of(1, 1)],
    [Float32Array.of(0), Float32Array.of(-0)],
    [Float32Array.of(1), [1]],
    [{ deep: [{ a: Float64Array.of(1) }] }, { deep: [{ a: Float64Array.of(2) }] }],
  ])('tells %o from %o', (a, b) => {
    expect([samePlain(a, b), samePlain(b, a), samePlain(a, a), samePlain(b, b)]).toEqual([false, false, true, true]);
  });

  test('takes an absent entry for an undefined one, and compares NaN by its bits', () => {
    expect(samePlain({ a: undefined }, {})).toBe(true);
    expect(samePlain(Float32Array.of(Number.NaN), Float32Array.of(Number.NaN))).toBe(true);
    const other = new Float32Array(Uint32Array.of(0x7fc00001).buffer);
    expect(samePlain(Float32Array.of(Number.NaN), other)).toBe(false);
  });
});

describe('samePlain', () => {
  test('tells arrays from arrays of another type with the same bytes, from objects and from numbers', () => {
    const zeros = new Float32Array(2);
    expect(samePlain(zeros, new Float64Array(1))).toBe(false);
    expect(samePlain(zeros, { length: 2, buffer: zeros.buffer, byteOffset: 0, byteLength: 8 })).toBe(false);
    expect(samePlain(zeros, Float32Array.of(0, 0))).toBe(true);
    expect(samePlain(zeros, Float32Array.of(0, -0))).toBe(false);
    expect(samePlain({}, 1)).toBe(false);
    expect(samePlain(1, {})).toBe(false);
    expect(samePlain(zeros, 0)).toBe(false);
  });
});
