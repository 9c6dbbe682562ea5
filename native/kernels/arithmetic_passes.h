// Arithmetic of tensors, shared by threads. As in passes.h, blocks depend only on the sizes.
#pragma once

#include "language.h"
#include "passes.h"

namespace zerokara {

// From so many bytes on, a result is unlikely to be in the cache of a core.
constexpr std::size_t kLargeResult = std::size_t(1) << 20;

// Calls kernel(first, count) for ranges of the n elements of y, most of which begin with a cache line of y. In a large y they end with
// a page, and the pages after it are asked for, as many as a call writes (language.h): more calls would cost what that saves.
template <class T, class Kernel>
void for_elements(const T* y, std::size_t n, double nanoseconds_an_element, Kernel kernel) {
  constexpr std::size_t kPages = 2, kPage = kBytesOfPage / sizeof(T);
  const bool is_large = n * sizeof(T) >= kLargeResult;
  for_ranges(n, 1, nanoseconds_an_element, [&](std::size_t first, std::size_t last) {
    const std::size_t line = first + until_line(y + first, last - first);
    if (line > first) kernel(first, line - first);
    for (std::size_t at = line, end; at < last; at = end) {
      end = last;
      if (is_large) {
        const std::size_t page = at + kPages * kPage - reinterpret_cast<std::uintptr_t>(y + at) % kBytesOfPage / sizeof(T);
        for (std::size_t i = 0; i < kPages && page + i * kPage < n; ++i) ZK_PREFETCH_TO_WRITE(y + page + i * kPage);
        end = smaller(page, last);
      }
      kernel(at, end - at);
    }
  });
}

template <class T>
void unary(const KernelsOf<T>& kernels, T* y, const T* x, std::size_t n, UnaryOperation f) {
  const bool smooth = f == UnaryOperation::exp || f == UnaryOperation::log;
  for_elements(y, n, smooth ? cost::kExponential : cost::kArithmetic, [&](std::size_t first, std::size_t count) {
    kernels.unary(y + first, x + first, count, f);
  });
}

template <class T>
void binary(const KernelsOf<T>& kernels, T* y, const T* a, const T* b, std::size_t m, std::size_t n, Steps of_a,
            Steps of_b, BinaryOperation f) {
  constexpr double kPower = 10;
  const double nanoseconds = f == BinaryOperation::power ? kPower : cost::kArithmetic;
  if (m == 1) {
    return for_elements(y, n, nanoseconds, [&](std::size_t first, std::size_t count) {
      kernels.binary(y + first, a + first * of_a.right, b + first * of_b.right, 1, count, of_a, of_b, f);
    });
  }
  if (n == 0) return;
  for_ranges(m, n, nanoseconds, [&](std::size_t first, std::size_t last) {
    kernels.binary(y + first * n, a + first * of_a.down, b + first * of_b.down, last - first, n, of_a, of_b, f);
  });
}

// Σ of n neighbours: the tree of halves of pairwise_sum, cut where the halves are small enough to be shared.
template <class T>
class SharedSum {
 public:
  SharedSum(const KernelsOf<T>& kernels, const T* x, std::size_t n) : kernels_(kernels), x_(x) {
    cut(0, n, 0);
    for_each_block(pieces_, cost::kCopy * double(n),
                   [&](std::size_t i) { sums_[i] = kernels_.pairwise_sum(x_ + starts_[i], lengths_[i]); });
    total_ = add(n, 0);
  }

  double total() const { return total_; }

 private:
  static constexpr int kDepth = 9;  // at most 512 pieces

  static bool is_piece(std::size_t n, int depth) { return n <= kBlockOfPass || depth == kDepth; }

  void cut(std::size_t start, std::size_t n, int depth) {
    if (is_piece(n, depth)) {
      starts_[pieces_] = start;
      lengths_[pieces_++] = n;
      return;
    }
    const std::size_t left = left_half(n);
    cut(start, left, depth + 1);
    cut(start + left, n - left, depth + 1);
  }

  double add(std::size_t n, int depth) {
    if (is_piece(n, depth)) return sums_[added_++];
    const std::size_t left = left_half(n);
    const double sum = add(left, depth + 1);
    return sum + add(n - left, depth + 1);
  }

