// Convolutions and their gradients by x. The plain kernels, which need no memory, are for when there is none, and
// for sizes of 0.
//
// An image's result depends on the image, w and the sizes alone, so results do not depend on the number of threads.
#pragma once

#include "direct_convolution.h"
#include "passes.h"

namespace zerokara {

// Products in a convolution of `images` images, the order of magnitude where windows reach into the padding.
inline double products_of(const ConvolutionShape& s, std::size_t images) {
  return double(images) * double(out_size(s)) * double(patch_size(s));
}

// Calls body(first, last) for ranges of the images of a call that takes so many nanoseconds on one thread.
template <class Body>
void for_images(std::size_t images, double nanoseconds, Body body) {
  constexpr std::size_t kRanges = 16;
  constexpr double kAlone = 10'000;
  if (images == 0) return;
  const std::size_t ranges = nanoseconds < kAlone ? 1 : smaller(images, kRanges);
  for_each_block(ranges, nanoseconds,
                 [&](std::size_t i) { body(images * i / ranges, images * (i + 1) / ranges); });
}

// y ← f(x ∗ w + b).
template <class T>
void convolution(const KernelsOf<T>& kernels, T* y, const T* x, const T* w, const T* b, std::size_t images,
                 const ConvolutionShape& s, Activation f) {
  if (images == 0 || out_size(s) == 0) return;
  if (direct_convolution(kernels, y, x, w, b, images, s, f)) return;
  for_images(images, cost::kProduct * products_of(s, images), [&](std::size_t first, std::size_t last) {
    kernels.plain_convolution(y + first * out_size(s), x + first * image_size(s), w, b, last - first, s, f);
  });
}

// dx ← the gradient by x of a convolution with dz.
template <class T>
void convolution_input_gradient(const KernelsOf<T>& kernels, T* dx, const T* dz, const T* w, std::size_t images,
                                const ConvolutionShape& s) {
  if (images == 0 || image_size(s) == 0) return;
  if (direct_convolution_input_gradient(kernels, dx, dz, w, images, s)) return;
  for_images(images, cost::kProduct * products_of(s, images), [&](std::size_t first, std::size_t last) {
    kernels.plain_convolution_input_gradient(dx + first * image_size(s), dz + first * out_size(s), w, last - first, s);
  });
}

}  // namespace zerokara
