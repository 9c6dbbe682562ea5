/** Commands that are printed for people to copy into their shell. */

/**
 * A word of a command as a shell takes it: in quotes where it has spaces or anything else that a shell would read.
 *
 * @param system whose shells are meant, as `process.platform` calls it
 * @example shellWord('my runs')   // 'my runs' in single quotes, in double ones on Windows
 */
export function shellWord(word: string, system: string = process.platform): string {
  if (system === 'win32') {
    // Neither of its shells knows what the other one escapes, but both take double quotes; backslashes before one count double.
    const inside = word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1');
    return /^[\w.,:@+/\\-]+$/.test(word) ? word : `"${inside}"`;
  }
  return /^[\w.,:@%+/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
