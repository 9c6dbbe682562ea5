/**
 * Files that hold one array of numbers, read a few rows at a time: NPY (NumPy's `save`), IDX (MNIST's format), and float32
 * without a header.
 *
 * Source: NumPy, "The NPY format" (numpy.lib.format); LeCun, Cortes and Burges, The MNIST database, "File formats".
 */

import { platform } from '#platform';
import { DataError } from '../errors.js';
import { typedArrayName } from '../identity.js';
import { type Readable, withFile } from '../io/read-file.js';
import { formatShape, sizeOf } from '../tensor/shape.js';

/** Numbers as a file stores them. */
type Stored = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'int64' | 'uint64' | 'float32' | 'float64';

/** The array in a file. */
export interface ArrayFile {
  readonly path: string;
  readonly dtype: Stored;
  readonly shape: readonly number[];
  /** Where the first number begins. */
  readonly start: number;
  readonly isBigEndian: boolean;
  /** Bytes of the file. */
  readonly size: number;
}

/** What a file without a header holds. */
export interface Headless {
  /** Numbers in a row. */
  readonly width: number;
}

const ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** The types of the IDX format by their number. */
const IDX_TYPES: Readonly<Record<number, Stored>> = {
  8: 'uint8',
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
};

/** The types of the NPY format by their letters. */
const NPY_TYPES: Readonly<Record<string, Stored>> = {
  ...{ u1: 'uint8', b1: 'uint8', i1: 'int8', u2: 'uint16', i2: 'int16', u4: 'uint32', i4: 'int32' },
  ...{ i8: 'int64', u8: 'uint64', f4: 'float32', f8: 'float64' },
};

/** Bytes that hold the header of an IDX file of up to 8 dimensions, and the length of that of an NPY file. */
const HEAD = 64;

/** No header of a plain array is longer. */
const LONGEST_NPY_HEADER = 2 ** 16;

/**
 * Reads the header of a file.
 *
 * @param headless what the file holds where it has no header; without it such a file is refused
 * @throws {DataError} naming the file, if it cannot be read, is not one of these formats, or has more or fewer numbers than its
 *   header says
 */
export function readArrayHeader(operation: string, path: string, headless: Headless | undefined): Promise<ArrayFile> {
  return withFile(operation, path, { maxBytes: Number.POSITIVE_INFINITY }, async (file) => {
    const fault = (found: string, expected: string, fix?: string): DataError =>
      new DataError({ operation, found: `${path}: ${found}`, expected, fix });
    const read = await headerOf(file, headless, fault);
    const { dtype, shape, start } = read;
    const expected = start + ARRAYS[dtype].BYTES_PER_ELEMENT * sizeOf(shape);
    if (file.size !== expected) {
      throw fault(
        `the file has ${file.size} bytes`,
        `${expected} (${start} of header and ${shape.join(' × ')} ${dtype} numbers)`,
      );
    }
    return { path, size: file.size, ...read };
  });
}

type Fault = (found: string, expected: string, fix?: string) => DataError;
type Header = Pick<ArrayFile, 'dtype' | 'shape' | 'start' | 'isBigEndian'>;

async function headerOf(file: Readable, headless: Headless | undefined, fault: Fault): Promise<Header> {
  const head = await file.read(0, Math.min(HEAD, file.size));
  const found = (await readNpy(file, head, fault)) ?? readIdxHeader(head, fault);
  return found ?? readHeadless(file, head, headless, fault);
}

