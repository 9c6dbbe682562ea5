/** Several threads compute the same bits as one; and a pass over a whole array equals the passes over its parts. */

import { afterAll, describe, expect, test } from 'vitest';
import { ACTIVATIONS, allocate, type Dtype, type Floats } from '../../../src/backend/backend.js';
import { createBackend } from '../../../src/backend/choose/load.js';
import type { Addon } from '../../../src/backend/native/addon.js';
import { addonAt, addonFile, availableLevels } from '../../support/addon.js';
import { randomFloats, randomIntegers } from '../../support/random.js';

const path = addonFile();
const ROUNDS = Number(process.env['THREAD_ROUNDS'] ?? 3);
const DTYPES: readonly Dtype[] = ['float32', 'float64'];

/** Shapes that are cut along columns, along rows, not at all; with edges that tiles do not divide. */
const PRODUCTS: readonly (readonly [m: number, n: number, k: number])[] = [
  [100, 50, 784],
  [784, 50, 100],
  [256, 1000, 100],
  [129, 257, 67],
  [70, 1030, 33],
  [300, 130, 50],
  [1000, 10, 256],
  [4099, 300, 7],
  [1, 1000, 1100],
  [1, 5001, 301],
  [3, 2500, 120],
  [1025, 1, 1025],
  [64, 64, 64],
  [60, 500, 1030],
  [61, 50, 257],
  [100, 50, 785],
];

/** m × n of passes that are cut into blocks, and some that are not. */
const MATRICES: readonly (readonly [m: number, n: number])[] = [
  [100, 50],
  [301, 257],
  [7000, 10],
  [3, 40_001],
  [129, 129],
];

const bits = (values: Floats): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** toEqual would take 50 ms for this many elements. */
function expectSameBits(actual: Floats, expected: Floats): void {
  expect(Buffer.compare(bits(actual), bits(expected)), 'the same bits').toBe(0);
}

describe.skipIf(path === undefined)('the bits of a result do not depend on the number of threads', () => {
  const addons = path === undefined ? [] : availableLevels(path).map((level) => [level, addonAt(path, level)] as const);
  const before = addons[0]?.[1].getThreads() ?? 1;
  afterAll(() => addons[0]?.[1].setThreads(before));

  /** Runs `compute` on 1, 2, 3 and 4 threads, each a few times, for workers that come late: THREAD_ROUNDS says how often. */
  function same(addon: Addon, what: string, compute: () => readonly Floats[]): void {
    addon.setThreads(1);
    const alone = compute().map((values) => bits(values));
    for (const threads of [2, 3, 4]) {
      addon.setThreads(threads);
      for (let round = 0; round < ROUNDS; round++) {
        compute().forEach((values, i) => {
          if (Buffer.compare(alone[i]!, bits(values)) !== 0)
            throw new Error(`${what}: result ${i}, ${threads} threads`);
        });
      }
    }
  }

  describe.each(addons)('at level %s', (_, addon) => {
    for (const dtype of DTYPES) {
      test(`products of ${dtype}`, () => {
        for (const [m, n, k] of PRODUCTS) {
          const a = randomFloats(dtype, m * k, { seed: m });
          const b = randomFloats(dtype, n * k, { seed: n });
          const c = randomFloats(dtype, m * n, { seed: k });
          for (const [transA, transB] of [
            [false, false],
            [true, false],
            [false, true],
          ] as const) {
            same(addon, `${m}×${n}×${k} ${transA} ${transB}`, () => {
              const out = c.slice();
              addon.gemm(transA, transB, m, n, k, 0.5, a, transA ? m : k, b, transB ? k : n, 0.25, out, n);
              return [out];
            });
          }
        }
      });

      test(`passes over ${dtype}`, () => {
        for (const [m, n] of MATRICES) {
          const x = randomFloats(dtype, m * n, { seed: m, low: -4, high: 4 });
          const dy = randomFloats(dtype, m * n, { seed: n });
          const row = randomFloats(dtype, n, { seed: 3 });
          const labels = randomIntegers(m, n, { seed: 4 });
          for (const f of [1, 2]) {
            same(addon, `${m}×${n} ${ACTIVATIONS[f]}`, () => {
              const [y, z, dx, db] = [x.slice(), allocate(dtype, m * n), allocate(dtype, m * n), allocate(dtype, n)];
              addon.biasActivation(y, row, m, n, f);
              addon.activation(z, x, m * n, f);
              addon.biasActivationBackward(dx, db, dy, y, m, n, f);
              const also = dy.slice();
              addon.activationBackward(also, also, y, m * n, f);
              return [y, z, dx, db, also];
            });
          }
          same(addon, `${m}×${n} arithmetic and reductions`, () => {
            const results = [0, 1].map(() => allocate(dtype, m * n));
            addon.unary(results[0]!, x, m * n, 0);
            addon.binary(results[1]!, x, row, m, n, m, n, 1, n, 3);
            const places = new Int32Array(m + n);
            addon.argMax(places, x, m, n, 1);
            addon.argMax(places.subarray(m), x, 1, m, n);
            const sums = [0, 1, 2, 3].flatMap((f) =>
              (
                [
                  [1, m * n, 1],
                  [m, n, 1],
                  [1, m, n],
                ] as const
              ).map(([outer, axis, inner]) => {
                const out = allocate(dtype, outer * inner);
                addon.reduce(out, x, outer, axis, inner, f);
                return out;
              }),
            );
            return [...results, ...sums, Float64Array.from(places)];
          });
          same(addon, `${m}×${n} rows and sums`, () => {
            const [p, sums, sum, dense, total] = [m * n, n, m * n, m * n, m * n].map((size) => allocate(dtype, size));
            addon.softmax(p!, x, m, n);
            addon.columnSums(sums!, x, m, n);
            const numbers = Float64Array.of(
              addon.softmaxCrossEntropy(sum!, x, labels, null, m, n, 1 / m),
              addon.softmaxCrossEntropyDense(dense!, x, dy, null, m, n, 1),
              addon.sumOfSquares(x, m * n),
            );
            addon.gatherRows(
              total!,
              x,
              labels.map((label) => label % m),
              0,
              m,
              n,
              0.5,
            );
            addon.axpy(m * n, 0.3, x, total!);
            return [p!, sums!, sum!, dense!, total!, numbers];
          });
        }
      });
    }
  });
});

