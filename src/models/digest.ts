import type { Tensors } from '../layers/layer.js';
import { formatShape } from '../tensor/shape.js';

/**
 * Each tensor as one short line, `float32 [784, 50] #0c3f9a1b`, that changes when any number does.
 *
 * Test runners compare objects by their enumerable properties and print them when they differ. For networks they
 * see this instead of the numbers, of which there may be millions: equal networks stay equal, others differ in one line.
 */
export function digestOf(tensors: Tensors): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => [
      name,
      `${dtype} ${formatShape(shape)} #${hash(data)}`,
    ]),
  );
}

/** FNV-1a over the 32-bit words of an array, as eight hexadecimal digits. */
function hash({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): string {
  let hash = 0x811c9dc5;
  if (byteLength === 0) return 'empty'; // or its memory is gone, and a view of it would throw
  for (const word of new Uint32Array(buffer, byteOffset, byteLength / 4)) hash = Math.imul(hash ^ word, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
