// Layer normalisation, shared by rows, its column sums by columns.
#pragma once

#include "passes.h"

namespace zerokara {

template <class T>
void layer_normalization(const KernelsOf<T>& kernels, T* y, T* normalized, T* variance, const T* x, const T* gamma,
                         const T* beta, std::size_t m, std::size_t n, double epsilon) {
  for_ranges(m, n, 3 * cost::kArithmetic, [&](std::size_t first, std::size_t last) {
    kernels.layer_normalization(y + first * n, normalized ? normalized + first * n : nullptr,
                                variance ? variance + first : nullptr, x + first * n, gamma, beta, last - first, n,
                                epsilon);
  });
}

template <class T>
void layer_normalization_backward(const KernelsOf<T>& kernels, T* dx, T* dgamma, T* dbeta, const T* dy,
                                  const T* normalized, const T* variance, const T* gamma, std::size_t m,
                                  std::size_t n, double epsilon) {
  for_columns(m, n, cost::kArithmetic, [&](std::size_t first, std::size_t count) {
    kernels.layer_normalization_sums(dgamma + first, dbeta + first, dy + first, normalized + first, m, count, n);
  });
  if (dx == nullptr) return;
  for_ranges(m, n, 3 * cost::kArithmetic, [&](std::size_t first, std::size_t last) {
    kernels.layer_normalization_gradient(dx + first * n, dy + first * n, normalized + first * n, variance + first,
                                         gamma, last - first, n, epsilon);
  });
}

}  // namespace zerokara
