// Convolutions on the kernels of a CPU level, shared with the team by blocks of images and rows. They take any sizes.
//
// An output has the same bits whatever the number of images, blocks and threads: one sum over its taps in order.
#pragma once

#include "convolution_shape.h"
#include "table.h"

namespace zerokara {

// y ← f(x ∗ w + b), as `convolution` of src/backend/convolutions.ts. Returns false, having written nothing, if a
// size is 0 or there is no memory for packing the weights.
template <class T>
bool direct_convolution(const KernelsOf<T>& kernels, T* y, const T* x, const T* w, const T* b, std::size_t images,
                        const ConvolutionShape& shape, Activation f);

// dx ← dL/dx, as `convolutionInputGradient`. Returns false, with dx undefined, if a size is 0 or there
// is no memory.
template <class T>
bool direct_convolution_input_gradient(const KernelsOf<T>& kernels, T* dx, const T* dz, const T* w,
                                       std::size_t images, const ConvolutionShape& shape);

// The convolution as a correlation, for kernels that compute it piece by piece.
Correlation correlation_of(const ConvolutionShape& shape);

}  // namespace zerokara
