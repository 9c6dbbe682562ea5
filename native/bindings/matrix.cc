// Bindings of matrix products and of sums over whole arrays.
#include "../kernels/gemm.h"
#include "../kernels/passes.h"
#include "bindings.h"

namespace zerokara {

namespace {

// The number of elements from the first to the last of a rows × columns matrix with `ld` between row starts.
std::size_t extent(std::size_t rows, std::size_t columns, std::size_t ld) {
  return rows == 0 || columns == 0 ? 0 : (rows - 1) * ld + columns;
}

}  // namespace

void Gemm(Arguments& args) {
  MatrixProduct s;
  s.trans_a = args.flag();
  s.trans_b = args.flag();
  s.m = args.size();
  s.n = args.size();
  s.k = args.size();
  const double alpha = args.scalar();
  const Array a = args.floats();
  s.lda = args.size();
  const Array b = args.floats_like(a);
  s.ldb = args.size();
  const double beta = args.scalar();
  const Array c = args.floats_like(a, Use::output);
  s.ldc = args.size();

  const std::size_t rows_a = s.trans_a ? s.k : s.m, columns_a = s.trans_a ? s.m : s.k;
  const std::size_t rows_b = s.trans_b ? s.n : s.k, columns_b = s.trans_b ? s.k : s.n;
  args.require(s.lda >= columns_a && s.ldb >= columns_b && s.ldc >= s.n);
  const std::size_t extent_a = extent(rows_a, columns_a, s.lda);
  const std::size_t extent_b = extent(rows_b, columns_b, s.ldb);
  const std::size_t extent_c = extent(s.m, s.n, s.ldc);
  args.require_length(a, extent_a);
  args.require_length(b, extent_b);
  args.require_length(c, extent_c);
  args.require_apart(c, extent_c, a, extent_a);
  args.require_apart(c, extent_c, b, extent_b);

  if (s.m == 0 || s.n == 0) return;
  with_element_type(c, [&](auto element) {
    using T = decltype(element);
    // Without a product: BLAS libraries disagree on k = 0, and on whether alpha = 0 reads NaN in a and b.
    if (s.k == 0 || static_cast<T>(alpha) == T(0)) {
      args.kernels<T>().scale_matrix(c.as<T>(), s.m, s.n, s.ldc, static_cast<T>(beta));
    } else {
      multiply(args.kernels<T>(), s, static_cast<T>(alpha), a.as<T>(), b.as<T>(), static_cast<T>(beta), c.as<T>());
    }
  });
}

void Affine(Arguments& args) {
  const Array y = args.floats(Use::output);
  const Array x = args.floats_like(y), w = args.floats_like(y), b = args.floats_like(y);
  const std::size_t m = args.size(), n = args.size(), k = args.size();
  const Activation f = args.activation();
  args.require_length(y, m * n);
  args.require_length(x, m * k);
  args.require_length(w, k * n);
  args.require_length(b, n);
  args.require_apart(y, m * n, x, m * k);
  args.require_apart(y, m * n, w, k * n);
  args.require_apart(y, m * n, b, n);

  if (m == 0 || n == 0) return;
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    const KernelsOf<T>& kernels = args.kernels<T>();
    if (k == 0) {
      kernels.scale_matrix(y.as<T>(), m, n, n, T(0));
    } else {
      MatrixProduct s;
      s.trans_a = s.trans_b = false;
      s.m = m;
      s.n = s.ldb = s.ldc = n;
      s.k = s.lda = k;
      multiply(kernels, s, T(1), x.as<T>(), w.as<T>(), T(0), y.as<T>());
    }
    bias_activation(kernels, y.as<T>(), b.as<T>(), m, n, f);
  });
}

void Axpy(Arguments& args) {
  const std::size_t n = args.size();
  const double alpha = args.scalar();
  const Array x = args.floats(), y = args.floats_like(x, Use::output);
  args.require_length(x, n);
  args.require_length(y, n);
  args.require_apart(y, n, x, n);
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    axpy(args.kernels<T>(), n, static_cast<T>(alpha), x.as<T>(), y.as<T>());
  });
}

void ColumnSums(Arguments& args) {
  const Array out = args.floats(Use::output), x = args.floats_like(out);
  const std::size_t m = args.size(), n = args.size();
  args.require_length(out, n);
  args.require_length(x, m * n);
  args.require_apart(out, n, x, m * n);
  with_element_type(out, [&](auto element) {
    using T = decltype(element);
    column_sums(args.kernels<T>(), out.as<T>(), x.as<T>(), m, n);
  });
}

double SumOfSquares(Arguments& args) {
  const Array x = args.floats();
  const std::size_t n = args.size();
  args.require_length(x, n);
  return with_element_type(x, [&](auto element) {
    using T = decltype(element);
    return sum_of_squares(args.kernels<T>(), x.as<T>(), n);
  });
}

}  // namespace zerokara
