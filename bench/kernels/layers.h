// What the benches of convolutions have in common: the CPU level, its peak, layers, and patches as rows of a matrix.
#pragma once

#include <cblas.h>

#include <cmath>
#include <cstdio>
#include <vector>

#include "../../native/kernels/blas.h"
#include "../../native/kernels/convolution_shape.h"
#include "level.h"
#include "timing.h"

using namespace zerokara;

namespace {

const KernelsOf<float>& kernels() { return kernels_at(level()).floats; }

// Multiply-adds in registers, in GFLOP/s.
#define ZK_PROBE(name, bytes, target)                                                   \
  target double name() {                                                                \
    typedef float Lanes __attribute__((vector_size(bytes)));                            \
    constexpr int kChains = 12, kTimes = 50000;                                         \
    Lanes chain[kChains] = {}, factor = Lanes{} + 0.999f, term = Lanes{} + 0.001f;      \
    Lanes* where = chain;                                                               \
    asm volatile("" : "+r"(where) : : "memory");                                        \
    const double start = thread_microseconds();                                         \
    Lanes c[kChains];                                                                   \
    for (int i = 0; i < kChains; ++i) c[i] = where[i];                                  \
    for (int t = 0; t < kTimes; ++t)                                                    \
      _Pragma("GCC unroll 12") for (int i = 0; i < kChains; ++i) c[i] = c[i] * factor + term; \
    for (int i = 0; i < kChains; ++i) where[i] = c[i];                                  \
    asm volatile("" : : "r"(where) : "memory");                                         \
    return 2e-3 * kChains * (bytes / 4) * kTimes / (thread_microseconds() - start);     \
  }
#if defined(__x86_64__)
ZK_PROBE(probe_v4, 64, __attribute__((target("arch=x86-64-v4"), optimize("fp-contract=fast"))))
ZK_PROBE(probe_v3, 32, __attribute__((target("arch=x86-64-v3"), optimize("fp-contract=fast"))))
#endif
ZK_PROBE(probe_baseline, 16, )

double peak() {
  double best = 0;
  for (int i = 0; i < 20; ++i) {
#if defined(__x86_64__)
    if (level() == Level::v4) best = std::max(best, probe_v4());
    if (level() == Level::v3) best = std::max(best, probe_v3());
#endif
    if (level() == Level::baseline) best = std::max(best, probe_baseline());
  }
  return best;
}

std::vector<float> numbers(std::size_t count, unsigned state) {
  std::vector<float> x(count);
  for (float& value : x) value = float((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0f - 1.0f;
  return x;
}

// The patches of one image as rows.
void im2col(float* rows, const float* x, const ConvolutionShape& s) {
  for (std::size_t i = 0; i < s.out_height; ++i)
    for (std::size_t j = 0; j < s.out_width; ++j)
      for (std::size_t ky = 0; ky < s.kernel_height; ++ky)
        for (std::size_t kx = 0; kx < s.kernel_width; ++kx, rows += s.channels) {
          const std::size_t y = i * s.stride + ky - s.pad_top, column = j * s.stride + kx - s.pad_left;  // wraps below 0
          if (y < s.height && column < s.width) {
            std::memcpy(rows, x + (y * s.width + column) * s.channels, s.channels * sizeof(float));
          } else {
            std::memset(rows, 0, s.channels * sizeof(float));
          }
        }
}

[[maybe_unused]] void compare_results(const char* what, const std::vector<float>& own, const std::vector<float>& other, double terms) {
  for (std::size_t i = 0; i < own.size(); ++i)
    if (!(std::fabs(own[i] - other[i]) <= 1.2e-7 * terms * terms)) {  // 2·γₖ·Σ|x||w|, where |x| and |w| are at most 1
      std::fprintf(stderr, "%s, element %zu: %g, %g\n", what, i, double(own[i]), double(other[i]));
      std::exit(1);
    }
}

ConvolutionShape square(std::size_t size, std::size_t channels, std::size_t filters, std::size_t kernel,
                        std::size_t padding, std::size_t stride = 1) {
  const std::size_t out = (size + 2 * padding - kernel) / stride + 1;
  return {size, size, channels, filters, kernel, kernel, stride, padding, padding, out, out};
}

}  // namespace
