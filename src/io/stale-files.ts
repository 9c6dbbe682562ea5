/**
 * The temporary files that killed saves leave behind: each is as large as a model, and nothing else removes them.
 *
 * The name says which process wrote: `.net.safetensors.<host>-<process>-<random>.tmp`. A file is stale when that
 * process has ended; one of another machine, whose processes cannot be seen, when it has not been written to for a day.
 */

import { platform } from '#platform';
import type { Files } from '../platform/platform.js';

const DAY = 24 * 60 * 60 * 1000;
const MINUTE = 60 * 1000;

/** File names have at most 255 bytes; longer ones are cut. */
const LONGEST_NAME = 50;

/** A path beside `target` that no other save uses. */
export function temporaryPath(files: Files, target: string): string {
  const { host, id } = files.process;
  return files.join(
    files.folderOf(target),
    `${prefixOf(files, target)}${host}-${id}-${randomWord()}${randomWord()}.tmp`,
  );
}

/** Removes what killed saves to `target` have left. What cannot be removed stays; the save goes on. */
export async function removeStaleFiles(files: Files, target: string, now: number = Date.now()): Promise<void> {
  const folder = files.folderOf(target);
  const prefix = prefixOf(files, target);
  const names = await files.list(folder).catch(() => []); // a folder may be writable but not readable
  for (const name of names) {
    const writer = name.startsWith(prefix)
      ? /^(?:([0-9a-f]{8})-(\d+)-[0-9a-f]{16}|[0-9a-f]{12})\.tmp$/.exec(name.slice(prefix.length))
      : null;
    if (writer === null) continue;
    const path = files.join(folder, name);
    const status = await files.status(path).catch(() => undefined);
    if (status?.kind !== 'file' || !isStale(files, writer[1], Number(writer[2]), status.modified, now)) continue;
    await files.remove(path).catch(() => undefined);
  }
}

function isStale(files: Files, host: string | undefined, id: number, modified: number, now: number): boolean {
  const { process } = files;
  // Names of version 0.1.0 do not say which process wrote.
  if (host !== process.host) return now - modified > DAY;
  // In a restarted container, another process had our id before; clocks of file servers may differ a little.
  if (id === process.id) return modified < process.started - MINUTE;
  return !process.isRunning(id);
}

function prefixOf(files: Files, target: string): string {
  return `.${files.nameOf(target).slice(0, LONGEST_NAME)}.`;
}

function randomWord(): string {
  return platform.randomUint32().toString(16).padStart(8, '0');
}
