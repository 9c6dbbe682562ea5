#include "pooled_composition.h"

#include <cstring>

#include "direct_convolution.h"
#include "finite.h"
#include "passes.h"
#include "scratch.h"
#include "sizes.h"
#include "team.h"
#include "weight_gradient.h"
#include "window_places.h"

namespace zerokara {

namespace {

// Whether the output of the convolution, which no array of the call bounds, is about what the cells read of it. If it is
// much larger, most of it would be computed for nothing, and its size may not fit a std::size_t.
bool is_composable(const PooledConvolutionShape& s) {
  constexpr double kMostOutputs = 2147483648.0, kMostOfExtent = 4, kMostOfRead = 16;
  if (has_zero_size(s)) return false;
  const auto extent = [&](std::size_t cells, std::size_t pool) {
    return double(cells - 1) * double(s.pool_stride) + double(pool);
  };
  const double outputs = double(s.out_height) * double(s.out_width);
  const double read = double(s.pooled_height * s.pooled_width) * double(s.pool_height * s.pool_width);
  return outputs * double(s.filters) < kMostOutputs && outputs <= kMostOfRead * read &&
         outputs <= kMostOfExtent * extent(s.pooled_height, s.pool_height) * extent(s.pooled_width, s.pool_width);
}

template <class T>
T* floats(float* memory) {
  return reinterpret_cast<T*>(memory);
}

// A part of the work: some whole images, or of large ones some rows of cells.
struct Piece {
  std::size_t first_image, images, first_row, rows;
};

struct Cut {
  std::size_t images, rows, bands;  // of a piece; pieces of an image

  Piece piece(const PooledConvolutionShape& s, std::size_t all_images, std::size_t i) const {
    const std::size_t image = i / bands * images, row = i % bands * rows;
    return {image, smaller(images, all_images - image), row, smaller(rows, s.pooled_height - row)};
  }
};

// Pieces of 128 kB of floats, or of 256 kB for a single image.
Cut cut(const PooledConvolutionShape& s) {
  constexpr std::size_t kPiece = 32 << 10;
  const std::size_t row = s.out_width * s.filters, image = s.out_height * row;
  if (image <= 2 * kPiece) return {larger(1, kPiece / image), s.pooled_height, 1};
  const std::size_t rows = smaller(s.pooled_height, larger(1, kPiece / row / s.pool_stride));
  return {1, rows, divide_up(s.pooled_height, rows)};
}

// How many of `cells` along a side have places inside the `outputs` of the convolution.
std::size_t cells_inside(std::size_t cells, std::size_t stride, std::size_t outputs) {
  return smaller(cells, divide_up(outputs, stride));
}

// The rows of the convolution that a piece reads.
std::size_t rows_under(const PooledConvolutionShape& s, const Piece& piece) {
  const std::size_t first = piece.first_row * s.pool_stride;
  return first >= s.out_height ? 0 : smaller((piece.rows - 1) * s.pool_stride + s.pool_height, s.out_height - first);
}

template <class T>
struct Forward {
  const KernelsOf<T>& kernels;
  const PooledConvolutionShape& s;
  Correlation c;
  T* y;
  std::uint8_t* winners;
  const T *x, *b;
  CorrelationWeights<T> weights;
  Activation f;

