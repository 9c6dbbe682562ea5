// A layer in one call.

import { biasActivation } from './activations';
import { gemm } from './gemm';

/** y ← f(x·w + b); y is m × n, x is m × k, w is k × n, b has n. */
export function affine(y: usize, x: usize, w: usize, b: usize, m: i32, n: i32, k: i32, code: i32): void {
  gemm(false, false, m, n, k, 1, x, k, w, n, 0, y, n);
  biasActivation(y, b, m, n, code);
}
