/** The header of a safetensors file: its JSON, and every rule that can be checked before the data is touched. */

import { show } from '../errors.js';
import { findDuplicateKey } from './duplicate-key.js';
import { countElements, STORED_TYPES, type StoredType } from './safetensors-types.js';

/** The one name in the header that is no tensor. */
export const METADATA = '__metadata__';

/** A tensor's entry in the header; offsets count bytes from the start of the data. */
export interface Entry {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Throws an error that names the operation and the file; parts as in `Complaint`. */
export type Fail = (found: string, expected?: string, fix?: string) => never;

/** The header as text and as an object without duplicate keys. */
export function parseHeader(bytes: Uint8Array, fail: Fail): { text: string; header: Record<string, unknown> } {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    return fail('the header is no JSON text', 'a safetensors file');
  }
  if (!isRecord(header) || !text.startsWith('{')) return fail('the header is no JSON object', 'a safetensors file');
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) return fail(`the header has the key ${show(duplicate)} twice`);
  return { text, header };
}

/** The texts under `__metadata__`, none if it is absent. */
export function readMetadata(metadata: unknown, fail: Fail): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isRecord(metadata)) return fail(`${METADATA} is ${show(metadata)}`, 'an object of strings');
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') fail(`${METADATA}.${key} is ${show(value)}`, 'a string');
  }
  return metadata as Record<string, string>;
}

/** Checks an entry by itself: its fields, a known type, and as many bytes as the shape needs. */
export function checkEntry(name: string, entry: unknown, fail: Fail): asserts entry is Entry {
  const fields = isRecord(entry) ? Object.keys(entry).sort().join(', ') : show(entry);
  if (fields !== 'data_offsets, dtype, shape') {
    fail(`tensor "${name}" has ${fields}`, 'dtype, shape and data_offsets');
  }
  const { dtype, shape, data_offsets: offsets } = entry as Record<keyof Entry, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(STORED_TYPES, dtype)) {
    fail(`tensor "${name}" has dtype ${show(dtype)}`, `one of ${Object.keys(STORED_TYPES).join(', ')}`);
  }
  const count = countElements(shape);
  if (Number.isNaN(count)) fail(`tensor "${name}" has shape ${show(shape)}`, 'whole numbers with a product below 2^53');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((at) => Number.isSafeInteger(at) && at >= 0)) {
    return fail(`tensor "${name}" has data_offsets ${show(offsets)}`, 'two whole numbers');
  }
  const needed = count * STORED_TYPES[dtype as StoredType].BYTES_PER_ELEMENT;
  if (offsets[1] - offsets[0] !== needed) {
    fail(`tensor "${name}" lies at ${show(offsets)}`, `${needed} bytes (${dtype} of shape ${show(shape)})`);
  }
}

/** Checks the entries together: one begins where the last ended, the first at 0, and the last ends with the file. */
export function checkPlaces(entries: readonly [string, Entry][], size: number, fail: Fail): void {
  const byPlace = [...entries].sort(([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1]);
  let end = 0;
  for (const [name, { data_offsets: offsets }] of byPlace) {
    if (offsets[0] !== end) {
      fail(`tensor "${name}" begins at byte ${offsets[0]} of the data`, `${end}, without gap or overlap`);
    }
    end = offsets[1];
  }
  if (end !== size) fail(`the data has ${size} bytes`, `${end} (the end of the last tensor)`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
