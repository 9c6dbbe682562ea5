/**
 * Reading files that may not be what they should: a device, far too large, or cut short.
 *
 * The kind and size of a file are checked before a byte is read or a buffer allocated: a device has no end, a pipe may
 * never deliver a byte, and a header can declare any size.
 */

import { platform } from '#platform';
import { withinMemory } from '../backend/backend.js';
import { DataError, ZerokaraError } from '../errors.js';
import { isInstance } from '../identity.js';
import { requirePath } from '../options.js';
import type { FileStatus, Files, OpenFile } from '../platform/platform.js';

/** Larger files are refused unless `maxBytes` allows them: 2 GiB. */
export const LARGEST_FILE: number = 2 ** 31;

/** A regular file that is open for reading. */
export interface Readable {
  /** Bytes. */
  readonly size: number;
  /**
   * `length` bytes from `start` on.
   *
   * @throws {DataError} if the file ends earlier: it was cut short after it was opened
   */
  read(start: number, length: number): Promise<Uint8Array>;
}

export interface ReadFileOptions {
  /** What the file should be, for the error message. */
  readonly expected?: string | undefined;
  /** The most bytes that it may have. Default 2³¹ (2 GiB). */
  readonly maxBytes?: number | undefined;
  readonly files?: Files;
  /** Whether the caller takes a URL beside a path: an address as a string is then advised to become one. */
  readonly takesUrls?: boolean | undefined;
}

/**
 * Opens a regular file, lets `use` read from it, and closes it.
 *
 * @param operation the public call that reads, for the error message
 * @throws {DataError} if it is missing, not a regular file, larger than `maxBytes`, or cannot be read
 */
export async function withFile<T>(
  operation: string,
  path: string,
  options: ReadFileOptions,
  use: (file: Readable) => Promise<T>,
): Promise<T> {
  try {
    const { file, size } = await openRegular(operation, path, options);
    try {
      return await use({
        size,
        async read(start, length) {
          const bytes = withinMemory(operation, 'uint8', length, () => new Uint8Array(length));
          // One read may give fewer bytes than it was asked for.
          for (let done = 0; done < length; ) {
            const read = await file.read(bytes.subarray(done), start + done);
            if (read === 0) {
              const found = `${path} became shorter while it was read`;
              throw new DataError({ operation, found, expected: options.expected });
            }
            done += read;
          }
          return bytes;
        },
      });
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asDataError(operation, path, options, error);
  }
}

/**
 * The bytes of a regular file of any size, in pieces: the next is read while the caller works on one. The file is closed
 * when the generator ends or is left.
 *
 * @throws {DataError} as `withFile`
 */
export async function* readChunks(
  operation: string,
  path: string,
  options: Omit<ReadFileOptions, 'maxBytes'> & { readonly chunkSize: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const { file } = await openRegular(operation, path, { ...options, maxBytes: Number.POSITIVE_INFINITY });
    const readAt = async (position: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(options.chunkSize);
      return bytes.subarray(0, await file.read(bytes, position));
    };
    let next = readAt(0);
    try {
      for (let position = 0; ; ) {
        const bytes = await next;
        if (bytes.length === 0) return;
        position += bytes.length;
        next = readAt(position);
        next.catch(() => undefined); // reported when it is waited for
        yield bytes;
      }
    } finally {
      await next.catch(() => undefined);
      await file.close();
    }
  } catch (error) {
    throw asDataError(operation, path, options, error);
  }
}

async function openRegular(
  operation: string,
  path: string,
  { expected, maxBytes, files = platform.files }: ReadFileOptions,
): Promise<{ readonly file: OpenFile; readonly size: number }> {
  requirePath(operation, 'path', path);
  const limit = maxBytes ?? LARGEST_FILE;
  const check = ({ kind, size }: FileStatus): void => {
    if (kind !== 'file') {
      throw new DataError({ operation, found: `${path} is a ${kind}`, expected: expected ?? 'a regular file' });
    }
    if (size > limit) {
      const fix = maxBytes === undefined ? undefined : 'A larger file is read with the option maxBytes';
      throw new DataError({ operation, found: `${path} has ${size} bytes`, expected: `at most ${limit}`, fix });
    }
  };
  // Checked before opening, because opening a device may act on it; and after, because it may have been replaced.
  const before = await files.status(path);
  if (before !== undefined) check(before);
  const file = await files.openToRead(path);
  try {
    const status = await file.status();
    check(status);
    return { file, size: status.size };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function asDataError(operation: string, path: string, options: ReadFileOptions, error: unknown): unknown {
  if (isInstance(error, ZerokaraError)) return error;
  const { expected, takesUrls = false } = options;
  const found = `${path} cannot be read (${reasonOf(error)})`;
  return new DataError({ operation, found, expected, fix: adviceForAddress(path, takesUrls) }, { cause: error });
}

/** What to do about the address of a file that was given as its path. */
export function adviceForAddress(path: string, takesUrls: boolean): string | undefined {
  if (!/^(https?|file):\/\//i.test(path)) return undefined;
  if (takesUrls) return `Give it as new URL(${shown(path)})`;
  return path.startsWith('h') ? 'Download it first, and give its path' : `Give its path: fileURLToPath(${shown(path)})`;
}

const shown = (address: string): string => (address.length > 80 ? '…' : `'${address}'`);

/** The bytes of a whole file; otherwise like `withFile`. */
export async function readFile(
  operation: string,
  path: string,
  expected?: string,
  options: ReadFileOptions = {},
): Promise<Uint8Array> {
  return withFile(operation, path, { expected, ...options }, (file) => file.read(0, file.size));
}

/** The system's message without the call and the path that Node adds: `ENOENT: no such file or directory`. */
export function reasonOf(error: unknown): string {
  const { message } = error as { readonly message?: unknown };
  return typeof message === 'string' ? message.split(',')[0]! : String(error);
}
