// Convolutions that are pooled at once, and their gradients. The plain kernels are for sizes, types and numbers that the
// faster ones do not take.
#pragma once

#include "convolution.h"
#include "pooled_convolution.h"

namespace zerokara {

template <class T>
void convolution_max_pooling(const KernelsOf<T>& kernels, T* y, std::uint8_t* winners, const T* x, const T* w,
                             const T* b, std::size_t images, const PooledConvolutionShape& p, Activation f) {
  const ConvolutionShape& s = p;
  const std::size_t size = cells_of(p);
  if (images == 0 || size == 0) return;
  if (pooled_convolution(kernels, y, winners, x, w, b, images, p, f)) return;
  const double products = double(images) * double(size) * double(p.pool_height * p.pool_width) * double(patch_size(s));
  for_images(images, cost::kProduct * products, [&](std::size_t first, std::size_t last) {
    kernels.plain_convolution_max_pooling(y + first * size, winners + first * size, x + first * image_size(s), w, b,
                                          last - first, p, f);
  });
}

// dw, db and, unless it is null, dx. dw and db sum over images: rows of dw are shared instead of images.
template <class T>
void convolution_max_pooling_backward(const KernelsOf<T>& kernels, T* dw, T* db, T* dx, const T* dy, const T* y,
                                      const std::uint8_t* winners, const T* x, const T* w, std::size_t images,
                                      const PooledConvolutionShape& p, Activation f) {
  const ConvolutionShape& s = p;
  const std::size_t size = cells_of(p);
  if (images > 0 && size > 0 && pooled_convolution_backward(kernels, dw, db, dx, dy, y, winners, x, w, images, p, f))
    return;
  const double nanoseconds = cost::kProduct * double(images) * double(size) * double(patch_size(s));
  // The row after the last is db.
  if (s.filters > 0) {
    for_each_block(patch_size(s) + 1, nanoseconds, [&](std::size_t row) {
      kernels.plain_pooled_weight_gradient(dw, db, dy, y, winners, x, images, p, f, row, row + 1);
    });
  }
  if (dx == nullptr || image_size(s) == 0) return;
  for_images(images, nanoseconds, [&](std::size_t first, std::size_t last) {
    kernels.plain_pooled_input_gradient(dx + first * image_size(s), dy + first * size, y + first * size,
                                        winners + first * size, w, last - first, p, f);
  });
}

}  // namespace zerokara
