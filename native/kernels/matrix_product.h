// The shape of c ← alpha · op(a) · op(b) + beta · c, row-major: op(a) is m × k, op(b) is k × n, c is m × n.
#pragma once

#include <cstddef>

namespace zerokara {

struct MatrixProduct {
  bool trans_a, trans_b;
  std::size_t m, n, k;
  std::size_t lda, ldb, ldc;
};

}  // namespace zerokara
