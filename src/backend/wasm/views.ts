/**
 * Views for copies between JavaScript's arrays and the memory of the module, each made once.
 *
 * `set` copies whole arrays only, so that every part that is copied needs a view. A view takes about as long to make as a row of
 * 784 floats takes to copy, and is garbage afterwards; a step of J1 made 117 of them.
 */

import type { Floats } from '../backend.js';

/** Views of the module's memory, by address and length. The arrays of a step lie at the same addresses each time. */
export class MemoryViews<A> {
  private readonly make: (address: number, n: number) => A;
  private readonly byAddress = new Map<number, Map<number, A>>();
  private count = 0;
  /** A program whose sizes never come again would keep one view after the other. */
  private readonly most: number;

  constructor(make: (address: number, n: number) => A, most = 1024) {
    this.make = make;
    this.most = most;
  }

  /** The n elements at an address. */
  at(address: number, n: number): A {
    const kept = this.byAddress.get(address)?.get(n);
    if (kept !== undefined) return kept;
    if (this.count === this.most) this.clear();
    const view = this.make(address, n);
    let here = this.byAddress.get(address);
    if (here === undefined) {
      here = new Map();
      this.byAddress.set(address, here);
    }
    here.set(n, view);
    this.count++;
    return view;
  }

  /** Forgets the views: when memory grows, those of the old one are detached. */
  clear(): void {
    this.byAddress.clear();
    this.count = 0;
  }
}

/** What rows are gathered from. */
type Source = Floats | Int32Array | Uint8Array;

/** Views of the rows of a caller's array, as far as they were asked for. */
export interface Rows {
  readonly width: number;
  readonly views: (Source | undefined)[];
}

/** Of an array with more rows, views take more memory than they are worth: 8 MB. */
const MOST_ROWS = 65_536;

/**
 * Views of parts of callers' arrays, which live as long as the array.
 *
 * A part is seen, not copied: the next call sees what the caller wrote meanwhile.
 */
export class CallerViews {
  private readonly sources = new WeakMap<Source, Rows | 'once'>();
  private readonly fronts = new WeakMap<Source, Source>();

  /**
   * The views of an array's rows of `width`, kept from the second call on: a tensor that is gathered from once and dropped
   * would only pay for them.
   *
   * @returns undefined where they are not kept
   */
  rows(source: Source, width: number): Rows | undefined {
    const kept = this.sources.get(source);
    if (typeof kept === 'object' && kept.width === width) return kept;
    if (kept === undefined) {
      this.sources.set(source, 'once');
      return undefined;
    }
    const count = Math.floor(source.length / width);
    if (count > MOST_ROWS) return undefined;
    const rows = { width, views: new Array<Source | undefined>(count) };
    this.sources.set(source, rows);
    return rows;
  }

  /** The first n elements; of each array the last length is kept. A short last batch uses the front of longer arrays. */
  front<A extends Source>(array: A, n: number): A {
    if (array.length === n) return array;
    const kept = this.fronts.get(array);
    if (kept?.length === n) return kept as A;
    const view = array.subarray(0, n) as A;
    this.fronts.set(array, view);
    return view;
  }
}

/** A row of the source; `subarray`, which looks up a species first, takes half as long again. */
export function rowOf(source: Source, rows: Rows | undefined, row: number, width: number): Source {
  const kept = rows?.views[row];
  if (kept !== undefined) return kept;
  const from = source.byteOffset + source.BYTES_PER_ELEMENT * row * width;
  const view =
    source.BYTES_PER_ELEMENT === 1
      ? new Uint8Array(source.buffer, from, width)
      : new Float32Array(source.buffer, from, width);
  if (rows !== undefined) rows.views[row] = view;
  return view;
}
