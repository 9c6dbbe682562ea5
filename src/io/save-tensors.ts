/** Named arrays into a safetensors file, for any program that reads the format. */

import { platform } from '#platform';
import { ArgumentError, show } from '../errors.js';
import { isThenable, requirePath } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import { writeFileAtomic } from './atomic-file.js';
import type { OwnBytes } from './file-source.js';
import { cannotWrite, givesTheBytes } from './no-files.js';
import { encodeSafetensors, inOnePiece, type StoredTensor } from './safetensors.js';

/** Tensors, or typed arrays with their shape, by name. */
export type NamedArrays = Readonly<Record<string, Tensor | StoredTensor>>;

/**
 * Writes named arrays into one safetensors file: completely, or not at all.
 *
 * Takes tensors, and typed arrays with their shape, integers too. `loadTensors` and `loadArrays` read them equal to the bit;
 * so do the safetensors packages of other languages, and five lines of NumPy. Unlike `net.save`, the file holds no network,
 * and NaN and infinity are written as they are.
 *
 * @param tensors by name; in the file, wider elements come first, else the order is kept
 * @throws {ArgumentError} for a path that is empty or not a string, a value that is not an array with a shape, or the reserved name
 *   __metadata__
 * @throws {ShapeError} for an array with more or fewer elements than its shape says
 * @throws {DataError} if the file cannot be written
 * @example await saveTensors('weights.safetensors', net.stateDict())
 */
export async function saveTensors(path: string, tensors: NamedArrays): Promise<void> {
  const operation = 'saveTensors';
  requirePath(operation, 'path', path);
  requireArrays(operation, tensors);
  if (platform.name === 'browser') throw cannotWrite(operation, path, givesTheBytes('tensorsToBytes'));
  else await writeFileAtomic(path, encodeSafetensors(tensors, {}, operation), operation);
}

/**
 * The bytes of the file that `saveTensors` writes, for where there are no files; `loadTensors` reads them from a Blob.
 *
 * @throws {ArgumentError} and {ShapeError} as `saveTensors`
 * @example await loadTensors(new Blob([tensorsToBytes(net.stateDict())]))
 */
export function tensorsToBytes(tensors: NamedArrays): OwnBytes {
  const operation = 'tensorsToBytes';
  requireArrays(operation, tensors);
  return inOnePiece(encodeSafetensors(tensors, {}, operation));
}

function requireArrays(operation: string, tensors: NamedArrays): void {
  if (typeof tensors !== 'object' || tensors === null || isThenable(tensors)) {
    const found = `tensors is ${show(tensors)}`;
    throw new ArgumentError({ operation, found, expected: 'an object of tensors by name' });
  }
  for (const [name, value] of Object.entries<unknown>(tensors)) {
    if (typeof value === 'object' && value !== null && 'data' in value && 'shape' in value) continue;
    throw new ArgumentError({
      operation,
      found: `tensor ${show(name)} is ${show(value)}`,
      expected: 'a tensor, or { data, shape } with a typed array',
      fix: 'stateDict' in tensors ? 'Of a network, give net.stateDict()' : undefined,
    });
  }
}
