import { dtypeOf } from '../backend/backend.js';
import { ArgumentError, DtypeError, ShapeError, show } from '../errors.js';
import { isFloats } from '../identity.js';
import type { Tensors } from '../layers/layer.js';
import { requireMemory } from '../layers/require-memory.js';
import { isThenable, nearestName } from '../options.js';
import { formatShape, sameShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { borrowable, type TypedValues } from '../tensor/typed.js';

/** Named values for a network: tensors, or what remains of them after a Worker's message: typed arrays with their shape. */
export type StateDict = Readonly<Record<string, Tensor | TypedValues>>;

/**
 * Copies that the caller owns.
 *
 * @throws {StateError} if the memory of one has been transferred to another thread
 */
export function copyState<K extends string>(operation: string, tensors: Tensors<K>): Record<K, Tensor> {
  // fromEntries defines its properties, so that even a parameter called __proto__ is only a name.
  return Object.fromEntries(
    Object.entries<Tensor>(tensors).map(([name, tensor]) => {
      requireMemory(operation, name, tensor);
      return [name, tensor.clone()];
    }),
  ) as Record<K, Tensor>;
}

/**
 * Copies `dict` into `tensors`. Everything is checked before the first value is written.
 *
 * @throws {ArgumentError} for a missing or unknown name, {ShapeError} or {DtypeError} for a value that does not match its tensor
 */
export function loadState(operation: string, tensors: Tensors, dict: StateDict): void {
  const names = Object.keys(tensors);
  if (typeof dict !== 'object' || dict === null || isThenable(dict)) {
    throw new ArgumentError({
      operation,
      found: `dict is ${show(dict)}`,
      expected: `an object of ${names.join(', ')}`,
    });
  }
  for (const name of Object.keys(dict)) {
    if (names.includes(name)) continue;
    const nearest = nearestName(name, names);
    throw new ArgumentError({
      operation,
      found: `unknown parameter "${name}"`,
      expected: names.join(', '),
      fix: foreignHint(name) ?? (nearest === undefined ? undefined : `Did you mean "${nearest}"?`),
    });
  }
  const values = names.map((name) => {
    if (!Object.hasOwn(dict, name)) {
      throw new ArgumentError({
        operation,
        found: `"${name}" is missing`,
        expected: names.join(', '),
        fix: 'To keep what the network has: { ...net.stateDict(), ...dict }',
      });
    }
    requireMemory(operation, name, tensors[name]!);
    return valuesLike(operation, name, dict[name], tensors[name]!);
  });
  names.forEach((name, i) => {
    tensors[name]!.data.set(values[i]!);
  });
}

/** What reads a dict with such names, which other programs give. */
function foreignHint(name: string): string | undefined {
  if (/(^|\.)(weight|bias|running_mean|running_var)$/.test(name))
    return "Give { from: 'pytorch' } for a dict of PyTorch";
  if (/\/(kernel|bias|gamma|beta|embeddings)(:\d+)?$/.test(name)) return "Give { from: 'keras' } for a dict of Keras";
  return undefined;
}

/** The numbers of a value that must have the shape and dtype of `tensor`. */
function valuesLike(operation: string, name: string, value: unknown, { dtype, shape }: Tensor): ArrayLike<number> {
  const typed = borrowable(operation, name, value);
  if (typed === undefined) {
    throw new ArgumentError({
      operation,
      found: `${name} is ${show(value)}`,
      expected: 'a tensor, or { data, shape } with a typed array',
      fix: Array.isArray(value) ? 'Of nested arrays, as JSON has them, make one by Tensor.from' : undefined,
    });
  }
  if (!isFloats(typed.data) || dtypeOf(typed.data) !== dtype) {
    throw new DtypeError({
      operation,
      found: `${name} is ${isFloats(typed.data) ? dtypeOf(typed.data) : show(typed.data)}`,
      expected: `${dtype} (the dtype of this network)`,
    });
  }
  if (sameShape(typed.shape, shape)) return typed.data;
  throw new ShapeError({
    operation,
    found: `${name} has shape ${formatShape(typed.shape)}`,
    expected: formatShape(shape),
  });
}
