/** The addon at the edges: sizes beyond 2³¹, sizes of 0, non-finite factors, memory that is kept. */

import { describe, expect, test } from 'vitest';
import type { Floats } from '../../../src/backend/backend.js';
import { selectBackend } from '../../../src/backend/choose/load.js';
import { ZerokaraError } from '../../../src/errors.js';
import { addonAt, addonFile, availableLevels } from '../../support/addon.js';
import { runNode } from '../../support/run-node.js';

const path = addonFile();
const f32 = (...values: number[]) => Float32Array.from(values);

/** Opens the addon of process.argv[1] in a process of its own. */
const OPEN = `
  const holder = { exports: {} };
  process.dlopen(holder, process.argv[1]);
  const addon = holder.exports;
  addon.initialize((operation) => new Error(operation + ' refused'));
`;

describe.skipIf(path === undefined)('the addon at the edges', () => {
  const { backend, addon } = path === undefined ? ({} as never) : selectBackend('native');

  test('FOUND H: a negative index is refused however many rows the source has', () => {
    const { stdout, signal } = runNode(
      `${OPEN}
      const source = new Uint8Array(3 * 2 ** 30); // never touched, so it takes no memory
      const out = new Float32Array(2);
      for (const index of [-1, -1_200_000_000, -(2 ** 31)])
        try { addon.gatherRows(out, source, Int32Array.of(0, index), 0, 2, 1, 1); console.log('read'); }
        catch (error) { console.log(error.message); }
      addon.gatherRows(out, source, Int32Array.of(0, 2 ** 31 - 1), 0, 2, 1, 1);
      console.log(out.join());`,
      { argv: [path!] },
    );
    expect({ stdout, signal }).toEqual({
      stdout: 'gatherRows refused\ngatherRows refused\ngatherRows refused\n0,0',
      signal: null,
    });
  });

  test('FOUND H: sums over the rows of a wide matrix keep no memory for it', () => {
    const { stdout } = runNode(
      `${OPEN}
      const n = 2_000_000;
      const x = new Float32Array(20 * n).fill(1), out = new Float32Array(n);
      const before = process.memoryUsage.rss();
      addon.columnSums(out, x, 20, n);
      console.log(((process.memoryUsage.rss() - before) / 4 / n).toFixed());`,
      { argv: [path!] },
    );
    // In vectors of n numbers: out is written for the first time; x was, since some kernels count pages that are only read.
    // Sixteen partial sums came on top.
    expect(Number(stdout)).toBeLessThanOrEqual(4);
  });

  test('FOUND L8: an infinite alpha multiplies whole sums, even where thin and large products are cut in k', () => {
    // The first half of k adds up to 300, the second to −100: parts would give ∞ − ∞.
    for (const [m, n, k] of [
      [100, 50, 784],
      [200, 200, 2048],
      [3, 3, 600],
    ] as const) {
      for (const array of [Float32Array, Float64Array]) {
        const a = new array(m * k).fill(1);
        const b = new array(k * n).map((_, i) => (i < (k * n) / 2 ? 3 : -1));
        const c = new array(m * n).fill(5);
        backend.gemm(false, false, m, n, k, -Infinity, a, k, b, n, 1, c, n);
        expect(c.every((value) => value === -Infinity)).toBe(true);
      }
    }
  });

  test('FOUND L8: a dense loss is the sum of its terms where the sum of its targets is infinite', () => {
    const loss = (x: Floats, t: Floats) => backend.softmaxCrossEntropyDense(null, x, t, null, 1, x.length, 1);
    expect(loss(f32(0, -200), f32(0, Infinity))).toBe(Infinity); // log Σ is 0
    // Σ t is beyond float64, the loss is not.
    expect(loss(Float64Array.of(1, 2), Float64Array.of(1e308, 1e308)) / 1e308).toBeCloseTo(1.6265, 4);
  });

  test('FOUND L9: the addon itself, given too few arguments, says which is missing', () => {
    for (const [name, call] of Object.entries(addon!)) {
      if (['initialize', 'info', 'getThreads', 'setThreads'].includes(name)) continue;
      let error: unknown;
      try {
        (call as () => void)();
      } catch (thrown) {
        error = thrown;
      }
      expect(error, name).toBeInstanceOf(ZerokaraError);
      expect((error as Error).message, name).toMatch(new RegExp(`^${name}: \\w+ is undefined; expected `));
    }
    expect(() =>
      (addon as unknown as { activation(y: Floats, x: Floats, n: number): void }).activation(f32(1), f32(1), 1),
    ).toThrow(/^activation: f is undefined; expected /);
  });
});

describe.skipIf(path === undefined)('sums over rows', () => {
  const levels = path === undefined ? [] : availableLevels(path).map((level) => [level, addonAt(path, level)] as const);

  test.each(levels)(
    'FOUND I3: the error of a column sum in float32 does not grow with the rows, at level %s',
    (_, addon) => {
      for (const m of [1000, 100_000, 1_000_000]) {
        for (const n of [1, 3]) {
          // Equal numbers are the worst case: every rounding goes the same way. In sixteen ranges of rows, 6e-4 off.
          const x = new Float32Array(m * n).map((_, i) => 0.1 + 0.2 * (i % n));
          const [sums, db] = [new Float32Array(n), new Float32Array(n)];
          addon.columnSums(sums, x, m, n);
          addon.biasActivationBackward(new Float32Array(m * n), db, x, x, m, n, 0);
          for (let j = 0; j < n; j++) {
            let exact = 0;
            for (let i = j; i < m * n; i += n) exact += x[i]!;
            // All terms are positive: relative error ≤ (additions an element passes through) · u, here 128 + 4 · 16 + 16.
            expect(Math.abs(sums[j]! - exact) / exact).toBeLessThanOrEqual(208 * 2 ** -24);
            expect(db[j]).toBe(sums[j]);
          }
        }
      }
    },
  );
});
