/**
 * The temporary files of saves that were killed: they take the room of a whole model each, and nobody else knows them.
 *
 * A name tells who wrote: `.net.safetensors.<host>-<process>-<random>.tmp`. A file is stale when its process has ended;
 * of another machine, which cannot be asked, when nothing was written to it for a day.
 */

import { platform } from '#platform';
import type { Files } from '../platform/platform.js';

const DAY = 24 * 60 * 60 * 1000;
const MINUTE = 60 * 1000;

/** Names have at most 255 bytes; of a longer one the start is enough. */
const LONGEST_NAME = 50;

/** A path beside `target` that no other save has. */
export function temporaryPath(files: Files, target: string): string {
  const { host, id } = files.process;
  return files.join(
    files.folderOf(target),
    `${prefixOf(files, target)}${host}-${id}-${randomWord()}${randomWord()}.tmp`,
  );
}

/** Removes what killed saves to `target` have left. What cannot be removed stays: the save does not depend on it. */
export async function removeStaleFiles(files: Files, target: string, now: number = Date.now()): Promise<void> {
  const folder = files.folderOf(target);
  const prefix = prefixOf(files, target);
  const names = await files.list(folder).catch(() => []); // a folder may be writable and not readable
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
  // Version 0.1.0 named no writer.
  if (host !== process.host) return now - modified > DAY;
  // In a container started again, another process had our id; clocks of file servers may differ by a little.
  if (id === process.id) return modified < process.started - MINUTE;
  return !process.isRunning(id);
}

function prefixOf(files: Files, target: string): string {
  return `.${files.nameOf(target).slice(0, LONGEST_NAME)}.`;
}

function randomWord(): string {
  return platform.randomUint32().toString(16).padStart(8, '0');
}
