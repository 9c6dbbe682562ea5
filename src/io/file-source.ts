/** Where the bytes of a whole file come from: a path, a URL, a Blob, or memory. */

import { platform } from '#platform';
import { withinMemory } from '../backend/backend.js';
import { ArgumentError, DataError, show } from '../errors.js';
import { isShared, isUint8 } from '../identity.js';
import { cannotOpen } from './no-files.js';
import { LARGEST_FILE, type Readable, type ReadFileOptions, reasonOf, withFile } from './read-file.js';
import { bytesOf, type UrlLike } from './records/byte-source.js';

/** The part of a `Blob` that is read; a `File`, which people choose or drop on a page, is one. */
export interface BlobLike {
  /** Bytes. */
  readonly size: number;
  /** The name of a `File`. */
  readonly name?: string;
  /** The bytes from `start` to before `end`. */
  slice(
    start?: number,
    end?: number,
  ): {
    /** These bytes. */
    arrayBuffer(): Promise<ArrayBufferLike>;
  };
  /** All bytes. */
  arrayBuffer(): Promise<ArrayBufferLike>;
}

/** Bytes in memory of their own, as a `Blob` takes them; written so that also an older TypeScript reads it. */
export type OwnBytes = ReturnType<Uint8Array['slice']>;

/** A path, a URL (`file:`, `http:`, `https:`), a `Blob`, or the bytes themselves. */
export type FileSource = string | UrlLike | BlobLike | Uint8Array | ArrayBuffer;

const SOURCES = 'the path of a file, a URL, a Blob or bytes';

/**
 * What messages call a source: the path or the URL, the name of a `File`, `the Blob` or `the bytes`.
 *
 * @throws {ArgumentError} if it is none of these
 */
export function placeOfSource(operation: string, source: unknown): string {
  if (typeof source === 'string' && source !== '') return source;
  if (isUrl(source)) return isPath(source) ? platform.files.pathOf(source.href) : source.href;
  if (isBlob(source)) return source.name || 'the Blob';
  if (isBytes(source)) return 'the bytes';
  throw new ArgumentError({ operation, found: `source is ${show(source)}`, expected: SOURCES });
}

/**
 * Lets `use` read from a source, which is closed afterwards. What a URL gives is read as a whole first.
 *
 * @param operation the public call that reads, for the error message
 * @throws {DataError} if the source is missing, not a regular file, larger than `maxBytes`, or cannot be read
 */
export async function withSource<T>(
  operation: string,
  source: FileSource,
  options: ReadFileOptions,
  use: (file: Readable) => Promise<T>,
): Promise<T> {
  const place = placeOfSource(operation, source);
  if (isBlob(source)) return use(readBlob(operation, place, source, options));
  if (isBytes(source)) {
    const bytes = requireBytes(operation, source);
    requireSize(operation, place, bytes.length, options.maxBytes);
    return use(readBytes(bytes));
  }
  if (isUrl(source) && !isPath(source)) return use(readBytes(await fetchAll(operation, source, place, options)));
  if (platform.name === 'browser') {
    throw cannotOpen(operation, place, 'a URL that begins with http: or https:, or a Blob');
  } else {
    return withFile(operation, place, { takesUrls: true, ...options }, use);
  }
}

const isPath = (source: string | UrlLike): boolean => typeof source === 'string' || source.href.startsWith('file:');

/**
 * The bytes that a call was given.
 *
 * @throws {ArgumentError} for anything but bytes
 */
export function requireBytes(operation: string, bytes: unknown): Uint8Array {
  // Not every reader of text takes memory that another thread may change.
  if (isUint8(bytes)) return isShared(bytes) ? bytes.slice() : bytes;
  if (isBuffer(bytes)) return new Uint8Array(bytes);
  const expected = 'the bytes of a file (Uint8Array or ArrayBuffer)';
  const fix =
    typeof bytes === 'string' && operation.endsWith('.fromBytes')
      ? `${operation.replace(/fromBytes$/, 'load')} reads a file by its path`
      : undefined;
  throw new ArgumentError({ operation, found: `bytes is ${show(bytes)}`, expected, fix });
}

function isBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]';
}

function isBytes(source: unknown): source is Uint8Array | ArrayBuffer {
  return isUint8(source) || isBuffer(source);
}

function isUrl(source: unknown): source is UrlLike {
  return typeof source === 'object' && typeof (source as Partial<UrlLike> | null)?.href === 'string';
}

function isBlob(source: unknown): source is BlobLike {
  const { size, slice, arrayBuffer } = (source ?? {}) as Partial<BlobLike>;
  return typeof size === 'number' && typeof slice === 'function' && typeof arrayBuffer === 'function';
}

function readBytes(bytes: Uint8Array): Readable {
  return { size: bytes.length, read: async (start, length) => bytes.subarray(start, start + length) };
}

function readBlob(operation: string, place: string, blob: BlobLike, { expected, maxBytes }: ReadFileOptions): Readable {
  const { size } = blob;
  requireSize(operation, place, size, maxBytes);
  return {
    size,
    async read(start, length) {
      try {
        return new Uint8Array(await blob.slice(start, start + length).arrayBuffer());
      } catch (error) {
        const found = `${place} cannot be read (${reasonOf(error)})`;
        throw new DataError({ operation, found, expected }, { cause: error });
      }
    },
  };
}

async function fetchAll(
  operation: string,
  url: UrlLike,
  place: string,
  { expected = '', maxBytes }: ReadFileOptions,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytesOf(operation, url, expected).chunks) {
    size += chunk.length;
    requireSize(operation, place, size, maxBytes, 'more than ');
    chunks.push(chunk);
  }
  const all = withinMemory(operation, 'uint8', size, () => new Uint8Array(size));
  for (const chunk of chunks.reverse()) {
    size -= chunk.length;
    all.set(chunk, size);
  }
  return all;
}

function requireSize(operation: string, place: string, size: number, maxBytes = LARGEST_FILE, over = ''): void {
  if (size <= maxBytes) return;
  const found = `${place} has ${over === '' ? size : `${over}${maxBytes}`} bytes`;
  throw new DataError({ operation, found, expected: `at most ${maxBytes}` });
}
