/** Tensor arithmetic on every backend against plain loops over shapes of any rank; results given as `out`; rows picked. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Backend, Dtype } from '../../src/backend/backend.js';
import { power } from '../../src/backend/js/power.js';
import { ArgumentError, DtypeError, ShapeError } from '../../src/errors.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';
import { assertRelative, assertWithin, unitRoundoff } from '../support/rounding.js';
import { runnableBackends } from '../support/runnable.js';

const BINARY = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  pow: power,
  maximum: Math.max,
  minimum: Math.min,
} as const;
const UNARY = { exp: Math.exp, log: Math.log, sqrt: Math.sqrt, abs: Math.abs, neg: (x: number) => -x } as const;

type BinaryName = keyof typeof BINARY;
type UnaryName = keyof typeof UNARY;
const BINARY_NAMES = Object.keys(BINARY) as BinaryName[];
const UNARY_NAMES = Object.keys(UNARY) as UnaryName[];

const RUNS = { numRuns: 150, seed: 7 };
const dtypes = fc.constantFrom<Dtype>('float32', 'float64');
const seeds = fc.integer({ min: 0, max: 2 ** 31 });
/** A shape, and for each operand which of its axes have length 1 and how many leading axes are missing. */
const broadcasts = fc
  .array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      ...[0, 1].map(() =>
        fc.tuple(
          fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
          fc.integer({ min: 0, max: shape.length }),
        ),
      ),
    ),
  );

type Narrowing = readonly [ones: readonly boolean[], missing: number];

/** The indices of each element of a shape, in row-major order. */
function* places(shape: readonly number[]): Generator<number[]> {
  if (shape.length === 0) {
    yield [];
    return;
  }
  for (let i = 0; i < shape[0]!; i++) for (const rest of places(shape.slice(1))) yield [i, ...rest];
}

/** NumPy's rule, element by element: aligned at the last axis, an axis of length 1 always at 0. */
function paired(x: Tensor, place: readonly number[]): number {
  const missing = place.length - x.rank;
  return x.item(...x.shape.map((length, axis) => (length === 1 ? 0 : place[axis + missing]!)));
}

function narrowed(shape: readonly number[], [ones, missing]: Narrowing): number[] {
  return shape.map((length, axis) => (ones[axis] ? 1 : length)).slice(missing);
}

const broadcastShape = (a: readonly number[], b: readonly number[]): number[] => {
  const rank = Math.max(a.length, b.length);
  const at = (shape: readonly number[], axis: number): number => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => (at(a, axis) === 1 ? at(b, axis) : at(a, axis)));
};

