/** The header of a safetensors file: its JSON, and every rule that can be checked before the data is touched. */

import { show } from '../errors.js';
import { findDuplicateKey } from './duplicate-key.js';
import { countElements, itemSizeOf } from './safetensors-types.js';

/** The one name in the header that is not a tensor. */
export const METADATA = '__metadata__';

/** The header's length comes before it, in 8 bytes. */
export const PREFIX = 8;

/**
 * Longer headers are refused, because a parsed one takes many times its bytes. This is enough for some 80,000 tensors.
 */
export const LONGEST_HEADER: number = 1 << 23;

/** How the message about a file of another kind begins, e.g. a table that was given for a model. */
export const NOT_SAFETENSORS = 'this is not a safetensors file';

/** A tensor's entry in the header; offsets count bytes from the start of the data. */
export interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** What a file contains and where, known before its data is read. */
export interface Header {
  readonly text: string;
  readonly metadata: Record<string, string>;
  /** In the order of their data, without gap or overlap. */
  readonly entries: readonly (readonly [name: string, entry: Entry])[];
}

/** Throws an error that names the operation and the file; parts as in `Complaint`. */
export type Fail = (found: string, expected?: string, fix?: string) => never;

/**
 * The header's length from the first 8 bytes of a file.
 *
 * @param size the bytes of the whole file
 */
export function headerLength(prefix: Uint8Array, size: number, fail: Fail): number {
  if (size < PREFIX) fail(`the file has ${size} bytes`, `at least ${PREFIX} (a safetensors file)`);
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset, PREFIX).getBigUint64(0, true));
  if (length > LONGEST_HEADER && length > size - PREFIX) {
    fail(`${NOT_SAFETENSORS}: its first ${PREFIX} bytes are not the length of a header`, undefined, adviceFor(prefix));
  }
  if (length > LONGEST_HEADER) fail(`the header has ${length} bytes`, `at most ${LONGEST_HEADER} (a safetensors file)`);
  if (length > size - PREFIX) {
    fail(`the header has ${length} bytes but only ${size - PREFIX} follow`, undefined, 'The file is cut short');
  }
  return length;
}

/** How files of other libraries begin. */
const OTHERS: readonly (readonly [start: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 3, 4], 'a zip archive, as torch.save, Keras and numpy.savez write'],
  [[0x80, 2], 'a pickle of Python'],
  [[0x89, 0x48, 0x44, 0x46], 'an HDF5 file, as Keras writes'],
  [[0x93, 0x4e, 0x55, 0x4d], 'an array of numpy.save'],
];

function adviceFor(prefix: Uint8Array): string | undefined {
  const other = OTHERS.find(([start]) => start.every((byte, i) => prefix[i] === byte));
  return other && `It is ${other[1]}: write the arrays as safetensors there, as docs/interop.md shows`;
}

/**
 * Reads the header and checks it against the size of the file.
 *
 * @param bytes the header alone
 * @param dataSize the bytes that follow it
 */
export function readHeader(bytes: Uint8Array, dataSize: number, fail: Fail): Header {
  const { text, header } = parseHeader(bytes, fail);
  const metadata = readMetadata(header[METADATA], fail);
  const entries = Object.entries(header).filter(([name]) => name !== METADATA) as [string, Entry][];
  for (const [name, entry] of entries) checkEntry(name, entry, fail);
  return { text, metadata, entries: inPlace(entries, dataSize, fail) };
}

/** The header as text and as an object without duplicate keys. */
function parseHeader(bytes: Uint8Array, fail: Fail): { text: string; header: Record<string, unknown> } {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    return fail('the header is not valid JSON', 'a safetensors file');
  }
  if (!isRecord(header) || !text.startsWith('{')) return fail('the header is not a JSON object', 'a safetensors file');
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) return fail(`the header has the key ${show(duplicate)} twice`);
  return { text, header };
}

/** The strings under `__metadata__`, none if it is absent. */
function readMetadata(metadata: unknown, fail: Fail): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isRecord(metadata)) return fail(`${METADATA} is ${show(metadata)}`, 'an object of strings');
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') fail(`${METADATA}[${show(key)}] is ${show(value)}`, 'a string');
  }
  return metadata as Record<string, string>;
}

/**
 * Checks an entry by itself: its fields and, for a type that we can read, that it has the bytes that its shape needs.
 */
function checkEntry(name: string, entry: unknown, fail: Fail): asserts entry is Entry {
  const fields = isRecord(entry) ? Object.keys(entry).sort() : undefined;
  if (fields?.join() !== 'data_offsets,dtype,shape') {
    fail(
      `tensor ${show(name)} is ${fields ? `an object of ${show(fields)}` : show(entry)}`,
      'an object of dtype, shape and data_offsets',
    );
  }
  const { dtype, shape, data_offsets: offsets } = entry as Record<keyof Entry, unknown>;
  if (typeof dtype !== 'string') return fail(`tensor ${show(name)} has dtype ${show(dtype)}`, 'a string');
  const count = countElements(shape);
  if (Number.isNaN(count)) {
    fail(`tensor ${show(name)} has shape ${show(shape)}`, 'whole numbers with a product below 2^53');
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((at) => Number.isSafeInteger(at) && at >= 0)) {
    return fail(`tensor ${show(name)} has data_offsets ${show(offsets)}`, 'two whole numbers');
  }
  const itemSize = itemSizeOf(dtype);
  const length = offsets[1] - offsets[0];
  if (itemSize === undefined ? length < 0 : length !== count * itemSize) {
    const needed = itemSize === undefined ? 'an end that is not before its start' : `${count * itemSize} bytes`;
    fail(`tensor ${show(name)} lies at ${show(offsets)}`, `${needed} (${dtype} of shape ${show(shape)})`);
  }
}

/** The entries in order: the first begins at 0, each next one where the last ended, and the last ends with the file. */
function inPlace(entries: readonly [string, Entry][], size: number, fail: Fail): readonly [string, Entry][] {
  const sorted = [...entries].sort(([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1]);
  let end = 0;
  for (const [name, { data_offsets: offsets }] of sorted) {
    if (offsets[0] !== end) {
      fail(`tensor ${show(name)} begins at byte ${offsets[0]} of the data`, `${end}, without gap or overlap`);
    }
    end = offsets[1];
  }
  if (end !== size) fail(`the data has ${size} bytes`, `${end} (the end of the last tensor)`);
  return sorted;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
