import { describe, expect, test } from 'vitest';
import type { Backend, Operation } from '../../src/backend/backend.js';
import { FUNCTIONS } from '../../src/backend/functions.js';
import { ArgumentError, DtypeError, ShapeError, type ZerokaraError } from '../../src/errors.js';
import { bytesOf } from '../support/bytes.js';
import { type Arguments, call, SIZES, validCall, withLeadingDimensions } from '../support/calls.js';
import { detach, overlay, put, share } from '../support/spoil.js';
import { CONVOLUTION_REFUSALS } from './convolution-refusals.js';

type ErrorClass = new (...parameters: never[]) => ZerokaraError;
export type Refusal = readonly [spoil: (args: Arguments) => void, error: ErrorClass, message: string];

const f32 = (n: number): Float32Array => new Float32Array(n).fill(0.5);
const f64 = (n: number): Float64Array => new Float64Array(n).fill(0.5);

/** Matrices are 2 × 3, and vectors have matching lengths. */
function validCallOf(operation: Operation): Arguments {
  const ofVectors = FUNCTIONS[operation].parameters.every(
    ({ name }) => !['m', 'width', 'shape', 'outer'].includes(name),
  );
  return validCall(operation, {
    sizes: withLeadingDimensions(operation, ofVectors ? { n: 6 } : SIZES, () => 0),
  });
}

const isShared = 'lies in a SharedArrayBuffer; expected an array that no other thread can change during the call';
const integerRange = 'expected an integer in [0, 2147483648)';
const floatTypes = 'expected a Float32Array or a Float64Array';
const activations = 'expected "identity", "relu", "sigmoid" or "tanh"';