describe.skipIf(path === undefined)('a pass over a large array equals its parts', () => {
  const backend = path === undefined ? ({} as never) : createBackend('native');
  const [m, n] = [301, 257];
  const rows = Array.from({ length: m }, (_, r) => r);

  describe.each(DTYPES)('of %s', (dtype) => {
    const x = randomFloats(dtype, m * n, { seed: 1, low: -4, high: 4 });
    const bias = randomFloats(dtype, n, { seed: 2 });
    const labels = randomIntegers(m, n, { seed: 3 });
    const part = (values: Floats, r: number): Floats => values.subarray(r * n, (r + 1) * n);

    test.each(ACTIVATIONS)('row by row: bias and %s, softmax, rows gathered, scaled sums', (f) => {
      const [whole, parts] = [x.slice(), x.slice()];
      backend.biasActivation(whole, bias, m, n, f);
      for (const r of rows) backend.biasActivation(part(parts, r), bias, 1, n, f);
      expectSameBits(whole, parts);
      backend.activation(whole, x, m * n, f);
      for (const r of rows) backend.activation(part(parts, r), part(x, r), n, f);
      expectSameBits(whole, parts);
      backend.activationBackward(whole, x, parts, m * n, f);
      for (const r of rows) backend.activationBackward(part(parts, r), part(x, r), part(parts, r).slice(), n, f);
      expectSameBits(whole, parts);
      backend.softmax(whole, x, m, n);
      for (const r of rows) backend.softmax(part(parts, r), part(x, r), 1, n);
      expectSameBits(whole, parts);
      const order = randomIntegers(m, m, { seed: 5 });
      backend.gatherRows(whole, x, order, 0, m, n, 0.5);
      for (const r of rows) backend.gatherRows(part(parts, r), x, order, r, 1, n, 0.5);
      expectSameBits(whole, parts);
      backend.axpy(m * n, 0.3, x, whole);
      for (const r of rows) backend.axpy(n, 0.3, part(x, r), part(parts, r));
      expectSameBits(whole, parts);
    });

    test('losses are added in the order of rows, in double, also beyond 4096 of them', () => {
      const many = 5000;
      const logits = randomFloats(dtype, many * 10, { seed: 6, low: -4, high: 4 });
      const classes = randomIntegers(many, 10, { seed: 7 });
      const [whole, parts] = [allocate(dtype, many * 10), allocate(dtype, many * 10)];
      let sum = 0;
      for (let r = 0; r < many; r++) {
        const row = logits.subarray(10 * r, 10 * r + 10);
        sum += backend.softmaxCrossEntropy(
          parts.subarray(10 * r, 10 * r + 10),
          row,
          classes.subarray(r),
          null,
          1,
          10,
          1,
        );
      }
      expect(backend.softmaxCrossEntropy(whole, logits, classes, null, many, 10, 1)).toBe(sum);
      expectSameBits(whole, parts);
    });

    test('columns are added in sixteen ranges of rows, then the sums of the ranges', () => {
      const expected = allocate(dtype, n);
      for (let i = 0; i < 16; i++) {
        const sum = allocate(dtype, n);
        for (let r = Math.floor((m * i) / 16); r < Math.floor((m * (i + 1)) / 16); r++) {
          for (let j = 0; j < n; j++) sum[j]! += x[r * n + j]!;
        }
        for (let j = 0; j < n; j++) expected[j]! += sum[j]!;
      }
      const [sums, db] = [allocate(dtype, n), allocate(dtype, n)];
      backend.columnSums(sums, x, m, n);
      expectSameBits(sums, expected);
      backend.biasActivationBackward(allocate(dtype, m * n), db, x, x, m, n, 'identity');
      expectSameBits(db, expected);
    });

    test('squares are added in blocks of 16,384', () => {
      let sum = 0;
      for (let i = 0; i < m * n; i += 16_384) sum += backend.sumOfSquares(x.subarray(i), Math.min(16_384, m * n - i));
      expect(backend.sumOfSquares(x, m * n)).toBe(sum);
    });

    test('the gradient of a batch with weights is that of its rows', () => {
      const weights = randomFloats(dtype, m, { seed: 8, low: 0, high: 2 });
      const [whole, parts] = [allocate(dtype, m * n), allocate(dtype, m * n)];
      backend.softmaxCrossEntropy(whole, x, labels, weights, m, n, 0.5);
      for (const r of rows)
        backend.softmaxCrossEntropy(part(parts, r), part(x, r), labels.subarray(r), weights.subarray(r), 1, n, 0.5);
      expectSameBits(whole, parts);
    });
  });
});
