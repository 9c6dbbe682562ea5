// The multiply-add of the products.

/**
 * a · b + c. Built with relaxed SIMD it is rounded once where the CPU has such an instruction; otherwise, and without, twice.
 * Only sums of products use it: their bound holds for either. Elementwise functions keep the bits of plain WebAssembly.
 */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}
