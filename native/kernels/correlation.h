// Cross-correlation of images with weights: what a convolution and its input gradient have in common, and what a CPU
// level does of it.
#pragma once

#include <cstddef>

namespace zerokara {

// y[i, j, o] = bias[o] + Σ x[top + i·step + ky, left + j·step + kx, c] · w[ky, kx, c, o] over the places in the image.
struct Correlation {
  std::size_t height, width, channels;            // of x
  std::size_t kernel_height, kernel_width, step;
  std::ptrdiff_t top, left;                       // of the first patch, which may begin outside the image
  std::size_t rows, columns, filters;             // of y
  std::size_t y_image, y_row, y_column;           // elements from one image, row and pixel of y to the next

  std::size_t taps() const { return kernel_height * kernel_width * channels; }
};

// Filters are computed in groups of two vectors, with one group of three if the number of vectors is odd. The packed
// weights of a group lie together, a row for each tap (ky, kx, c). Filters that do not fill the last vector are not masked:
// it is moved back to end at the last filter, and computes some filters a second time, alike. Only if there are fewer
// filters than lanes, the vector is filled up with zeros.
struct FilterGroups {
  std::size_t filters, lanes;

  struct Group {
    std::size_t first, vectors;
    std::size_t last_vector;  // where the last vector begins, counted from the group's first filter
  };

  std::size_t vectors() const { return (filters + lanes - 1) / lanes; }
  std::size_t count() const { return vectors() < 2 ? vectors() : vectors() / 2; }

  Group group(std::size_t i) const {
    const std::size_t left = vectors() - 2 * i, here = left < 4 ? left : 2, first = 2 * i * lanes;
    const std::size_t end = first + here * lanes;
    return {first, here, (here - 1) * lanes - (filters > lanes && end > filters ? end - filters : 0)};
  }

  std::size_t packed_size(std::size_t taps) const { return vectors() * lanes * taps; }
};

// Some images and rows of y.
struct CorrelationBlock {
  std::size_t first_image, last_image, first_row, last_row;
};

// Packed weights, best aligned to a cache line; or as they are stored, a row of all filters for each tap, which is possible
// if there are at least as many filters as lanes.
template <class T>
struct CorrelationWeights {
  const T* w;
  bool packed;
};

template <class T>
struct CorrelationKernels {
  std::size_t lanes;  // elements of a vector
  // Packs rows of weights that lie `ld` elements apart.
  void (*pack)(const FilterGroups& groups, const T* w, std::size_t ld, std::size_t taps, T* packed);
  // Computes a block; then negative results become 0 if `relu`. x and y are at the first image; bias may be null.
  void (*block)(const Correlation& of, const CorrelationBlock& block, const T* x, const CorrelationWeights<T>& weights,
                const T* bias, bool relu, T* y);
};

}  // namespace zerokara
