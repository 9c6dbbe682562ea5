/** Plain data with float arrays in it as JSON, the arrays beside it. */

import type { Floats } from '../backend/backend.js';
import { isFloats, typedArrayName } from '../identity.js';
import { samePlain } from './plain-data.js';

/** An array that stands beside the JSON, as a tensor of one dimension. */
export interface StatedArray {
  readonly data: Floats;
  readonly shape: readonly number[];
}

/** What stands in the JSON for an array. */
const ARRAY = 'zerokara.array';

/** The same data, its float arrays moved into `arrays` under the names of their places. */
export function withoutArrays(value: unknown, place: string, arrays: Record<string, StatedArray>): unknown {
  if (isFloats(value)) {
    arrays[place] = { data: value, shape: [value.length] };
    return { [ARRAY]: place };
  }
  if (Array.isArray(value)) return value.map((entry, i) => withoutArrays(entry, `${place}.${i}`, arrays));
  if (typedArrayName(value) !== undefined) return undefined; // no JSON data
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  // A Map, a Set or a promise would become {}.
  if (Object.prototype.toString.call(value) !== '[object Object]') return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, withoutArrays(entry, `${place}.${key}`, arrays)]),
  );
}

/** The reverse. */
export function withArrays(value: unknown, arrayOf: (name: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => withArrays(entry, arrayOf));
  if (typeof value !== 'object' || value === null) return value;
  const { [ARRAY]: name } = value as Record<string, unknown>;
  if (typeof name === 'string') return arrayOf(name);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withArrays(entry, arrayOf)]));
}

/** Whether JSON and arrays preserve it. */
export function isJsonData(value: unknown): boolean {
  try {
    const arrays: Record<string, StatedArray> = {};
    const read: unknown = JSON.parse(JSON.stringify(withoutArrays(value, '', arrays)));
    return samePlain(
      withArrays(read, (name) => arrays[name]?.data),
      value,
    );
  } catch {
    return false; // a BigInt, a cycle, or a value that JSON cannot express
  }
}
