/** What the functions of an update must compute: scaling, clipping and the update rules. */

import { describe, expect, test } from 'vitest';
import type { Backend, Dtype, Floats } from '../../src/backend/backend.js';
import { floatsOf } from '../support/floats.js';
import { guarded } from '../support/guarded.js';
import { randomFloats } from '../support/random.js';
import { assertSame, assertWithin, unitRoundoff } from '../support/rounding.js';
import { AWKWARD } from './sizes.js';

/** One weight before and after an update in double: w and what the rule remembers, first to last. */
type Rule = (w: number, memory: readonly number[], g: number) => readonly number[];

interface Case {
  readonly name: string;
  /** How many arrays the rule remembers, and whether they hold squares. */
  readonly memories: readonly ('sum' | 'squares')[];
  run(backend: Backend, w: Floats, memory: readonly Floats[], g: Floats, n: number): void;
  reference(round: (x: number) => number): Rule;
}

const RATE = 0.3;
const DECAY = 0.01;

const CASES: readonly Case[] = [
  {
    name: 'sgdUpdate',
    memories: [],
    run: (backend, w, _, g, n) => backend.sgdUpdate(w, g, n, RATE, DECAY),
    reference: (round) => (w, _, g) => [w - round(RATE) * (g + round(DECAY) * w)],
  },
  {
    name: 'momentumUpdate',
    memories: ['sum'],
    run: (backend, w, [v], g, n) => backend.momentumUpdate(w, v!, g, n, RATE, 0.9, DECAY),
    reference:
      (round) =>
      (w, [v], g) => {
        const velocity = round(0.9) * v! - round(RATE) * (g + round(DECAY) * w);
        return [w + velocity, velocity];
      },
  },
  {
    name: 'nesterovUpdate',
    memories: ['sum'],
    run: (backend, w, [v], g, n) => backend.nesterovUpdate(w, v!, g, n, RATE, 0.9, DECAY),
    reference:
      (round) =>
      (w, [v], g) => {
        const d = g + round(DECAY) * w;
        return [w + round(0.9 * 0.9) * v! - round(1.9 * RATE) * d, round(0.9) * v! - round(RATE) * d];
      },
  },
  {
    name: 'adaGradUpdate',
    memories: ['squares'],
    run: (backend, w, [h], g, n) => backend.adaGradUpdate(w, h!, g, n, RATE, 1e-7, DECAY),
    reference:
      (round) =>
      (w, [h], g) => {
        const d = g + round(DECAY) * w;
        const sum = h! + d * d;
        return [w - (round(RATE) * d) / (Math.sqrt(sum) + round(1e-7)), sum];
      },
  },
  {
    name: 'rmsPropUpdate',
    memories: ['squares'],
    run: (backend, w, [h], g, n) => backend.rmsPropUpdate(w, h!, g, n, RATE, 0.99, 1e-7, DECAY),
    reference:
      (round) =>
      (w, [h], g) => {
        const d = g + round(DECAY) * w;
        const mean = round(0.99) * h! + round(1 - 0.99) * d * d;
        return [w - (round(RATE) * d) / (Math.sqrt(mean) + round(1e-7)), mean];
      },
  },
  {
    name: 'adamUpdate',
    memories: ['sum', 'squares'],
    run: (backend, w, [m, v], g, n) => backend.adamUpdate(w, m!, v!, g, n, RATE, 0.9, 0.999, 1.5, 1e-8, DECAY, 0.995),
    reference:
      (round) =>
      (w, [m, v], g) => {
        const d = g + round(DECAY) * w;
        const mean = round(0.9) * m! + round(1 - 0.9) * d;
        const square = round(0.999) * v! + round(1 - 0.999) * d * d;
        const step = (round(RATE) * mean) / (round(1.5) * Math.sqrt(square) + round(1e-8));
        return [round(0.995) * w - step, mean, square];
      },
  },
];