  void compute(const Piece& piece, T* between) const {
    const std::size_t rows = rows_under(s, piece);
    if (rows > 0) {
      Correlation part = c;
      part.top += std::ptrdiff_t(piece.first_row * s.pool_stride * s.stride);
      part.rows = rows;
      part.y_image = rows * part.y_row;
      const T* pixels = x + piece.first_image * s.height * s.width * s.channels;
      kernels.correlation->block(part, {0, piece.images, 0, rows}, pixels, weights, b, false, between);
    }
    const PoolingShape pooling = {rows, s.out_width, s.filters, s.pool_height, s.pool_width, s.pool_stride, 0, 0,
                                  piece.rows, s.pooled_width};
    const std::size_t row = s.pooled_width * s.filters;
    const std::size_t first = (piece.first_image * s.pooled_height + piece.first_row) * row;
    kernels.max_pooling(y + first, winners + first, between, piece.images, pooling);
    if (f == Activation::identity) return;
    // Cells outside stay 0.
    const std::size_t inside_rows = cells_inside(piece.rows, s.pool_stride, rows);
    const std::size_t inside = cells_inside(s.pooled_width, s.pool_stride, s.out_width) * s.filters;
    for (std::size_t n = 0; n < piece.images; ++n)
      for (std::size_t r = 0; r < inside_rows; ++r) {
        T* out = y + first + (n * piece.rows + r) * row;
        kernels.activation(out, out, inside, f);
      }
  }
};

// dz ← dy · f′ at the winners of some images, 0 elsewhere. dz holds the output of the convolution.
template <class T>
void unpool(const KernelsOf<T>& kernels, T* dz, T* slope, const T* dy, const T* y, const std::uint8_t* winners,
            std::size_t images, const PooledConvolutionShape& s, Activation f) {
  const std::size_t outputs = s.out_height * s.out_width * s.filters, cells = s.pooled_height * s.pooled_width * s.filters;
  for_each_block(images, cost::kArithmetic * double(images) * double(outputs + cells), [&](std::size_t n) {
    T *image = dz + n * outputs, *g = slope + n * cells;
    const std::uint8_t* winner = winners + n * cells;
    kernels.activation_backward(g, dy + n * cells, y + n * cells, cells, f);
    std::memset(image, 0, outputs * sizeof(T));
    for (std::size_t py = 0; py < s.pooled_height; ++py)
      for (std::size_t px = 0; px < s.pooled_width; ++px)
        for (std::size_t o = 0; o < s.filters; ++o, ++g, ++winner) {
          const std::size_t row = py * s.pool_stride + *winner / s.pool_width;
          const std::size_t column = px * s.pool_stride + *winner % s.pool_width;
          if (row < s.out_height && column < s.out_width) image[(row * s.out_width + column) * s.filters + o] += *g;
        }
  });
}

}  // namespace

template <class T>
bool composed_pooled_convolution(const KernelsOf<T>& kernels, T* y, std::uint8_t* winners, const T* x, const T* w,
                                 const T* b, std::size_t images, const PooledConvolutionShape& s, Activation f) {
  if (images == 0 || !is_composable(s)) return false;
  const Cut plan = cut(s);
  const std::size_t pieces = divide_up(images, plan.images) * plan.bands;
  const Correlation c = correlation_of(s);
  const FilterGroups groups = {s.filters, kernels.correlation->lanes};
  // As for a convolution alone: for fewer outputs, packing the weights takes longer than it saves.
  constexpr std::size_t kOutputsToPack = 512;
  const bool packs = s.filters < groups.lanes || images * s.out_height * s.out_width >= kOutputsToPack;
  const std::size_t packed_size = packs ? round_up(groups.packed_size(c.taps()), 16) : 0;
  const std::size_t rows = smaller(s.out_height, (plan.rows - 1) * s.pool_stride + s.pool_height);
  const std::size_t size = round_up(plan.images * rows * s.out_width * s.filters, 16);
  const unsigned threads = unsigned(larger(1, smaller(team_threads(), pieces)));
  T* memory = floats<T>(scratch((packed_size + threads * size) * (sizeof(T) / sizeof(float))));
  if (memory == nullptr) return false;
  if (packs) kernels.correlation->pack(groups, w, s.filters, c.taps(), memory);
  const Forward<T> forward = {kernels, s, c, y, winners, x, b, {packs ? memory : w, packs}, f};
  const double products = double(images) * double(s.out_height * s.out_width * s.filters) * double(c.taps() + 8);
  for_each_block(pieces, threads, 2e-2 * (sizeof(T) / 4) * products, [&](std::size_t i, unsigned thread) {
    forward.compute(plan.piece(s, images, i), memory + packed_size + thread * size);
  });
  return true;
}

template <class T>
bool composed_pooled_backward(const KernelsOf<T>& kernels, T* dw, T* db, T* dx, const T* dy, const T* y,
                              const std::uint8_t* winners, const T* x, const T* w, std::size_t images,
                              const PooledConvolutionShape& s, Activation f) {
  if (images == 0 || !is_composable(s)) return false;
  const std::size_t outputs = s.out_height * s.out_width * s.filters, cells = s.pooled_height * s.pooled_width * s.filters;
  const std::size_t pixels = s.height * s.width * s.channels, weights = s.kernel_height * s.kernel_width * s.channels * s.filters;
  if (dx != nullptr && !all_finite(w, weights)) return false;
  // About 2 MB of floats at a time: enough images for the threads.
  const std::size_t most = smaller(images, larger(1, (512 << 10) / outputs));
  const std::size_t size = weights + s.filters + most * (outputs + cells);
  T* memory = floats<T>(outer_scratch(size * (sizeof(T) / sizeof(float))));
  if (memory == nullptr) return false;
  T *dz = memory, *slope = dz + most * outputs, *part_dw = slope + most * cells, *part_db = part_dw + weights;
  for (std::size_t first = 0, count; first < images; first += count) {
    count = smaller(most, images - first);
    unpool(kernels, dz, slope, dy + first * cells, y + first * cells, winners + first * cells, count, s, f);
    weight_gradient(kernels, first == 0 ? dw : part_dw, x + first * pixels, dz, count, s);
    column_sums(kernels, first == 0 ? db : part_db, dz, count * s.out_height * s.out_width, s.filters);
    if (first > 0) {
      axpy(kernels, weights, T(1), part_dw, dw);
      axpy(kernels, s.filters, T(1), part_db, db);
    }
    if (dx != nullptr && !direct_convolution_input_gradient(kernels, dx + first * pixels, dz, w, count, s)) return false;
  }
  return all_finite(dw, weights) && all_finite(db, s.filters);
}

template bool composed_pooled_convolution(const KernelsOf<float>&, float*, std::uint8_t*, const float*, const float*,
                                          const float*, std::size_t, const PooledConvolutionShape&, Activation);
template bool composed_pooled_convolution(const KernelsOf<double>&, double*, std::uint8_t*, const double*, const double*,
                                          const double*, std::size_t, const PooledConvolutionShape&, Activation);
template bool composed_pooled_backward(const KernelsOf<float>&, float*, float*, float*, const float*, const float*,
                                       const std::uint8_t*, const float*, const float*, std::size_t,
                                       const PooledConvolutionShape&, Activation);
template bool composed_pooled_backward(const KernelsOf<double>&, double*, double*, double*, const double*, const double*,
                                       const std::uint8_t*, const double*, const double*, std::size_t,
                                       const PooledConvolutionShape&, Activation);

}  // namespace zerokara
