/** Recognises bytes by their type: a data set scales them when it gathers a batch, a network when it predicts. */

import { isUint8, typedArrayName } from '../identity.js';

/** Whether the array holds bytes: a Uint8Array (a Buffer is one), or the pixels of a canvas. */
export function isByteArray(array: unknown): array is Uint8Array | Uint8ClampedArray {
  return isUint8(array) || typedArrayName(array) === 'Uint8ClampedArray';
}

/**
 * Whether values are bytes: a byte array, one with a shape, or nested lists whose innermost rows are all byte arrays.
 * Numbers in plain arrays and in all other typed arrays are not bytes, whatever their values.
 */
export function isBytes(values: unknown): boolean {
  if (isByteArray(values)) return true;
  if (Array.isArray(values)) return values.length > 0 && values.every(isBytes);
  return typeof values === 'object' && values !== null && 'data' in values && isByteArray(values.data);
}
