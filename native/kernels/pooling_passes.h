// Pooling, shared by images.
#pragma once

#include "convolution.h"

namespace zerokara {

// Nanoseconds of a pass over all windows.
inline double pooling_cost(const PoolingShape& s, std::size_t images) {
  return cost::kArithmetic * double(images) * (double(out_size(s)) + double(image_size(s)));
}

template <class T>
void max_pooling(const KernelsOf<T>& kernels, T* y, std::uint8_t* winners, const T* x, std::size_t images,
                 const PoolingShape& s) {
  const std::size_t size = out_size(s);
  if (size == 0) return;
  for_images(images, pooling_cost(s, images), [&](std::size_t first, std::size_t last) {
    kernels.max_pooling(y + first * size, winners + first * size, x + first * image_size(s), last - first, s);
  });
}

template <class T>
void max_pooling_backward(const KernelsOf<T>& kernels, T* dx, const T* dy, const std::uint8_t* winners,
                          std::size_t images, const PoolingShape& s) {
  const std::size_t size = out_size(s);
  if (image_size(s) == 0) return;
  for_images(images, pooling_cost(s, images), [&](std::size_t first, std::size_t last) {
    kernels.max_pooling_backward(dx + first * image_size(s), dy + first * size, winners + first * size, last - first,
                                 s);
  });
}

template <class T>
void average_pooling(const KernelsOf<T>& kernels, T* y, const T* x, std::size_t images, const PoolingShape& s) {
  const std::size_t size = out_size(s);
  if (size == 0) return;
  for_images(images, pooling_cost(s, images), [&](std::size_t first, std::size_t last) {
    kernels.average_pooling(y + first * size, x + first * image_size(s), last - first, s);
  });
}

template <class T>
void average_pooling_backward(const KernelsOf<T>& kernels, T* dx, const T* dy, std::size_t images,
                              const PoolingShape& s) {
  const std::size_t size = out_size(s);
  if (image_size(s) == 0) return;
  for_images(images, pooling_cost(s, images), [&](std::size_t first, std::size_t last) {
    kernels.average_pooling_backward(dx + first * image_size(s), dy + first * size, last - first, s);
  });
}

}  // namespace zerokara
