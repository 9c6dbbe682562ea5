/** Updates go from cache line to cache line: where an array begins in one must not show in its numbers. */
import { describe, expect, test } from 'vitest';
import type { Backend, Floats } from '../../../src/backend/backend.js';
import { selectBackend } from '../../../src/backend/choose/load.js';
import { addonFile } from '../../support/addon.js';
import { randomFloats } from '../../support/random.js';

const N = 100;

const UPDATES: Readonly<Record<string, (backend: Backend, [w, m, v, g]: readonly Floats[]) => void>> = {
  axpy: (backend, [w, , , g]) => backend.axpy(N, 0.3, g!, w!),
  scale: (backend, [w]) => backend.scale(w!, N, 0.3),
  clip: (backend, [w]) => backend.clip(w!, w!, N, -0.5, 0.5),
  sgd: (backend, [w, , , g]) => backend.sgdUpdate(w!, g!, N, 0.1, 0.01),
  momentum: (backend, [w, m, , g]) => backend.momentumUpdate(w!, m!, g!, N, 0.1, 0.9, 0.01),
  adam: (backend, [w, m, v, g]) => backend.adamUpdate(w!, m!, v!, g!, N, 0.1, 0.9, 0.99, 1, 1e-7, 0.01, 1),
};

describe.skipIf(addonFile() === undefined)('an update in the addon', () => {
  const { backend } = addonFile() === undefined ? ({} as never) : selectBackend('native');

  test.each(Object.keys(UPDATES))('%s gives the same bits from any place of a cache line', (name) => {
    for (const Type of [Float32Array, Float64Array] as const) {
      const values = [1, 2, 3, 4].map((seed) => randomFloats('float64', N, { seed, low: 0 }));
      /** The arrays after the update, each at this offset of its memory, in which NaN stands around it. */
      const run = (offsets: readonly number[]): Floats[] => {
        const arrays = offsets.map((offset, k) => {
          const whole = new Type(N + 64).fill(Number.NaN);
          const array = whole.subarray(16 + offset, 16 + offset + N);
          array.set(values[k]!);
          return { whole, array };
        });
        UPDATES[name]!(
          backend,
          arrays.map(({ array }) => array),
        );
        for (const { whole } of arrays) expect(whole.filter(Number.isNaN)).toHaveLength(64);
        return arrays.map(({ array }) => array.slice());
      };
      const expected = run([0, 0, 0, 0]);
      for (let offset = 0; offset < 64 / Type.BYTES_PER_ELEMENT; offset++) {
        expect(run([offset, offset, offset, offset])).toEqual(expected);
        expect(run([offset, 0, 3, 1])).toEqual(expected);
      }
    }
  });
});
