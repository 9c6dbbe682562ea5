// Matrix products, cut into tiles that several threads can share.
//
// The tiling depends only on the sizes, the element type and the CPU level. One thread computes the same tiles one after
// the other, so the bits of a product do not depend on the number of threads.
#pragma once

#include "table.h"

namespace zerokara {

// Tiles [i · step, (i + 1) · step) of the rows of c, or of its columns; the last one may be smaller.
struct Tiles {
  bool columns;
  std::size_t step, count;
};

// The tiles in which BLAS is given the product. docs/threads.md has the measurements behind the numbers.
Tiles tiles_of(const MatrixProduct& shape);

// c ← alpha · op(a) · op(b) + beta · c; m, n and k are at least 1, and alpha is not 0.
void multiply(const KernelsOf<float>& kernels, const MatrixProduct& shape, float alpha, const float* a, const float* b,
              float beta, float* c);
void multiply(const KernelsOf<double>& kernels, const MatrixProduct& shape, double alpha, const double* a,
              const double* b, double beta, double* c);

}  // namespace zerokara
