// Thin products (few columns, or few rows) on own kernels, instead of BLAS. What is thin is measured, and said in
// docs/performance-kernels.md; float64, and the level without vectors of its own, always go to BLAS.
//
//   if (thin_gemm_applies(kernels, shape)) {
//     const T* packed = thin_gemm_pack(kernels, shape, b);            // once a call, by the calling thread
//     thin_gemm_rows(kernels, shape, alpha, a, b, packed, beta, c, 0, shape.m);   // or tile by tile, by any thread
//   }
//
// The element c[i, j] has the same bits whatever the cut: its sum has one fixed order. Cuts at multiples of
// thin_gemm_row_tile waste nothing; others are correct but slower.
#pragma once

#include "scratch.h"
#include "table.h"

namespace zerokara {

// Whether the own kernels of this level compute the product: a function of the shape and the level alone. m, n, k ≥ 1.
template <class T>
bool thin_gemm_applies(const KernelsOf<T>& kernels, const MatrixProduct& shape) {
  return kernels.thin_gemm != nullptr && kernels.thin_gemm->applies(shape);
}

// Only where thin_gemm_applies, as all below.
template <class T>
std::size_t thin_gemm_row_tile(const KernelsOf<T>& kernels, const MatrixProduct& shape) {
  return kernels.thin_gemm->row_tile(shape);
}

// b in the order that the kernel reads, in this thread's scratch; valid until this thread packs again.
inline const float* thin_gemm_pack(const KernelsOf<float>& kernels, const MatrixProduct& shape, const float* b) {
  const std::size_t count = kernels.thin_gemm->packed_size(shape);
  if (count == 0) return nullptr;
  float* packed = scratch(count);
  kernels.thin_gemm->pack(shape, b, packed);
  return packed;
}

// There is none for double.
inline const double* thin_gemm_pack(const KernelsOf<double>&, const MatrixProduct&, const double*) { return nullptr; }

// c ← alpha · op(a) · op(b) + beta · c for rows [first, last) of c.
template <class T>
void thin_gemm_rows(const KernelsOf<T>& kernels, const MatrixProduct& shape, T alpha, const T* a, const T* b,
                    const T* packed, T beta, T* c, std::size_t first, std::size_t last) {
  kernels.thin_gemm->rows(shape, alpha, a, b, packed, beta, c, first, last);
}

}  // namespace zerokara
