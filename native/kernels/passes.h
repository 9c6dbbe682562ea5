// Passes over whole arrays, cut into blocks that several threads can share.
//
// Blocks depend on the sizes alone, so results do not depend on the number of threads. Only sums could tell where a cut
// lies: columns are cut between columns, each still added from the first row to the last; losses are kept row by row and
// added afterwards; sumOfSquares adds its blocks in order. What fits into one block is computed by the caller at once.
#pragma once

#include "table.h"
#include "team.h"

namespace zerokara {

// 64 KB of floats: 3–20 µs of work, and blocks enough for four threads once sharing pays.
constexpr std::size_t kBlockOfPass = 16384;

// What an element costs one thread, in nanoseconds: the order of magnitude, measured with float.
namespace cost {
constexpr double kCopy = 0.15, kArithmetic = 0.3, kExponential = 1.0;

inline double of(Activation f) {
  return f == Activation::identity || f == Activation::relu ? kArithmetic : kExponential;
}
}  // namespace cost

// body(first, last) for ranges of [0, count) that hold about kBlockOfPass elements, `width` in each step.
template <class Body>
void for_ranges(std::size_t count, std::size_t width, double nanoseconds_an_element, Body body) {
  if (count == 0) return;
  const std::size_t step = width < kBlockOfPass ? kBlockOfPass / width : 1;
  if (count <= step) return body(std::size_t(0), count);
  for_each_block((count + step - 1) / step, nanoseconds_an_element * double(count) * double(width),
                 [&](std::size_t i) { body(i * step, count - i * step < step ? count : (i + 1) * step); });
}

// body(first, last) for ranges of the n columns of a matrix of m rows: as few and as wide as the threads allow, because
// long rows are fetched by themselves. No sum crosses columns, so that this cut may depend on the number of threads.
template <class Body>
void for_columns(std::size_t m, std::size_t n, double nanoseconds_an_element, Body body) {
  // 256 bytes of floats at least, so that neighbours share few cache lines; a row of sums that stays in the first-level
  // cache at most.
  constexpr std::size_t kLeast = 64, kMost = 2048;
  const std::size_t threads = team_threads();
  if (m * n <= kBlockOfPass || n <= kLeast || (threads <= 1 && n <= kMost)) return body(std::size_t(0), n);
  const std::size_t share = (n / (threads > 1 ? threads : 1) + kLeast - 1) / kLeast * kLeast;
  const std::size_t step = share < kLeast ? kLeast : share > kMost ? kMost : share;
  for_each_block((n + step - 1) / step, nanoseconds_an_element * double(m) * double(n),
                 [&](std::size_t i) { body(i * step, n - i * step < step ? n : (i + 1) * step); });
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
  for_columns(m, n, cost::kArithmetic, [&](std::size_t first, std::size_t last) {
    kernels.bias_activation_backward(dz + first, db + first, dy + first, y + first, m, last - first, n, f);
  });
}

template <class T>
void column_sums(const KernelsOf<T>& kernels, T* out, const T* x, std::size_t m, std::size_t n) {
  for_columns(m, n, cost::kCopy, [&](std::size_t first, std::size_t last) {
    kernels.column_sums(out + first, x + first, m, last - first, n);
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

template <class T>
void gather_rows(const KernelsOf<T>& kernels, T* out, const T* source, std::size_t rows, const std::int32_t* indices,
                 std::size_t count, std::size_t known, std::size_t width, T scale) {
  for_ranges(count, width, cost::kCopy, [&](std::size_t first, std::size_t last) {
    kernels.gather_floats(out + first * width, source, rows, indices + first, last - first, known - first, width,
                          scale);
  });
}

template <class T>
void gather_rows(const KernelsOf<T>& kernels, T* out, const std::uint8_t* source, std::size_t rows,
                 const std::int32_t* indices, std::size_t count, std::size_t known, std::size_t width, T scale) {
  for_ranges(count, width, cost::kCopy, [&](std::size_t first, std::size_t last) {
    kernels.gather_bytes(out + first * width, source, rows, indices + first, last - first, known - first, width, scale);
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
    const std::size_t count = n - start < kMostBlocks * kBlockOfPass ? n - start : kMostBlocks * kBlockOfPass;
    for_ranges(count, 1, cost::kCopy, [&](std::size_t first, std::size_t last) {
      sums[first / kBlockOfPass] = kernels.sum_of_squares(x + start + first, last - first);
    });
    for (std::size_t i = 0; i * kBlockOfPass < count; ++i) total += sums[i];
  }
  return total;
}

}  // namespace zerokara
