// Convolutions that are pooled at once, and their gradients, shared with the team: 2 × 2 cells without overlap, stride 1,
// float32 on x86-64-v3 and v4.
#pragma once

#include "table.h"

namespace zerokara {

// y ← the maxima, winners ← their places: `convolutionMaxPooling` of src/backend/convolutions.ts. Returns false, having
// written nothing, if the level has no kernel for the shape, there is no memory, or the padding would meet a w of ∞ or NaN.
bool pooled_convolution(const KernelsOf<float>& kernels, float* y, std::uint8_t* winners, const float* x, const float* w,
                        const float* b, std::size_t images, const PooledConvolutionShape& shape, Activation f);

// dw, db and, unless it is null, dx: `convolutionMaxPoolingBackward`. Returns false, with the outputs undefined, likewise.
bool pooled_convolution_backward(const KernelsOf<float>& kernels, float* dw, float* db, float* dx, const float* dy,
                                 const float* y, const std::uint8_t* winners, const float* x, const float* w,
                                 std::size_t images, const PooledConvolutionShape& shape, Activation f);

// float64 has no kernels of its own.
inline bool pooled_convolution(const KernelsOf<double>&, double*, std::uint8_t*, const double*, const double*,
                               const double*, std::size_t, const PooledConvolutionShape&, Activation) {
  return false;
}
inline bool pooled_convolution_backward(const KernelsOf<double>&, double*, double*, double*, const double*, const double*,
                                        const std::uint8_t*, const double*, const double*, std::size_t,
                                        const PooledConvolutionShape&, Activation) {
  return false;
}

}  // namespace zerokara
