/**
 * The safetensors file format: named arrays, read without running any code.
 *
 * Layout: 8 bytes, the header's length as a little-endian integer; the header, JSON, which gives each tensor's dtype,
 * shape and place and may hold strings under `__metadata__`; then the data, little-endian, row-major, without gaps.
 * Source: the format's description at https://github.com/huggingface/safetensors.
 */

import { ArgumentError, DataError, ShapeError, show } from '../errors.js';
import { nearestName } from '../options.js';
import { type FileSource, type OwnBytes, placeOfSource, withSource } from './file-source.js';
import type { ReadFileOptions } from './read-file.js';
import {
  type Entry,
  type Fail,
  type Header,
  headerLength,
  LONGEST_HEADER,
  METADATA,
  PREFIX,
  readHeader,
} from './safetensors-header.js';
import {
  copyLittleEndian,
  countElements,
  decodeElements,
  itemSizeOf,
  READABLE,
  type StoredTensor,
  storedTypeOf,
} from './safetensors-types.js';
import { brokenSeal, HASH_KEY, isSealed, ORIGIN, ORIGIN_KEY, seal, ZERO_HASH } from './seal.js';

export type { StoredArray, StoredTensor } from './safetensors-types.js';

/**
 * The contents of a safetensors file. `metadata` is the caller's part, without the entries that seal the file.
 *
 * The record of tensors has no prototype, so that `__proto__` is a name like any other.
 */
