// Larger products, those of wide layers, on our own kernels instead of BLAS, if the CPU level has them.
// docs/performance-kernels.md has the measurements of which shapes. float64, and the baseline level, always go to BLAS.
//
// An element of c has the same bits for any blocks and whichever thread computes it: its sum has one fixed order, over
// k in passes of equal depth.
#pragma once

#include "table.h"

namespace zerokara {

template <class T>
bool panel_gemm_applies(const KernelsOf<T>& kernels, const MatrixProduct& shape) {
  return kernels.panel_gemm != nullptr && kernels.panel_gemm->applies(shape);
}

// c ← alpha · op(a) · op(b) + beta · c, shared with the team; only if panel_gemm_applies. `nanoseconds` estimates the
// time on one thread. Returns false, having written nothing, if there is no memory for packing.
bool panel_gemm(const PanelGemm<float>& kernels, const MatrixProduct& shape, double nanoseconds, float alpha,
                const float* a, const float* b, float beta, float* c);

}  // namespace zerokara
