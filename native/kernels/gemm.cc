#include "gemm.h"

#include <cmath>

#include "blas.h"
#include "few_rows.h"
#include "panel_gemm.h"
#include "sizes.h"
#include "team.h"
#include "thin_gemm.h"

namespace zerokara {

namespace {

Tiles cut(bool columns, std::size_t length, std::size_t step) { return {columns, step, divide_up(length, step)}; }

// One core does about 100 floating-point operations a nanosecond in float, half as many in double.
template <class T>
double nanoseconds(const MatrixProduct& s) {
  return 2e-2 * double(s.m) * double(s.n) * double(s.k) * (sizeof(T) / 4.0);
}

// Computes one tile of c.
template <class T>
void multiply_tile(const MatrixProduct& s, const Tiles& tiles, std::size_t i, T alpha, const T* a, const T* b, T beta,
                   T* c) {
  MatrixProduct part = s;
  const std::size_t first = i * tiles.step;
  if (tiles.columns) {
    part.n = smaller(tiles.step, s.n - first);
    gemm(part, alpha, a, b + (s.trans_b ? first * s.ldb : first), beta, c + first);
  } else {
    part.m = smaller(tiles.step, s.m - first);
    gemm(part, alpha, a + (s.trans_a ? first : first * s.lda), b, beta, c + first * s.ldc);
  }
}

// By the level's own loops (plain_gemm.h), which need no memory; in tiles of rows.
template <class T>
void multiply_plainly(const KernelsOf<T>& kernels, const MatrixProduct& s, T alpha, const T* a, const T* b, T beta,
                      T* c) {
  constexpr std::size_t kRows = 32;
  for_each_block(divide_up(s.m, kRows), 10 * nanoseconds<T>(s), [&](std::size_t i) {
    const std::size_t first = i * kRows;
    MatrixProduct part = s;
    part.m = smaller(kRows, s.m - first);
    kernels.plain_gemm(part, alpha, a + (s.trans_a ? first : first * s.lda), b, beta, c + first * s.ldc);
  });
}

template <class T>
void multiply_by_blas(const KernelsOf<T>& kernels, const MatrixProduct& s, T alpha, const T* a, const T* b, T beta,
                      T* c) {
  if (!blas_has_memory()) return multiply_plainly(kernels, s, alpha, a, b, beta, c);
  const Tiles tiles = tiles_of(s);
  const auto tile = [&](std::size_t i) { multiply_tile(s, tiles, i, alpha, a, b, beta, c); };
  // A library without locks admits one call at a time: helpers would only queue.
  for_each_block(tiles.count, blas_takes_turns() ? 0.0 : nanoseconds<T>(s), tile);
}

}  // namespace

#if defined(ZEROKARA_ACCELERATE)

Tiles tiles_of(const MatrixProduct& s) { return cut(false, s.m, s.m); }  // Accelerate has threads of its own

#else

Tiles tiles_of(const MatrixProduct& s) {
  // Each tile packs the whole of the other operand again. Below this size, and in narrower tiles, that costs more than a
  // second thread gains.
  constexpr double kWorthCutting = 1e6;  // m · n · k
  constexpr std::size_t kColumns = 128, kMostColumns = 256, kRows = 48, kMostRows = 1024;
  if (double(s.m) * double(s.n) * double(s.k) < kWorthCutting) return cut(false, s.m, s.m);
  // Along the columns if there are many, with two exceptions that are cut along rows: a tall matrix, so that it is read
  // only once; and xᵀ·dy, whose k is a batch, so that packing b again is cheap (1000×256×1000 in 4 tiles: 1.08 of the
  // uncut time along rows, 1.17 along columns).
  if (s.n >= 2 * kColumns && s.m < 4 * kMostRows && !s.trans_a) {
    const std::size_t quarter = round_up(divide_up(s.n, 4), 64);  // 64: whole cache lines, whole panels of the kernels
    return cut(true, s.n, smaller(larger(quarter, kColumns), kMostColumns));
  }
  if (s.m < 2 * kRows) return cut(false, s.m, s.m);
  const std::size_t parts = larger(smaller(s.m / kRows, s.n >= 2 * kColumns ? 4 : 8), divide_up(s.m, kMostRows));
  return cut(false, s.m, round_up(divide_up(s.m, parts), 4));
}

#endif

void multiply(const KernelsOf<float>& kernels, const MatrixProduct& s, float alpha, const float* a, const float* b,
              float beta, float* c) {
  const double time = nanoseconds<float>(s);
  // Products that are cut in k multiply each part by alpha, and parts could give ∞ − ∞ where the whole sum does not.
  if (!std::isfinite(alpha)) return multiply_plainly(kernels, s, alpha, a, b, beta, c);
  if (kernels.few_rows_applies(s)) return few_rows_gemm(kernels, s, alpha, a, b, beta, c);
  if (thin_gemm_applies(kernels, s)) {
    if (thin_gemm(kernels, s, time, alpha, a, b, beta, c)) return;
  } else if (panel_gemm_applies(kernels, s)) {
    if (panel_gemm(*kernels.panel_gemm, s, time, alpha, a, b, beta, c)) return;
  }
  multiply_by_blas(kernels, s, alpha, a, b, beta, c);
}

void multiply(const KernelsOf<double>& kernels, const MatrixProduct& s, double alpha, const double* a, const double* b,
              double beta, double* c) {
  if (!std::isfinite(alpha)) return multiply_plainly(kernels, s, alpha, a, b, beta, c);
  if (kernels.few_rows_applies(s)) return few_rows_gemm(kernels, s, alpha, a, b, beta, c);
  multiply_by_blas(kernels, s, alpha, a, b, beta, c);
}

}  // namespace zerokara
