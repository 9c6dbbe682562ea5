// The table of kernels: one per CPU level, chosen once when the addon loads.
//
// Its entries come from functions.inc; beside them it has the level's own matrix products.
#pragma once

#include <cstddef>
#include <cstdint>

#include "convolution_shape.h"
#include "correlation.h"
#include "matrix_product.h"
#include "operations.h"
#include "update_factors.h"
#include "window_places.h"

namespace zerokara {

// The order of ACTIVATIONS in src/backend/backend.ts.
enum class Activation : int { identity, relu, sigmoid, tanh };
constexpr int kActivations = 4;

// Sums over rows form a tree: up to kRowsInOrder rows are added in order, then up to kBranches of these sums, and so on. So
// the rounding error grows with the depth of the tree and not with m: an element passes through at most
// kRowsInOrder + kBranches · levels_above_order(m) additions.
constexpr std::size_t kRowsInOrder = 128, kBranches = 16;

static constexpr std::size_t levels_above_order(std::size_t m) {
  std::size_t levels = 0;
  for (std::size_t rows = kRowsInOrder; rows < m; rows *= kBranches) ++levels;
  return levels;
}

// Sums of neighbours form another tree, NumPy's: up to so many are added in eight running sums; of more, the sums of two halves
// are added, the left one of a multiple of eight.
constexpr std::size_t kNeighboursAtOnce = 128;

static constexpr std::size_t left_half(std::size_t n) { return n / 2 - n / 2 % 8; }

// Columns that the kernel `few_rows` takes at once: 8 kB of sums for each row.
template <class T>
constexpr std::size_t kColumnsOfFewRows = 8192 / sizeof(T);

// Our kernels for thin products, where BLAS leaves much of the machine idle. Called through thin_gemm.h.
template <class T>
struct ThinGemm {
  // Whether these kernels should compute this product.
  bool (*applies)(const MatrixProduct& shape);
  // Rows of c in one tile.
  std::size_t (*row_tile)(const MatrixProduct& shape);
  // Number of elements that `pack` writes; 0 if b is read in place.
  std::size_t (*packed_size)(const MatrixProduct& shape);
  void (*pack)(const MatrixProduct& shape, const T* b, T* packed);
  // Computes rows [first, last) of c. `packed` is what `pack` wrote; it is not read if packed_size is 0.
  void (*rows)(const MatrixProduct& shape, T alpha, const T* a, const T* b, const T* packed, T beta, T* c,
               std::size_t first, std::size_t last);
};

// A part of a product: a block of rows and columns of c, and the range of k whose terms are added to it.
struct ProductBlock {
  std::size_t first_row, last_row, first_column, last_column, first_k, last_k;
};

// Our kernels for larger products. Called through panel_gemm.h.
template <class T>
struct PanelGemm {
  // Size of a whole tile: blocks that are multiples of it waste nothing.
  std::size_t rows, columns;
  // The most terms of k in a pass, and the most elements of a or b in a block.
  std::size_t most_depth, most_elements;
  // Whether these kernels should compute this product.
  bool (*applies)(const MatrixProduct& shape);
  // Packed size of `columns` × `depth`, in elements.
  std::size_t (*packed_size)(std::size_t columns, std::size_t depth);
  // Computes a block of c, or adds to it if the block does not start at k = 0. `packed` is aligned to a cache line; it
  // receives the block's part of op(b), unless is_packed says that it already holds it. packed_a has room for
  // rows · depth elements. `next` is the block to be packed next, whose part of b is prefetched meanwhile, or null.
  void (*block)(const MatrixProduct& shape, T alpha, const T* a, const T* b, bool is_packed, T* packed, T* packed_a,
                T beta, T* c, const ProductBlock& block, const ProductBlock* next);
  // Levels with fewer registers have no `block` but these two. The first packs the block's rows of op(a), and lists in `places`, of
  // places_size(rows, depth) numbers, which terms are left where most of them are zeros. The second computes a block of c, or adds to
  // it; `panel` is room for one panel of b, aligned to a cache line.
  std::size_t (*places_size)(std::size_t rows, std::size_t depth);
  void (*pack_strip)(const MatrixProduct& shape, const T* a, const ProductBlock& block, T* packed, std::uint16_t* places);
  void (*strip)(const MatrixProduct& shape, T alpha, const T* packed_a, const std::uint16_t* places, const T* b, T* panel, T beta,
                T* c, const ProductBlock& block);
};

// The gradient of a convolution's weights. Called through weight_gradient.h.
template <class T>
struct WeightGradient {
  std::size_t filters_at_once;  // blocks of filters that are multiples of it waste nothing
  // Elements of scratch that `images` needs.
  std::size_t (*scratch)(const ConvolutionShape& shape);
  // dw ← the sum over `images` images, for filters [first, last) only. No size is 0.
  void (*images)(const ConvolutionShape& shape, T* dw, const T* x, const T* dz, std::size_t images, std::size_t first,
                 std::size_t last, T* scratch);
};

// A convolution and the max pooling of its output in one, and their gradients. Called through pooled_convolution.h. In what
// `applies` accepts, no size is 0.
template <class T>
struct PooledConvolution {
  bool (*applies)(const PooledConvolutionShape& shape);
  // Whether no window reaches beyond the image. Otherwise w must be finite: 0 · ∞ would be NaN.
  bool (*in_place)(const PooledConvolutionShape& shape);
  // Elements of scratch that `rows` needs.
  std::size_t (*scratch)(const PooledConvolutionShape& shape);
  // Computes rows of cells [first, last), counted through all images.
  void (*rows)(const PooledConvolutionShape& shape, T* y, std::uint8_t* winners, const T* x, const T* w, const T* b,
               Activation f, std::size_t first, std::size_t last, T* scratch);

  bool (*gradient_applies)(const PooledConvolutionShape& shape, bool with_dx);
  // Elements of the sums of a range of images, of scratch, and of the weights as `pack` writes them.
  std::size_t (*sums)(const PooledConvolutionShape& shape);
  std::size_t (*gradient_scratch)(const PooledConvolutionShape& shape, bool with_dx);
  std::size_t (*packed_size)(const PooledConvolutionShape& shape);
  void (*pack)(const PooledConvolutionShape& shape, const T* w, T* packed);
  // Computes the sums of some images and, unless it is null, their dx, which needs the packed weights.
  void (*images)(const PooledConvolutionShape& shape, T* sums, T* dx, const T* dy, const T* y,
                 const std::uint8_t* winners, const T* x, const T* packed, std::size_t images, Activation f, T* scratch);
  // dw and db ← the sums of all ranges, which lie one after the other and are used up.
  void (*finish)(const PooledConvolutionShape& shape, T* dw, T* db, T* sums, std::size_t ranges);
};

template <class T>
struct KernelsOf {
#define ZK_KERNEL(name, result, parameters) result(*name) parameters;
#include "../functions.inc"
  const ThinGemm<T>* thin_gemm;    // null if the level has none
  const PanelGemm<T>* panel_gemm;  // null if the level has none
  const CorrelationKernels<T>* correlation;
  const WeightGradient<T>* weight_gradient;
  const PooledConvolution<T>* pooled_convolution;  // null if the level has none
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
