// Larger products on own kernels, instead of BLAS, where the CPU level has them: those of wide layers. Which shapes is
// measured, and said in docs/performance-kernels.md; float64 and the levels below v4 always go to BLAS.
//
// The element c[i, j] has the same bits whatever the cut and whoever computes it: its sum has one fixed order, over k in
// passes of equal depth.
#pragma once

#include "table.h"

namespace zerokara {

template <class T>
bool panel_gemm_applies(const KernelsOf<T>& kernels, const MatrixProduct& shape) {
  return kernels.panel_gemm != nullptr && kernels.panel_gemm->applies(shape);
}

// c ← alpha · op(a) · op(b) + beta · c, shared with the team; only where panel_gemm_applies. `nanoseconds` is what it takes
// one thread. False, and nothing is written, where there is no memory for what is packed.
bool panel_gemm(const PanelGemm<float>& kernels, const MatrixProduct& shape, double nanoseconds, float alpha,
                const float* a, const float* b, float beta, float* c);

}  // namespace zerokara
