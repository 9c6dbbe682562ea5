import type { Dtype } from '../backend/backend.js';
import { DataError, StateError } from '../errors.js';
import type { Tensors } from '../layers/layer.js';
import type { Tensor } from '../tensor/tensor.js';
import { nonFinitePlace } from './saved-network.js';

/** Why scores are NaN or infinite: the first non-finite input of that row, or else the first such parameter. */
export function notFinite(
  operation: string,
  dtype: Dtype,
  tensors: Tensors,
  x?: Tensor,
  row = 0,
): DataError | StateError {
  const width = x?.shape[1] ?? 0;
  const column = x === undefined ? -1 : x.data.subarray(row * width, (row + 1) * width).findIndex(isNotFinite);
  if (column >= 0) {
    const found = `x[${row}][${column}] is ${x!.data[row * width + column]}`;
    return new DataError({ operation, found, expected: 'finite numbers' });
  }
  const place = nonFinitePlace(tensors);
  return new StateError({
    operation,
    found: `the scores${x === undefined ? '' : ` of row ${row}`} are not finite`,
    expected: 'finite numbers to compare',
    fix:
      place === undefined
        ? `x and the parameters are finite, so a product exceeds what ${dtype} can hold`
        : `The cause is in the parameters: ${place}`,
  });
}

const isNotFinite = (value: number): boolean => !Number.isFinite(value);
