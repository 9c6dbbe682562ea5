import { readFileSync } from 'node:fs';

/** What a process would write of itself into the files of `--checkpoint`; its name must have no brackets. */
export function writerOf(pid: number): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return `${boot}/${pid}/${fields[19]}`;
}
