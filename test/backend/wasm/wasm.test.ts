import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RECORD, recordOf } from '../../../scripts/lib/wasm-record.mjs';
import { createJsBackend } from '../../../src/backend/js/js.js';
import { Scratch } from '../../../src/backend/wasm/scratch.js';
import { createWasmBackend } from '../../../src/backend/wasm/wasm.js';
import { BackendError } from '../../../src/errors.js';
import { check, FLAGS, named } from '../../conformance/gemm.js';
import { LONG } from '../../support/long.js';
import { randomFloats } from '../../support/random.js';
import { ulpDistance } from '../../support/rounding.js';

/** The engine's own, without the types of the DOM. */
const engine = (
  globalThis as unknown as {
    WebAssembly: {
      validate(bytes: Uint8Array): boolean;
      Memory: new (pages: {
        initial: number;
        maximum?: number;
      }) => { buffer: ArrayBuffer; grow(pages: number): number };
    };
  }
).WebAssembly;

const wasm = createWasmBackend('asked for by a test');

test('the wasm backend says its name and why it was chosen', () => {
  expect(wasm.name).toBe('wasm');
  expect(wasm.reason).toBe('asked for by a test');
});

describe('the committed module', () => {
  const root = resolve(import.meta.dirname, '../../..');

  test('was compiled from the sources in assembly/ as they are, and not changed since', () => {
    expect(recordOf(root)).toEqual(JSON.parse(readFileSync(resolve(root, RECORD), 'utf8')));
  });

  // Both modules, which takes 15 s on an idle machine.
  test.runIf(LONG)('is what assembly/ compiles to', () => {
    const script = resolve(root, 'scripts/build-wasm.mjs');
    expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toContain('module.ts is current');
  });
});

test('without vectors in the engine it refuses, with a reason', () => {
  const { validate } = engine;
  engine.validate = () => false;
  try {
    expect(() => createWasmBackend('test')).toThrow(BackendError);
    expect(() => createWasmBackend('test')).toThrow('createBackend: this JavaScript engine has no WebAssembly SIMD');
  } finally {
    engine.validate = validate;
  }
});

describe('exp', () => {
  // Seen through the softmax of two logits 0 and x ≤ 0: y₁ / y₀ = eˣ.
  test('is within 2 ulp from 0 to where it underflows', () => {
    let worst = 0;
    for (let x = 0; x > -87; x -= 0.0137) {
      const logits = Float32Array.of(0, x);
      const y = new Float32Array(2);
      wasm.softmax(y, logits, 1, 2);
      worst = Math.max(worst, ulpDistance(y[1]! / y[0]!, Math.exp(logits[1]!), 'float32'));
    }
    // The two quotients by the sum add half an ulp each.
    expect(worst).toBeLessThanOrEqual(3);
  });
});

describe.each(FLAGS)('columns left over beside the panels, a transposed %s, b transposed %s', (transA, transB) => {
  test(`add up over several blocks of terms, and follow several blocks of columns, ${named(transA, 'a')}·${named(transB, 'b')}`, () => {
    for (const n of [1, 2, 3, 4, 5, 50, 257, 260]) {
      for (const k of [511, 514, 1029]) {
        check(wasm, { dtype: 'float32', transA, transB, m: 6, n, k, alpha: -0.5, beta: 0.25, slack: 1 });
      }
    }
  });
});

test('rows are gathered out of views that begin anywhere in their buffers', () => {
  const indices = Int32Array.of(2, 0);
  const out = new Float32Array(6);
  wasm.gatherRows(out, Uint8Array.of(99, 0, 1, 2, 3, 4, 5, 6, 7, 8).subarray(1), indices, 0, 2, 3, 2);
  expect(Array.from(out)).toEqual([12, 14, 16, 0, 2, 4]);
  wasm.gatherRows(out, Float32Array.of(99, 0, 1, 2, 3, 4, 5, 6, 7, -8).subarray(1), indices, 0, 2, 3, 2);
  expect(Array.from(out)).toEqual([12, 14, -16, 0, 2, 4]);
});

describe('memory', () => {
  test('grows with the operands and gives the same answers before and after', () => {
    const backend = createWasmBackend('test');
    const product = (m: number, n: number, k: number): Float32Array => {
      const a = randomFloats('float32', m * k, { seed: 1 });
      const b = randomFloats('float32', k * n, { seed: 2 });
      const c = new Float32Array(m * n);
      backend.gemm(false, false, m, n, k, 1, a, k, b, n, 0, c, n);
      return c;
    };
    const before = product(7, 9, 11);
    const large = product(300, 400, 500);
    expect(product(7, 9, 11)).toEqual(before);
    expect(product(300, 400, 500)).toEqual(large);
  });

  test('arrays of one call do not overlap, and each is followed by slack', () => {
    const scratch = new Scratch(new engine.Memory({ initial: 0 }), 20);
    expect(scratch.begin(3, 1000)).toBe(true);
    const [first, second, third] = [scratch.reserve(1), scratch.put(new Float32Array(100), 100), scratch.reserve(400)];
    expect(first).toBe(32);
    expect(second - first).toBeGreaterThanOrEqual(1 + 64);
    expect(third - second).toBeGreaterThanOrEqual(400 + 64);
    for (const address of [first, second, third]) expect(address % 16).toBe(0);
  });

  test('what does not fit below 2 GB is declined, and computed by the js backend', () => {
    const scratch = new Scratch(new engine.Memory({ initial: 0 }), 0);
    expect(scratch.begin(1, 2 ** 31)).toBe(false);
    const bounded = new Scratch(new engine.Memory({ initial: 0, maximum: 1 }), 0);
    expect(bounded.begin(1, 70_000)).toBe(false);
    expect(bounded.begin(1, 60_000)).toBe(true);
  });

  test('matrices are copied without their gaps, and back into them', () => {
    const memory = new engine.Memory({ initial: 1 });
    const scratch = new Scratch(memory, 0);
    scratch.begin(1, 24);
    const address = scratch.putMatrix(Float32Array.of(1, 2, 3, 9, 4, 5, 6), 2, 3, 4);
    expect(Array.from(new Float32Array(memory.buffer, address, 6))).toEqual([1, 2, 3, 4, 5, 6]);
    const back = new Float32Array(7).fill(9);
    scratch.takeMatrix(back, address, 2, 3, 4);
    expect(Array.from(back)).toEqual([1, 2, 3, 9, 4, 5, 6]);
  });
});

test('float64 is computed by the js backend, to the same bits', () => {
  const js = createJsBackend('test');
  const a = randomFloats('float64', 12, { seed: 3 });
  const b = randomFloats('float64', 12, { seed: 4 });
  const [c, d] = [new Float64Array(9), new Float64Array(9)];
  wasm.gemm(false, false, 3, 3, 4, 1, a, 4, b, 3, 0, c, 3);
  js.gemm(false, false, 3, 3, 4, 1, a, 4, b, 3, 0, d, 3);
  expect(c).toEqual(d);
});