/** Whole messages; hostile.ts has every way to spoil a call. */
const refusals: Partial<Record<Operation, readonly Refusal[]>> = {
  ...CONVOLUTION_REFUSALS,
  gemm: [
    [put(0, 1), ArgumentError, 'gemm: transA is 1; expected true or false'],
    [put(1, undefined), ArgumentError, 'gemm: transB is undefined; expected true or false'],
    [put(2, -1), ArgumentError, `gemm: m is -1; ${integerRange}`],
    [put(2, Number.NaN), ArgumentError, `gemm: m is NaN; ${integerRange}`],
    [put(3, 1.5), ArgumentError, `gemm: n is 1.5; ${integerRange}`],
    [put(3, 2 ** 32 + 3), ArgumentError, `gemm: n is 4294967299; ${integerRange}`],
    [put(4, '4'), ArgumentError, `gemm: k is "4"; ${integerRange}`],
    [put(4, 2 ** 31), ArgumentError, `gemm: k is 2147483648; ${integerRange}`],
    [put(4, Infinity), ArgumentError, `gemm: k is Infinity; ${integerRange}`],
    [put(5, '1'), ArgumentError, 'gemm: alpha is "1"; expected a number'],
    [put(5, 1n), ArgumentError, 'gemm: alpha is 1n; expected a number'],
    [put(5, { valueOf: () => 1 }), ArgumentError, 'gemm: alpha is an Object; expected a number'],
    [put(6, [1, 2]), ArgumentError, `gemm: a is [1, 2]; ${floatTypes}`],
    [put(6, null), ArgumentError, `gemm: a is null; ${floatTypes}`],
    [put(6, new Int32Array(8)), DtypeError, `gemm: a is an Int32Array; ${floatTypes}`],
    [put(7, -4), ArgumentError, `gemm: lda is -4; ${integerRange}`],
    [put(8, f64(12)), DtypeError, 'gemm: b is a Float64Array; expected a Float32Array like a'],
    [put(10, null), ArgumentError, 'gemm: beta is null; expected a number'],
    [put(11, f64(6)), DtypeError, 'gemm: c is a Float64Array; expected a Float32Array like a'],
    [put(11, new ArrayBuffer(24)), ArgumentError, 'gemm: c is an ArrayBuffer; expected a Float32Array like a'],
    [share(11), ArgumentError, `gemm: c ${isShared}`],
    [put(7, 3), ShapeError, 'gemm: lda is 3; expected at least 4 (the length of a stored row of a)'],
    [put(9, 2), ShapeError, 'gemm: ldb is 2; expected at least 3 (the length of a stored row of b)'],
    [put(12, 2), ShapeError, 'gemm: ldc is 2; expected at least 3 (the length of a stored row of c)'],
    [put(0, true), ShapeError, 'gemm: a has 8 elements; expected at least 14 (4 rows of 2, lda 4)'],
    [put(6, f32(7)), ShapeError, 'gemm: a has 7 elements; expected at least 8 (2 rows of 4, lda 4)'],
    [put(8, f32(11)), ShapeError, 'gemm: b has 11 elements; expected at least 12 (4 rows of 3, ldb 3)'],
    [put(11, f32(1)), ShapeError, 'gemm: c has 1 element; expected at least 6 (2 rows of 3, ldc 3)'],
    [
      detach(6),
      ShapeError,
      'gemm: a is detached (its buffer was transferred); expected at least 8 (2 rows of 4, lda 4)',
    ],
    [overlay(6, 11, 2), ArgumentError, 'gemm: c overlaps a; expected separate memory'],
    [overlay(6, 11, 0), ArgumentError, 'gemm: c overlaps a; expected separate memory'],
    [overlay(8, 11, 11), ArgumentError, 'gemm: c overlaps b; expected separate memory'],
    [overlay(11, 8, 5), ArgumentError, 'gemm: c overlaps b; expected separate memory'],
  ],
  biasActivation: [
    [put(0, new Uint8Array(6)), DtypeError, `biasActivation: y is a Uint8Array; ${floatTypes}`],
    [share(0), ArgumentError, `biasActivation: y ${isShared}`],
    [put(1, f64(3)), DtypeError, 'biasActivation: bias is a Float64Array; expected a Float32Array like y'],
    [put(2, 0.5), ArgumentError, `biasActivation: m is 0.5; ${integerRange}`],
    [put(3, -3), ArgumentError, `biasActivation: n is -3; ${integerRange}`],
    [put(4, 'rleu'), ArgumentError, `biasActivation: f is "rleu"; ${activations}. Did you mean "relu"?`],
    [put(4, 1), ArgumentError, `biasActivation: f is 1; ${activations}`],
    [put(0, f32(5)), ShapeError, 'biasActivation: y has 5 elements; expected at least 6 (m × n)'],
    [put(1, f32(2)), ShapeError, 'biasActivation: bias has 2 elements; expected at least 3 (n)'],
    [overlay(0, 1, 5), ArgumentError, 'biasActivation: y overlaps bias; expected separate memory'],
  ],
  biasActivationBackward: [
    [put(0, undefined), ArgumentError, `biasActivationBackward: dz is undefined; ${floatTypes}`],
    [share(0), ArgumentError, `biasActivationBackward: dz ${isShared}`],
    [put(1, f64(3)), DtypeError, 'biasActivationBackward: db is a Float64Array; expected a Float32Array like dz'],
    [share(1), ArgumentError, `biasActivationBackward: db ${isShared}`],
    [put(2, f64(6)), DtypeError, 'biasActivationBackward: dy is a Float64Array; expected a Float32Array like dz'],
    [put(3, f64(6)), DtypeError, 'biasActivationBackward: y is a Float64Array; expected a Float32Array like dz'],
    [put(4, -1), ArgumentError, `biasActivationBackward: m is -1; ${integerRange}`],
    [put(5, -1), ArgumentError, `biasActivationBackward: n is -1; ${integerRange}`],
    [put(6, 'Relu'), ArgumentError, `biasActivationBackward: f is "Relu"; ${activations}. Did you mean "relu"?`],
    [put(0, f32(5)), ShapeError, 'biasActivationBackward: dz has 5 elements; expected at least 6 (m × n)'],
    [put(1, f32(2)), ShapeError, 'biasActivationBackward: db has 2 elements; expected at least 3 (n)'],
    [put(2, f32(0)), ShapeError, 'biasActivationBackward: dy has 0 elements; expected at least 6 (m × n)'],
    [put(3, f32(5)), ShapeError, 'biasActivationBackward: y has 5 elements; expected at least 6 (m × n)'],
    [overlay(0, 1, 1), ArgumentError, 'biasActivationBackward: dz overlaps db; expected separate memory'],
    [
      overlay(0, 2, 1),
      ArgumentError,
      'biasActivationBackward: dz overlaps dy in part; expected the same array or separate memory',
    ],
    [overlay(0, 3, 0), ArgumentError, 'biasActivationBackward: dz overlaps y; expected separate memory'],
    [overlay(1, 2, 0), ArgumentError, 'biasActivationBackward: db overlaps dy; expected separate memory'],
    [overlay(3, 1, 5), ArgumentError, 'biasActivationBackward: db overlaps y; expected separate memory'],
  ],
  activation: [
    [put(0, 'y'), ArgumentError, `activation: y is "y"; ${floatTypes}`],
    [share(0), ArgumentError, `activation: y ${isShared}`],
    [put(1, f64(6)), DtypeError, 'activation: x is a Float64Array; expected a Float32Array like y'],
    [put(2, 6.5), ArgumentError, `activation: n is 6.5; ${integerRange}`],
    [put(3, 'swish'), ArgumentError, `activation: f is "swish"; ${activations}`],
    [put(0, f32(5)), ShapeError, 'activation: y has 5 elements; expected at least 6 (n)'],
    [put(1, f32(5)), ShapeError, 'activation: x has 5 elements; expected at least 6 (n)'],
    [detach(1), ShapeError, 'activation: x is detached (its buffer was transferred); expected at least 6 (n)'],
    [overlay(0, 1, 5), ArgumentError, 'activation: y overlaps x in part; expected the same array or separate memory'],
    [overlay(1, 0, 3), ArgumentError, 'activation: y overlaps x in part; expected the same array or separate memory'],
  ],
  activationBackward: [
    [share(0), ArgumentError, `activationBackward: dx ${isShared}`],
    [
      put(0, new Float64Array(6)),
      DtypeError,
      'activationBackward: dy is a Float32Array; expected a Float64Array like dx',
    ],
    [put(2, f64(6)), DtypeError, 'activationBackward: y is a Float64Array; expected a Float32Array like dx'],
    [put(3, '6'), ArgumentError, `activationBackward: n is "6"; ${integerRange}`],
    [put(4, ''), ArgumentError, `activationBackward: f is ""; ${activations}`],
    [put(0, f32(5)), ShapeError, 'activationBackward: dx has 5 elements; expected at least 6 (n)'],
    [put(1, f32(5)), ShapeError, 'activationBackward: dy has 5 elements; expected at least 6 (n)'],
    [put(2, f32(5)), ShapeError, 'activationBackward: y has 5 elements; expected at least 6 (n)'],
    [
      overlay(0, 1, 5),
      ArgumentError,
      'activationBackward: dx overlaps dy in part; expected the same array or separate memory',
    ],
    [overlay(0, 2, 0), ArgumentError, 'activationBackward: dx overlaps y; expected separate memory'],
  ],
  columnSums: [
    [share(0), ArgumentError, `columnSums: out ${isShared}`],
    [put(0, new Float64Array(3)), DtypeError, 'columnSums: x is a Float32Array; expected a Float64Array like out'],
    [put(2, -0.5), ArgumentError, `columnSums: m is -0.5; ${integerRange}`],
    [put(3, null), ArgumentError, `columnSums: n is null; ${integerRange}`],
    [put(0, f32(2)), ShapeError, 'columnSums: out has 2 elements; expected at least 3 (n)'],
    [put(1, f32(5)), ShapeError, 'columnSums: x has 5 elements; expected at least 6 (m × n)'],
    [overlay(0, 1, 2), ArgumentError, 'columnSums: out overlaps x; expected separate memory'],
  ],
  softmax: [
    [share(0), ArgumentError, `softmax: y ${isShared}`],
    [put(1, new BigInt64Array(6)), DtypeError, 'softmax: x is a BigInt64Array; expected a Float32Array like y'],
    [put(2, true), ArgumentError, `softmax: m is true; ${integerRange}`],
    [put(3, [3]), ArgumentError, `softmax: n is [3]; ${integerRange}`],
    [put(0, f32(5)), ShapeError, 'softmax: y has 5 elements; expected at least 6 (m × n)'],
    [put(1, f32(5)), ShapeError, 'softmax: x has 5 elements; expected at least 6 (m × n)'],
    [overlay(0, 1, 3), ArgumentError, 'softmax: y overlaps x in part; expected the same array or separate memory'],
  ],
  softmaxCrossEntropy: [
    [
      put(0, undefined),
      ArgumentError,
      'softmaxCrossEntropy: dlogits is undefined; expected a Float32Array, a Float64Array or null',
    ],
    [share(0), ArgumentError, `softmaxCrossEntropy: dlogits ${isShared}`],
    [put(1, f64(6)), DtypeError, 'softmaxCrossEntropy: logits is a Float64Array; expected a Float32Array like dlogits'],
    [(args) => args.splice(0, 2, null, [1]), ArgumentError, `softmaxCrossEntropy: logits is [1]; ${floatTypes}`],
    [put(2, f32(2)), DtypeError, 'softmaxCrossEntropy: labels is a Float32Array; expected an Int32Array'],
    [put(2, [0, 1]), ArgumentError, 'softmaxCrossEntropy: labels is [0, 1]; expected an Int32Array'],
    [share(2), ArgumentError, `softmaxCrossEntropy: labels ${isShared}`],
    [
      put(3, f64(2)),
      DtypeError,
      'softmaxCrossEntropy: weights is a Float64Array; expected a Float32Array like logits or null',
    ],
    [put(4, -2), ArgumentError, `softmaxCrossEntropy: m is -2; ${integerRange}`],
    [put(5, 1e10), ArgumentError, `softmaxCrossEntropy: n is 10000000000; ${integerRange}`],
    [put(6, undefined), ArgumentError, 'softmaxCrossEntropy: scale is undefined; expected a number'],
    [put(0, f32(5)), ShapeError, 'softmaxCrossEntropy: dlogits has 5 elements; expected at least 6 (m × n)'],
    [put(1, f32(5)), ShapeError, 'softmaxCrossEntropy: logits has 5 elements; expected at least 6 (m × n)'],
    [put(2, new Int32Array(1)), ShapeError, 'softmaxCrossEntropy: labels has 1 element; expected at least 2 (m)'],
    [put(3, f32(1)), ShapeError, 'softmaxCrossEntropy: weights has 1 element; expected at least 2 (m)'],
    [
      overlay(0, 1, 1),
      ArgumentError,
      'softmaxCrossEntropy: dlogits overlaps logits in part; expected the same array or separate memory',
    ],
    [overlay(0, 2, 0), ArgumentError, 'softmaxCrossEntropy: dlogits overlaps labels; expected separate memory'],
    [overlay(0, 3, 4), ArgumentError, 'softmaxCrossEntropy: dlogits overlaps weights; expected separate memory'],
    [put(2, Int32Array.of(0, 3)), ArgumentError, 'softmaxCrossEntropy: labels[1] is 3; expected an integer in [0, 3)'],
    [
      put(2, Int32Array.of(-1, 7)),
      ArgumentError,
      'softmaxCrossEntropy: labels[0] is -1; expected an integer in [0, 3)',
    ],
    [put(5, 0), ArgumentError, 'softmaxCrossEntropy: labels[0] is 0; expected an integer in [0, 0)'],
  ],
  softmaxCrossEntropyDense: [
    [
      put(0, 0),
      ArgumentError,
      'softmaxCrossEntropyDense: dlogits is 0; expected a Float32Array, a Float64Array or null',
    ],
    [share(0), ArgumentError, `softmaxCrossEntropyDense: dlogits ${isShared}`],
    [
      put(1, f64(6)),
      DtypeError,
      'softmaxCrossEntropyDense: logits is a Float64Array; expected a Float32Array like dlogits',
    ],
    [
      put(2, new Int32Array(6)),
      DtypeError,
      'softmaxCrossEntropyDense: targets is an Int32Array; expected a Float32Array like logits',
    ],
    [
      put(3, undefined),
      ArgumentError,
      'softmaxCrossEntropyDense: weights is undefined; expected a Float32Array like logits or null',
    ],
    [put(4, Number.NaN), ArgumentError, `softmaxCrossEntropyDense: m is NaN; ${integerRange}`],
    [put(5, -3), ArgumentError, `softmaxCrossEntropyDense: n is -3; ${integerRange}`],
    [put(6, '1'), ArgumentError, 'softmaxCrossEntropyDense: scale is "1"; expected a number'],
    [put(0, f32(5)), ShapeError, 'softmaxCrossEntropyDense: dlogits has 5 elements; expected at least 6 (m × n)'],
    [put(1, f32(5)), ShapeError, 'softmaxCrossEntropyDense: logits has 5 elements; expected at least 6 (m × n)'],
    [put(2, f32(5)), ShapeError, 'softmaxCrossEntropyDense: targets has 5 elements; expected at least 6 (m × n)'],
    [put(3, f32(1)), ShapeError, 'softmaxCrossEntropyDense: weights has 1 element; expected at least 2 (m)'],
    [
      overlay(1, 0, 1),
      ArgumentError,
      'softmaxCrossEntropyDense: dlogits overlaps logits in part; expected the same array or separate memory',
    ],
    [overlay(0, 2, 0), ArgumentError, 'softmaxCrossEntropyDense: dlogits overlaps targets; expected separate memory'],
    [overlay(0, 3, 5), ArgumentError, 'softmaxCrossEntropyDense: dlogits overlaps weights; expected separate memory'],
  ],
  argMaxRows: [
    [put(0, f32(2)), DtypeError, 'argMaxRows: out is a Float32Array; expected an Int32Array'],
    [put(0, new Uint32Array(2)), DtypeError, 'argMaxRows: out is a Uint32Array; expected an Int32Array'],
    [share(0), ArgumentError, `argMaxRows: out ${isShared}`],
    [put(1, new Uint8Array(6)), DtypeError, `argMaxRows: x is a Uint8Array; ${floatTypes}`],
    [put(2, 2.5), ArgumentError, `argMaxRows: m is 2.5; ${integerRange}`],
    [put(3, -1), ArgumentError, `argMaxRows: n is -1; ${integerRange}`],
    [put(3, 0), ArgumentError, 'argMaxRows: n is 0; expected at least 1 column to take the maximum of'],
    [put(0, new Int32Array(1)), ShapeError, 'argMaxRows: out has 1 element; expected at least 2 (m)'],
    [put(1, f32(5)), ShapeError, 'argMaxRows: x has 5 elements; expected at least 6 (m × n)'],
    [overlay(0, 1, 1), ArgumentError, 'argMaxRows: out overlaps x; expected separate memory'],
  ],
  gatherRows: [
    [put(0, new Uint8Array(6)), DtypeError, `gatherRows: out is a Uint8Array; ${floatTypes}`],
    [share(0), ArgumentError, `gatherRows: out ${isShared}`],
    [
      put(1, f64(12)),
      DtypeError,
      'gatherRows: source is a Float64Array; expected a Float32Array like out or a Uint8Array',
    ],
    [
      put(1, new Int8Array(12)),
      DtypeError,
      'gatherRows: source is an Int8Array; expected a Float32Array like out or a Uint8Array',
    ],
    [put(2, [0, 1, 2]), ArgumentError, 'gatherRows: indices is [0, 1, 2]; expected an Int32Array'],
    [share(2), ArgumentError, `gatherRows: indices ${isShared}`],
    [put(3, -1), ArgumentError, `gatherRows: start is -1; ${integerRange}`],
    [put(4, 1.1), ArgumentError, `gatherRows: count is 1.1; ${integerRange}`],
    [put(5, '3'), ArgumentError, `gatherRows: width is "3"; ${integerRange}`],
    [put(6, null), ArgumentError, 'gatherRows: scale is null; expected a number'],
    [put(0, f32(5)), ShapeError, 'gatherRows: out has 5 elements; expected at least 6 (count × width)'],
    [
      put(2, Int32Array.of(3, 1)),
      ShapeError,
      'gatherRows: indices has 2 elements; expected at least 3 (start + count)',
    ],
    [overlay(0, 1, 5), ArgumentError, 'gatherRows: out overlaps source; expected separate memory'],
    [overlay(0, 2, 0), ArgumentError, 'gatherRows: out overlaps indices; expected separate memory'],
    [
      put(2, Int32Array.of(9, 0, 4)),
      ArgumentError,
      'gatherRows: indices[2] is 4; expected an integer in [0, 4) (rows of source)',
    ],
    [
      put(2, Int32Array.of(9, -1, 0)),
      ArgumentError,
      'gatherRows: indices[1] is -1; expected an integer in [0, 4) (rows of source)',
    ],
    [put(1, f32(5)), ArgumentError, 'gatherRows: indices[1] is 1; expected an integer in [0, 1) (rows of source)'],
    [detach(1), ArgumentError, 'gatherRows: indices[1] is 1; expected an integer in [0, 0) (rows of source)'],
  ],
  axpy: [
    [put(0, -6), ArgumentError, `axpy: n is -6; ${integerRange}`],
    [put(1, undefined), ArgumentError, 'axpy: alpha is undefined; expected a number'],
    [put(2, new Float64Array(6)), DtypeError, 'axpy: y is a Float32Array; expected a Float64Array like x'],
    [share(3), ArgumentError, `axpy: y ${isShared}`],
    [put(2, f32(5)), ShapeError, 'axpy: x has 5 elements; expected at least 6 (n)'],
    [put(3, f32(5)), ShapeError, 'axpy: y has 5 elements; expected at least 6 (n)'],
    [detach(3), ShapeError, 'axpy: y is detached (its buffer was transferred); expected at least 6 (n)'],
    [overlay(2, 3, 0), ArgumentError, 'axpy: y overlaps x; expected separate memory'],
    [overlay(3, 2, 5), ArgumentError, 'axpy: y overlaps x; expected separate memory'],
  ],
  sumOfSquares: [
    [put(0, new Uint8ClampedArray(6)), DtypeError, `sumOfSquares: x is a Uint8ClampedArray; ${floatTypes}`],
    [put(1, 2 ** 31), ArgumentError, `sumOfSquares: n is 2147483648; ${integerRange}`],
    [put(1, 7), ShapeError, 'sumOfSquares: x has 6 elements; expected at least 7 (n)'],
  ],
};

