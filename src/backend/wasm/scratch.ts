/** The memory of the WebAssembly module as scratch for the arrays of one call. */

import type { Floats } from '../backend.js';
import { CallerViews, MemoryViews, rowOf } from './views.js';

/** The part of WebAssembly.Memory that is used. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const PAGE = 65536;
/** Bytes after every array: kernels read and write whole vectors, and whole panels of eight floats. */
const SLACK = 64;
/** Addresses and byte offsets stay below 2³¹, so that the kernels compute them in 32 bits. */
const LARGEST = 2 ** 31 - PAGE;
/** Up to so many elements of a row, a loop copies them in less time than a call of `set` takes. */
const NARROW = 32;

/**
 * The memory of an instance, handed out from the start again in every call: nothing in it outlives a call.
 *
 * It grows to the largest call so far and never shrinks. Copying is cheap compared with computing: at the measured 30
 * GB/s, a batch of 100 × 784 floats takes 11 µs, and its product with 50 columns 300 µs.
 */
export class Scratch {
  private readonly memory: Memory;
  private readonly base: number;
  private floats: Float32Array;
  private integers: Int32Array;
  private bytes: Uint8Array;
  private top: number;

  private readonly floatViews = new MemoryViews((address, n) => new Float32Array(this.memory.buffer, address, n));
  private readonly integerViews = new MemoryViews((address, n) => new Int32Array(this.memory.buffer, address, n));
  private readonly byteViews = new MemoryViews((address, n) => new Uint8Array(this.memory.buffer, address, n));
  private readonly callers = new CallerViews();

  constructor(memory: Memory, base: number) {
    this.memory = memory;
    this.base = Math.ceil(base / 16) * 16;
    this.top = this.base;
    this.floats = new Float32Array(memory.buffer);
    this.integers = new Int32Array(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
  }

  /**
   * Starts a call that needs `arrays` arrays with `total` bytes in all.
   *
   * @returns false if there is not enough memory; then the call must be computed elsewhere
   */
  begin(arrays: number, total: number): boolean {
    this.top = this.base;
    const end = this.base + total + arrays * (SLACK + 16);
    if (end <= this.bytes.length) return true;
    if (end > LARGEST) return false;
    try {
      this.memory.grow(Math.ceil((end - this.bytes.length) / PAGE));
    } catch {
      return false;
    }
    this.floats = new Float32Array(this.memory.buffer);
    this.integers = new Int32Array(this.memory.buffer);
    this.bytes = new Uint8Array(this.memory.buffer);
    for (const views of [this.floatViews, this.integerViews, this.byteViews]) views.clear();
    return true;
  }

  /** The address of `size` free bytes. */
  reserve(size: number): number {
    const address = this.top;
    this.top += Math.ceil(size / 16) * 16 + SLACK;
    return address;
  }

  /** The address of a copy of the first n elements. */
  put(array: Floats, n: number): number {
    const address = this.reserve(4 * n);
    this.floats.set(this.callers.front(array, n), address >> 2);
    return address;
  }

  /** The same for integers, bit by bit: a Float32Array would convert them. */
  putIntegers(array: Int32Array, n: number): number {
    const address = this.reserve(4 * n);
    this.integers.set(this.callers.front(array, n), address >> 2);
    return address;
  }

  /** The same for bytes. */
  putBytes(array: Uint8Array, n: number): number {
    const address = this.reserve(n);
    this.bytes.set(this.callers.front(array, n), address);
    return address;
  }

  /** The address of a copy of a matrix whose rows start `ld` elements apart, without the gaps. */
  putMatrix(array: Floats, rows: number, columns: number, ld: number): number {
    if (ld === columns) return this.put(array, rows * columns);
    const address = this.reserve(4 * rows * columns);
    for (let row = 0; row < rows; row++) {
      const from = row * ld;
      this.floats.set(array.subarray(from, from + columns), (address >> 2) + row * columns);
    }
    return address;
  }

  /** The address of copies of the rows picked by indices[start … start + count), one after the other. */
  putPicked(source: Floats | Uint8Array, indices: Int32Array, start: number, count: number, width: number): number {
    const isBytes = source.BYTES_PER_ELEMENT === 1;
    const address = this.reserve(source.BYTES_PER_ELEMENT * count * width);
    const to = isBytes ? this.bytes : this.floats;
    const first = isBytes ? address : address >> 2;
    if (width <= NARROW) copyPicked(to, first, source, indices, start, count, width);
    else {
      const rows = this.callers.rows(source, width);
      for (let i = 0; i < count; i++) to.set(rowOf(source, rows, indices[start + i]!, width), first + i * width);
    }
    return address;
  }

  /** array[0 … n) ← the floats at an address. */
  take(array: Floats, address: number, n: number): void {
    array.set(this.floatViews.at(address, n));
  }

  /** The same for integers. */
  takeIntegers(array: Int32Array, address: number, n: number): void {
    array.set(this.integerViews.at(address, n));
  }

  /** The same for bytes. */
  takeBytes(array: Uint8Array, address: number, n: number): void {
    array.set(this.byteViews.at(address, n));
  }

  /** A matrix whose rows start `ld` elements apart ← one without gaps; the elements in the gaps are not touched. */
  takeMatrix(array: Floats, address: number, rows: number, columns: number, ld: number): void {
    if (ld === columns) {
      this.take(array, address, rows * columns);
      return;
    }
    for (let row = 0; row < rows; row++) {
      const start = (address >> 2) + row * columns;
      array.set(this.floats.subarray(start, start + columns), row * ld);
    }
  }
}

/** Rows that are picked, element by element. */
function copyPicked(
  to: Floats | Uint8Array,
  first: number,
  source: Floats | Uint8Array,
  indices: Int32Array,
  start: number,
  count: number,
  width: number,
): void {
  let at = first;
  for (let i = start; i < start + count; i++) {
    const from = indices[i]! * width;
    for (let j = 0; j < width; j++) to[at++] = source[from + j]!;
  }
}