  const KernelsOf<T>& kernels_;
  const T* x_;
  std::size_t pieces_ = 0, added_ = 0;
  std::size_t starts_[1 << kDepth], lengths_[1 << kDepth];
  double sums_[1 << kDepth];
  double total_;
};

template <class T>
double shared_sum(const KernelsOf<T>& kernels, const T* x, std::size_t n) {
  if (n <= kBlockOfPass) return kernels.pairwise_sum(x, n);
  return SharedSum<T>(kernels, x, n).total();
}

template <class T>
T shared_extremum(const KernelsOf<T>& kernels, const T* x, std::size_t n, bool maximum) {
  constexpr std::size_t kPieces = 256;
  if (n <= kBlockOfPass) return kernels.extremum(x, n, maximum);
  T of_pieces[kPieces];
  const std::size_t pieces = smaller(kPieces, divide_up(n, kBlockOfPass));
  for_each_block(pieces, cost::kCopy * double(n), [&](std::size_t i) {
    const std::size_t first = n * i / pieces;
    of_pieces[i] = kernels.extremum(x + first, n * (i + 1) / pieces - first, maximum);
  });
  return kernels.extremum(of_pieces, pieces, maximum);
}

// Columns whose sums are kept on the stack at once.
constexpr std::size_t kColumnsAtOnce = 1024;

// out ← the sums of the columns of an m × n matrix ÷ divisor.
template <class T>
void shared_column_sums(const KernelsOf<T>& kernels, T* out, const T* x, std::size_t m, std::size_t n, double divisor) {
  double sums[kColumnsAtOnce];
  for (std::size_t start = 0; start < n; start += kColumnsAtOnce) {
    const std::size_t columns = smaller(kColumnsAtOnce, n - start);
    summed_rows(sums, m, columns, cost::kCopy, [&](double* sum, const Part& part, double* workspace) {
      const T* first = x + part.first_row * n + start + part.first_column;
      kernels.sum_columns(sum, first, part.rows, part.columns, n, workspace);
    });
    for (std::size_t j = 0; j < columns; ++j) out[start + j] = T(sums[j] / divisor);
  }
}

// The same on one thread.
template <class T>
void column_sums_alone(const KernelsOf<T>& kernels, T* out, const T* x, std::size_t m, std::size_t n, double divisor) {
  constexpr std::size_t kColumns = 256, kLevels = levels_above_order(std::size_t(1) << 31);
  double sums[kColumns], workspace[kColumns * kLevels];
  for (std::size_t start = 0; start < n; start += kColumns) {
    const std::size_t columns = smaller(kColumns, n - start);
    kernels.sum_columns(sums, x + start, m, columns, n, workspace);
    for (std::size_t j = 0; j < columns; ++j) out[start + j] = T(sums[j] / divisor);
  }
}

// out ← the extrema of the columns of an m × n matrix: ranges of rows, whose results are folded, or ranges of columns.
template <class T>
void shared_extreme_columns(const KernelsOf<T>& kernels, T* out, const T* x, std::size_t m, std::size_t n,
                            bool maximum) {
  constexpr std::size_t kRanges = 16;
  T* const partial = m * n <= kBlockOfPass || m < 2 * kRanges || n > kColumnsAtOnce
                         ? nullptr
                         : reinterpret_cast<T*>(scratch(kRanges * n * sizeof(T) / sizeof(float)));
  if (partial != nullptr) {
    for_each_block(kRanges, cost::kCopy * double(m) * double(n), [&](std::size_t i) {
      const std::size_t first = m * i / kRanges;
      kernels.extreme_columns(partial + i * n, x + first * n, m * (i + 1) / kRanges - first, n, n, maximum);
    });
    return kernels.extreme_columns(out, partial, kRanges, n, n, maximum);
  }
  for_each_block(divide_up(n, kColumnsAtOnce), cost::kCopy * double(m) * double(n), [&](std::size_t i) {
    const std::size_t first = i * kColumnsAtOnce;
    kernels.extreme_columns(out + first, x + first, m, smaller(kColumnsAtOnce, n - first), n, maximum);
  });
}

// out[o, i] ← the reduction of x[o, :, i]. One outer index is shared in itself; more are shared among each other.
template <class T>
void reduce(const KernelsOf<T>& kernels, T* out, const T* x, std::size_t outer, std::size_t axis, std::size_t inner,
            Reduction f) {
  if (outer == 0 || inner == 0) return;
  const bool is_sum = f == Reduction::sum || f == Reduction::mean, maximum = f == Reduction::maximum;
  const double divisor = f == Reduction::mean ? double(axis) : 1;
  const std::size_t size = axis * inner;
  if (outer == 1) {
    if (inner == 1) {
      out[0] = is_sum ? T(shared_sum(kernels, x, axis) / divisor) : shared_extremum(kernels, x, axis, maximum);
    } else if (is_sum) {
      shared_column_sums(kernels, out, x, axis, inner, divisor);
    } else {
      shared_extreme_columns(kernels, out, x, axis, inner, maximum);
    }
    return;
  }
  for_ranges(outer, larger(size, 1), cost::kCopy, [&](std::size_t first, std::size_t last) {
    for (std::size_t o = first; o < last; ++o) {
      const T* part = x + o * size;
      T* to = out + o * inner;
      if (inner == 1) {
        to[0] = is_sum ? T(kernels.pairwise_sum(part, axis) / divisor) : kernels.extremum(part, axis, maximum);
      } else if (is_sum) {
        column_sums_alone(kernels, to, part, axis, inner, divisor);
      } else {
        kernels.extreme_columns(to, part, axis, inner, inner, maximum);
      }
    }
  });
}

// out[o, i] ← the place of the first maximum of x[o, :, i]. axis ≥ 1.
template <class T>
void arg_max(const KernelsOf<T>& kernels, std::int32_t* out, const T* x, std::size_t outer, std::size_t axis,
             std::size_t inner) {
  if (inner == 0) return;
  const std::size_t size = axis * inner;
  if (outer == 1 && inner > kColumnsAtOnce) {
    return for_each_block(divide_up(inner, kColumnsAtOnce), cost::kCopy * double(size), [&](std::size_t i) {
      const std::size_t first = i * kColumnsAtOnce;
      kernels.arg_max_columns(out + first, x + first, axis, smaller(kColumnsAtOnce, inner - first), inner);
    });
  }
  for_ranges(outer, size, cost::kCopy, [&](std::size_t first, std::size_t last) {
    for (std::size_t o = first; o < last; ++o) {
      if (inner == 1) {
        out[o] = std::int32_t(kernels.place_of_maximum(x + o * size, axis));
      } else {
        kernels.arg_max_columns(out + o * inner, x + o * size, axis, inner, inner);
      }
    }
  });
}

}  // namespace zerokara
