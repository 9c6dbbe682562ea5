/** The three matrix products of a layer with weights, forward and backward; each writes its first argument. */

import type { Tensor } from '../tensor/tensor.js';

/** y ← x·W, (N, in)·(in, out) → (N, out). */
export function product(y: Tensor, x: Tensor, W: Tensor): void {
  const n = x.shape[0]!;
  const inputs = W.shape[0]!;
  const outputs = W.shape[1]!;
  W.backend.gemm(false, false, n, outputs, inputs, 1, x.data, inputs, W.data, outputs, 0, y.data, outputs);
}

/** dW ← xᵀ·dy, (in, N)·(N, out) → (in, out). */
export function weightGradient(dW: Tensor, x: Tensor, dy: Tensor): void {
  const n = x.shape[0]!;
  const inputs = dW.shape[0]!;
  const outputs = dW.shape[1]!;
  dW.backend.gemm(true, false, inputs, outputs, n, 1, x.data, inputs, dy.data, outputs, 0, dW.data, outputs);
}

/** dx ← dy·Wᵀ, (N, out)·(out, in) → (N, in). */
export function inputGradient(dx: Tensor, dy: Tensor, W: Tensor): void {
  const n = dy.shape[0]!;
  const inputs = W.shape[0]!;
  const outputs = W.shape[1]!;
  W.backend.gemm(false, true, n, inputs, outputs, 1, dy.data, outputs, W.data, outputs, 0, dx.data, inputs);
}
