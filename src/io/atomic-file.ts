/**
 * Writing a file so that a crash leaves the old contents or the new, never a mixture.
 *
 * The bytes go into a temporary file beside the target, are forced to disk, and take the target's place by a rename,
 * which file systems do as one act. Written in place, a killed process tears the file.
 */

import { platform } from '#platform';
import { DataError, ZerokaraError } from '../errors.js';
import type { Files, OpenFile } from '../platform/platform.js';
import { reasonOf } from './read-file.js';

/**
 * Writes `chunks` one after another as the whole of the file `path`, replacing what was there.
 *
 * A file that exists keeps its permissions; a symbolic link stays, and the file it points to is replaced. When writing
 * fails, the old file is untouched and the temporary one is gone. A process killed midway leaves `.name.….tmp` behind.
 *
 * @param operation the public call that writes, for the error message
 * @param files the file system
 * @throws {DataError} if the folder does not exist, may not be written to, or the disk is full
 */
export async function writeFileAtomic(
  path: string,
  chunks: Iterable<Uint8Array>,
  operation = 'writeFileAtomic',
  files: Files = platform.files,
): Promise<void> {
  try {
    await replaceFile(files, path, chunks);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    // Not from the file system: a mistake in `chunks`, or a browser.
    if (code === undefined || error instanceof ZerokaraError) throw error;
    throw new DataError(
      {
        operation,
        found: `${path} cannot be written (${reasonOf(error)})`,
        expected: 'a file in a folder that exists and may be written to',
      },
      { cause: error },
    );
  }
}

async function replaceFile(files: Files, path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const old = await files.status(path);
  const target = old === undefined ? path : await files.resolveLinks(path);
  const folder = files.folderOf(target);
  const temporary = files.join(folder, `.${files.nameOf(target)}.${randomName()}.tmp`);

  // A name that exists is refused, so nobody else's file can be written through a planted link.
  const file = await files.create(temporary);
  try {
    try {
      if (old !== undefined) await file.setMode(old.mode);
      for (const chunk of chunks) await writeAll(file, chunk);
      await file.sync(); // before the rename: else the new name could reach the disk ahead of its bytes
    } finally {
      await file.close();
    }
    await files.rename(temporary, target);
  } catch (error) {
    await files.remove(temporary).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
  await files.syncFolder(folder);
}

/** 64 bits that no other save has drawn. */
function randomName(): string {
  const word = (): string => platform.randomUint32().toString(16).padStart(8, '0');
  return word() + word();
}

/** One write may take fewer bytes than it was given, near a full disk or above 2 GiB. */
async function writeAll(file: OpenFile, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    done += await file.write(chunk.subarray(done));
  }
}
