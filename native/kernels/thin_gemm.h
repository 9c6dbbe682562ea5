// Thin products (few columns, or few rows) on own kernels, instead of BLAS. What is thin is measured, and said in
// docs/performance-kernels.md; float64, and the level without vectors of its own, always go to BLAS.
#pragma once

#include "table.h"

namespace zerokara {

// Whether the own kernels of this level compute the product: a function of the shape and the level alone. m, n, k ≥ 1.
template <class T>
bool thin_gemm_applies(const KernelsOf<T>& kernels, const MatrixProduct& shape) {
  return kernels.thin_gemm != nullptr && kernels.thin_gemm->applies(shape);
}

// c ← alpha · op(a) · op(b) + beta · c, shared with the team; only where thin_gemm_applies. `nanoseconds` is what it takes
// one thread. The bits of an element depend on the shape and the level alone. False, and nothing is written, where there
// is no memory for what is packed.
bool thin_gemm(const KernelsOf<float>& kernels, const MatrixProduct& shape, double nanoseconds, float alpha,
               const float* a, const float* b, float beta, float* c);

}  // namespace zerokara