describe.each(runnableBackends().map((backend) => [backend.name, backend] as const))('on %s', (_, backend) => {
  const random = (shape: readonly number[], dtype: Dtype, seed: number): Tensor =>
    Tensor.randomUniform([...shape], { low: 0.2, high: 3, dtype, seed, backend });

  test('two tensors of any shapes that broadcast', () => {
    fc.assert(
      fc.property(broadcasts, fc.constantFrom(...BINARY_NAMES), dtypes, seeds, (shapes, name, dtype, seed) => {
        const [shape, ofA, ofB] = shapes as unknown as [number[], Narrowing, Narrowing];
        const a = random(narrowed(shape, ofA), dtype, seed);
        const b = random(narrowed(shape, ofB), dtype, seed + 1);
        const y = a[name](b);
        expect(y.shape).toEqual(broadcastShape(a.shape, b.shape));
        const expected = [...places(y.shape)].map((place) => BINARY[name](paired(a, place), paired(b, place)));
        assertElements(y, expected, name === 'pow' ? 8 : 0);
        expectOut(backend, y, (out) => a[name](b, { out }));
      }),
      RUNS,
    );
  });

  test('a tensor and a number, and functions of one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
        fc.constantFrom(...BINARY_NAMES),
        fc.constantFrom(...UNARY_NAMES),
        fc.constantFrom(-1, 0, 0.1, 0.5, 2, 3),
        dtypes,
        seeds,
        (shape, name, unary, number, dtype, seed) => {
          const x = random(shape, dtype, seed);
          const b = dtype === 'float32' ? Math.fround(number) : number;
          const y = x[name](number);
          assertElements(
            y,
            Array.from(x.data, (value) => BINARY[name](value, b)),
            name === 'pow' ? 8 : 0,
          );
          expectOut(backend, y, (out) => x[name](number, { out }));
          const z = x[unary]();
          assertElements(z, Array.from(x.data, UNARY[unary]), unary === 'exp' || unary === 'log' ? 9 : 0);
          expectOut(backend, z, (out) => x[unary]({ out }));
        },
      ),
      RUNS,
    );
  });

  test('reductions along every axis and over all elements', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
        dtypes,
        seeds,
        (shape, dtype, seed) => {
          const x = random(shape, dtype, seed).sub(1.5);
          const bound = 2 * x.size * unitRoundoff(dtype) * 1.5;
          expect(Math.abs(x.sum() - Array.from(x.data).reduce((a, b) => a + b, 0))).toBeLessThanOrEqual(bound * x.size);
          expect(x.max()).toBe(Math.max(...x.data));
          expect(x.data[x.argMax()]).toBe(x.max());
          for (const [axis, length] of shape.entries()) {
            const rest = shape.toSpliced(axis, 1);
            const folds = [...places(rest)].map((place) =>
              Array.from({ length }, (_, i) => x.item(...place.toSpliced(axis, 0, i))),
            );
            const sum = x.sum(axis);
            expect(sum.shape).toEqual(rest);
            const sums = folds.map((fold) => fold.reduce((a, b) => a + b, 0));
            assertWithin(sum.data, sums, () => bound * length, 'sum');
            assertWithin(
              x.mean(axis).data,
              sums.map((value) => value / length),
              () => bound,
              'mean',
            );
            assertWithin(
              x.max(axis).data,
              folds.map((fold) => Math.max(...fold)),
              () => 0,
              'max',
            );
            assertWithin(
              x.min(axis).data,
              folds.map((fold) => Math.min(...fold)),
              () => 0,
              'min',
            );
            expect(Array.from(x.argMax(axis))).toEqual(folds.map((fold) => fold.indexOf(Math.max(...fold))));
            expectOut(backend, sum, (out) => x.sum(axis, { out }));
            expect(x.sum(axis, { keepDims: true }).shape).toEqual(shape.with(axis, 1));
          }
        },
      ),
      { ...RUNS, numRuns: 60 },
    );
  });

  test('an operand may be the result: x.mul(2, { out: x }), a.sub(b, { out: b })', () => {
    const x = random([3, 4], 'float32', 1);
    const [b, row] = [random([3, 4], 'float32', 2), random([4], 'float32', 3)];
    const expected = [x.mul(2), x.sub(b), x.div(row), x.exp(), x.add(x)].map((y) => y.clone());
    const inPlace = [
      (y: Tensor) => y.mul(2, { out: y }),
      (y: Tensor) => {
        const to = b.clone();
        expect(y.sub(to, { out: to })).toBe(to);
        return to;
      },
      (y: Tensor) => y.div(row, { out: y }),
      (y: Tensor) => y.exp({ out: y }),
      (y: Tensor) => y.add(y, { out: y }),
    ];
    inPlace.forEach((operation, i) => {
      const y = x.clone();
      expect(operation(y).data, `case ${i}`).toEqual(expected[i]!.data);
    });
  });

  test('a result that shares a part of an operand is that of copies', () => {
    const whole = random([12], 'float32', 4);
    for (const [to, from] of [
      [0, 1],
      [1, 0],
      [3, 0],
      [0, 3],
    ] as const) {
      const [memory, before] = [whole.clone(), whole.clone()];
      const x = memory.rows(from, from + 8);
      const expected = before.rows(from, from + 8).add(before.rows(2, 10));
      x.add(memory.rows(2, 10), { out: memory.rows(to, to + 8) });
      expect(memory.rows(to, to + 8).data).toEqual(expected.data);
      const again = whole.clone();
      again.rows(from, from + 8).exp({ out: again.rows(to, to + 8) });
      expect(again.rows(to, to + 8).data).toEqual(before.rows(from, from + 8).exp().data);
    }
    const matrix = random([3, 4], 'float32', 5);
    const expected = matrix.clone().add(matrix.rows(0, 1).clone());
    // The row that is repeated lies in the result.
    expect(matrix.add(matrix.rows(0, 1), { out: matrix }).data).toEqual(expected.data);
    const sums = random([4, 4], 'float32', 6);
    const wanted = sums.clone().sum(0);
    expect(sums.sum(0, { out: sums.rows(1, 2).reshape([4]) }).data).toEqual(wanted.data);
  });

  test('FOUND J3: take picks rows in order, also from the end, more than once, and into a batch that is there', () => {
    const x = Tensor.from(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      { backend },
    );
    expect(x.take([2, 0, -1]).toArray()).toEqual([
      [5, 6],
      [1, 2],
      [5, 6],
    ]);
    expect(x.take(Int32Array.of(1)).toArray()).toEqual([[3, 4]]);
    expect(x.take([]).shape).toEqual([0, 2]);
    expect(Tensor.from([7, 8, 9]).take([1, 1]).toArray()).toEqual([8, 8]);
    expect(x.reshape([3, 1, 2]).take([1]).shape).toEqual([1, 1, 2]);
    const batch = Tensor.zeros([2, 2], { backend });
    expect(x.take([0, 2], { out: batch })).toBe(batch);
    expect(batch.toArray()).toEqual([
      [1, 2],
      [5, 6],
    ]);
    expect(x.take([2, 1, 0], { out: x }).toArray()).toEqual([
      [5, 6],
      [3, 4],
      [1, 2],
    ]);
    const odd = Tensor.from([Number.NaN, -0, Number.NEGATIVE_INFINITY], { dtype: 'float64', backend });
    expect(odd.take([2, 1, 0]).toArray()).toEqual([Number.NEGATIVE_INFINITY, -0, Number.NaN]);
  });

  test('a product with transposes equals that of copies', () => {
    const [a, b] = [random([3, 4], 'float32', 8), random([3, 5], 'float32', 9)];
    const expected = a.transpose().matMul(b);
    assertElements(a.matMul(b, { transposeA: true }), Array.from(expected.data), 8);
    const other = random([4, 3], 'float32', 10);
    assertElements(
      a.matMul(other, { transposeB: false }),
      Array.from(a.matMul(other.transpose(), { transposeB: true }).data),
      8,
    );
    expect(a.matMul(random([5, 3], 'float32', 1), { transposeA: true, transposeB: true }).shape).toEqual([4, 5]);
    expect(random([3], 'float32', 1).matMul(b, { transposeA: true }).shape).toEqual([5]);
  });

  test('a product goes into a tensor that is there', () => {
    const a = Tensor.from([[1, 2]], { backend });
    const out = Tensor.full([1, 1], Number.NaN, { backend });
    expect(a.matMul(Tensor.from([[3], [4]]), { out })).toBe(out);
    expect(out.toArray()).toEqual([[11]]);
  });
});

