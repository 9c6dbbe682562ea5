/**
 * The IDX format of the MNIST files: a magic number, the dimensions, then one byte per element.
 *
 * All integers are big-endian. The magic number is 0x0000TTRR: TT the element type (0x08 is uint8, the only one read
 * here), RR the number of dimensions. The file ends with the last element.
 * Source: LeCun, Cortes and Burges, The MNIST database of handwritten digits, "File formats".
 */

import { platform } from '#platform';
import { DataError } from '../errors.js';
import { readFile } from '../io/read-file.js';
import { GzipError } from '../platform/platform.js';
import { sizeOf } from '../tensor/shape.js';

/** The contents of an IDX file of bytes. */
export interface IdxArray {
  readonly data: Uint8Array;
  readonly shape: readonly number[];
}

const UINT8 = 0x08;

/** Larger arrays are refused: the four MNIST files have 55 MB together, and a few damaged bytes must not ask for more. */
const LARGEST = 2 ** 30;

/** Compressed bytes that surely contain an IDX header; deflate makes at most 1032 times as many of them. */
const GZIP_HEAD = 4096;

interface Header {
  readonly shape: readonly number[];
  /** Bytes before the first element. */
  readonly length: number;
  /** Bytes of the whole file. */
  readonly fileSize: number;
}

/**
 * Reads an IDX file of uint8, gzipped or not: that is told by its first bytes, not by its name.
 *
 * @param rank the number of dimensions it must have: 3 for images, 1 for labels
 * @throws {DataError} naming the file, if it cannot be read, is damaged, or is longer or shorter than it declares
 */
export async function readIdx(operation: string, path: string, rank: number): Promise<IdxArray> {
  return decodeIdx(await readFile(operation, path), operation, path, rank);
}

/** The same for bytes that were read already; `path` is for the message. */
export async function decodeIdx(bytes: Uint8Array, operation: string, path: string, rank: number): Promise<IdxArray> {
  const inFile = (error: unknown): unknown =>
    error instanceof BadIdx
      ? new DataError({ operation, found: `${path}: ${error.found}`, expected: error.expected })
      : error;
  try {
    const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? await inflate(bytes, rank) : bytes;
    const header = readHeader(plain, rank);
    if (plain.length !== header.fileSize) {
      throw new BadIdx(`the file has ${plain.length} bytes`, declared(header));
    }
    // A plain Uint8Array, not a Buffer, over the same memory.
    const data = new Uint8Array(plain.buffer, plain.byteOffset + header.length, plain.length - header.length);
    return { data, shape: header.shape };
  } catch (error) {
    throw inFile(error);
  }
}

/** What is wrong, before the operation and the file are added. */
class BadIdx extends Error {
  constructor(
    readonly found: string,
    readonly expected?: string,
  ) {
    super(found);
  }
}

function readHeader(bytes: Uint8Array, rank: number): Header {
  const length = 4 + 4 * rank;
  if (bytes.length < length) {
    throw new BadIdx(`the file has ${bytes.length} bytes`, `at least ${length} (an IDX header of ${rank} dimensions)`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const magic = view.getUint32(0);
  const expected = (UINT8 << 8) | rank;
  if (magic !== expected) {
    throw new BadIdx(
      `the magic number is ${hex(magic)}`,
      `${hex(expected)} (IDX, uint8, ${rank} dimension${rank === 1 ? '' : 's'})`,
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  // Doubles are exact up to 2⁵³; a product beyond that is far above the limit, however it is rounded.
  const size = sizeOf(shape);
  if (size > LARGEST) throw new BadIdx(`it declares ${shape.join(' × ')} elements`, `at most ${LARGEST}`);
  return { shape, length, fileSize: length + size };
}

function declared({ shape, length, fileSize }: Header): string {
  return `${fileSize} (${length} of header and ${shape.join(' × ')} elements)`;
}

const hex = (magic: number): string => `0x${magic.toString(16).padStart(8, '0')}`;

/**
 * Unpacks a gzip file, at most to the size that its IDX header declares: a few hundred kilobytes can inflate to
 * gigabytes. Bytes after the end, which zlib passes over in silence where they are zero, are an error.
 */
async function inflate(bytes: Uint8Array, rank: number): Promise<Uint8Array> {
  let header: Header | undefined;
  try {
    // The header first, from as much as the first bytes give.
    header = readHeader(await platform.gunzipStart(bytes.subarray(0, GZIP_HEAD)), rank);
    return await platform.gunzip(bytes, header.fileSize);
  } catch (error) {
    if (!(error instanceof GzipError)) throw error;
    const { fault, message, end } = error;
    if (fault === 'long') throw new BadIdx(`it inflates to more bytes than declared`, declared(header!));
    if (fault === 'short') throw new BadIdx('the gzip file is cut short');
    if (fault === 'damaged') throw new BadIdx(`the gzip file is damaged (${message})`);
    throw new BadIdx(`the gzip file has ${bytes.length} bytes`, `${end} (the end of its compressed data)`);
  }
}
