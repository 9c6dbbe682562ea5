// The table of kernels: one per CPU level, chosen once when the addon loads.
//
// Its entries are those of functions.inc, and the products that a level computes by itself.
#pragma once

#include <cstddef>
#include <cstdint>

#include "matrix_product.h"

namespace zerokara {

// The order of ACTIVATIONS in src/backend/backend.ts.
enum class Activation : int { identity, relu, sigmoid, tanh };
constexpr int kActivations = 4;

// Sums over rows are a tree: up to kRowsInOrder rows are added in order, then up to kBranches of such sums, and so on. So the
// rounding error of a sum grows with the depth of the tree and not with m: an element passes through at most
// kRowsInOrder + kBranches · levels_above_order(m) additions.
constexpr std::size_t kRowsInOrder = 128, kBranches = 16;

static constexpr std::size_t levels_above_order(std::size_t m) {
  std::size_t levels = 0;
  for (std::size_t rows = kRowsInOrder; rows < m; rows *= kBranches) ++levels;
  return levels;
}

// Own kernels for thin products, where BLAS leaves much of the machine idle; called through thin_gemm.h.
template <class T>
struct ThinGemm {
  // Whether they compute this product.
  bool (*applies)(const MatrixProduct& shape);
  // The rows of c that one tile holds.
  std::size_t (*row_tile)(const MatrixProduct& shape);
  // How many elements `pack` writes; 0 if b is read where it lies.
  std::size_t (*packed_size)(const MatrixProduct& shape);
  void (*pack)(const MatrixProduct& shape, const T* b, T* packed);
  // Rows [first, last) of c. `packed` is what `pack` wrote, and not read where packed_size is 0.
  void (*rows)(const MatrixProduct& shape, T alpha, const T* a, const T* b, const T* packed, T beta, T* c,
               std::size_t first, std::size_t last);
};

// A part of a product: some rows and columns of c, and what a part of k adds to them.
struct ProductBlock {
  std::size_t first_row, last_row, first_column, last_column, first_k, last_k;
};

// Own kernels for larger products; called through panel_gemm.h.
template <class T>
struct PanelGemm {
  // Cuts at multiples of these waste nothing.
  std::size_t rows, columns;
  // Whether they compute this product.
  bool (*applies)(const MatrixProduct& shape);
  // How many elements so many columns and so much of k take up when packed.
  std::size_t (*packed_size)(std::size_t columns, std::size_t depth);
  // The block of c; where it does not begin at k = 0, what it adds to c. `packed`, aligned to a cache line, gets the
  // block's columns and k of op(b), unless it has them already. packed_a has room for rows · depth elements. `next` is
  // what will be packed next, to be fetched meanwhile, or null.
  void (*block)(const MatrixProduct& shape, T alpha, const T* a, const T* b, bool is_packed, T* packed, T* packed_a,
                T beta, T* c, const ProductBlock& block, const ProductBlock* next);
};

template <class T>
struct KernelsOf {
#define ZK_KERNEL(name, result, parameters) result(*name) parameters;
#include "../functions.inc"
  const ThinGemm<T>* thin_gemm;    // null where the level has none
  const PanelGemm<T>* panel_gemm;  // the same
};

struct Kernels {
  KernelsOf<float> floats;
  KernelsOf<double> doubles;
};

extern const Kernels kernels_baseline;
#if defined(__x86_64__) || defined(_M_X64)
extern const Kernels kernels_v3;
extern const Kernels kernels_v4;
#endif

}  // namespace zerokara
