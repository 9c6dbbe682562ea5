/**
 * The addon's own exponential, at every CPU level, in units in the last place (ulp).
 *
 * It is not exported. But sigmoid(x) = eˣ / (1 + eˣ) is eˣ itself, to the bit, where 1 + eˣ rounds to 1: below −17 in
 * float32 and below −38 in float64. That reaches down to the denormal numbers and covers every reduced argument.
 */

import { describe, expect, test } from 'vitest';
import { ACTIVATIONS } from '../../../src/backend/backend.js';
import { addonAt, addonFile, availableLevels } from '../../support/addon.js';
import { exactExponential, fixed } from '../../support/exact-exponential.js';
import { randomFloats } from '../../support/random.js';

const [SIGMOID, TANH] = [ACTIVATIONS.indexOf('sigmoid'), ACTIVATIONS.indexOf('tanh')];

const path = addonFile();
test.skipIf(path !== undefined)('the exponential of the addon');

describe.each(path === undefined ? [] : availableLevels(path))('at level %s', (level) => {
  const addon = addonAt(path!, level);

  function apply(f: number, x: Float32Array | Float64Array): Float32Array | Float64Array {
    const y = x.slice();
    addon.activation(y, x, x.length, f);
    return y;
  }

  /** Largest error in ulp of float32, against a double function that is itself right to 2⁻⁵². */
  function worstSingle(f: number, x: Float32Array, truth: (x: number) => number): number {
    const y = apply(f, x);
    return Math.max(...blocks(x, (value, i) => Math.abs(y[i]! - truth(value)) / ulpOfSingle(truth(value))));
  }

  // Largest errors measured over the levels: exp 0.97 in float32 and 0.90 in float64, sigmoid 2.12, tanh 2.45.
  test('exp is within 1 ulp in float32, from −17 down to the denormal numbers', () => {
    const x = randomFloats('float32', 200_000, { seed: 1, low: -103.9, high: -17.4 }) as Float32Array;
    expect(worstSingle(SIGMOID, x, Math.exp)).toBeLessThan(1);
  });

  test('exp is within 1 ulp in float64, against exact integers', () => {
    const x = randomFloats('float64', 500, { seed: 2, low: -745, high: -38 }) as Float64Array;
    const y = apply(SIGMOID, x);
    let worst = 0;
    for (let i = 0; i < x.length; i++) {
      const exact = exactExponential(x[i]!);
      const error = fixed(y[i]!) - exact;
      const ulp = fixed(ulpOfDouble(y[i]!));
      worst = Math.max(worst, Number(((error < 0n ? -error : error) * 1000n) / ulp) / 1000);
    }
    expect(worst).toBeLessThan(1);
  });

  test('sigmoid is within 3 ulp in float32 everywhere', () => {
    for (const reach of [1e-4, 1, 20, 100]) {
      const x = randomFloats('float32', 50_000, { seed: 3, low: -reach, high: reach }) as Float32Array;
      const sigmoid = (v: number) => (v < 0 ? Math.exp(v) / (1 + Math.exp(v)) : 1 / (1 + Math.exp(-v)));
      expect(worstSingle(SIGMOID, x, sigmoid)).toBeLessThan(3);
    }
  });

  test('tanh is within 3 ulp in float32, also next to 0', () => {
    for (const reach of [1e-38, 1e-20, 1e-4, 0.1, 1, 10]) {
      const x = randomFloats('float32', 50_000, { seed: 4, low: -reach, high: reach }) as Float32Array;
      expect(worstSingle(TANH, x, Math.tanh)).toBeLessThan(3);
    }
  });

  test('tanh keeps the sign of zero and meets ±1 at the ends', () => {
    for (const array of [Float32Array, Float64Array]) {
      const y = apply(TANH, array.of(0, -0, 50, -50, Infinity, -Infinity, Number.NaN));
      expect(Array.from(y)).toEqual([0, -0, 1, -1, 1, -1, Number.NaN]);
    }
  });

  test('an element has the same bits wherever it stands in its array', () => {
    const x = randomFloats('float32', 67, { seed: 5, low: -20, high: 20 }) as Float32Array;
    for (const f of [SIGMOID, TANH]) {
      const whole = apply(f, x);
      for (let i = 0; i < x.length; i++) expect(apply(f, x.subarray(i, i + 1))[0]).toBe(whole[i]);
      const moved = new Float32Array(x.length + 1).subarray(1);
      addon.activation(moved, x, x.length, f);
      expect(moved).toEqual(whole);
    }
  });
});

function* blocks(x: Float32Array, error: (value: number, i: number) => number): Generator<number> {
  const size = 1000;
  for (let start = 0; start < x.length; start += size) {
    let worst = 0;
    for (let i = start; i < Math.min(start + size, x.length); i++) worst = Math.max(worst, error(x[i]!, i));
    yield worst;
  }
}

/** The distance between floats around a number. */
function ulpOfSingle(x: number): number {
  return 2 ** Math.max(Math.floor(Math.log2(Math.abs(x) || 1e-300)) - 23, -149);
}

function ulpOfDouble(x: number): number {
  const bits = new BigUint64Array(Float64Array.of(x).buffer)[0]!;
  const exponent = Math.max(Number((bits >> 52n) & 0x7ffn), 1);
  return exponent > 52 ? 2 ** (exponent - 1075) : 2 ** -1074 * 2 ** (exponent - 1);
}
