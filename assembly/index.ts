// The WebAssembly module: a kernel a function of src/backend/functions.ts, over addresses. Memory belongs to the caller,
// who places the arrays of a call after HEAP_BASE, each on a multiple of 16 bytes and with 64 bytes of room behind it.
// Arguments have been checked, every output has elements to write, and no array overlaps another. An output that is
// computed element by element is not given: it is computed where its input lies.

export * from './activations';
export * from './gemm';
export * from './losses';
export * from './normalization';
export * from './sums';
export * from './updates';
export * from './vectors';

/** The first free byte of memory. */
export const HEAP_BASE: usize = __heap_base;
