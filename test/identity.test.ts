import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  brand,
  isFloat32,
  isFloat64,
  isFloats,
  isInstance,
  isInt32,
  isNamed,
  isShared,
  isUint8,
  typedArrayName,
} from '../src/identity.js';
import { Random } from '../src/random.js';
import { VERSION } from '../src/version.js';

/** Values of another realm: their constructors are not ours. */
const realm = createContext();
const foreign = <T>(expression: string): T => runInContext(`(${expression})`, realm) as T;

const ARRAYS = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const;

describe('FOUND C4: typed arrays of another realm', () => {
  test.each(ARRAYS)('%s is known by its tag', (name) => {
    const array = foreign<object>(`new ${name}(2)`);
    expect(array).not.toBeInstanceOf(globalThis[name]);
    for (const value of [array, new globalThis[name](2)]) {
      expect(typedArrayName(value)).toBe(name);
      expect(isFloat32(value)).toBe(name === 'Float32Array');
      expect(isFloat64(value)).toBe(name === 'Float64Array');
      expect(isFloats(value)).toBe(name.startsWith('Float'));
      expect(isInt32(value)).toBe(name === 'Int32Array');
      expect(isUint8(value)).toBe(name === 'Uint8Array');
    }
  });

  test('a Buffer is a Uint8Array; what only looks like an array is none', () => {
    expect(typedArrayName(Buffer.alloc(1))).toBe('Uint8Array');
    for (const value of [
      undefined,
      null,
      1,
      'Float32Array',
      [1],
      new DataView(new ArrayBuffer(1)),
      new ArrayBuffer(1),
      { [Symbol.toStringTag]: 'Float32Array', length: 0 },
    ]) {
      expect(typedArrayName(value)).toBeUndefined();
      expect(isFloats(value)).toBe(false);
    }
  });

  test('shared memory is known too', () => {
    expect(isShared(foreign<Uint8Array>('new Uint8Array(new SharedArrayBuffer(1))'))).toBe(true);
    expect(isShared(new Uint8Array(new SharedArrayBuffer(1)))).toBe(true);
    expect(isShared(foreign<Uint8Array>('new Uint8Array(1)'))).toBe(false);
  });
});

describe('FOUND C5: objects of another copy of the package', () => {
  /** The class as a second copy would have it. */
  const other = (version: string): object =>
    Object.defineProperty({}, Symbol.for('zerokara.Random'), { value: { version, place: '/app/other/zerokara' } });

  test('are known where the version is the same', () => {
    expect(isInstance(new Random(1), Random)).toBe(true);
    expect(isInstance(other(VERSION), Random)).toBe(true);
    expect(isInstance(other('0.0.1'), Random)).toBe(false);
    for (const value of [undefined, null, 1, {}, Random]) expect(isInstance(value, Random)).toBe(false);
  });

  test('a subclass is an object of both classes, its base only of its own', () => {
    class Base {}
    class Derived extends Base {}
    brand(Base, 'Base');
    brand(Derived, 'Derived');
    expect([isInstance(new Derived(), Base), isInstance(new Base(), Derived)]).toEqual([true, false]);
  });

  test('a brand does not show in an object', () => {
    expect(JSON.stringify(Object.getOwnPropertyDescriptors(Random.prototype))).not.toContain(VERSION);
    expect(Object.keys(new Random(1))).not.toContain('zerokara.Random');
    expect(structuredClone({ ...new Random(1) })).toEqual({ ...new Random(1) });
  });
});

test("the version is package.json's", () => {
  const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8')) as {
    version: string;
  };
  expect(VERSION).toBe(version);
});

test('FOUND C4, C5: no file asks instanceof for typed arrays or classes of the package', () => {
  const classes = ['Tensor', 'Dataset', 'Rows', 'Random', 'ZerokaraError', 'DataError', 'DivergenceError'];
  const asked = new RegExp(`instanceof (${[...ARRAYS, 'SharedArrayBuffer', ...classes].join('|')})\\b`, 'g');
  const source = resolve(import.meta.dirname, '../src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/^(cli|bench|identity)\b/.test(file))
    .map((file) => [file, readFileSync(join(source, file), 'utf8').match(asked)]);
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter(([, found]) => found !== null)).toEqual([]);
});

test('an object is recognised by the name of its class, of this version alone', () => {
  class Branded {}
  brand(Branded, 'BrandedByName');
  expect([new Branded(), {}, undefined, null, 5].map((value) => isNamed(value, 'BrandedByName'))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  const other = { [Symbol.for('zerokara.BrandedByName')]: { version: `${VERSION}-other`, place: '' } };
  expect(isNamed(other, 'BrandedByName')).toBe(false);
});
