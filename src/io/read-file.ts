/** Reading files: regular ones only, and none before its size is known. */

import { platform } from '#platform';
import { DataError, ZerokaraError } from '../errors.js';
import type { OpenFile } from '../platform/platform.js';

/**
 * Opens the regular file `path` for `use`, and closes it.
 *
 * A device has no end and a pipe may never give a byte, so neither is read.
 *
 * @param operation the public call that reads, for the error message
 * @param use gets the file, and its size on disk
 * @param expected what the file should be, for the error message
 * @throws {DataError} if it is no regular file or cannot be read
 */
export async function withRegularFile<T>(
  operation: string,
  path: string,
  use: (file: OpenFile, size: number) => Promise<T>,
  expected?: string,
): Promise<T> {
  try {
    const file = await platform.files.openToRead(path);
    try {
      const { kind, size } = await file.status();
      if (kind === 'file') return await use(file, size);
      throw new DataError({ operation, found: `${path} is a ${kind}`, expected: expected ?? 'a regular file' });
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof ZerokaraError) throw error;
    throw new DataError(
      { operation, found: `${path} cannot be read (${reasonOf(error)})`, expected },
      { cause: error },
    );
  }
}

/**
 * The bytes of the file `path`.
 *
 * @throws {DataError} if it is no regular file or cannot be read
 */
export function readFile(operation: string, path: string, expected?: string): Promise<Uint8Array> {
  return withRegularFile(operation, path, (file, size) => readBytes(file, 0, size), expected);
}

/** `length` bytes from `start` on; fewer, if the file ends before. One read may give fewer bytes than it was asked for. */
export async function readBytes(file: OpenFile, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const read = await file.read(bytes.subarray(done), start + done);
    if (read === 0) return bytes.subarray(0, done);
    done += read;
  }
  return bytes;
}

/** What the system said, without the call and the path that Node adds: `ENOENT: no such file or directory`. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split(',')[0]! : String(error);
}
