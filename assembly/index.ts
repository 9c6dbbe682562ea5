// The WebAssembly module: one kernel per function of src/backend/functions.ts, over addresses. Memory belongs to the
// caller, which places the arrays of a call after HEAP_BASE, each at a multiple of 16 bytes and followed by 64 free
// bytes. Arguments have been checked, every output has elements to write, and no array overlaps another. An output that
// is computed element by element is not passed: it is computed in place of its input.

export * from './activations';
export { affine } from './affine';
export * from './arithmetic';
export { convolution } from './convolution';
export { convolutionInputGradient, convolutionWeightGradient } from './convolution-gradients';
export * from './gemm';
export * from './layer-normalization';
export * from './losses';
export * from './normalization';
export * from './other-losses';
export * from './pooled-convolution';
export * from './pooled-gradients';
export * from './pooling';
export * from './reductions';
export { gelu, geluBackward, leakyRelu, leakyReluBackward, softplus, softplusBackward } from './smooth-activations';
export * from './sums';
export * from './updates';
export * from './vectors';

/** The first free byte of memory. */
export const HEAP_BASE: usize = __heap_base;
