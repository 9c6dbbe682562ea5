import { DataError, show, ZerokaraError } from '../errors.js';
import { isInstance } from '../identity.js';
import type { RowWindow } from './row-window.js';
import { beginSlice, isSliceOver, nextSlice } from './slice.js';
import type { ReadStreamOptions } from './stream-options.js';
import { RowWriter, type SizedRows, type StreamRows } from './stream-rows.js';

/** What is known of a pass. */
export interface PassRows {
  /** How many rows the source gives, if that is known. */
  readonly rows: number | undefined;
  /** Which of them are kept, by their places. Default: all. */
  readonly has?: (row: number) => boolean;
  /** Where the source gives a part of the rows: the place of the first, and how many there are in all. */
  readonly start?: number;
  readonly length?: number | undefined;
}

/** Begins a pass over the rows: called anew for each epoch. */
export type StreamSource = () => AsyncIterable<StreamRows> | Iterable<StreamRows>;

/**
 * One pass over a source, read ahead: rows go into the window as far as there is room, while others use the thread.
 *
 * What goes wrong is kept until the rows before it have been used, so that where a run fails does not depend on timing.
 */
export class StreamReader {
  /** Rows read so far. */
  private rows = 0;
  private isDone = false;
  private isClosed = false;
  private error: { readonly cause: unknown } | undefined;
  private readonly arrived: Signal = new Signal();
  private readonly room: Signal = new Signal();
  private readonly writer: RowWriter;
  private iterator: AsyncIterator<StreamRows> | Iterator<StreamRows> | undefined;

  constructor(
    source: StreamSource,
    private readonly options: ReadStreamOptions,
    window: RowWindow,
    private readonly pass: PassRows,
  ) {
    this.writer = new RowWriter(options, window);
    void this.read(source);
  }

  /** Rows of the whole pass; undefined while it is not known where it ends. */
  get length(): number | undefined {
    return this.isDone ? (this.pass.length ?? this.rows) : undefined;
  }

  /** Why no more rows come, if something went wrong. */
  get failure(): { readonly cause: unknown } | undefined {
    return this.error;
  }

  /** Resolves when rows have arrived, or none will. */
  change(): Promise<void> {
    return this.arrived.next();
  }

  /** Reads on: there is room in the window. */
  resume(): void {
    this.room.give();
  }

  /** Ends the pass: the source is told, so that it closes its files. It may take its time; nothing waits for it. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.room.give();
    this.arrived.give();
    if (!this.isDone) this.tellSource();
  }

  private async read(source: StreamSource): Promise<void> {
    try {
      this.iterator = begin(source, this.options);
      beginSlice();
      for (;;) {
        const { done, value } = await this.iterator.next();
        if (this.isClosed) return;
        if (done === true) break;
        await this.take(value);
        this.arrived.give();
        // A source that never waits would keep the thread to itself.
        if (!isSliceOver()) continue;
        await nextSlice();
        if (this.isClosed) return;
      }
      this.requireLength();
      this.isDone = true;
    } catch (error) {
      this.error = { cause: this.named(error) };
    }
    this.arrived.give();
  }

  /** Writes rows into the window, and waits for room where there is none. */
  private async take(value: StreamRows): Promise<void> {
    try {
      const rows = this.writer.sized(value, (this.pass.start ?? 0) + this.rows);
      const { rows: expected = Number.POSITIVE_INFINITY } = this.pass;
      const count = Math.min(rows.count, expected - this.rows);
      for (let row = 0; row < count; ) {
        const next = this.keep(rows, row, count);
        this.rows += next - row;
        row = next;
        if (row === count) break;
        this.arrived.give();
        await this.room.next();
        if (this.isClosed) return;
      }
      if (count < rows.count) throw this.longer(expected);
    } catch (error) {
      this.tellSource();
      throw error;
    }
  }

  /** Takes rows into the window as far as there is room, but for those of other processes. @returns the first one that is left */
  private keep(rows: SizedRows, from: number, to: number): number {
    const { has } = this.pass;
    if (has === undefined) return this.writer.write(rows, from, to);
    for (let row = from; row < to; row++) {
      if (has(this.rows + row - from) && this.writer.write(rows, row, row + 1) === row) return row;
    }
    return to;
  }

  private longer(expected: number): DataError {
    return new DataError({
      operation: 'DatasetStream',
      found: `${this.name} has more rows`,
      expected: `${expected}, ${this.reason}`,
    });
  }

  private requireLength(): void {
    const { rows } = this;
    const { rows: expected } = this.pass;
    if (rows > 0 && (expected === undefined || rows === expected)) return;
    throw new DataError({
      operation: 'DatasetStream',
      found: `${this.name} ended after ${rows} ${rows === 1 ? 'row' : 'rows'}`,
      expected: expected === undefined ? 'at least one' : `${expected}, ${this.reason}`,
      fix: rows === 0 ? 'The function must begin a new pass each time it is called' : undefined,
    });
  }

  private get name(): string {
    return this.options.name ?? 'the source';
  }

  /** Why that many rows are expected. */
  private get reason(): string {
    return this.options.rows === undefined ? 'as in the pass before' : 'the option rows';
  }

  /** What the source threw, with the place; errors of this library name theirs. */
  private named(error: unknown): unknown {
    if (isInstance(error, ZerokaraError)) return error;
    const message = error instanceof Error ? error.message : show(error);
    const found = `${this.name} failed after ${this.rows} ${this.rows === 1 ? 'row' : 'rows'} (${message})`;
    return new DataError({ operation: 'DatasetStream', found }, { cause: error });
  }

  private tellSource(): void {
    const { iterator } = this;
    this.iterator = undefined;
    try {
      // In its own time: a source that waits for rows would answer only then.
      Promise.resolve(iterator?.return?.()).catch(() => {});
    } catch {}
  }
}

function begin(source: StreamSource, { name }: ReadStreamOptions): AsyncIterator<StreamRows> | Iterator<StreamRows> {
  const pass: unknown = source();
  const rows = (pass ?? {}) as Partial<AsyncIterable<StreamRows> & Iterable<StreamRows>>;
  if (typeof rows[Symbol.asyncIterator] === 'function') return rows[Symbol.asyncIterator]!();
  if (typeof rows[Symbol.iterator] === 'function' && typeof pass === 'object') return rows[Symbol.iterator]!();
  throw new DataError({
    operation: 'DatasetStream',
    found: `${name ?? 'the source'} returned ${show(pass)}`,
    expected: 'something to iterate over with for await, e.g. what an async function* returns',
  });
}

/** Something to wait for, again and again. */
class Signal {
  private waiting: Promise<void> | undefined;
  private resolve: (() => void) | undefined;

  next(): Promise<void> {
    this.waiting ??= new Promise((resolve) => {
      this.resolve = resolve;
    });
    return this.waiting;
  }

  give(): void {
    this.resolve?.();
    this.resolve = undefined;
    this.waiting = undefined;
  }
}