export function errorsConformance(backend: Backend): void {
  for (const [operation, cases] of Object.entries(refusals) as [Operation, readonly Refusal[]][]) {
    describe(`${operation} refuses`, () => {
      test('nothing about a valid call', () => {
        expect(() => call(backend, operation, validCallOf(operation))).not.toThrow();
      });

      for (const [spoil, error, message] of cases) {
        test(message, () => {
          const args = validCallOf(operation);
          spoil(args);
          const before = args.map(bytesOf);
          const thrown = caught(() => call(backend, operation, args));
          expect(thrown?.message).toBe(message);
          expect(thrown).toBeInstanceOf(error);
          expect(args.map(bytesOf), 'no array has changed').toEqual(before);
        });
      }
    });
  }

  test('a complaint about a kind comes before one about a length, and a length before a label', () => {
    const short = f32(5);
    expect(() => backend.softmaxCrossEntropy(null, short, Int32Array.of(9, 9), null, 2, 3, '1' as never)).toThrow(
      'softmaxCrossEntropy: scale is "1"; expected a number',
    );
    expect(() => backend.softmaxCrossEntropy(null, short, Int32Array.of(9, 9), null, 2, 3, 1)).toThrow(
      'softmaxCrossEntropy: logits has 5 elements; expected at least 6 (m × n)',
    );
  });
}

function caught(action: () => unknown): Error | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
