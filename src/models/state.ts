import { ArgumentError, DtypeError, ShapeError } from '../errors.js';
import type { Tensors } from '../layers/layer.js';
import { nearestName } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';

/** Copies that the caller owns. */
export function copyState<K extends string>(tensors: Tensors<K>): Record<K, Tensor> {
  const copies = {} as Record<K, Tensor>;
  for (const name in tensors) copies[name] = tensors[name].clone();
  return copies;
}

/**
 * Copies `dict` into `params`. Everything is checked before the first value is written.
 *
 * @throws {ArgumentError} for a missing or unknown name, {ShapeError} or {DtypeError} for a tensor unlike its parameter
 */
export function loadState(operation: string, params: Tensors, dict: Readonly<Record<string, Tensor>>): void {
  const names = Object.keys(params);
  for (const name of Object.keys(dict)) {
    if (names.includes(name)) continue;
    const nearest = nearestName(name, names);
    throw new ArgumentError({
      operation,
      found: `unknown parameter "${name}"`,
      expected: names.join(', '),
      fix: nearest === undefined ? undefined : `Did you mean "${nearest}"?`,
    });
  }
  for (const name of names) {
    const parameter = params[name]!;
    const value = dict[name];
    if (value === undefined) {
      throw new ArgumentError({ operation, found: `"${name}" is missing`, expected: names.join(', ') });
    }
    if (value.dtype !== parameter.dtype) {
      throw new DtypeError({
        operation,
        found: `${name} is ${value.dtype}`,
        expected: `${parameter.dtype} (the dtype of this network)`,
      });
    }
    if (value.shape.join() !== parameter.shape.join()) {
      throw new ShapeError({
        operation,
        found: `${name} has shape [${value.shape.join(', ')}]`,
        expected: `[${parameter.shape.join(', ')}]`,
      });
    }
  }
  for (const name of names) params[name]!.data.set(dict[name]!.data);
}
