// Convolutions that are pooled at once, of any sizes: composed of the kernels of convolution and pooling, some images at a
// time, so that the output of the convolution stays in the second-level cache.
#pragma once

#include "table.h"

namespace zerokara {

// y ← the maxima, winners ← their places: `convolutionMaxPooling` of src/backend/convolutions.ts. Returns false, having
// written nothing, if a size is 0, the convolution's output is much larger than what the cells read, or there is no memory.
template <class T>
bool composed_pooled_convolution(const KernelsOf<T>& kernels, T* y, std::uint8_t* winners, const T* x, const T* w,
                                 const T* b, std::size_t images, const PooledConvolutionShape& shape, Activation f);

// dw, db and, unless it is null, dx: `convolutionMaxPoolingBackward`. Returns false, with the outputs undefined, also where
// numbers are not finite: outputs that no cell takes have a gradient of 0 here, and 0 · ∞ is NaN.
template <class T>
bool composed_pooled_backward(const KernelsOf<T>& kernels, T* dw, T* db, T* dx, const T* dy, const T* y,
                              const std::uint8_t* winners, const T* x, const T* w, std::size_t images,
                              const PooledConvolutionShape& shape, Activation f);

}  // namespace zerokara
