/**
 * Writing a file so that a crash leaves the old contents or the new, never a mixture.
 *
 * The bytes go into a temporary file beside the target, are forced to disk, and take the target's place by a rename,
 * which file systems do as one act. Written in place, a killed process tears the file.
 */

import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataError } from '../errors.js';

/**
 * Writes `chunks` one after another as the whole of the file `path`, replacing what was there.
 *
 * A file that exists keeps its permissions; a symbolic link stays, and the file it points to is replaced. When writing
 * fails, the old file is untouched and the temporary one is gone. A process killed midway leaves `.name.….tmp` behind.
 *
 * @param operation the public call that writes, for the error message
 * @throws {DataError} if the folder does not exist, may not be written to, or the disk is full
 */
export async function writeFileAtomic(
  path: string,
  chunks: Iterable<Uint8Array>,
  operation = 'writeFileAtomic',
): Promise<void> {
  try {
    await replaceFile(path, chunks);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error; // not from the file system: a mistake in `chunks`
    throw new DataError(
      {
        operation,
        found: `${path} cannot be written (${message.split(',')[0]})`,
        expected: 'a file in a folder that exists and may be written to',
      },
      { cause: error },
    );
  }
}

async function replaceFile(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const old = await stat(path).catch(ignoreMissing);
  const target = old === undefined ? path : await realpath(path);
  const folder = dirname(target);
  const temporary = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);

  // 'wx' refuses a name that exists, so nobody else's file can be written through a planted link.
  const file = await open(temporary, 'wx', 0o666);
  try {
    try {
      if (old !== undefined) await file.chmod(old.mode & 0o7777);
      for (const chunk of chunks) await writeAll(file, chunk);
      await file.sync(); // before the rename: else the new name could reach the disk ahead of its bytes
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(ignoreMissing);
    throw error;
  }
  await syncFolder(folder);
}

/** One write may take fewer bytes than it was given, near a full disk or above 2 GiB. */
async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    done += (await file.write(chunk, done, chunk.length - done)).bytesWritten;
  }
}

/** Makes the rename itself durable. Windows cannot open a folder and does without. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
