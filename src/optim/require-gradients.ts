/** The check before an update: all parameters or none are written, so everything is checked first. */

import type { Floats } from '../backend/backend.js';
import { ArgumentError, DtypeError, ShapeError, StateError, show } from '../errors.js';
import { howLost, isShared, lengthOf } from '../identity.js';
import type { Tensors } from '../layers/layer.js';
import type { Tensor } from '../tensor/tensor.js';

/**
 * Checks everything that could stop an update midway, before the first parameter is written.
 *
 * @throws {ShapeError} unless there is a gradient of the same size for every parameter, {DtypeError} for another dtype
 * @throws {ArgumentError} for no record of tensors, for a parameter in shared memory or in its gradient's, {StateError} for a detached array
 */
export function requireGradients(operation: string, params: Tensors, grads: Tensors): void {
  requireRecord(operation, 'params', params);
  requireRecord(operation, 'grads', grads);
  for (const name in params) {
    const parameter = params[name]!;
    const gradient = grads[name];
    if (gradient === undefined) {
      throw new ShapeError({ operation, found: `grads has no "${name}"`, expected: 'a gradient for every parameter' });
    }
    requireMemory(operation, 'params', name, parameter);
    requireMemory(operation, 'grads', name, gradient);
    if (gradient.size !== parameter.size) {
      throw new ShapeError({
        operation,
        found: `grads.${name} has shape [${gradient.shape.join(', ')}]`,
        expected: `[${parameter.shape.join(', ')}] (the shape of params.${name})`,
      });
    }
    if (gradient.dtype !== parameter.dtype) {
      throw new DtypeError({
        operation,
        found: `grads.${name} is ${gradient.dtype}`,
        expected: `${parameter.dtype} (the dtype of params.${name})`,
      });
    }
    requireWritable(operation, name, parameter.data, gradient.data);
  }
}

function requireRecord(operation: string, argument: string, tensors: Tensors): void {
  if (typeof tensors === 'object' && tensors !== null) return;
  throw new ArgumentError({
    operation,
    found: `${argument} is ${show(tensors)}`,
    expected: `a record of tensors, as net.${argument} is`,
    fix: 'Call update(net.params, net.grads) after net.lossAndGradient(x, labels)',
  });
}

/** The two parts of the name are joined only for an error: a step creates no strings. */
function requireMemory(operation: string, record: string, name: string, { data, shape }: Tensor): void {
  if (lengthOf(data) > 0 || shape.includes(0)) return;
  throw new StateError({ operation, found: `${record}.${name} ${howLost(data)}` });
}

function requireWritable(operation: string, name: string, parameter: Floats, gradient: Floats): void {
  const { buffer, byteOffset: start } = parameter;
  if (isShared(parameter)) {
    throw new ArgumentError({
      operation,
      found: `params.${name} lies in a SharedArrayBuffer`,
      expected: 'an array that no other thread can change during the update',
    });
  }
  if (buffer !== gradient.buffer) return;
  if (gradient.byteOffset < start + parameter.byteLength && start < gradient.byteOffset + gradient.byteLength) {
    throw new ArgumentError({
      operation,
      found: `grads.${name} overlaps params.${name}`,
      expected: 'separate memory',
    });
  }
}
