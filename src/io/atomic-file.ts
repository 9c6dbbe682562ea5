/**
 * Writing a file so that a crash leaves the old contents or the new, never a mixture.
 *
 * The bytes go into a temporary file beside the target and are forced to disk; then the file replaces the target by a
 * rename, which file systems do atomically. A process killed while writing in place would tear the file.
 */

import { platform } from '#platform';
import { DataError, ZerokaraError } from '../errors.js';
import { isInstance } from '../identity.js';
import { requirePath } from '../options.js';
import type { Files, OpenFile } from '../platform/platform.js';
import { reasonOf } from './read-file.js';
import { removeStaleFiles, temporaryPath } from './stale-files.js';

/**
 * Writes `chunks` one after another, as they come, as the contents of the file `path`, replacing the old ones.
 *
 * An existing file keeps its permissions; a symbolic link stays, and the file it points to is replaced. If writing
 * fails, the old file is untouched and the temporary one is removed. A process killed midway leaves `.name.….tmp`
 * behind, which the next call for the same path removes.
 *
 * @param operation the public call that writes, for the error message
 * @param files the file system
 * @throws {DataError} if the folder does not exist or may not be written to, or the disk is full; if the path leads to
 *   a device, pipe, socket or folder, or to a dangling symbolic link; or if the file is written but may not be on the
 *   disk yet
 */
export async function writeFileAtomic(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  operation = 'writeFileAtomic',
  files: Files = platform.files,
): Promise<void> {
  const target = await explained(operation, path, () => replaceFile(operation, files, path, chunks));
  try {
    await files.syncFolder(files.folderOf(target));
  } catch (error) {
    throw new DataError(
      {
        operation,
        found: `${path} has the new contents, but its folder cannot be forced to the disk (${reasonOf(error)})`,
        fix: 'A power cut now could bring the old contents back',
      },
      { cause: error },
    );
  }
}

/**
 * Finds out before a long run whether its result can be written, by the checks that `writeFileAtomic` makes before its
 * first byte: what the path leads to, and that a file can be created beside it.
 *
 * @throws {DataError} with the message that saving would have
 */
export async function requireWritable(path: string, operation: string, files: Files = platform.files): Promise<void> {
  await explained(operation, path, async () => {
    const { target } = await findTarget(operation, files, path);
    const temporary = temporaryPath(files, target);
    await (await files.create(temporary)).close();
    await files.remove(temporary);
  });
}

/** Does the work; turns an error of the file system into one with the path and what was expected. */
async function explained<T>(operation: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    // Not from the file system: a mistake in what is written, or one of our own errors.
    if (code === undefined || isInstance(error, ZerokaraError)) throw error;
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

/** @returns the path of the file that has the contents now, without links */
async function replaceFile(
  operation: string,
  files: Files,
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<string> {
  const { target, mode } = await findTarget(operation, files, path);
  await removeStaleFiles(files, target);
  const temporary = temporaryPath(files, target);
  // An existing name is refused, so a planted link cannot make us write to another file.
  const file = await files.create(temporary);
  try {
    try {
      if (mode !== undefined) await file.setMode(mode);
      for await (const chunk of chunks) await writeAll(file, chunk);
      await file.sync(); // before the rename: else the new name could reach the disk before its bytes
    } finally {
      await file.close();
    }
    await files.rename(temporary, target);
  } catch (error) {
    await files.remove(temporary).catch(() => undefined); // the first error is the one to report
    throw error;
  }
  return target;
}

/** As many symbolic links in a row as Linux follows. */
const MOST_LINKS = 40;

/**
 * The regular file that `path` leads to, with its permissions, or the free name where there is none yet.
 *
 * @throws {DataError} if the path leads to anything else: a rename would replace it by a file
 */
async function findTarget(
  operation: string,
  files: Files,
  path: string,
): Promise<{ target: string; mode: number | undefined }> {
  const refuse = (what: string): never => {
    throw new DataError({ operation, found: `${path} ${what}`, expected: 'a regular file, or a name that is free' });
  };
  requirePath(operation, 'path', path);
  const status = await files.status(path);
  if (status !== undefined && status.kind !== 'file') refuse(`is a ${status.kind}`);
  let place = path;
  for (let links = 0; links <= MOST_LINKS; links++) {
    const folder = await files.resolveLinks(files.folderOf(place));
    // /dev/stdout leads to /proc/self/fd/1: an open file of the process, which may be anything.
    if (folder === '/dev' || folder.startsWith('/proc/')) refuse(`lies in ${folder}, which belongs to the system`);
    place = files.join(folder, files.nameOf(place));
    const next = await files.readLink(place);
    if (next === undefined) return { target: place, mode: status?.mode };
    if (status === undefined) refuse(`is a symbolic link to ${next}, which does not exist`);
    place = files.resolve(folder, next);
  }
  return refuse('leads through too many symbolic links');
}

/** One write may take fewer bytes than it was given, near a full disk or above 2 GiB. */
async function writeAll(file: OpenFile, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    done += await file.write(chunk.subarray(done));
  }
}
