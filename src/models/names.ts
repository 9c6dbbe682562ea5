import type { Dtype } from '../backend/backend.js';
import { ArgumentError } from '../errors.js';
import { decayedOf, type Layer, type Tensors } from '../layers/layer.js';
import type { Tensor } from '../tensor/tensor.js';

/** A network's name for a layer's tensor: from the layer's own name for it, and the layer's number among its sort. */
export type NameOf = (name: string, number: number) => string;

/** The tensors of all layers, each under a unique name. The records are frozen; the tensors in them are the layers'. */
export interface NamedTensors {
  readonly params: Tensors;
  readonly grads: Tensors;
  readonly buffers: Tensors;
  /** All that a file holds, layer by layer: parameters before buffers. */
  readonly tensors: Tensors;
  /** The names of the parameters that weight decay applies to. */
  readonly decayed: readonly string[];
}

/**
 * Names what the layers have: { W, b } of the first layer with a W becomes W1, b1, of the second W2, b2, …
 *
 * A layer's number counts the layers that share its first tensor's name, so that a layer of another sort in between
 * renames nothing: MatMul W1, Affine W2 b2, batch normalisation gamma1 beta1.
 *
 * @throws {ArgumentError} if two tensors get the same name
 */
export function nameTensors(operation: string, layers: readonly Layer[], nameOf: NameOf): NamedTensors {
  const params: Record<string, Tensor> = {};
  const grads: Record<string, Tensor> = {};
  const buffers: Record<string, Tensor> = {};
  const tensors: Record<string, Tensor> = {};
  const decayed: string[] = [];
  const counts = new Map<string, number>();
  for (const layer of layers) {
    const own = [...Object.keys(layer.params), ...Object.keys(layer.buffers ?? {})];
    const [first] = own;
    if (first === undefined) continue;
    const number = (counts.get(first) ?? 0) + 1;
    counts.set(first, number);
    for (const name of own) {
      const unique = nameOf(name, number);
      if (Object.hasOwn(tensors, unique)) {
        throw new ArgumentError({
          operation,
          found: `two parameters are called "${unique}"`,
          expected: 'parameter names that differ once the layer number is appended',
        });
      }
      if (Object.hasOwn(layer.params, name)) {
        params[unique] = layer.params[name]!;
        grads[unique] = layer.grads[name]!;
        tensors[unique] = params[unique];
        if (decayedOf(layer).includes(name)) decayed.push(unique);
      } else {
        buffers[unique] = layer.buffers![name]!;
        tensors[unique] = buffers[unique];
      }
    }
  }
  return {
    params: Object.freeze(params),
    grads: Object.freeze(grads),
    buffers: Object.freeze(buffers),
    tensors: Object.freeze(tensors),
    decayed: Object.freeze(decayed),
  };
}

/**
 * The dtype that all tensors have; float32 if there are none.
 *
 * @throws {ArgumentError} for tensors of different dtypes, naming two
 */
export function requireOneDtype(operation: string, tensors: Tensors): Dtype {
  const [first, ...others] = Object.entries(tensors);
  if (first === undefined) return 'float32';
  const [name, { dtype }] = first;
  const other = others.find(([, tensor]) => tensor.dtype !== dtype);
  if (other === undefined) return dtype;
  throw new ArgumentError({
    operation,
    found: `${other[0]} is ${other[1].dtype} and ${name} is ${dtype}`,
    expected: 'layers of the same dtype',
  });
}