async function readNpy(file: Readable, head: Uint8Array, fault: Fault): Promise<Header | undefined> {
  const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
  if (text(head.subarray(0, 6)) !== '\x93NUMPY' || head.length < 12) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const begin = head[6] === 1 ? 10 : 12;
  const length = head[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = begin + length;
  if (length > LONGEST_NPY_HEADER || start > file.size) {
    throw fault(`the NPY header has ${length} bytes`, `at most ${Math.min(LONGEST_NPY_HEADER, file.size - begin)}`);
  }
  const header = text(await file.read(begin, length));
  const [, order, type] = /'descr': *'([<>|=])(\w+)'/.exec(header) ?? [];
  const dtype = type === undefined ? undefined : NPY_TYPES[type];
  const [, list] = /'shape': *\(([\d, ]*)\)/.exec(header) ?? [];
  if (dtype === undefined || list === undefined)
    throw fault(`the NPY header is ${header.trim()}`, 'an array of numbers');
  if (!/'fortran_order': *False/.test(header)) {
    throw fault('the array is stored column by column', 'row by row', 'Save np.ascontiguousarray(x)');
  }
  const shape = list
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  return { dtype, shape, start, isBigEndian: order === '>' };
}

function readIdxHeader(head: Uint8Array, fault: Fault): Header | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b)
    throw fault('the file is packed by gzip', 'an unpacked file', 'Unpack it first: gunzip');
  const [zero, alsoZero, type, rank] = head;
  const dtype = IDX_TYPES[type!];
  if (zero !== 0 || alsoZero !== 0 || dtype === undefined || rank === undefined || rank < 1 || rank > 8)
    return undefined;
  const start = 4 + 4 * rank;
  if (head.length < start) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { dtype, shape, start, isBigEndian: true };
}

function readHeadless({ size }: Readable, head: Uint8Array, headless: Headless | undefined, fault: Fault): Header {
  if (headless === undefined) {
    const first = [...head.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw fault(
      `the file begins with ${first || 'nothing'}`,
      'an NPY or IDX file',
      "For float32 numbers without a header give the option format: 'float32'",
    );
  }
  const rowBytes = 4 * headless.width;
  if (size === 0 || size % rowBytes !== 0) {
    throw fault(`the file has ${size} bytes`, `rows of ${rowBytes} (${headless.width} float32 numbers)`);
  }
  return { dtype: 'float32', shape: [size / rowBytes, headless.width], start: 0, isBigEndian: false };
}

/** Reads rows of an array, one call after another. */
export interface RowsOfFile {
  /** The numbers of the rows from `row` on. */
  read(row: number, count: number): Promise<ArrayLike<number>>;
  close(): Promise<void>;
}

/** @throws {DataError} if the file is no longer what its header said */
export async function openArray(operation: string, array: ArrayFile): Promise<RowsOfFile> {
  const { path, dtype, shape, start, isBigEndian, size } = array;
  const kind = ARRAYS[dtype];
  const rowBytes = kind.BYTES_PER_ELEMENT * sizeOf(shape.slice(1));
  const changed = (found: string, expected: number | string = size): DataError =>
    new DataError({ operation, found: `${path} ${found}`, expected: `${expected}, as when the stream was made` });
  const file = await platform.files.openToRead(path).catch((cause: unknown) => {
    throw new DataError(
      { operation, found: `${path} cannot be opened`, expected: 'the file of the stream' },
      { cause },
    );
  });
  const readBytes = async (from: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const read = await file.read(bytes.subarray(done), from + done);
      if (read === 0) throw changed('became shorter');
      done += read;
    }
    return bytes;
  };
  try {
    const status = await file.status();
    if (status.size !== size) throw changed(`has ${status.size} bytes`);
    // As many bytes may be other numbers. A file without a header does not tell.
    if (start > 0) {
      const fault: Fault = (found) => changed(`has another header (${found})`, contentOf(array));
      const header = await headerOf({ size, read: readBytes }, undefined, fault);
      if (contentOf(header) !== contentOf(array)) throw changed(`holds ${contentOf(header)}`, contentOf(array));
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    async read(row, count) {
      const bytes = await readBytes(start + row * rowBytes, count * rowBytes);
      if (isBigEndian) swapBytes(bytes, kind.BYTES_PER_ELEMENT);
      const numbers = new kind(bytes.buffer);
      return holdsBigInts(numbers) ? Float64Array.from(numbers, Number) : numbers;
    },
    close: () => file.close(),
  };
}

/** In words, for messages: files with the same words are read in the same way. */
function contentOf({ dtype, shape, isBigEndian }: Header): string {
  const isSwapped = isBigEndian && ARRAYS[dtype].BYTES_PER_ELEMENT > 1;
  return `${isSwapped ? 'big-endian ' : ''}${dtype} numbers of shape ${formatShape(shape)}`;
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length && size > 1; at += size) bytes.subarray(at, at + size).reverse();
}

function holdsBigInts(numbers: ArrayBufferView): numbers is BigInt64Array<ArrayBuffer> | BigUint64Array<ArrayBuffer> {
  return /^Big/.test(typedArrayName(numbers) ?? '');
}
