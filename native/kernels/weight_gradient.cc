#include "weight_gradient.h"

#include "passes.h"
#include "scratch.h"
#include "sizes.h"
#include "team.h"

namespace zerokara {

namespace {

// How the work is divided: ranges of images, each with a sum of its own, or if dw is large, blocks of its filters.
struct Cut {
  std::size_t ranges, blocks, filters;
};

Cut cut(const ConvolutionShape& s, std::size_t images, std::size_t size, std::size_t filters_at_once) {
  // All sums together take at most 1.3 or 2.6 MB, and four threads finish at about the same time.
  constexpr std::size_t kSmall = 40'000, kMost = 160'000, kRanges = 8;
  const std::size_t ranges = size <= kSmall ? kRanges : size <= kMost ? kRanges / 2 : 1;
  if (ranges > 1 && images >= ranges) return {ranges, 1, s.filters};
  return {1, divide_up(s.filters, filters_at_once), filters_at_once};
}

template <class T>
void share(const KernelsOf<T>& kernels, T* dw, const T* x, const T* dz, std::size_t images, const ConvolutionShape& s) {
  const WeightGradient<T>& gradient = *kernels.weight_gradient;
  const std::size_t size = s.kernel_height * s.kernel_width * s.channels * s.filters;
  const std::size_t outputs = s.out_height * s.out_width;
  if (size == 0) return;
  if (images == 0 || outputs == 0) {
    for (std::size_t i = 0; i < size; ++i) dw[i] = T(0);
    return;
  }
  Cut plan = cut(s, images, size, gradient.filters_at_once);
  const std::size_t padded = round_up(gradient.scratch(s), 16);
  const unsigned threads = unsigned(larger(1, smaller(team_threads(), plan.ranges * plan.blocks)));
  const std::size_t needed = threads * padded + (plan.ranges - 1) * size;
  T* memory = nullptr;
  if (needed > 0) {
    memory = reinterpret_cast<T*>(scratch(needed * (sizeof(T) / sizeof(float))));
    if (memory == nullptr) plan = {1, 1, s.filters};
  }
  T* sums = memory + threads * padded;
  const double nanoseconds = 2e-2 * double(images) * double(outputs) * double(size) * (sizeof(T) / 4.0);
  for_each_block(plan.ranges * plan.blocks, threads, nanoseconds, [&](std::size_t i, unsigned thread) {
    const std::size_t range = i / plan.blocks, filter = i % plan.blocks * plan.filters;
    const std::size_t first = images * range / plan.ranges, last = images * (range + 1) / plan.ranges;
    gradient.images(s, range == 0 ? dw : sums + (range - 1) * size, x + first * s.height * s.width * s.channels,
                    dz + first * outputs * s.filters, last - first, filter, smaller(filter + plan.filters, s.filters),
                    memory != nullptr && padded > 0 ? memory + thread * padded : nullptr);
  });
  if (plan.ranges == 1) return;
  for_ranges(size, 1, cost::kArithmetic * double(plan.ranges), [&](std::size_t first, std::size_t last) {
    for (std::size_t r = 0; r + 1 < plan.ranges; ++r)
      kernels.axpy(last - first, T(1), sums + r * size + first, dw + first);
  });
}

}  // namespace

void weight_gradient(const KernelsOf<float>& kernels, float* dw, const float* x, const float* dz, std::size_t images,
                     const ConvolutionShape& shape) {
  share(kernels, dw, x, dz, images, shape);
}

void weight_gradient(const KernelsOf<double>& kernels, double* dw, const double* x, const double* dz,
                     std::size_t images, const ConvolutionShape& shape) {
  share(kernels, dw, x, dz, images, shape);
}

}  // namespace zerokara