export interface SafetensorsContents {
  readonly tensors: Record<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

/** Chunks of a file one after another, in memory of their own. */
export function inOnePiece(chunks: readonly Uint8Array[]): OwnBytes {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/**
 * The bytes of a file with these tensors and metadata, in two chunks, header and data. They are a copy: changes to the
 * tensors while the chunks are being written do not reach the file.
 *
 * @throws {ShapeError} if an array does not have as many elements as its shape
 * @throws {ArgumentError} for an array of another type, a reserved name, a metadata value that is not a string, or
 *   names and metadata of more than 8 MiB
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
  operation = 'encodeSafetensors',
): Uint8Array[] {
  checkMetadata(metadata, operation);
  for (const [name, tensor] of Object.entries(tensors)) checkTensor(name, tensor, operation);

  // Wider elements first, so that each array starts at a multiple of its element size. The sort is stable.
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
  // Padded with spaces to a multiple of 8, so that the data is aligned for readers that map the file into memory.
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
      const found = `metadata[${show(key)}] is ${show(value)}`;
      throw new ArgumentError({ operation, found, expected: 'a string' });
    }
  }
}

function checkTensor(name: string, { data, shape }: StoredTensor, operation: string): void {
  if (name === METADATA) throw new ArgumentError({ operation, found: `a tensor has the reserved name "${name}"` });
  if (storedTypeOf(data) === undefined) {
    throw new ArgumentError({
      operation,
      found: `tensor ${show(name)} is ${show(data)}`,
      expected: 'an array of floats or integers',
    });
  }
  if (countElements(shape) !== data.length) {
    throw new ShapeError({
      operation,
      found: `tensor ${show(name)} has ${data.length} elements`,
      expected: `as many as its shape ${show(shape)} says`,
    });
  }
}

export interface ReadSafetensorsOptions extends ReadFileOptions {
  /** The tensors to read. Default: all. */
  readonly names?: readonly string[] | undefined;
}

/**
 * Reads a file that `encodeSafetensors` or another program has written. Arrays are new and equal to the bit; half
 * floats are widened to float32.
 *
 * A file of ours is checked against its SHA-256, so that any damage is found; a file of another program, against the
 * rules of the format. Header and file size must agree before the data is read. From another program's file only the
 * tensors asked for are read, so that those of an unknown type do no harm.
 *
 * @param operation the public call that reads, for the error message
 * @throws {DataError} if the file cannot be read, is not a safetensors file, is damaged or lacks a name, or if a tensor
 *   asked for has a type that cannot be read
 * @throws {ArgumentError} if `source` is no path, URL, Blob or bytes
 */
export async function readSafetensors(
  operation: string,
  source: FileSource,
  { names, ...options }: ReadSafetensorsOptions = {},
): Promise<SafetensorsContents> {
  const fail = failing(operation, placeOfSource(operation, source));
  return withSource(operation, source, { expected: 'a safetensors file', ...options }, async (file) => {
    const prefix = await file.read(0, Math.min(PREFIX, file.size));
    const start = PREFIX + headerLength(prefix, file.size, fail);
    const header = readHeader(await file.read(PREFIX, start - PREFIX), file.size - start, fail);
    const wanted = choose(header, names, fail);
    if (!isSealed(header.metadata)) {
      const parts: [string, Entry, Uint8Array][] = [];
      for (const [name, entry] of wanted) {
        const [from, to] = entry.data_offsets;
        parts.push([name, entry, await file.read(start + from, to - from)]);
      }
      return contentsOf(header, parts);
    }
    const data = await file.read(start, file.size - start);
    checkSeal(header, prefix, data, fail);
    return contentsOf(header, cutOut(wanted, data));
  });
}

/** The same from bytes already in memory; `place` is for the error message. */
export function decodeSafetensors(
  bytes: Uint8Array,
  operation: string,
  place: string,
  names?: readonly string[],
): SafetensorsContents {
  const fail = failing(operation, place);
  const prefix = bytes.subarray(0, PREFIX);
  const start = PREFIX + headerLength(prefix, bytes.length, fail);
  const data = bytes.subarray(start);
  const header = readHeader(bytes.subarray(PREFIX, start), data.length, fail);
  const wanted = choose(header, names, fail);
  if (isSealed(header.metadata)) checkSeal(header, prefix, data, fail);
  return contentsOf(header, cutOut(wanted, data));
}

function failing(operation: string, place: string): Fail {
  return (found, expected, fix) => {
    throw new DataError({ operation, found: `${place}: ${found}`, expected, fix });
  };
}

/** The entries with these names, or all; all must have types that can be read. */
function choose(
  { entries }: Header,
  names: readonly string[] | undefined,
  fail: Fail,
): readonly (readonly [string, Entry])[] {
  const known = new Map(entries);
  for (const name of names ?? []) {
    if (known.has(name)) continue;
    const nearest = nearestName(name, [...known.keys()]);
    fail(
      `the file has no tensor ${show(name)}`,
      `one of ${show([...known.keys()])}`,
      nearest && `Did you mean ${show(nearest)}?`,
    );
  }
  const wanted = names === undefined ? entries : entries.filter(([name]) => names.includes(name));
  for (const [name, { dtype }] of wanted) {
    if (itemSizeOf(dtype) !== undefined) continue;
    fail(`tensor ${show(name)} has dtype ${show(dtype)}`, `one of ${READABLE}`, 'Read the other tensors by name');
  }
  return wanted;
}

function checkSeal({ metadata, text }: Header, prefix: Uint8Array, data: Uint8Array, fail: Fail): void {
  const broken = brokenSeal(metadata, prefix, text, data);
  if (broken !== undefined) fail(broken, undefined, 'The file is damaged or was changed by another program');
}

type Part = readonly [name: string, entry: Entry, bytes: Uint8Array];

function cutOut(entries: readonly (readonly [string, Entry])[], data: Uint8Array): Part[] {
  return entries.map(([name, entry]) => [name, entry, data.subarray(...entry.data_offsets)]);
}

function contentsOf({ metadata }: Header, parts: readonly Part[]): SafetensorsContents {
  const tensors = Object.create(null) as Record<string, StoredTensor>;
  for (const [name, { dtype, shape }, bytes] of parts) tensors[name] = { data: decodeElements(dtype, bytes), shape };
  const { [ORIGIN_KEY]: origin, [HASH_KEY]: _, ...own } = metadata;
  return { tensors, metadata: origin === ORIGIN ? own : metadata };
}
