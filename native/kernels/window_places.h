// How many elements a layer's images have, and where its windows lie in an image.
//
// Positions such as oy · stride + ky − pad_top may be negative and are computed in 64 bits, where they cannot overflow.
#pragma once

#include <cstdint>

#include "convolution_shape.h"

namespace zerokara {

// Elements of one image, of what a layer makes of it, and of w. The products fit where the arrays exist.
static constexpr std::size_t image_size(const ConvolutionShape& s) { return s.height * s.width * s.channels; }
static constexpr std::size_t image_size(const PoolingShape& s) { return s.height * s.width * s.channels; }
static constexpr std::size_t out_size(const ConvolutionShape& s) { return s.out_height * s.out_width * s.filters; }
static constexpr std::size_t out_size(const PoolingShape& s) { return s.out_height * s.out_width * s.channels; }
static constexpr std::size_t cells_of(const PooledConvolutionShape& s) {
  return s.pooled_height * s.pooled_width * s.filters;
}
// Elements of w for one filter, which are also those of a window.
static constexpr std::size_t patch_size(const ConvolutionShape& s) {
  return s.kernel_height * s.kernel_width * s.channels;
}

// Whether there is nothing to multiply, or nowhere to put it. Then the other sizes may be any, and their products wrap.
static constexpr bool has_zero_size(const ConvolutionShape& s) {
  return s.height == 0 || s.width == 0 || s.channels == 0 || s.filters == 0 || s.kernel_height == 0 ||
         s.kernel_width == 0 || s.out_height == 0 || s.out_width == 0;
}
static constexpr bool has_zero_size(const PooledConvolutionShape& s) {
  return has_zero_size(static_cast<const ConvolutionShape&>(s)) || s.pooled_height == 0 || s.pooled_width == 0;
}

// The places [first, end) of a window along one side of an image that lie inside it, and where the window begins, which may
// be below 0. None are inside if first ≥ end.
struct Inside {
  std::int64_t start, first, end;
};

static constexpr Inside inside(std::size_t out, std::size_t stride, std::size_t pad, std::size_t size,
                               std::size_t length) {
  const std::int64_t start = std::int64_t(out) * std::int64_t(stride) - std::int64_t(pad);
  const std::int64_t end = std::int64_t(length) - start;
  return {start, start < 0 ? -start : 0, end < std::int64_t(size) ? end : std::int64_t(size)};
}

}  // namespace zerokara
