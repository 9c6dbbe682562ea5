/** What ends a command early: signals, and output that is no longer read. */

import { constants } from 'node:os';
import { reasonOf } from '../io/read-file.js';

/** Ctrl-C, a request to end, a terminal that was closed; SIGPIPE stands for a pipe that is no longer read. */
export type Cause = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit status of a program ended by a signal, by convention 128 + its number. */
export function exitStatus(cause: Cause): number {
  return 128 + constants.signals[cause];
}

/** The listeners, the latest last. Without any, the process ends at once. */
const listeners: ((cause: Cause) => void)[] = [];

function interrupt(cause: Cause): void {
  const listener = listeners.at(-1);
  if (listener === undefined) process.exit(exitStatus(cause));
  listener(cause);
}

/**
 * Ends the program quietly when its output is no longer read, as other programs do: Node would report EPIPE as an
 * error of its own, or EIO when a terminal was closed.
 *
 * Where the output goes to a file that cannot be written, the disk being full, the work goes on: hours of training are worth more
 * than their lines. The process then ends with status 1.
 */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    let isTold = false;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || (error.code === 'EIO' && stream.isTTY)) return interrupt('SIGPIPE');
      process.exitCode ||= 1;
      if (isTold || stream === process.stderr) return;
      isTold = true;
      console.error(`zerokara: the standard output cannot be written (${reasonOf(error)})`);
    });
  }
}

/** Exists while `work` runs; `cause` is why it was interrupted, if it was. */
export interface Interruption {
  readonly signal: AbortSignal;
  readonly cause: Cause | undefined;
}

/**
 * Runs work that can be stopped: the first signal aborts `interruption.signal`, a second one ends the process.
 *
 * @param restore restores the terminal; called before the process is ended
 */
export async function interruptible<T>(
  work: (interruption: Interruption) => Promise<T>,
  restore: () => void,
): Promise<T> {
  const controller = new AbortController();
  let first: Cause | undefined;
  const listener = (cause: Cause): void => {
    // After a broken pipe, further events are about the same pipe.
    if (first !== undefined && cause !== 'SIGPIPE') {
      restore();
      process.exit(exitStatus(cause));
    }
    first ??= cause;
    controller.abort();
  };
  listeners.push(listener);
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work({
      signal: controller.signal,
      get cause() {
        return first;
      },
    });
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, interrupt);
    listeners.splice(listeners.indexOf(listener), 1);
  }
}