/** The result in place of `out`, of the same bits. */
function expectOut(backend: Backend, y: Tensor, into: (out: Tensor) => Tensor): void {
  const out = Tensor.full([...y.shape], Number.NaN, { dtype: y.dtype, backend });
  expect(into(out)).toBe(out);
  expect(out.data).toEqual(y.data);
}

function assertElements({ data, dtype }: Tensor, expected: readonly number[], units: number): void {
  const wanted = dtype === 'float32' ? Float32Array.from(expected) : Float64Array.from(expected);
  assertRelative(data, wanted, { units, dtype });
}

describe('bad input', () => {
  const two = Tensor.zeros([2, 2]);
  const shared = new Tensor(new Float32Array(new SharedArrayBuffer(16) as never), [2, 2]);
  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'out of another shape',
      () => two.add(1, { out: Tensor.zeros([4]) }),
      ShapeError,
      'add: out has shape [4]; expected [2, 2], the shape of the result',
    ],
    [
      'out of another dtype',
      () => two.exp({ out: Tensor.zeros([2, 2], { dtype: 'float64' }) }),
      DtypeError,
      'exp: out is float64; expected float32 as this tensor is',
    ],
    [
      'out that is an array',
      () => two.sum(0, { out: [0, 0] as never }),
      ArgumentError,
      'sum: out is [0, 0]; expected a tensor',
    ],
    [
      'out in shared memory',
      () => two.mul(2, { out: shared }),
      ArgumentError,
      'mul: out lies in a SharedArrayBuffer; expected memory that no other thread can change',
    ],
    [
      'out over all elements',
      () => two.mean(undefined as never, { out: two }),
      ArgumentError,
      'mean: out without an axis; expected an axis: over all elements the result is a number',
    ],
    [
      'a product over an operand',
      () => two.matMul(two, { out: two }),
      ArgumentError,
      'matMul: out shares memory with an operand; expected separate memory, because a product reads its operands while it is written',
    ],
    [
      'a product whose transposes do not fit',
      () => Tensor.zeros([2, 3]).matMul(Tensor.zeros([3, 4]), { transposeA: true, transposeB: true }),
      ShapeError,
      'matMul: b has shape [3, 4]; expected [n, 2] because a has shape [2, 3], transposed',
    ],
    [
      'a transpose that is a number',
      () => two.matMul(two, { transposeB: 1 as never }),
      ArgumentError,
      'matMul: transposeB is 1; expected true or false',
    ],
    [
      'an unknown option',
      () => two.add(1, { into: two } as never),
      ArgumentError,
      'add: unknown option "into"; the only option is out',
    ],
    [
      'a row that there is not',
      () => two.take([0, 2]),
      ArgumentError,
      'take: rows[1] is 2; expected an integer in [-2, 2)',
    ],
    [
      'a row that is text',
      () => two.take(['0'] as never),
      ArgumentError,
      'take: rows[0] is "0"; expected an integer in [-2, 2)',
    ],
    [
      'rows that are a number',
      () => two.take(1 as never),
      ArgumentError,
      'take: rows is 1; expected a list of row numbers',
    ],
    [
      'rows of a single number',
      () => Tensor.full([], 3).take([0]),
      ShapeError,
      'take: this tensor has shape []; expected [N, …]',
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`is refused: ${what}`, () => {
      const before = two.data.slice();
      expectRefusal(call, type, message);
      expect(two.data).toEqual(before);
    });
  }
});
