// The gradient of a convolution's weights, shared with the team.
#pragma once

#include "table.h"

namespace zerokara {

// dw[ky, kx, c, o] ← Σ x[n, oy · stride + ky − padTop, ox · stride + kx − padLeft, c] · dz[n, oy, ox, o] over the outputs
// that see the image there. The images are summed in a few ranges, which are then added in order: both depend on the shape
// alone, and so do the bits.
void weight_gradient(const KernelsOf<float>& kernels, float* dw, const float* x, const float* dz, std::size_t images,
                     const ConvolutionShape& shape);
void weight_gradient(const KernelsOf<double>& kernels, double* dw, const double* x, const double* dz,
                     std::size_t images, const ConvolutionShape& shape);

}  // namespace zerokara
