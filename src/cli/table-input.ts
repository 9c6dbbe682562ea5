/** The table that a command reads: a file, or with `-` the standard input, which can be read only once. */

import { ArgumentError } from '../errors.js';
import type { ByteSource } from '../io/records/byte-source.js';

export interface TableInput {
  /** What messages call it. */
  readonly name: string;
  /** Its start, from which delimiter and columns are told, also after all of it was read. What is not needed is not read. */
  head(): ByteSource;
  /** All of it, once. */
  all(): ByteSource;
  /** Ends the wait for more, so that the process can end. */
  close(): void;
}

/** What stands for the standard input. A file of such a name is `./-`. */
const STANDARD_INPUT = ['-', '/dev/stdin'];

/** What the help of a command says of its table. */
export const TABLE_ARGUMENT = 'CSV, TSV, JSON or JSON lines, also gzipped; - reads the standard input';

/**
 * @param ranks how many processes read it
 * @throws {ArgumentError} for the standard input where several processes read: the first alone has it
 */
export function inputOf(operation: string, file: string, ranks = 1): TableInput {
  if (!STANDARD_INPUT.includes(file)) return { name: file, head: () => file, all: () => file, close: () => {} };
  if (ranks > 1) {
    const expected = `a file, which each of the ${ranks} processes reads`;
    throw new ArgumentError({ operation, found: 'the table is the standard input', expected });
  }
  return new OnceReadable(process.stdin, 'standard input');
}

/** Bytes kept of what was not read as a head, for a message that looks at the first line again. */
const KEPT = 2 ** 16;

/** A stream whose start can be read again: in constant memory, but for what a head needs. */
export class OnceReadable implements TableInput {
  readonly #kept: Uint8Array[] = [];
  readonly #rest: AsyncIterator<Uint8Array>;
  #keptBytes = 0;
  #isStart = true;

  constructor(
    private readonly stream: AsyncIterable<Uint8Array> & { destroy?(): unknown },
    readonly name: string,
  ) {
    this.#rest = stream[Symbol.asyncIterator]();
  }

  head(): ByteSource {
    return this.#named(this.#chunks(true));
  }

  all(): ByteSource {
    return this.#named(this.#chunks(false));
  }

  close(): void {
    this.stream.destroy?.();
  }

  /** Messages call a stream by its name. */
  #named(chunks: AsyncIterable<Uint8Array>): ByteSource {
    return Object.assign(chunks, { name: this.name });
  }

  async *#chunks(keeps: boolean): AsyncGenerator<Uint8Array, void, undefined> {
    for (const chunk of this.#kept) yield chunk;
    while (this.#isStart || !keeps) {
      const { done, value } = await this.#rest.next();
      if (done) return;
      // What is left out here is gone: the start ends with the last chunk that was kept.
      if (this.#isStart && (keeps || this.#keptBytes < KEPT)) {
        this.#kept.push(value);
        this.#keptBytes += value.length;
      } else {
        this.#isStart = false;
      }
      yield value;
    }
  }
}
