/** Which process keeps a run in a folder, so that no other one writes there before it has ended. */

import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/**
 * A process by the boot of its machine, its number and the moment in which it began: a number alone is given again. Undefined
 * where the system does not say (Linux does).
 */
export function thisWriter(): string | undefined {
  return writerOf(process.pid);
}

/**
 * @param patience for a process that has just been killed, in ms
 * @returns the number of another process that is writing, or undefined if it has ended, or nothing is known of it
 */
export async function otherWriter(writer: unknown, patience = 1000): Promise<number | undefined> {
  if (typeof writer !== 'string') return undefined;
  const pid = Number(writer.split('/')[1]);
  if (pid === process.pid) return undefined;
  for (const start = performance.now(); writerOf(pid) === writer; await setTimeout(50)) {
    if (performance.now() - start > patience) return pid;
  }
  return undefined;
}

function writerOf(pid: number): string | undefined {
  try {
    // The name of the program, in brackets, may hold anything; the state comes next, the moment is the 20th from there.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined; // ended; its parent has not looked yet
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot}/${pid}/${fields[19]}`;
  } catch {
    return undefined;
  }
}
