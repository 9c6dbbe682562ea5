/** What ends a command early: signals, and a reader of its output that has gone away. */

import { constants } from 'node:os';

/** Ctrl-C, a request to end, a terminal that was closed; SIGPIPE stands for a pipe that nobody reads any more. */
export type Cause = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit status of a program that a signal ended, by custom 128 + its number. */
export function exitStatus(cause: Cause): number {
  return 128 + constants.signals[cause];
}

/** Who wants to know, the latest last. Without anybody the process ends at once. */
const listeners: ((cause: Cause) => void)[] = [];

function interrupt(cause: Cause): void {
  const listener = listeners.at(-1);
  if (listener === undefined) process.exit(exitStatus(cause));
  listener(cause);
}

/**
 * Makes output that nobody reads end the program quietly, as it does with other programs: Node would report EPIPE as an
 * error of its own, or EIO when a terminal was closed.
 */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      interrupt('SIGPIPE');
    });
  }
}

/** Lasts while `work` runs; `cause` is why it was interrupted, if it was. */
export interface Interruption {
  readonly signal: AbortSignal;
  readonly cause: Cause | undefined;
}

/**
 * Runs work that can be told to stop: the first signal aborts `interruption.signal`, a second one ends the process.
 *
 * @param restore puts the terminal in order; called before the process is ended
 */
export async function interruptible<T>(
  work: (interruption: Interruption) => Promise<T>,
  restore: () => void,
): Promise<T> {
  const controller = new AbortController();
  let first: Cause | undefined;
  const listener = (cause: Cause): void => {
    // What comes after a broken pipe is the same pipe again.
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