export function updatesConformance(backend: Backend): void {
  describe.each(['float32', 'float64'] as const)('updates in %s', (dtype) => {
    const round = dtype === 'float32' ? Math.fround : (x: number): number => x;

    test.each(CASES)('$name is within rounding, and touches nothing beyond n', ({ memories, run, reference, name }) => {
      const rule = reference(round);
      for (const n of [...AWKWARD, 1000, 39_200]) {
        const start = {
          w: between(dtype, n, -2, 2, 61),
          memory: memories.map((kind, i) => between(dtype, n, kind === 'squares' ? 0.1 : -1, 1, 62 + i)),
          // Away from 0, so that d = g + decay · w does not cancel and relative bounds hold.
          g: between(dtype, n, 0.5, 1.5, 65).map((g, i) => (i % 2 === 0 ? g : -g)) as Floats,
        };
        const w = guarded(dtype, n, start.w);
        const memory = start.memory.map((array) => guarded(dtype, n, array));
        run(
          backend,
          w.data,
          memory.map(({ data }) => data),
          start.g,
          n,
        );
        const expected = Array.from({ length: n }, (_, i) =>
          rule(
            start.w[i]!,
            start.memory.map((array) => array[i]!),
            start.g[i]!,
          ),
        );
        // At most a dozen operations, on numbers of at most 4.
        const bound = 12 * 4 * unitRoundoff(dtype);
        [w, ...memory].forEach((array, k) => {
          assertWithin(
            array.data,
            expected.map((all) => all[k]!),
            () => bound,
            `${name} ${n}, output ${k}`,
          );
          array.assertFenceIntact();
        });
      }
    });

    test.each(CASES)('$name lets NaN of the gradient through, and only there', ({ memories, run }) => {
      const w = floatsOf(dtype, [1, 1, 1]);
      const memory = memories.map(() => floatsOf(dtype, [1, 1, 1]));
      run(backend, w, memory, floatsOf(dtype, [1, Number.NaN, 1]), 3);
      for (const array of [w, ...memory]) expect([...array].map(Number.isNaN)).toEqual([false, true, false]);
    });

    test('large gradients overflow no mean square before its factor makes them small', () => {
      if (dtype === 'float64') return;
      const large = 2 ** 65; // its square is beyond float32, a thousandth of it is not
      const [w, m, v] = [floatsOf(dtype, [0]), floatsOf(dtype, [0]), floatsOf(dtype, [0])];
      backend.adamUpdate(w, m, v, floatsOf(dtype, [large]), 1, 1, 0.9, 0.999, 1, 1e-8, 0, 1);
      expect([Number.isFinite(v[0]), w[0]! < 0]).toEqual([true, true]);
    });

    test('scale multiplies by the factor in the element type', () => {
      for (const n of [...AWKWARD, 1000]) {
        const x = randomFloats(dtype, n, { seed: 66 });
        const y = guarded(dtype, n, x);
        backend.scale(y.data, n, 0.1);
        assertSame(
          y.data,
          Float64Array.from(x, (value) => round(round(0.1) * value)),
          `scale ${n}`,
        );
        y.assertFenceIntact();
      }
    });

    test('clip holds within bounds, in place too, and keeps NaN', () => {
      for (const n of [...AWKWARD, 1000]) {
        const x = between(dtype, n, -3, 3, 67);
        if (n > 1) x[1] = Number.NaN;
        const expected = Float64Array.from(x, (value) => (value < -1 ? -1 : value > 2 ? 2 : value));
        const y = guarded(dtype, n);
        backend.clip(y.data, x, n, -1, 2);
        assertSame(y.data, expected, `clip ${n}`);
        y.assertFenceIntact();
        backend.clip(x, x, n, -1, 2);
        assertSame(x, expected, `clip ${n} in place`);
      }
    });
  });
}

function between(dtype: Dtype, n: number, low: number, high: number, seed: number): Floats {
  const x = randomFloats(dtype, n, { seed });
  return x.map((value) => low + (high - low) * (value - Math.floor(value))) as Floats;
}
