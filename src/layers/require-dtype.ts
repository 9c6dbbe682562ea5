import { DtypeError } from '../errors.js';
import type { Tensor } from '../tensor/tensor.js';

/** @throws {DtypeError} unless `tensor` has the element type of `reference`, which `owner` names */
export function requireDtypeOf(
  operation: string,
  argument: string,
  tensor: Tensor,
  reference: Tensor,
  owner: string,
): void {
  if (tensor.dtype === reference.dtype) return;
  throw new DtypeError({
    operation,
    found: `${argument} is ${tensor.dtype}`,
    expected: `${reference.dtype}, the dtype of ${owner}`,
    fix: `Convert ${argument} with Tensor.from(${argument}, { dtype: '${reference.dtype}' }), or build the network with dtype: '${tensor.dtype}'`,
  });
}
