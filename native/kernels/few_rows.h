// Products of a few rows on our own kernels instead of BLAS, at every level, in float32 and float64.
// docs/performance-kernels.md has the measurements of which shapes they take.
#pragma once

#include "sizes.h"
#include "table.h"
#include "team.h"

namespace zerokara {

// c ← alpha · a · b + beta · c, shared with the team by columns; only if kernels.few_rows_applies. The bits of an element depend
// only on the shape and the level. Needs no memory.
template <class T>
void few_rows_gemm(const KernelsOf<T>& kernels, const MatrixProduct& s, T alpha, const T* a, const T* b, T beta, T* c) {
  const std::size_t line = 64 / sizeof(T), blocks = divide_up(s.n, kColumnsOfFewRows<T>);
  const std::size_t columns = round_up(divide_up(s.n, blocks), line);
  // Reading b takes most of the time: about 30 bytes a nanosecond from the second-level cache.
  const double nanoseconds = double(s.n) * double(s.k) * double(sizeof(T)) / 30;
  for_each_block(divide_up(s.n, columns), nanoseconds, [&](std::size_t i) {
    const std::size_t first = i * columns;
    MatrixProduct part = s;
    part.n = smaller(columns, s.n - first);
    kernels.few_rows(part, alpha, a, b + first, beta, c + first);
  });
}

}  // namespace zerokara
