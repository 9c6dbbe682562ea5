// Passes over whole arrays, cut into blocks that several threads can share.
//
// Blocks depend on the sizes alone, so results do not depend on the number of threads. Only sums could tell where a cut
// lies: sums over rows, and sumOfSquares, add the sums of their blocks in order; losses are kept row by row and added
// afterwards.
#pragma once

#include "scratch.h"
#include "sizes.h"
#include "table.h"
#include "team.h"

namespace zerokara {

// 64 KB of floats: 3–20 µs of work, and blocks enough for four threads once sharing pays.
constexpr std::size_t kBlockOfPass = 16384;

// What an element costs one thread, in nanoseconds: the order of magnitude, measured with float.
namespace cost {
constexpr double kCopy = 0.15, kArithmetic = 0.3, kGather = 0.4, kExponential = 1.0;

inline double of(Activation f) {
  return f == Activation::identity || f == Activation::relu ? kArithmetic : kExponential;
}
}  // namespace cost

// body(first, last) for ranges of [0, count), `width` elements in each step. Their number is a multiple of four where it is
// not one, so that two and four threads get equal shares, and the same ones in each pass over the same rows.
template <class Body>
void for_ranges(std::size_t count, std::size_t width, double nanoseconds_an_element, Body body) {
  if (count == 0) return;
  if (count * width <= kBlockOfPass || count < 4) return body(std::size_t(0), count);
  const std::size_t ranges = smaller(round_up(divide_up(count * width, kBlockOfPass), 4), count / 4 * 4);
  // Long vectors are cut between cache lines.
  const std::size_t unit = width == 1 ? 16 : 1, units = divide_up(count, unit);
  for_each_block(ranges, nanoseconds_an_element * double(count) * double(width), [&](std::size_t i) {
    body(units * i / ranges * unit, smaller(units * (i + 1) / ranges * unit, count));
  });
}

// out ← the sum over the m rows of a matrix, as rows(sum, first, last) gives it for some of them. Each range of rows has a
// sum of its own, and these are added in order.
template <class T, class Rows>
void summed_rows(T* out, std::size_t m, std::size_t n, double nanoseconds_an_element, Rows rows) {
  constexpr std::size_t kRanges = 16;
  if (m * n <= kBlockOfPass || m < kRanges) return rows(out, std::size_t(0), m);
  T* sums = reinterpret_cast<T*>(scratch(kRanges * n * sizeof(T) / sizeof(float)));
  if (sums == nullptr) return rows(out, std::size_t(0), m);
  for_each_block(kRanges, nanoseconds_an_element * double(m) * double(n), [&](std::size_t i) {
    rows(sums + i * n, m * i / kRanges, m * (i + 1) / kRanges);
  });
  for (std::size_t j = 0; j < n; ++j) out[j] = sums[j];
  for (std::size_t i = 1; i < kRanges; ++i)
    for (std::size_t j = 0; j < n; ++j) out[j] += sums[i * n + j];
}

template <class T>
void activation(const KernelsOf<T>& kernels, T* y, const T* x, std::size_t n, Activation f) {
  for_ranges(n, 1, cost::of(f), [&](std::size_t first, std::size_t last) {
    kernels.activation(y + first, x + first, last - first, f);
  });
}

template <class T>
void activation_backward(const KernelsOf<T>& kernels, T* dx, const T* dy, const T* y, std::size_t n, Activation f) {
  for_ranges(n, 1, cost::kArithmetic, [&](std::size_t first, std::size_t last) {
    kernels.activation_backward(dx + first, dy + first, y + first, last - first, f);
  });
}

template <class T>
void bias_activation(const KernelsOf<T>& kernels, T* y, const T* bias, std::size_t m, std::size_t n, Activation f) {
  if (n == 0) return;
  for_ranges(m, n, cost::of(f), [&](std::size_t first, std::size_t last) {
    kernels.bias_activation(y + first * n, bias, last - first, n, f);
  });
}

template <class T>
void bias_activation_backward(const KernelsOf<T>& kernels, T* dz, T* db, const T* dy, const T* y, std::size_t m,
                              std::size_t n, Activation f) {
  summed_rows(db, m, n, cost::kArithmetic, [&](T* sum, std::size_t first, std::size_t last) {
    kernels.bias_activation_backward(dz + first * n, sum, dy + first * n, y + first * n, last - first, n, f);
  });
}

template <class T>
void column_sums(const KernelsOf<T>& kernels, T* out, const T* x, std::size_t m, std::size_t n) {
  summed_rows(out, m, n, cost::kCopy, [&](T* sum, std::size_t first, std::size_t last) {
    kernels.column_sums(sum, x + first * n, last - first, n);
  });
}

template <class T>
void softmax(const KernelsOf<T>& kernels, T* y, const T* x, std::size_t m, std::size_t n) {
  if (n == 0) return;
  for_ranges(m, n, cost::kExponential, [&](std::size_t first, std::size_t last) {
    kernels.softmax(y + first * n, x + first * n, last - first, n);
  });
}

// scale · Σ losses, added in the order of rows; rows(losses, first, last) writes those of a range, losses[0] the first.
template <class Rows>
double summed_losses(std::size_t m, std::size_t n, double scale, Rows rows) {
  constexpr std::size_t kMostRows = 4096;
  double losses[kMostRows];
  double total = 0;
  if (n == 0) return total;
  for (std::size_t start = 0; start < m; start += kMostRows) {
    const std::size_t count = m - start < kMostRows ? m - start : kMostRows;
    for_ranges(count, n, cost::kExponential, [&](std::size_t first, std::size_t last) {
      rows(losses + first, start + first, start + last);
    });
    for (std::size_t r = 0; r < count; ++r) total += losses[r];
  }
  return scale * total;
}

template <class T>
double softmax_cross_entropy(const KernelsOf<T>& kernels, T* dlogits, const T* logits, const std::int32_t* labels,
                             const T* weights, std::size_t m, std::size_t n, double scale) {
  return summed_losses(m, n, scale, [&](double* losses, std::size_t first, std::size_t last) {
    kernels.softmax_cross_entropy(losses, dlogits ? dlogits + first * n : nullptr, logits + first * n, labels + first,
                                  weights ? weights + first : nullptr, last - first, n, scale);
  });
}

template <class T>
double softmax_cross_entropy_dense(const KernelsOf<T>& kernels, T* dlogits, const T* logits, const T* targets,
                                   const T* weights, std::size_t m, std::size_t n, double scale) {
  return summed_losses(m, n, scale, [&](double* losses, std::size_t first, std::size_t last) {
    kernels.softmax_cross_entropy_dense(losses, dlogits ? dlogits + first * n : nullptr, logits + first * n,
                                        targets + first * n, weights ? weights + first : nullptr, last - first, n,
                                        scale);
  });
}

template <class T, class S>
void gather_rows(void (*gather)(T*, const S*, std::size_t, const std::int32_t*, std::size_t, std::size_t, std::size_t, T),
                 T* out, const S* source, std::size_t rows, const std::int32_t* indices, std::size_t count,
                 std::size_t known, std::size_t width, T scale) {
  for_ranges(count, width, cost::kGather, [&](std::size_t first, std::size_t last) {
    gather(out + first * width, source, rows, indices + first, last - first, known - first, width, scale);
  });
}

template <class T>
void axpy(const KernelsOf<T>& kernels, std::size_t n, T alpha, const T* x, T* y) {
  for_ranges(n, 1, cost::kArithmetic, [&](std::size_t first, std::size_t last) {
    kernels.axpy(last - first, alpha, x + first, y + first);
  });
}

template <class T>
double sum_of_squares(const KernelsOf<T>& kernels, const T* x, std::size_t n) {
  constexpr std::size_t kMostBlocks = 1024;
  double sums[kMostBlocks];
  double total = 0;
  for (std::size_t start = 0; start < n; start += kMostBlocks * kBlockOfPass) {
    const std::size_t count = smaller(n - start, kMostBlocks * kBlockOfPass);
    const std::size_t blocks = divide_up(count, kBlockOfPass);
    for_each_block(blocks, cost::kCopy * double(count), [&](std::size_t i) {
      const std::size_t first = i * kBlockOfPass;
      sums[i] = kernels.sum_of_squares(x + start + first, smaller(kBlockOfPass, count - first));
    });
    for (std::size_t i = 0; i < blocks; ++i) total += sums[i];
  }
  return total;
}

}  // namespace zerokara
