/**
 * The IDX format of the MNIST files: a magic number, the dimensions, then one byte per element.
 *
 * All integers are big-endian. The magic number is 0x0000TTRR: TT the element type (0x08 is uint8, the only one read
 * here), RR the number of dimensions. The file ends with the last element.
 * Source: LeCun, Cortes and Burges, The MNIST database of handwritten digits, "File formats".
 */

import { platform } from '#platform';
import { type Complaint, DataError } from '../errors.js';
import { type Readable, withFile } from '../io/read-file.js';
import { GzipError } from '../platform/platform.js';
import { sizeOf } from '../tensor/shape.js';

/** The contents of an IDX file of bytes. */
export interface IdxArray {
  readonly data: Uint8Array;
  readonly shape: readonly number[];
}

export interface IdxOptions {
  /** The number of dimensions it must have: 3 for images, 1 for labels. */
  readonly rank: number;
  /** The most bytes that the file may have, on disk and unpacked. */
  readonly maxBytes: number;
  /** Checks the declared shape before anything of its size is read or allocated; what it throws, the reader throws. */
  readonly requireShape?: (shape: readonly number[]) => void;
}

const UINT8 = 0x08;

/** Compressed bytes that certainly contain an IDX header. */
const GZIP_HEAD = 4096;

/** Deflate expands one byte to at most this many. */
const DEFLATE_LIMIT = 1032;

interface Header {
  readonly shape: readonly number[];
  /** Bytes before the first element. */
  readonly length: number;
  /** Bytes of the whole file. */
  readonly fileSize: number;
}

/**
 * Reads an IDX file of uint8, gzipped or not: its first bytes decide, not its name.
 *
 * The header is read first. Its declared size must agree with the size on disk (if gzipped, with what that many bytes can
 * unpack to) and with `maxBytes` before anything of that size is allocated.
 *
 * @throws {DataError} naming the file, if it is not a regular file, cannot be read, is damaged, too large, or longer or
 *   shorter than it declares
 */
export function readIdx(operation: string, path: string, options: IdxOptions): Promise<IdxArray> {
  return withFile(operation, path, { maxBytes: Number.POSITIVE_INFINITY }, async (file) => {
    try {
      return await readOpen(file, options);
    } catch (error) {
      if (!(error instanceof BadIdx)) throw error;
      const { complaint, cause } = error;
      throw new DataError({ operation, ...complaint, found: `${path}: ${complaint.found}` }, { cause });
    }
  });
}

async function readOpen(file: Readable, options: IdxOptions): Promise<IdxArray> {
  const { size } = file;
  if (size > options.maxBytes) throw tooLarge(`the file has ${size} bytes`, options);
  const head = await file.read(0, Math.min(size, GZIP_HEAD));
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const header = readHeader(isGzip ? await startOf(head) : head, options);
  options.requireShape?.(header.shape);
  const { shape, length, fileSize } = header;
  if (!isGzip) {
    if (size !== fileSize) throw new BadIdx({ found: `the file has ${size} bytes`, expected: declared(header) });
    const data = await file.read(length, size - length);
    return { data, shape };
  }
  if (fileSize > DEFLATE_LIMIT * size) {
    throw new BadIdx({ found: `the gzip file has ${size} bytes`, expected: `more, to unpack to ${declared(header)}` });
  }
  const plain = await inflate(await file.read(0, size), header);
  if (plain.length !== fileSize)
    throw new BadIdx({ found: `the file has ${plain.length} bytes`, expected: declared(header) });
  return { data: plain.subarray(length), shape };
}

function tooLarge(found: string, { maxBytes }: IdxOptions): BadIdx {
  return new BadIdx({ found, expected: `at most ${maxBytes} bytes (the option maxBytes)` });
}

/** What is wrong, before the operation and the file are added. */
class BadIdx extends Error {
  constructor(
    readonly complaint: Omit<Complaint, 'operation'>,
    options?: ErrorOptions,
  ) {
    super(complaint.found, options);
  }
}

function readHeader(bytes: Uint8Array, options: IdxOptions): Header {
  const { rank, maxBytes } = options;
  const length = 4 + 4 * rank;
  if (bytes.length < length) {
    throw new BadIdx({
      found: `the file has ${bytes.length} bytes`,
      expected: `at least ${length} (an IDX header of ${rank} dimensions)`,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const magic = view.getUint32(0);
  const expected = (UINT8 << 8) | rank;
  if (magic !== expected) {
    throw new BadIdx({
      found: `the magic number is ${hex(magic)}`,
      expected: `${hex(expected)} (IDX, uint8, ${rank} dimension${rank === 1 ? '' : 's'})`,
    });
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  // Doubles are exact up to 2⁵³; a larger product is far above the limit, however it is rounded.
  const fileSize = length + sizeOf(shape);
  if (fileSize > maxBytes) throw tooLarge(`it declares ${shape.join(' × ')} elements`, options);
  return { shape, length, fileSize };
}

function declared({ shape, length, fileSize }: Header): string {
  return `${fileSize} (${length} of header and ${shape.join(' × ')} elements)`;
}

const hex = (magic: number): string => `0x${magic.toString(16).padStart(8, '0')}`;

/** What the first bytes of a gzip file unpack to. */
async function startOf(head: Uint8Array): Promise<Uint8Array> {
  try {
    return await platform.gunzipStart(head);
  } catch (error) {
    throw inGzip(error, head.length);
  }
}

/**
 * Unpacks a gzip file, at most to the size that its IDX header declares: a few hundred kilobytes can inflate to
 * gigabytes. Bytes after the end, which zlib silently ignores if they are zero, are an error.
 */
async function inflate(bytes: Uint8Array, header: Header): Promise<Uint8Array> {
  try {
    return await platform.gunzip(bytes, header.fileSize);
  } catch (error) {
    if ((error as Error).name === 'RangeError') {
      throw new BadIdx({ found: `there is no memory for ${declared(header)} bytes` }, { cause: error });
    }
    if (error instanceof GzipError && error.fault === 'long') {
      const found = 'it inflates to more bytes than declared';
      throw new BadIdx({ found, expected: declared(header) }, { cause: error });
    }
    throw inGzip(error, bytes.length);
  }
}

function inGzip(error: unknown, size: number): unknown {
  if (!(error instanceof GzipError)) return error;
  const { fault, message, end } = error;
  if (fault === 'short') return new BadIdx({ found: 'the gzip file is cut short' }, { cause: error });
  if (fault === 'trailing') {
    const found = `the gzip file has ${size} bytes`;
    return new BadIdx({ found, expected: `${end} (the end of its compressed data)` }, { cause: error });
  }
  return new BadIdx({ found: `the gzip file is damaged (${message})` }, { cause: error });
}
