/** Rows that come and go as flat typed arrays of the caller, for `predictInto`: calls of the same size make no arrays. */

import { type Backend, type Dtype, dtypeOf, type Floats } from '../backend/backend.js';
import { ArgumentError, ShapeError, StateError, show } from '../errors.js';
import { isFloats, lengthOf } from '../identity.js';
import { RowBuffer } from '../layers/row-buffer.js';
import { isByteArray } from '../tensor/bytes.js';
import { Tensor } from '../tensor/tensor.js';

/** Rows one after another: numbers, or bytes that are scaled like those the network was trained on. */
export type FlatRows = Floats | Uint8Array | Uint8ClampedArray;

/** What is needed to know of the network. */
interface Reader {
  readonly dtype: Dtype;
  readonly backend: Backend;
  readonly byteScale?: number | undefined;
  readonly inputSize?: number | undefined;
}

/** Makes a tensor of flat rows: of floats in the network's dtype without a copy, of others in a buffer of its own. */
export class FlatRowReader {
  /** The tensor over the last array. Servers fill the same array for each request, so it is mostly right again. */
  #borrowed: Tensor | undefined;
  readonly #converted: RowBuffer = new RowBuffer();

  /**
   * @returns x as (N, inputSize), valid until the next call
   * @throws {ArgumentError} for an x that is not a typed array of floats or bytes, {ShapeError} for no rows or parts of rows,
   *   {StateError} if the layers do not say how long a row is
   */
  read(operation: string, net: Reader, x: FlatRows): Tensor {
    const width = requireInputSize(operation, net.inputSize);
    const isBytes = isByteArray(x);
    if (!isBytes && !isFloats(x)) {
      throw new ArgumentError({
        operation,
        found: `x is ${show(x)}`,
        expected: 'a Float32Array, a Float64Array or bytes, the rows one after another',
        fix: 'predict takes tensors and nested arrays',
      });
    }
    const length = lengthOf(x);
    const rows = length / width;
    if (!Number.isInteger(rows) || rows === 0) {
      throw new ShapeError({
        operation,
        found: `x has ${length} numbers`,
        expected: `a multiple of ${width} (inputSize), one row or more`,
      });
    }
    if (!isBytes && dtypeOf(x) === net.dtype) return this.#borrow(net, x, rows, width);

    const input = this.#converted.rows(rows, width, net);
    const { byteScale } = net;
    if (!isBytes || byteScale === undefined || byteScale === 1) {
      input.data.set(x);
      return input;
    }
    // As in gatherRows: first the factor is rounded to the dtype, then each product once.
    const factor = net.dtype === 'float32' ? Math.fround(byteScale) : byteScale;
    const { data } = input;
    for (let i = 0; i < length; i++) data[i] = x[i]! * factor;
    return input;
  }

  #borrow({ backend }: Reader, x: Floats, rows: number, width: number): Tensor {
    const last = this.#borrowed;
    // Its shape, not its size: an array over a resizable buffer grows, and so does what is read of it.
    if (last !== undefined && last.data === x && last.shape[0] === rows && last.shape[1] === width) return last;
    this.#borrowed = new Tensor(x, [rows, width], backend);
    return this.#borrowed;
  }
}

function requireInputSize(operation: string, inputSize: number | undefined): number {
  if (inputSize !== undefined) return inputSize;
  throw new StateError({
    operation,
    found: 'the layers do not say how many numbers a row has',
    expected: 'a first layer with a fixed inputSize',
    fix: 'Use predict, whose x has a shape',
  });
}

/**
 * Checks the array for the answers before anything is computed.
 *
 * @throws {ArgumentError} for what is not an array of floats, {ShapeError} for another length than rows · columns
 */
export function requireOutput(operation: string, out: Floats, rows: number, columns: number): void {
  if (!isFloats(out)) {
    throw new ArgumentError({ operation, found: `out is ${show(out)}`, expected: 'a Float32Array or a Float64Array' });
  }
  const length = lengthOf(out);
  if (length === rows * columns) return;
  const answers = rows === 1 ? '1 row' : `${rows} rows`;
  throw new ShapeError({
    operation,
    found: `out has ${length} numbers`,
    expected: `${rows * columns}: ${answers} of ${columns} (outputSize)`,
  });
}
