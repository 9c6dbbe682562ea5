// Convolutions that are pooled at once, and their gradients, shared with the team: on the kernels of pooled_convolution_tiles.h
// and pooled_gradient_tiles.h if the level has some for the shape, else composed.
//
// The bits of all results depend on the shape, the number of images and the level alone.
#pragma once

#include "pooled_composition.h"

namespace zerokara {

// For 2 × 2 cells without overlap and stride 1. They return false, with the outputs undefined, if there is no kernel for the
// shape, no memory, zeros of the padding could meet ∞ or NaN, or a bias is one.
bool fused_pooled_convolution(const KernelsOf<float>& kernels, float* y, std::uint8_t* winners, const float* x,
                              const float* w, const float* b, std::size_t images, const PooledConvolutionShape& shape,
                              Activation f);
bool fused_pooled_backward(const KernelsOf<float>& kernels, float* dw, float* db, float* dx, const float* dy,
                           const float* y, const std::uint8_t* winners, const float* x, const float* w,
                           std::size_t images, const PooledConvolutionShape& shape, Activation f);

// float64 has none.
inline bool fused_pooled_convolution(const KernelsOf<double>&, double*, std::uint8_t*, const double*, const double*,
                                     const double*, std::size_t, const PooledConvolutionShape&, Activation) {
  return false;
}
inline bool fused_pooled_backward(const KernelsOf<double>&, double*, double*, double*, const double*, const double*,
                                  const std::uint8_t*, const double*, const double*, std::size_t,
                                  const PooledConvolutionShape&, Activation) {
  return false;
}

// y ← the maxima, winners ← their places: `convolutionMaxPooling` of src/backend/convolutions.ts. Returns false if a size is
// 0, the convolution's output is much larger than what the cells read, or there is no memory.
template <class T>
bool pooled_convolution(const KernelsOf<T>& kernels, T* y, std::uint8_t* winners, const T* x, const T* w, const T* b,
                        std::size_t images, const PooledConvolutionShape& shape, Activation f) {
  return fused_pooled_convolution(kernels, y, winners, x, w, b, images, shape, f) ||
         composed_pooled_convolution(kernels, y, winners, x, w, b, images, shape, f);
}

// dw, db and, unless it is null, dx: `convolutionMaxPoolingBackward`. Returns false, with the outputs undefined, also where
// numbers are not finite.
template <class T>
bool pooled_convolution_backward(const KernelsOf<T>& kernels, T* dw, T* db, T* dx, const T* dy, const T* y,
                                 const std::uint8_t* winners, const T* x, const T* w, std::size_t images,
                                 const PooledConvolutionShape& shape, Activation f) {
  return fused_pooled_backward(kernels, dw, db, dx, dy, y, winners, x, w, images, shape, f) ||
         composed_pooled_backward(kernels, dw, db, dx, dy, y, winners, x, w, images, shape, f);
}

}  // namespace zerokara
