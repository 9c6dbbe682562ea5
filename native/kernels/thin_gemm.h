// Thin products (few columns, or few rows) on our own kernels instead of BLAS. docs/performance-kernels.md has the
// measurements of which shapes are thin. float64, and the baseline level, always go to BLAS.
#pragma once

#include "table.h"

namespace zerokara {

// Whether this level's thin kernels compute the product; depends only on the shape and the level. m, n, k ≥ 1.
template <class T>
bool thin_gemm_applies(const KernelsOf<T>& kernels, const MatrixProduct& shape) {
  return kernels.thin_gemm != nullptr && kernels.thin_gemm->applies(shape);
}

// c ← alpha · op(a) · op(b) + beta · c, shared with the team; only if thin_gemm_applies. `nanoseconds` estimates the time
// on one thread. The bits of an element depend only on the shape and the level. Returns false, having written nothing, if
// there is no memory for packing.
bool thin_gemm(const KernelsOf<float>& kernels, const MatrixProduct& shape, double nanoseconds, float alpha,
               const float* a, const float* b, float beta, float* c);

}  // namespace zerokara
