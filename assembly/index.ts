// The WebAssembly module: plain functions over addresses, called by src/backend/wasm. Memory belongs to the caller, who
// places the arrays of a call after HEAP_BASE, each on a multiple of 16 bytes and with 64 bytes of room behind it.

export { activation, activationBackward, addBias, columnSums } from './activations';
export { gemm, gemmScratch } from './gemm';
export { softmax, softmaxCrossEntropy, softmaxCrossEntropyDense } from './losses';
export { argMaxRows, axpy, scaleBytes, scaleFloats, sumOfSquares } from './vectors';

/** The first free byte of memory. */
export const HEAP_BASE: usize = __heap_base;
