/** Reading a file whole. */

import { platform } from '#platform';
import { DataError, ZerokaraError } from '../errors.js';
import type { OpenFile } from '../platform/platform.js';

/**
 * The bytes of the file `path`.
 *
 * @param operation the public call that reads, for the error message
 * @param expected what the file should be, for the error message
 * @throws {DataError} if it cannot be read
 */
export async function readFile(operation: string, path: string, expected?: string): Promise<Uint8Array> {
  try {
    const file = await platform.files.openToRead(path);
    try {
      return await readBytes(file, 0, (await file.status()).size);
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

/** `length` bytes from `start` on; fewer, if the file ends before. One read may give fewer bytes than it was asked for. */
async function readBytes(file: OpenFile, start: number, length: number): Promise<Uint8Array> {
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
