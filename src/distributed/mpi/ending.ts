/** How a process of MPI ends: with all others, whatever ends it. */

import { fs } from '../../platform/node-modules.js';
import type { MpiLink } from './mpi-link.js';

/** The status of a process that an error has ended. */
const FAILED = 1;

/**
 * A rank that ends before it has closed the link ends the others: they would wait for it for ever. One that ends well waits for
 * them.
 */
export function endTogether(link: MpiLink): void {
  let uncaught: unknown;
  process.on('uncaughtExceptionMonitor', (error) => {
    uncaught = error;
  });
  process.on('exit', (code) => {
    if (code === 0) {
      try {
        link.close();
      } catch (error) {
        uncaught = error; // it is in the middle of a step
      }
    }
    if (!link.isOpen) return;
    // Node prints an uncaught error after this event, and MPI ends the process before that.
    if (uncaught !== undefined) say((uncaught as Partial<Error> | null)?.stack ?? String(uncaught));
    const why = uncaught === undefined ? `with exit status ${code}` : 'with an error';
    say(`zerokara: rank ${link.rank} of ${link.size} has ended ${why}, so all ranks end`);
    link.abort(code > 0 && code < 256 ? code : FAILED);
  });
}

/** Written at once: a stream would lose it. */
function say(line: string): void {
  try {
    fs.writeSync(2, `${line}\n`);
  } catch {
    // Nobody reads it.
  }
}
