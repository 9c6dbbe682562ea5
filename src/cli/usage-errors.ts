/** Advice after a mistake in the words of a command, where commander's own guess is by letters alone. */

import type { Command } from 'commander';

/** What `zerokara search` says to a table. */
const SEARCH_IS_FOR_DIGITS =
  '(search is for digits. Of a table: zerokara train TABLE --target COLUMN, with defaults that suit most tables; other settings are tried by randomSearch in a program)';

/** Flags by which a table is meant. */
const OF_TABLES = [
  '--target',
  '--task',
  '--test',
  '--ignore',
  '--missing',
  '--delimiter',
  '--decimal',
  '--header',
  '--hidden-sizes',
];

/** Lets a command advise on unknown flags and on arguments that it does not take. */
export function adviseOn(command: Command): void {
  command.configureOutput({ outputError: (text, write) => write(advised(command, text)) });
}

/** @returns commander's text with better advice, where there is one */
export function advised(command: Command, text: string): string {
  const [, flag] = /^error: unknown option '(--[\w-]+)'/.exec(text) ?? [];
  const [first] = text.split('\n');
  if (command.name() === 'search' && (text.startsWith('error: too many arguments') || OF_TABLES.includes(flag ?? ''))) {
    return `${first}\n${SEARCH_IS_FOR_DIGITS}\n`;
  }
  const longer = flag === undefined ? [] : flagsOf(command).filter((known) => known.startsWith(`${flag}-`));
  if (longer.length === 0) return text;
  return `${first}\n(Did you mean ${longer.length === 1 ? longer[0] : `one of ${longer.join(', ')}`}?)\n`;
}

function flagsOf(command: Command): string[] {
  return command.options.flatMap(({ long }) => (typeof long === 'string' ? [long] : [])).sort();
}
