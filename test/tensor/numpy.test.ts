import { describe, expect, test } from 'vitest';
import type { Dtype } from '../../src/backend/backend.js';
import { formatShape } from '../../src/tensor/shape.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { unitRoundoff } from '../support/rounding.js';
import { exactly, expectClose, type GoldenArray, readGolden, toFloats } from './golden.js';

const tensorOf = (array: GoldenArray, dtype: Dtype): Tensor => new Tensor(toFloats(array, dtype), array.shape);

/** Calls a method by the name the fixture gives. */
function call(receiver: object, name: string, ...inputs: readonly unknown[]): unknown {
  return (receiver as Record<string, (...inputs: readonly unknown[]) => unknown>)[name]!(...inputs);
}

describe('arithmetic of two', () => {
  type Case = { operation: string; dtype: Dtype; a: GoldenArray; b: GoldenArray | number; result: GoldenArray };
  for (const { operation, dtype, a, b, result } of readGolden<Case>('binary')) {
    const right = typeof b === 'number' ? String(b) : formatShape(b.shape);
    test(`${operation} of ${dtype} ${formatShape(a.shape)} and ${right} is NumPy's`, () => {
      const y = call(tensorOf(a, dtype), operation, typeof b === 'number' ? b : tensorOf(b, dtype)) as Tensor;
      expect(y.dtype).toBe(dtype);
      // Each system's pow is within one unit in the last place of the true value; all else is correctly rounded.
      const ulps = operation === 'pow' ? 4 * unitRoundoff(dtype) : 0;
      expectClose(y, result, (x) => ulps * Math.abs(x));
    });
  }
});

describe('functions of one', () => {
  type Case = { operation: string; dtype: Dtype; a: GoldenArray; result: GoldenArray };
  for (const { operation, dtype, a, result } of readGolden<Case>('unary')) {
    test(`${operation} of ${dtype} ${formatShape(a.shape)} is NumPy's`, () => {
      const y = call(tensorOf(a, dtype), operation) as Tensor;
      // exp and log may be off by one or two units in the last place on either side; a float32 is computed in double.
      const ulps = operation === 'exp' || operation === 'log' ? 6 * unitRoundoff(dtype) : 0;
      expectClose(y, result, (x) => ulps * Math.abs(x));
    });
  }
});

describe('reductions', () => {
  type Reduction = { operation: string; axis: number | null; keepDims: boolean; result: GoldenArray | null };
  type Case = { dtype: Dtype; a: GoldenArray; reductions: Reduction[] };
  for (const { dtype, a, reductions } of readGolden<Case>('reductions')) {
    test(`sum, mean, max, min and argMax of ${dtype} ${formatShape(a.shape)} are NumPy's along every axis`, () => {
      const x = tensorOf(a, dtype);
      const magnitude = Array.from(x.data).reduce(
        (sum, value) => sum + (Number.isFinite(value) ? Math.abs(value) : 0),
        0,
      );
      for (const { operation, axis, keepDims, result } of reductions) {
        const inputs = operation === 'argMax' ? [axis ?? undefined] : [axis ?? undefined, { keepDims }];
        if (result === null) {
          expect(() => call(x, operation, ...inputs), `${operation} along ${axis}`).toThrow(/at least one element/);
          continue;
        }
        const y = call(x, operation, ...inputs);
        if (operation === 'argMax') {
          expect(typeof y === 'number' ? [y] : Array.from(y as Int32Array)).toEqual(result.data);
          continue;
        }
        // Any order of adding n numbers is off by at most (n − 1)·u·Σ|x| (Higham, §4.2); NumPy's order and ours differ.
        const bound = operation === 'sum' || operation === 'mean' ? 2 * x.size * unitRoundoff(dtype) * magnitude : 0;
        expectClose(typeof y === 'number' ? Tensor.full([], y, { dtype }) : (y as Tensor), result, () => bound);
        expect(typeof y).toBe(axis === null && !keepDims ? 'number' : 'object');
      }
    });
  }

  test('a float64 sum over contiguous elements has the same bits as in NumPy', () => {
    for (const { dtype, a, reductions } of readGolden<Case>('reductions')) {
      if (dtype === 'float32') continue;
      const last = reductions.filter(({ operation, axis }) => operation === 'sum' && (axis === null || axis === -1));
      for (const { axis, keepDims, result } of last) {
        const y = call(tensorOf(a, dtype), 'sum', axis ?? undefined, { keepDims });
        expectClose(typeof y === 'number' ? Tensor.full([], y, { dtype }) : (y as Tensor), result!, exactly);
      }
    }
  });
});

describe('matrix products', () => {
  type Case = { dtype: Dtype; a: GoldenArray; b: GoldenArray; result: GoldenArray };
  for (const { dtype, a, b, result } of readGolden<Case>('products')) {
    test(`C1: ${dtype} ${formatShape(a.shape)} · ${formatShape(b.shape)} is NumPy's`, () => {
      expectClose(tensorOf(a, dtype).matMul(tensorOf(b, dtype)), result, exactly);
    });
  }
});

describe('shapes and parts', () => {
  type Case = { operation: string; dtype: Dtype; a: GoldenArray; arguments: unknown[]; result: GoldenArray };
  for (const { operation, dtype, a, arguments: inputs, result } of readGolden<Case>('shapes')) {
    test(`${operation}(${JSON.stringify(inputs).slice(1, -1)}) of ${dtype} ${formatShape(a.shape)} is NumPy's`, () => {
      expectClose(call(tensorOf(a, dtype), operation, ...inputs) as Tensor, result, exactly);
    });
  }
});

describe('creation', () => {
  type Case = { operation: string; dtype: Dtype; arguments: number[]; result: GoldenArray };
  for (const { operation, dtype, arguments: inputs, result } of readGolden<Case>('creation')) {
    test(`Tensor.${operation}(${inputs.join(', ')}) in ${dtype} is NumPy's`, () => {
      expectClose(call(Tensor, operation, ...inputs, { dtype }) as Tensor, result, exactly);
    });
  }
});

describe('printing', () => {
  type Case = { dtype: Dtype; result: string } & ({ a: GoldenArray } | { arange: number[] });
  for (const golden of readGolden<Case>('printed')) {
    const [firstLine] = golden.result.split('\n');
    test(`${golden.dtype} ${firstLine} is printed as by NumPy`, () => {
      const x =
        'a' in golden
          ? tensorOf(golden.a, golden.dtype)
          : Tensor.arange(
              golden.arange.reduce((a, b) => a * b),
              { dtype: golden.dtype },
            ).reshape(golden.arange);
      expect(x.toString()).toBe(golden.result);
    });
  }
});
