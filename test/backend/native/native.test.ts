/** What is specific to the compiled backend; the contract itself is tested in test/conformance. */

import { describe, expect, test } from 'vitest';
import { selectBackend } from '../../../src/backend/choose/load.js';
import { createNativeBackend, initializeAddon } from '../../../src/backend/native/native.js';
import { ArgumentError, ShapeError } from '../../../src/errors.js';
import { addonAt, addonFile } from '../../support/addon.js';
import { randomFloats, randomIntegers } from '../../support/random.js';
import { expectRefusal } from '../../support/refusal.js';

const path = addonFile();
const f32 = (...values: number[]) => Float32Array.from(values);

describe.skipIf(path === undefined)('native', () => {
  const { backend, addon } = path === undefined ? ({} as never) : selectBackend('native');

  test('functions that need no translation are the addon’s own', () => {
    expect(backend.gemm).toBe(addon!.gemm);
    expect(backend.softmaxCrossEntropy).toBe(addon!.softmaxCrossEntropy);
    expect(backend.gatherRows).toBe(addon!.gatherRows);
  });

  test('a subclass that lies about its length is seen through, and nothing is written', () => {
    class Liar extends Float32Array {
      override get length(): number {
        return 1000;
      }
    }
    const y = new Liar(2);
    expectRefusal(
      () => backend.axpy(100, 1, new Float32Array(100).fill(1), y),
      ShapeError,
      'axpy: y has 2 elements; expected at least 100 (n)',
    );
    expect([y[0], y[1]]).toEqual([0, 0]);
    backend.axpy(2, 1, f32(1, 2), y);
    expect([y[0], y[1]]).toEqual([1, 2]);
  });

  test('no argument is converted, so no valueOf can detach an array in the middle of a call', () => {
    const x = new Float32Array(1000);
    let ran = false;
    const trap = {
      valueOf(): number {
        ran = true;
        structuredClone(x.buffer, { transfer: [x.buffer] });
        return 1000;
      },
    };
    expectRefusal(
      () => backend.sumOfSquares(x, trap as unknown as number),
      ArgumentError,
      'sumOfSquares: n is an Object; expected an integer in [0, 2147483648)',
    );
    expect(ran).toBe(false);
    expect(x.length).toBe(1000);
  });

  test('a view that shrank with its resizable buffer is only as long as it is now', () => {
    const buffer = new (
      ArrayBuffer as unknown as new (
        bytes: number,
        options: object,
      ) => ArrayBuffer & { resize(n: number): void }
    )(64, { maxByteLength: 64 });
    const x = new Float32Array(buffer);
    expect(backend.sumOfSquares(x.fill(2), 16)).toBe(64);
    buffer.resize(32);
    expectRefusal(
      () => backend.sumOfSquares(x, 16),
      ShapeError,
      'sumOfSquares: x has 8 elements; expected at least 16 (n)',
    );
  });

  test('inputs may lie in shared memory', () => {
    const shared = (values: Float32Array) => {
      const view = new Float32Array(new SharedArrayBuffer(values.byteLength));
      view.set(values);
      return view;
    };
    const c = new Float32Array(1);
    backend.gemm(false, false, 1, 1, 2, 1, shared(f32(1, 2)), 2, shared(f32(3, 4)), 1, 0, c, 1);
    expect(c[0]).toBe(11);
    const bytes = new Uint8Array(new SharedArrayBuffer(4)).fill(3);
    const rows = new Float32Array(2);
    backend.gatherRows(rows, bytes, Int32Array.of(1), 0, 1, 2, 2);
    expect(Array.from(rows)).toEqual([6, 6]);
  });

  test('indices beyond those of the call may be anything: they are only fetched ahead when they are rows', () => {
    const indices = new Int32Array(200).fill(2 ** 31 - 1);
    indices.fill(-(2 ** 31), 100);
    indices[0] = 1;
    const out = new Float32Array(2);
    backend.gatherRows(out, f32(1, 2, 3, 4), indices, 0, 1, 2, 1);
    expect(Array.from(out)).toEqual([3, 4]);
  });

  test('the same call gives the same bits, wherever its arrays lie', () => {
    const [m, n] = [33, 50];
    const bias = randomFloats('float32', n, { seed: 1 });
    const z = randomFloats('float32', m * n, { seed: 2, low: -4, high: 4 });
    const labels = randomIntegers(m, n, { seed: 3 });
    const results = [0, 1, 2, 3, 5].map((offset) => {
      const at = (values: ArrayLike<number>) => {
        const view = new Float32Array(values.length + offset).subarray(offset);
        view.set(values);
        return view;
      };
      const y = at(z);
      backend.biasActivation(y, at(bias), m, n, 'sigmoid');
      const product = at(new Float32Array(n * n));
      backend.gemm(true, false, n, n, m, 1, y, n, at(z), n, 0, product, n);
      const gradient = at(z);
      const loss = backend.softmaxCrossEntropy(gradient, gradient, labels, null, m, n, 1 / m);
      return { y: Array.from(y), product: Array.from(product), gradient: Array.from(gradient), loss };
    });
    for (const result of results) expect(result).toEqual(results[0]);
  });

  test('a loss has the same bits with and without its gradient, even for rows longer than a block', () => {
    for (const n of [10, 1000, 1024, 1025, 5000]) {
      const logits = randomFloats('float32', 3 * n, { seed: n, low: -5, high: 5 });
      const labels = Int32Array.of(0, n - 1, 3);
      const alone = backend.softmaxCrossEntropy(null, logits, labels, null, 3, n, 1);
      expect(backend.softmaxCrossEntropy(new Float32Array(3 * n), logits, labels, null, 3, n, 1)).toBe(alone);
    }
  });

  test('an addon that was not initialized says so instead of crashing', () => {
    const holder = { exports: {} as typeof addon };
    process.dlopen(holder, path!);
    expect(() => holder.exports!.sumOfSquares(f32(1), -1)).toThrow('the addon was not initialized');
    expect(holder.exports!.sumOfSquares(f32(3), 1)).toBe(9);
  });

  test('two instances in one thread keep their own CPU level', () => {
    const [first, second] = [addonAt(path!, 'baseline'), addonAt(path!, addon!.info().isaSupported)];
    expect(first.info().isa).toBe('baseline');
    expect(second.info().isa).toBe(addon!.info().isaSupported);
    const again = createNativeBackend(first, 'a test');
    expect(again).toMatchObject({ name: 'native', reason: 'a test' });
    expect(again.sumOfSquares(f32(1, 2), 2)).toBe(5);
  });

  test('FOUND E3: a CPU level that this machine does not have is refused', () => {
    const instance = addonAt(path!, 'baseline');
    const modest = { initialize: (_: unknown, isa?: string) => isa !== 'v4', info: () => ({ isaSupported: 'v3' }) };
    expectRefusal(
      () => initializeAddon(modest as never, { isa: 'v4' }),
      ArgumentError,
      'createBackend: ZEROKARA_ISA is "v4"; expected at most "v3", the best level of this machine',
    );
    expect(instance.initialize(() => new Error(), 'v9')).toBe(false);
  });

  test('it says which BLAS computes, on one thread', () => {
    const info = addon!.info();
    expect(info.blas).toBe(process.platform === 'darwin' ? 'accelerate' : 'openblas');
    if (info.blas === 'openblas') {
      expect(info.threads).toBe(1);
      expect(info.config).toMatch(/^OpenBLAS \d/);
      expect(info.corename).not.toBe('');
      expect(info.buildLibrary).toMatch(/^libopenblas/);
    }
  });
});
