#include "pooled_convolution.h"

#include "finite.h"
#include "scratch.h"
#include "sizes.h"
#include "team.h"
#include "window_places.h"

namespace zerokara {

namespace {

std::size_t weights_of(const PooledConvolutionShape& s) {
  return s.kernel_height * s.kernel_width * s.channels * s.filters;
}

unsigned threads_for(std::size_t blocks) { return unsigned(larger(1, smaller(team_threads(), blocks))); }

}  // namespace

bool fused_pooled_convolution(const KernelsOf<float>& kernels, float* y, std::uint8_t* winners, const float* x,
                              const float* w, const float* b, std::size_t images, const PooledConvolutionShape& s,
                              Activation f) {
  if (kernels.pooled_convolution == nullptr || images == 0 || has_zero_size(s)) return false;
  const PooledConvolution<float>& pooled = *kernels.pooled_convolution;
  if (!pooled.applies(s)) return false;
  // The bias is added to the maximum alone: a NaN or ∞ would come too late to make the first place win.
  if (!all_finite(b, s.filters)) return false;
  if (!pooled.in_place(s) && !all_finite(w, weights_of(s))) return false;
  constexpr std::size_t kBlocks = 64;
  const std::size_t rows = images * s.pooled_height, blocks = smaller(rows, kBlocks);
  const std::size_t size = round_up(pooled.scratch(s), 16);
  const unsigned threads = threads_for(blocks);
  float* memory = size == 0 ? nullptr : scratch(threads * size);
  if (memory == nullptr && size > 0) return false;
  const double nanoseconds = 8e-2 * double(rows) * double(s.pooled_width) * double(weights_of(s));
  for_each_block(blocks, threads, nanoseconds, [&](std::size_t i, unsigned thread) {
    pooled.rows(s, y, winners, x, w, b, f, rows * i / blocks, rows * (i + 1) / blocks,
                size == 0 ? nullptr : memory + thread * size);
  });
  return true;
}

bool fused_pooled_backward(const KernelsOf<float>& kernels, float* dw, float* db, float* dx, const float* dy,
                           const float* y, const std::uint8_t* winners, const float* x, const float* w,
                           std::size_t images, const PooledConvolutionShape& s, Activation f) {
  if (kernels.pooled_convolution == nullptr || images == 0 || has_zero_size(s)) return false;
  const PooledConvolution<float>& pooled = *kernels.pooled_convolution;
  const bool with_dx = dx != nullptr;
  if (!pooled.gradient_applies(s, with_dx)) return false;
  // Each range of images has sums of its own: at most 1.3 MB in all, more only where dw itself is larger.
  constexpr std::size_t kSmall = 40'000, kLarge = 160'000;
  const std::size_t sums_size = pooled.sums(s);
  const std::size_t ranges = smaller(images, sums_size <= kSmall ? 8 : sums_size <= kLarge ? 4 : 2);
  const std::size_t size = round_up(pooled.gradient_scratch(s, with_dx), 16);
  const std::size_t packed_size = with_dx ? round_up(pooled.packed_size(s), 16) : 0;
  const unsigned threads = threads_for(ranges);
  float* memory = scratch(ranges * sums_size + threads * size + packed_size);
  if (memory == nullptr) return false;
  float *packed = memory + ranges * sums_size, *of_threads = packed + packed_size;
  if (with_dx) pooled.pack(s, w, packed);
  const std::size_t cells = s.pooled_height * s.pooled_width * s.filters, pixels = s.height * s.width * s.channels;
  const double nanoseconds = (with_dx ? 4e-2 : 2e-2) * double(images) * double(cells / s.filters) * double(weights_of(s));
  for_each_block(ranges, threads, nanoseconds, [&](std::size_t i, unsigned thread) {
    const std::size_t first = images * i / ranges, last = images * (i + 1) / ranges;
    pooled.images(s, memory + i * sums_size, with_dx ? dx + first * pixels : nullptr, dy + first * cells,
                  y + first * cells, winners + first * cells, x + first * pixels, packed, last - first, f,
                  of_threads + thread * size);
  });
  pooled.finish(s, dw, db, memory, ranges);
  return all_finite(db, s.filters);
}

}  // namespace zerokara
