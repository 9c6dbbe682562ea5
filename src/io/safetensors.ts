/**
 * The safetensors file format: named arrays, read without running any code.
 *
 * Layout: 8 bytes, the header's length as a little-endian integer; the header, JSON, which gives each tensor's dtype,
 * shape and place and may hold texts under `__metadata__`; then the data, little-endian, row-major, without gaps.
 * Source: the format's description at https://github.com/huggingface/safetensors.
 */

import { ArgumentError, DataError, ShapeError, show } from '../errors.js';
import {
  checkEntry,
  checkPlaces,
  type Entry,
  type Fail,
  METADATA,
  parseHeader,
  readMetadata,
} from './safetensors-header.js';
import {
  copyLittleEndian,
  countElements,
  STORED_TYPES,
  type StoredArray,
  type StoredTensor,
  storedTypeOf,
} from './safetensors-types.js';
import { brokenSeal, HASH_KEY, ORIGIN, ORIGIN_KEY, seal, ZERO_HASH } from './seal.js';

export type { StoredArray, StoredTensor } from './safetensors-types.js';

/** Longer headers are refused: ours are hundreds of bytes, and a damaged length must not ask for gigabytes. */
const LONGEST_HEADER = 1 << 20;

/** The header's length comes before it, in 8 bytes. */
const PREFIX = 8;

/** What a safetensors file holds. `metadata` is the caller's part, without the entries that seal the file. */
export interface SafetensorsContents {
  readonly tensors: Record<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

/**
 * The bytes of a file with these tensors and texts, in two chunks, header and data. They are a copy: what happens to
 * the tensors while the chunks are being written does not reach the file.
 *
 * @throws {ShapeError} if an array has not as many elements as its shape
 * @throws {ArgumentError} for an array of another type, a reserved name, a metadata value that is no text, or names and
 *   metadata of more than 1 MiB
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
  operation = 'encodeSafetensors',
): Uint8Array[] {
  checkMetadata(metadata, operation);
  for (const [name, tensor] of Object.entries(tensors)) checkTensor(name, tensor, operation);

  // Wider elements first: then each array starts at a multiple of its element's size. The sort is stable.
  const inOrder = Object.entries(tensors).sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const entries: [string, Entry][] = [];
  let end = 0;
  for (const [name, { data, shape }] of inOrder) {
    const start = end;
    end += data.byteLength;
    entries.push([name, { dtype: storedTypeOf(data)!, shape: [...shape], data_offsets: [start, end] }]);
  }

  const data = new Uint8Array(end);
  for (const [i, [, { data: source }]] of inOrder.entries()) {
    const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    copyLittleEndian(data.subarray(entries[i]![1].data_offsets[0]), bytes, source.BYTES_PER_ELEMENT);
  }

  const texts = { [ORIGIN_KEY]: ORIGIN, [HASH_KEY]: ZERO_HASH, ...metadata };
  const json = JSON.stringify(Object.fromEntries<unknown>([[METADATA, texts], ...entries]));
  const jsonBytes = new TextEncoder().encode(json).length;
  // Spaces up to a multiple of 8, so that the data is aligned for readers that map the file into memory.
  const length = Math.ceil(jsonBytes / 8) * 8;
  if (length > LONGEST_HEADER) {
    throw new ArgumentError({
      operation,
      found: `names, shapes and metadata take ${length} bytes`,
      expected: `at most ${LONGEST_HEADER}`,
    });
  }
  const head = new Uint8Array(PREFIX + length);
  const prefix = head.subarray(0, PREFIX);
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  new TextEncoder().encodeInto(seal(prefix, json + ' '.repeat(length - jsonBytes), data), head.subarray(PREFIX));
  return [head, data];
}

function checkMetadata(metadata: Readonly<Record<string, unknown>>, operation: string): void {
  for (const [key, value] of Object.entries(metadata)) {
    if (key === HASH_KEY || key === ORIGIN_KEY) {
      throw new ArgumentError({ operation, found: `metadata has the reserved name "${key}"` });
    }
    if (typeof value !== 'string') {
      throw new ArgumentError({ operation, found: `metadata.${key} is ${show(value)}`, expected: 'a string' });
    }
  }
}

function checkTensor(name: string, { data, shape }: StoredTensor, operation: string): void {
  if (name === METADATA) throw new ArgumentError({ operation, found: `a tensor has the reserved name "${name}"` });
  if (storedTypeOf(data) === undefined) {
    throw new ArgumentError({
      operation,
      found: `tensor "${name}" is ${show(data)}`,
      expected: 'a Float32Array, Float64Array, Int32Array or Uint8Array',
    });
  }
  if (countElements(shape) !== data.length) {
    throw new ShapeError({
      operation,
      found: `tensor "${name}" has ${data.length} elements`,
      expected: `as many as its shape ${show(shape)} says`,
    });
  }
}

/**
 * Reads what `encodeSafetensors` or any other writer of the format made. Arrays are fresh and bit-equal to the file.
 *
 * A file of ours is checked against its SHA-256, so that damage anywhere in it is found; one of another writer by the
 * rules of the format.
 *
 * @param operation the public call that reads, for the error message
 * @param path the file's name, for the error message
 * @throws {DataError} if the bytes are no safetensors file, are damaged, or use an element type other than F32, F64,
 *   I32 and U8
 */
export function decodeSafetensors(bytes: Uint8Array, operation: string, path: string): SafetensorsContents {
  const fail: Fail = (found, expected, fix) => {
    throw new DataError({ operation, found: `${path}: ${found}`, expected, fix });
  };
  if (bytes.length < PREFIX) fail(`the file has ${bytes.length} bytes`, `at least ${PREFIX} (a safetensors file)`);
  const prefix = bytes.subarray(0, PREFIX);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > LONGEST_HEADER) fail(`the header has ${length} bytes`, `at most ${LONGEST_HEADER} (a safetensors file)`);
  if (length > bytes.length - PREFIX) {
    fail(`the header has ${length} bytes but only ${bytes.length - PREFIX} follow`, undefined, 'The file is cut short');
  }
  const data = bytes.subarray(PREFIX + length);

  const { text, header } = parseHeader(bytes.subarray(PREFIX, PREFIX + length), fail);
  const metadata = readMetadata(header[METADATA], fail);
  const broken = brokenSeal(metadata, prefix, text, data);
  if (broken !== undefined) fail(broken, undefined, 'The file is damaged or was changed by another program');

  const entries = Object.entries(header).filter(([name]) => name !== METADATA) as [string, Entry][];
  for (const [name, entry] of entries) checkEntry(name, entry, fail);
  checkPlaces(entries, data.length, fail);
  if (metadata[ORIGIN_KEY] === ORIGIN) {
    delete metadata[ORIGIN_KEY];
    delete metadata[HASH_KEY];
  }
  return {
    // fromEntries defines its properties, so that even a tensor called __proto__ is only a name.
    tensors: Object.fromEntries(entries.map(([name, entry]) => [name, readTensor(entry, data)])),
    metadata,
  };
}

function readTensor({ dtype, shape, data_offsets: offsets }: Entry, data: Uint8Array): StoredTensor {
  const type = STORED_TYPES[dtype];
  const array: StoredArray = new type((offsets[1] - offsets[0]) / type.BYTES_PER_ELEMENT);
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  copyLittleEndian(bytes, data.subarray(offsets[0], offsets[1]), type.BYTES_PER_ELEMENT);
  return { data: array, shape };
}
