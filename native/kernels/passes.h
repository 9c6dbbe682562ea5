// Passes over whole arrays, cut into blocks that several threads can share.
//
// Blocks depend only on the sizes, so results do not depend on the number of threads. Only sums depend on where the cuts
// are: sums over rows, and sumOfSquares, add the sums of their blocks in order; losses are stored row by row and added
// afterwards.
#pragma once

#include <cstdint>

#include "scratch.h"
#include "sizes.h"
#include "table.h"
#include "team.h"

namespace zerokara {

// 64 KB of floats: 3–20 µs of work, and enough blocks for four threads as soon as sharing pays.
constexpr std::size_t kBlockOfPass = 16384;

// Nanoseconds for each element on one thread: the order of magnitude, measured in float.
namespace cost {
constexpr double kCopy = 0.15, kArithmetic = 0.3, kGather = 0.4, kExponential = 1.0;
constexpr double kProduct = 0.1;  // a multiplication and an addition of a convolution

inline double of(Activation f) {
  return f == Activation::identity || f == Activation::relu ? kArithmetic : kExponential;
}
}  // namespace cost

// Calls body(first, last) for ranges of [0, count); each step is `width` elements. There is one range, or a multiple of
// four, so that two and four threads get equal shares, and the same ones in each pass over the same rows.
template <class Body>
void for_ranges(std::size_t count, std::size_t width, double nanoseconds_an_element, Body body) {
  if (count == 0) return;
  if (count * width <= kBlockOfPass || count < 4) return body(std::size_t(0), count);
  const std::size_t ranges = smaller(round_up(divide_up(count * width, kBlockOfPass), 4), count / 4 * 4);
  // Long vectors are cut at cache lines.
  const std::size_t unit = width == 1 ? 16 : 1, units = divide_up(count, unit);
  for_each_block(ranges, nanoseconds_an_element * double(count) * double(width), [&](std::size_t i) {
    body(units * i / ranges * unit, smaller(units * (i + 1) / ranges * unit, count));
  });
}

// A part of a matrix.
struct Part {
  std::size_t first_row, rows, first_column, columns;
};

// out ← the column sums of an m × n matrix; kernel(sum, part, workspace) computes those of a part. Sixteen ranges of rows
// are summed separately, and their sums added in order; a matrix of few, long rows is shared by columns instead. Taking
// at most kWide columns at a time bounds the memory for the sums.
template <class T, class Kernel>
void summed_rows(T* out, std::size_t m, std::size_t n, double nanoseconds_an_element, Kernel kernel) {
  constexpr std::size_t kRanges = 16, kColumns = 1024, kWide = 32 * kColumns;
  const double nanoseconds = nanoseconds_an_element * double(m) * double(n);
  T* const none = nullptr;
  if (n == 0) return;
  if (n > kWide && m <= kRowsInOrder) {
    return for_each_block(divide_up(n, kColumns), nanoseconds, [&](std::size_t i) {
      const std::size_t first = i * kColumns;
      kernel(out + first, Part{0, m, first, smaller(kColumns, n - first)}, none);
    });
  }
  if (m < kRanges) return kernel(out, Part{0, m, 0, n}, none);
  const std::size_t ranges = m * n <= kBlockOfPass ? 1 : kRanges;
  const std::size_t width = divide_up(n, divide_up(n, kWide));
  for (std::size_t first_column = 0; first_column < n; first_column += width) {
    const std::size_t columns = smaller(width, n - first_column);
    const std::size_t size = columns * (1 + levels_above_order(divide_up(m, ranges)));
    // At most 4 MB for each level of the tree.
    T* memory = reinterpret_cast<T*>(scratch(ranges * size * sizeof(T) / sizeof(float)));
    if (memory == nullptr) {
      kernel(out + first_column, Part{0, m, first_column, columns}, none);
      continue;
    }
    for_each_block(ranges, nanoseconds * double(columns) / double(n), [&](std::size_t i) {
      T* sum = memory + i * size;
      const std::size_t first = m * i / ranges;
      kernel(sum, Part{first, m * (i + 1) / ranges - first, first_column, columns}, sum + columns);
    });
    for (std::size_t j = 0; j < columns; ++j) out[first_column + j] = memory[j];
    for (std::size_t i = 1; i < ranges; ++i)
      for (std::size_t j = 0; j < columns; ++j) out[first_column + j] += memory[i * size + j];
  }
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
void leaky_relu(const KernelsOf<T>& kernels, T* y, const T* x, std::size_t n, T alpha) {
  for_ranges(n, 1, cost::kArithmetic, [&](std::size_t first, std::size_t last) {
    kernels.leaky_relu(y + first, x + first, last - first, alpha);
  });
}

template <class T>
void leaky_relu_backward(const KernelsOf<T>& kernels, T* dx, const T* dy, const T* x, std::size_t n, T alpha) {
  for_ranges(n, 1, cost::kArithmetic, [&](std::size_t first, std::size_t last) {
    kernels.leaky_relu_backward(dx + first, dy + first, x + first, last - first, alpha);
  });
}

template <class T>
void softplus(const KernelsOf<T>& kernels, T* y, const T* x, std::size_t n) {
  for_ranges(n, 1, cost::kExponential, [&](std::size_t first, std::size_t last) {
    kernels.softplus(y + first, x + first, last - first);
  });
}

template <class T>
void softplus_backward(const KernelsOf<T>& kernels, T* dx, const T* dy, const T* x, std::size_t n) {
  for_ranges(n, 1, cost::kExponential, [&](std::size_t first, std::size_t last) {
    kernels.softplus_backward(dx + first, dy + first, x + first, last - first);
  });
}

template <class T>
void gelu(const KernelsOf<T>& kernels, T* y, const T* x, std::size_t n, bool exact) {
  for_ranges(n, 1, cost::kExponential, [&](std::size_t first, std::size_t last) {
    kernels.gelu(y + first, x + first, last - first, exact);
  });
}

template <class T>
void gelu_backward(const KernelsOf<T>& kernels, T* dx, const T* dy, const T* x, std::size_t n, bool exact) {
  for_ranges(n, 1, cost::kExponential, [&](std::size_t first, std::size_t last) {
    kernels.gelu_backward(dx + first, dy + first, x + first, last - first, exact);
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
  summed_rows(db, m, n, cost::kArithmetic, [&](T* sum, const Part& part, T* workspace) {
    const std::size_t start = part.first_row * n + part.first_column;
    kernels.bias_activation_backward(dz + start, sum, dy + start, y + start, part.rows, part.columns, n, workspace, f);
  });
}

template <class T>
void column_sums(const KernelsOf<T>& kernels, T* out, const T* x, std::size_t m, std::size_t n) {
  summed_rows(out, m, n, cost::kCopy, [&](T* sum, const Part& part, T* workspace) {
    const T* start = x + part.first_row * n + part.first_column;
    kernels.column_sums(sum, start, part.rows, part.columns, n, workspace);
  });
}

template <class T>
void softmax(const KernelsOf<T>& kernels, T* y, const T* x, std::size_t m, std::size_t n) {
  if (n == 0) return;
  for_ranges(m, n, cost::kExponential, [&](std::size_t first, std::size_t last) {
    kernels.softmax(y + first * n, x + first * n, last - first, n);
  });
}

// scale · Σ losses, added in the order of rows; rows(losses, first, last) writes the losses of a range, starting at
// losses[0].
template <class Rows>
double summed_losses(std::size_t m, std::size_t n, double scale, double nanoseconds_an_element, Rows rows) {
  constexpr std::size_t kMostRows = 4096;
  double losses[kMostRows];
  double total = 0;
  if (m == 0 || n == 0) return 0;  // whatever the scale: ∞ · 0 would be NaN
  for (std::size_t start = 0; start < m; start += kMostRows) {
    const std::size_t count = m - start < kMostRows ? m - start : kMostRows;
    for_ranges(count, n, nanoseconds_an_element, [&](std::size_t first, std::size_t last) {
      rows(losses + first, start + first, start + last);
    });
    for (std::size_t r = 0; r < count; ++r) total += losses[r];
  }
  return scale * total;
}

template <class T>
double softmax_cross_entropy(const KernelsOf<T>& kernels, T* dlogits, const T* logits, const std::int32_t* labels,
                             const T* weights, std::size_t m, std::size_t n, double scale) {
  return summed_losses(m, n, scale, cost::kExponential, [&](double* losses, std::size_t first, std::size_t last) {
    kernels.softmax_cross_entropy(losses, dlogits ? dlogits + first * n : nullptr, logits + first * n, labels + first,
                                  weights ? weights + first : nullptr, last - first, n, scale);
  });
}

template <class T>
double softmax_cross_entropy_dense(const KernelsOf<T>& kernels, T* dlogits, const T* logits, const T* targets,
                                   const T* weights, std::size_t m, std::size_t n, double scale) {
  return summed_losses(m, n, scale, cost::kExponential, [&](double* losses, std::size_t first, std::size_t last) {
    kernels.softmax_cross_entropy_dense(losses, dlogits ? dlogits + first * n : nullptr, logits + first * n,
                                        targets + first * n, weights ? weights + first : nullptr, last - first, n,
                                        scale);
  });
}

template <class T>
double sigmoid_cross_entropy(const KernelsOf<T>& kernels, T* dlogits, const T* logits, const T* yes, const T* no,
                             const T* weights, std::size_t m, std::size_t n, double scale) {
  return summed_losses(m, n, scale, 2 * cost::kExponential, [&](double* losses, std::size_t first, std::size_t last) {
    kernels.sigmoid_cross_entropy(losses, dlogits ? dlogits + first * n : nullptr, logits + first * n, yes + first * n,
                                  no ? no + first * n : nullptr, weights ? weights + first : nullptr, last - first, n,
                                  scale);
  });
}

template <class T>
double squared_error(const KernelsOf<T>& kernels, T* dy, const T* y, const T* targets, const T* weights, std::size_t m,
                     std::size_t n, double scale) {
  return summed_losses(m, n, scale, cost::kArithmetic, [&](double* losses, std::size_t first, std::size_t last) {
    kernels.squared_error(losses, dy ? dy + first * n : nullptr, y + first * n, targets + first * n,
                          weights ? weights + first : nullptr, last - first, n, scale);
  });
}

template <class T>
double huber(const KernelsOf<T>& kernels, T* dy, const T* y, const T* targets, const T* weights, std::size_t m,
             std::size_t n, double scale, double delta) {
  return summed_losses(m, n, scale, cost::kArithmetic, [&](double* losses, std::size_t first, std::size_t last) {
    kernels.huber(losses, dy ? dy + first * n : nullptr, y + first * n, targets + first * n,
                  weights ? weights + first : nullptr, last - first, n, scale, delta);
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

// Elements from p to the next cache line, at most n. V8 places an array 16 bytes behind a line, where each vector of
// 64 bytes lies in two of them: Adam over 10 M parameters then takes 1.5 times as long at v4.
template <class T>
std::size_t until_line(const T* p, std::size_t n) {
  constexpr std::size_t kLine = 64;
  const std::size_t beyond = reinterpret_cast<std::uintptr_t>(p) % kLine;
  return beyond == 0 ? 0 : smaller(n, (kLine - beyond) / sizeof(T));
}

// An update of the n elements of w: kernel(first, count) updates a part of them. Most parts begin with a cache line of w,
// and of the other arrays where these lie as w does.
template <class T, class Kernel>
void update(const T* w, std::size_t n, Kernel kernel) {
  for_ranges(n, 1, cost::kArithmetic, [&](std::size_t first, std::size_t last) {
    const std::size_t line = first + until_line(w + first, last - first);
    if (line > first) kernel(first, line - first);
    if (last > line) kernel(line, last - line);
  });
}

template <class T>
void multiply(const KernelsOf<T>& kernels, T* y, const T* a, const T* b, std::size_t n) {
  for_ranges(n, 1, cost::kArithmetic, [&](std::size_t first, std::size_t last) {
    kernels.multiply(y + first, a + first, b + first, last - first);
  });
}

template <class T>
void axpy(const KernelsOf<T>& kernels, std::size_t n, T alpha, const T* x, T* y) {
  update(y, n, [&](std::size_t first, std::size_t count) { kernels.axpy(count, alpha, x + first, y + first); });
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

// Calls body(first, count) for ranges of the columns of an m × n matrix.
template <class Body>
void for_columns(std::size_t m, std::size_t n, double nanoseconds_an_element, Body body) {
  constexpr std::size_t kColumns = 64;
  if (n == 0) return;
  if (m * n <= kBlockOfPass) return body(std::size_t(0), n);
  for_each_block(divide_up(n, kColumns), nanoseconds_an_element * double(m) * double(n), [&](std::size_t i) {
    body(i * kColumns, smaller(kColumns, n - i * kColumns));
  });
}

template <class T>
void batch_normalization(const KernelsOf<T>& kernels, T* y, T* normalized, T* mean, T* variance, const T* x,
                         const T* gamma, const T* beta, std::size_t m, std::size_t n, double epsilon) {
  for_columns(m, n, 3 * cost::kArithmetic, [&](std::size_t first, std::size_t count) {
    kernels.batch_normalization(y + first, normalized + first, mean + first, variance + first, x + first,
                                gamma + first, beta + first, m, count, n, epsilon);
  });
}

template <class T>
void batch_normalization_backward(const KernelsOf<T>& kernels, T* dx, T* dgamma, T* dbeta, const T* dy,
                                  const T* normalized, const T* variance, const T* gamma, std::size_t m,
                                  std::size_t n, double epsilon) {
  for_columns(m, n, 3 * cost::kArithmetic, [&](std::size_t first, std::size_t count) {
    kernels.batch_normalization_backward(dx ? dx + first : nullptr, dgamma + first, dbeta + first, dy + first,
                                         normalized + first, variance + first, gamma + first, m, count, n, epsilon);
  });
}

template <class T>
void batch_normalization_inference(const KernelsOf<T>& kernels, T* y, const T* x, const T* mean, const T* variance,
                                   const T* gamma, const T* beta, std::size_t m, std::size_t n, double epsilon) {
  for_columns(m, n, cost::kArithmetic, [&](std::size_t first, std::size_t count) {
    kernels.batch_normalization_inference(y + first, x + first, mean + first, variance + first, gamma + first,
                                          beta + first, m, count, n, epsilon);
  });
}

}  // namespace zerokara
