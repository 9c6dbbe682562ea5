import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import * as checks from '../../src/backend/calls.js';

const f32 = (n: number): Float32Array => new Float32Array(n);

test('the committed calls match the rows of functions.ts', () => {
  const script = fileURLToPath(new URL('../../scripts/build-calls.mjs', import.meta.url));
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toContain('calls.ts is current');
});

/** Calls with every kind of mistake at once, corrected in the documented order. */
describe('the order of the checks', () => {
  test('gemm: kinds in parameter order, leading dimensions, lengths, overlap', () => {
    const a = f32(8);
    const args: unknown[] = [0, 0, -1, 3, 4, '1', [], 2, new Float64Array(12), 1, 0, a.subarray(2), 2];
    const message = (): string => messageOf(() => (checks.checkGemm as (...args: unknown[]) => void)(...args));
    const mend: [position: number, value: unknown, next: string][] = [
      [0, false, 'gemm: transB is 0; expected true or false'],
      [1, false, 'gemm: m is -1; expected an integer in [0, 2147483648)'],
      [2, 2, 'gemm: alpha is "1"; expected a number'],
      [5, 1, 'gemm: a is []; expected a Float32Array or a Float64Array'],
      [6, a, 'gemm: b is a Float64Array; expected a Float32Array like a'],
      [8, f32(11), 'gemm: lda is 2; expected at least 4 (the length of a stored row of a)'],
      [7, 4, 'gemm: ldb is 1; expected at least 3 (the length of a stored row of b)'],
      [9, 3, 'gemm: ldc is 2; expected at least 3 (the length of a stored row of c)'],
      [12, 3, 'gemm: b has 11 elements; expected at least 12 (4 rows of 3, ldb 3)'],
      [8, f32(12), 'gemm: c overlaps a; expected separate memory'],
      [11, f32(6), ''],
    ];
    expect(message()).toBe('gemm: transA is 0; expected true or false');
    for (const [position, value, next] of mend) {
      args[position] = value;
      expect(message()).toBe(next);
    }
  });

  test('softmaxCrossEntropy: kinds, lengths, overlap, labels', () => {
    const logits = f32(7);
    const args: unknown[] = [logits.subarray(1), logits, Int32Array.of(5), null, 2, 3, null];
    const message = (): string =>
      messageOf(() => (checks.checkSoftmaxCrossEntropy as (...args: unknown[]) => void)(...args));
    expect(message()).toBe('softmaxCrossEntropy: scale is null; expected a number');
    args[6] = 1;
    expect(message()).toBe('softmaxCrossEntropy: labels has 1 element; expected at least 2 (m)');
    args[2] = Int32Array.of(0, 5);
    expect(message()).toBe(
      'softmaxCrossEntropy: dlogits overlaps logits in part; expected the same array or separate memory',
    );
    args[0] = null;
    expect(message()).toBe('softmaxCrossEntropy: labels[1] is 5; expected an integer in [0, 3)');
  });
});

describe('memory', () => {
  test('a second view of the same elements counts as the same array', () => {
    const y = f32(6);
    expect(messageOf(() => checks.checkSoftmax(y, new Float32Array(y.buffer), 2, 3))).toBe('');
  });

  test('only the part that is used can overlap', () => {
    const buffer = f32(12);
    expect(messageOf(() => checks.checkActivation(buffer, buffer.subarray(6), 6, 'relu'))).toBe('');
    expect(messageOf(() => checks.checkActivation(buffer, buffer.subarray(5), 6, 'relu'))).toContain(
      'overlaps x in part',
    );
    expect(messageOf(() => checks.checkActivation(buffer, buffer.subarray(5), 0, 'relu'))).toBe('');
  });

  test('a matrix without rows or columns needs no elements, for any leading dimension', () => {
    const none = f32(0);
    expect(messageOf(() => checks.checkGemm(false, false, 0, 3, 4, 1, none, 4, f32(12), 3, 0, none, 3))).toBe('');
    expect(messageOf(() => checks.checkGemm(false, false, 2, 3, 0, 1, none, 0, none, 3, 0, f32(6), 3))).toBe('');
  });

  test('a size beyond any array is a length error, not an overflow', () => {
    const huge = 2 ** 31 - 1;
    expect(messageOf(() => checks.checkColumnSums(f32(3), f32(3), huge, 3))).toBe(
      'columnSums: x has 3 elements; expected at least 6442450941 (m × n)',
    );
  });
});

function messageOf(action: () => void): string {
  try {
    action();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
