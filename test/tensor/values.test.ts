import { describe, expect, test } from 'vitest';
import { createJsBackend } from '../../src/backend/js/js.js';
import { ArgumentError, DtypeError, ShapeError } from '../../src/errors.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { toTensor, type Values } from '../../src/tensor/values.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

const backend = createJsBackend('for tests');
const float32 = { dtype: 'float32', backend } as const;
const float64 = { dtype: 'float64', backend } as const;
const convert = (values: Values, into: typeof float32 | typeof float64 = float32): Tensor =>
  toTensor('TwoLayerNet.predict', 'x', values, into);

describe('toTensor', () => {
  test('borrows floats of the dtype: the memory is shared', () => {
    const data = Float32Array.of(1, 2, 3, 4);
    expect(convert({ data, shape: [2, 2] }).data).toBe(data);
    expect(convert(data).data).toBe(data);
    expect(convert(data).shape).toEqual([4]);
    const x = new Tensor(data, [2, 2], backend);
    expect(convert(x)).toBe(x);
  });

  test('takes a tensor of another backend over to its own, sharing the memory', () => {
    const x = Tensor.ones([2], { backend: createJsBackend('elsewhere') });
    expect(convert(x).backend).toBe(backend);
    expect(convert(x).data).toBe(x.data);
  });

  test('borrows a view of shared memory', () => {
    const data = new Float32Array(new SharedArrayBuffer(8));
    expect(convert({ data, shape: [1, 2] }).data).toBe(data);
  });

  test('converts nested lists, whole numbers and, for float64, float32 numbers', () => {
    expect(convert([[1, 2]]).data).toEqual(Float32Array.of(1, 2));
    expect(convert({ data: Uint8Array.of(0, 255), shape: [2, 1] }).toArray()).toEqual([[0], [255]]);
    expect(convert(Int32Array.of(-1)).data).toEqual(Float32Array.of(-1));
    const x = Tensor.from([0.1]);
    expect(convert(x, float64).data).toEqual(Float64Array.of(Math.fround(0.1)));
    expect(convert(x, float64).backend).toBe(backend);
    expect(convert([Float64Array.of(1, 2)]).dtype).toBe('float32');
    expect(convert([0.1], float64).item()).toBe(0.1);
  });

  const fix =
    "expected float32. Convert it with Tensor.from(x, { dtype: 'float32' }), or compute in float64 throughout with { dtype: 'float64' }";
  const cases: [string, Values, ErrorType, string][] = [
    ['float64 numbers', Float64Array.of(1), DtypeError, `x holds float64 numbers; ${fix}`],
    ['a float64 tensor', Tensor.ones([1], { dtype: 'float64' }), DtypeError, `x holds float64 numbers; ${fix}`],
    [
      'data without its shape filled',
      { data: new Float32Array(5), shape: [2, 3] },
      ShapeError,
      'x.data has 5 elements; expected 6 (shape [2, 3])',
    ],
    [
      'an invalid shape',
      { data: new Float32Array(5), shape: '5' as never },
      ShapeError,
      'x.shape is "5"; expected an array of whole numbers',
    ],
    [
      'data that is a list',
      { data: [1, 2] as never, shape: [2] },
      DtypeError,
      'x.data is [1, 2]; expected a Float32Array, Float64Array or Uint8Array',
    ],
    ['ragged rows', [[[1], [2]], [[3]]], ShapeError, 'x[1] has length 1; expected 2, as x[0] has'],
    ['ragged rows further in', [[[1, 2]], [[3]]], ShapeError, 'x[1][0] has length 1; expected 2, as x[0][0] has'],
    ['text', [['1']] as never, ArgumentError, 'x[0][0] is "1"; expected a number. Convert texts with Number'],
    ['an object', {} as never, ArgumentError, 'x is an Object; expected a number, an array of numbers or a tensor'],
    [
      'nothing',
      undefined as never,
      ArgumentError,
      'x is undefined; expected a number, an array of numbers or a tensor',
    ],
  ];
  for (const [what, values, type, message] of cases) {
    test(`refuses ${what}`, () => expectRefusal(() => convert(values), type, `TwoLayerNet.predict: ${message}`));
  }

  test('refuses an array whose memory was transferred away', () => {
    const data = new Float32Array(4);
    const x = new Tensor(data, [2, 2], backend);
    structuredClone(data, { transfer: [data.buffer] });
    const message = 'TwoLayerNet.predict: x.data has 0 elements; expected 4 (shape [2, 2])';
    expectRefusal(() => convert({ data, shape: [2, 2] }), ShapeError, message);
    expectRefusal(() => convert(x), ShapeError, message);
  });
});
