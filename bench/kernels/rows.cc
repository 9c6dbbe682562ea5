// The own kernels for products of a few rows against BLAS on one thread; how to run it is said in run.mjs.
//
//   rows shapes                      layers of networks that answer one row
//   rows sweep [float|double]        own ÷ BLAS by m, k and n; "*" where the kernels are used
//
// ZEROKARA_ISA=v3 lowers the level, as it does for the addon; OPENBLAS_CORETYPE names the kernels of OpenBLAS.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "../../native/kernels/blas.h"
#include "../../native/kernels/few_rows.h"
#include "level.h"
#include "timing.h"

using namespace zerokara;

namespace {

template <class T>
const KernelsOf<T>& kernels_of();
template <>
const KernelsOf<float>& kernels_of() { return kernels_at(level()).floats; }
template <>
const KernelsOf<double>& kernels_of() { return kernels_at(level()).doubles; }

template <class T>
std::vector<T> random_numbers(std::size_t count, unsigned state) {
  std::vector<T> x(count);
  for (T& value : x) value = T((state = state * 1664525u + 1013904223u) >> 8) / T(8388608) - T(1);
  return x;
}

MatrixProduct shape(std::size_t m, std::size_t n, std::size_t k) { return {false, false, m, n, k, k, n, n}; }

// Own kernels, also outside their domain, against BLAS; the results are compared before any time counts.
template <class T>
Timing measure(const MatrixProduct& s, double milliseconds) {
  const std::vector<T> a = random_numbers<T>(s.m * s.k, 1), b = random_numbers<T>(s.k * s.n, 2);
  std::vector<T> c(s.m * s.n), d(s.m * s.n);
  const auto own = [&] { few_rows_gemm(kernels_of<T>(), s, T(1), a.data(), b.data(), T(0), c.data()); };
  const auto other = [&] { gemm(s, T(1), a.data(), b.data(), T(0), d.data()); };
  own();
  other();
  for (std::size_t i = 0; i < c.size(); ++i)
    // 2·γₖ·Σ|aᵢbᵢ|, where |a| and |b| are at most 1
    if (!(std::fabs(double(c[i] - d[i])) <= (sizeof(T) == 4 ? 1.2e-7 : 2.3e-16) * double(s.k) * double(s.k))) {
      std::fprintf(stderr, "element %zu differs: %g, %g\n", i, double(c[i]), double(d[i]));
      std::exit(1);
    }
  return compare(milliseconds, own, other);
}

template <class T>
void report(const char* what, std::size_t m, std::size_t k, std::size_t n) {
  const MatrixProduct s = shape(m, n, k);
  const Timing t = measure<T>(s, 200);
  std::printf("%-28s %-7s %zu × %4zu × %4zu %s own %8.2f µs (%5.1f GB/s of b)   BLAS %8.2f µs   own ÷ BLAS %.2f\n", what,
              sizeof(T) == 4 ? "float32" : "float64", m, k, n, kernels_of<T>().few_rows_applies(s) ? "*" : " ", t.own,
              double(k * n * sizeof(T)) / t.own / 1e3, t.other, t.ratio);
}

template <class T>
void shapes() {
  for (std::size_t m : {1, 2, 4, 8}) {
    report<T>("784-50-10, layer 1", m, 784, 50);
    report<T>("layer 2", m, 50, 10);
    report<T>("SimpleConvNet, affine", m, 4320, 100);
    report<T>("DeepConvNet, affine", m, 1024, 50);
    report<T>("784-1000-1000-10, layer 1", m, 784, 1000);
    report<T>("layer 2", m, 1000, 1000);
  }
}

template <class T>
void sweep() {
  const std::vector<std::size_t> columns = {1, 2, 4, 8, 10, 16, 20, 32, 50, 64, 100, 128, 200, 256, 500, 1000, 2000};
  std::printf("\n%s: own ÷ BLAS\n m ×    k | n =", sizeof(T) == 4 ? "float32" : "float64");
  for (std::size_t n : columns) std::printf("%6zu", n);
  std::printf("\n");
  for (std::size_t m = 1; m <= 8; ++m)
    for (std::size_t k : {1, 10, 50, 256, 784, 2000}) {
      std::printf("%2zu × %4zu |    ", m, k);
      for (std::size_t n : columns) {
        const MatrixProduct s = shape(m, n, k);
        std::printf(" %4.2f%s", measure<T>(s, 4).ratio, kernels_of<T>().few_rows_applies(s) ? "*" : " ");
        std::fflush(stdout);
      }
      std::printf("\n");
    }
}

}  // namespace

int main(int argc, char** argv) {
  initialize_blas();
  std::printf("CPU level %s, BLAS kernels %s\n", level_name(level()), blas_facts().corename);
  const bool sweeps = argc > 1 && std::strcmp(argv[1], "sweep") == 0;
  const bool only_double = argc > 2 && std::strcmp(argv[2], "double") == 0;
  const bool only_float = argc > 2 && std::strcmp(argv[2], "float") == 0;
  if (!only_double) sweeps ? sweep<float>() : shapes<float>();
  if (!only_float) sweeps ? sweep<double>() : shapes<double>();
}
