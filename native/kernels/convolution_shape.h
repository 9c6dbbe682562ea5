// The sizes of convolution and pooling layers. Images lie as height × width × channels, channels last; a convolution's
// weights as kernelHeight × kernelWidth × channels × filters, its output as outHeight × outWidth × filters.
#pragma once

#include <cstddef>

namespace zerokara {

struct ConvolutionShape {
  std::size_t height, width, channels, filters;
  std::size_t kernel_height, kernel_width, stride, pad_top, pad_left;
  std::size_t out_height, out_width;
};

struct PoolingShape {
  std::size_t height, width, channels;
  std::size_t pool_height, pool_width, stride, pad_top, pad_left;
  std::size_t out_height, out_width;
};

// A convolution and the max pooling of its output, unpadded.
struct PooledConvolutionShape : ConvolutionShape {
  std::size_t pool_height, pool_width, pool_stride, pooled_height, pooled_width;
};

}  // namespace zerokara
