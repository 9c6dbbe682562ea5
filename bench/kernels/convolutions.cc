// The kernels of convolutions on one thread against OpenBLAS after im2col, one image at a time; how to run it is said in
// run.mjs.
//
//   convolutions [batch]      layers of SimpleConvNet and DeepConvNet, and others, in batches of 100 images
//
// "of the peak" counts all multiply-adds of the layer, also those with zeros outside the image, against multiply-adds in
// registers at the same level: kernels that skip the zeros may exceed 100 %. ZEROKARA_ISA=v3 lowers the level.
#include <cblas.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "../../native/kernels/blas.h"
#include "../../native/kernels/direct_convolution.h"
#include "../../native/kernels/cpu.h"
#include "timing.h"

using namespace zerokara;

namespace {

Level level() {
  const char* name = std::getenv("ZEROKARA_ISA");
  Level chosen = best_level();
  while (name && chosen > Level::baseline && std::strcmp(name, level_name(chosen)) != 0)
    chosen = Level(int(chosen) - 1);
  return chosen;
}

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

// The inverse: adds rows to the places of x that they came from.
void col2im(float* x, const float* rows, const ConvolutionShape& s) {
  std::memset(x, 0, s.height * s.width * s.channels * sizeof(float));
  for (std::size_t i = 0; i < s.out_height; ++i)
    for (std::size_t j = 0; j < s.out_width; ++j)
      for (std::size_t ky = 0; ky < s.kernel_height; ++ky)
        for (std::size_t kx = 0; kx < s.kernel_width; ++kx, rows += s.channels) {
          const std::size_t y = i * s.stride + ky - s.pad_top, column = j * s.stride + kx - s.pad_left;
          if (y >= s.height || column >= s.width) continue;
          float* to = x + (y * s.width + column) * s.channels;
          for (std::size_t c = 0; c < s.channels; ++c) to[c] += rows[c];
        }
}

void compare_results(const char* what, const std::vector<float>& own, const std::vector<float>& other, double terms) {
  for (std::size_t i = 0; i < own.size(); ++i)
    if (!(std::fabs(own[i] - other[i]) <= 1.2e-7 * terms * terms)) {  // 2·γₖ·Σ|x||w|, where |x| and |w| are at most 1
      std::fprintf(stderr, "%s, element %zu: %g, %g\n", what, i, double(own[i]), double(other[i]));
      std::exit(1);
    }
}

void report(const char* name, std::size_t batch, const ConvolutionShape& s, double peak) {
  const std::size_t pixels = s.out_height * s.out_width, taps = s.kernel_height * s.kernel_width * s.channels;
  const std::size_t x_size = s.height * s.width * s.channels, y_size = pixels * s.filters;
  const std::vector<float> x = numbers(batch * x_size, 1), w = numbers(taps * s.filters, 2), b = numbers(s.filters, 3);
  const std::vector<float> dz = numbers(batch * y_size, 4);
  std::vector<float> y(batch * y_size), y2(y), dx(x.size()), dx2(dx), rows(pixels * taps);
  const auto forward = [&] {
    direct_convolution(kernels(), y.data(), x.data(), w.data(), b.data(), batch, s, Activation::relu);
  };
  const auto forward_by_blas = [&] {
    for (std::size_t n = 0; n < batch; ++n) {
      im2col(rows.data(), x.data() + n * x_size, s);
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, int(pixels), int(s.filters), int(taps), 1, rows.data(),
                  int(taps), w.data(), int(s.filters), 0, y2.data() + n * y_size, int(s.filters));
      kernels().bias_activation(y2.data() + n * y_size, b.data(), pixels, s.filters, Activation::relu);
    }
  };
  const auto backward = [&] { direct_convolution_input_gradient(kernels(), dx.data(), dz.data(), w.data(), batch, s); };
  const auto backward_by_blas = [&] {
    for (std::size_t n = 0; n < batch; ++n) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, int(pixels), int(taps), int(s.filters), 1,
                  dz.data() + n * y_size, int(s.filters), w.data(), int(s.filters), 0, rows.data(), int(taps));
      col2im(dx2.data() + n * x_size, rows.data(), s);
    }
  };
  const double flop = 2.0 * double(batch) * double(pixels) * double(taps) * double(s.filters);
  const auto line = [&](const char* what, const Timing& t) {
    const double gflops = flop / t.own / 1e3, images = double(batch);
    std::printf("%-16s %-7s %8.2f µs an image  %5.1f GFLOP/s  %4.0f %% of the peak", name, what, t.own / images, gflops,
                100 * gflops / peak);
    std::printf("   im2col and BLAS %8.2f µs   ratio %.2f\n", t.other / images, t.ratio);
    std::fflush(stdout);
  };
  forward();
  forward_by_blas();
  compare_results(name, y, y2, double(taps + 1));
  line("forward", compare(150, forward, forward_by_blas));
  backward();
  backward_by_blas();
  compare_results(name, dx, dx2, double(s.kernel_height * s.kernel_width * s.filters));
  line("dx", compare(150, backward, backward_by_blas));
}

ConvolutionShape square(std::size_t size, std::size_t channels, std::size_t filters, std::size_t kernel,
                        std::size_t padding, std::size_t stride = 1) {
  const std::size_t out = (size + 2 * padding - kernel) / stride + 1;
  return {size, size, channels, filters, kernel, kernel, stride, padding, padding, out, out};
}

}  // namespace

int main(int argc, char** argv) {
  initialize_blas();
  const std::size_t batch = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100;
  const double most = peak();
  std::printf("CPU level %s, BLAS kernels %s, batch %zu, multiply-adds in registers %.0f GFLOP/s\n",
              level_name(level()), blas_facts().corename, batch, most);
  report("28² 1→16", batch, square(28, 1, 16, 3, 1), most);
  report("28² 16→16", batch, square(28, 16, 16, 3, 1), most);
  report("14² 16→32", batch, square(14, 16, 32, 3, 1), most);
  report("14² 32→32 pad 2", batch, square(14, 32, 32, 3, 2), most);
  report("8² 32→64", batch, square(8, 32, 64, 3, 1), most);
  report("8² 64→64", batch, square(8, 64, 64, 3, 1), most);
  report("28² 1→30, 5×5", batch, square(28, 1, 30, 5, 0), most);
  report("14² 32→48, 1×1", batch, square(14, 32, 48, 1, 0), most);
  report("28² 3→20, 7×7/2", batch, square(28, 3, 20, 7, 3, 2), most);
  report("15² 24→40, /2", batch, square(15, 24, 40, 3, 1, 2), most);
}
