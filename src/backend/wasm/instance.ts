/** The WebAssembly module, instantiated, and its memory as scratch for the arrays of one call. */

import { platform } from '#platform';
import { BackendError } from '../../errors.js';
import type { Floats } from '../backend.js';
import { MODULE_BASE64 } from './module.js';

/** The functions of assembly/, over addresses. */
export interface Kernels {
  readonly HEAP_BASE: { readonly value: number };
  readonly memory: Memory;
  gemmScratch(): number;
  gemm(
    transA: number,
    transB: number,
    m: number,
    n: number,
    k: number,
    alpha: number,
    a: number,
    b: number,
    beta: number,
    c: number,
    scratch: number,
  ): void;
  activation(y: number, x: number, n: number, code: number): void;
  activationBackward(dy: number, y: number, n: number, code: number): void;
  addBias(y: number, x: number, bias: number, m: number, n: number): void;
  columnSums(out: number, x: number, m: number, n: number): void;
  softmax(y: number, x: number, m: number, n: number): void;
  softmaxCrossEntropy(
    dlogits: number,
    logits: number,
    labels: number,
    weights: number,
    m: number,
    n: number,
    scale: number,
  ): number;
  softmaxCrossEntropyDense(
    dlogits: number,
    logits: number,
    targets: number,
    weights: number,
    m: number,
    n: number,
    scale: number,
  ): number;
  argMaxRows(out: number, x: number, m: number, n: number): void;
  scaleBytes(out: number, bytes: number, n: number, factor: number): void;
  scaleFloats(x: number, n: number, factor: number): void;
  axpy(n: number, alpha: number, x: number, y: number): void;
  sumOfSquares(x: number, n: number): number;
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The part of the WebAssembly API that is used: its types come with the DOM, which this library does not need. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
};

/** @throws {BackendError} where WebAssembly or its vectors are missing */
export function instantiate(): Kernels {
  const bytes = platform.fromBase64(MODULE_BASE64);
  if (typeof WebAssembly !== 'object' || !WebAssembly.validate(bytes)) {
    throw new BackendError({ operation: 'createBackend', found: 'this JavaScript engine has no WebAssembly SIMD' });
  }
  const imports = { losses: { log: Math.log } };
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as Kernels;
}

const PAGE = 65536;
/** Room behind every array: kernels read and write whole vectors, and whole panels of eight floats. */
const SLACK = 64;
/** Addresses and byte offsets stay below 2³¹, so that the kernels compute them in 32 bits. */
const LARGEST = 2 ** 31 - PAGE;

/**
 * The memory of an instance, handed out from the start again for every call: nothing in it outlives a call.
 *
 * It grows to the largest call yet and stays so. Copying is cheap beside computing: 30 GB/s were measured, 11 µs for a
 * batch of 100 × 784 floats whose product with 50 columns takes 300.
 */
export class Scratch {
  private readonly memory: Memory;
  private readonly base: number;
  private floats: Float32Array;
  private bytes: Uint8Array;
  private top: number;

  constructor(memory: Memory, base: number) {
    this.memory = memory;
    this.base = Math.ceil(base / 16) * 16;
    this.top = this.base;
    this.floats = new Float32Array(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
  }

  /**
   * Starts a call that needs `arrays` arrays with `total` bytes in all.
   *
   * @returns false if that much cannot be had; then the call must be computed elsewhere
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
    this.bytes = new Uint8Array(this.memory.buffer);
    return true;
  }

  /** The address of `size` bytes. */
  reserve(size: number): number {
    const address = this.top;
    this.top += Math.ceil(size / 16) * 16 + SLACK;
    return address;
  }

  /** The address of a copy of the first n elements. */
  put(array: Floats | Int32Array, n: number): number {
    const address = this.reserve(4 * n);
    const start = address >> 2;
    const used = array.length === n ? array : array.subarray(0, n);
    // Bits, not numbers, for integers: a Float32Array would convert them.
    if (array instanceof Int32Array) new Int32Array(this.memory.buffer, address, n).set(used);
    else this.floats.set(used, start);
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

  // Views are made by `new` where they are many: with `subarray`, which looks for a species first, gathering rows of four
  // floats took half as long again.

  /** Copies n bytes of an array, those after the first `from`, to an address. */
  putBytes(address: number, array: Uint8Array, from: number, n: number): void {
    this.bytes.set(new Uint8Array(array.buffer, array.byteOffset + from, n), address);
  }

  /** The same for floats. */
  putFloats(address: number, array: Float32Array, from: number, n: number): void {
    this.floats.set(new Float32Array(array.buffer, array.byteOffset + 4 * from, n), address >> 2);
  }

  /** array[0 … n) ← the floats at an address. */
  take(array: Floats, address: number, n: number): void {
    array.set(new Float32Array(this.floats.buffer, address, n));
  }

  /** The same for integers. */
  takeIntegers(array: Int32Array, address: number, n: number): void {
    array.set(new Int32Array(this.memory.buffer, address, n));
  }

  /** A matrix whose rows start `ld` elements apart ← one without gaps; what lies in the gaps is not touched. */
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
