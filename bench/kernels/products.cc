// The own kernels for products against cblas_sgemm on one thread; how to run it is said in run.mjs.
//
//   products thin|panel shapes                        those of a step of 784-50-10, or of 784-1000-1000-10
//   products thin|panel sweep [NN|TN|NT|TT]           own ÷ BLAS over a grid of shapes; "*" where the kernels are used
//   products thin|panel product <N|T> <N|T> <m> <n> <k> [share]
//                                                     with a share of a that is not zero, in runs of five; else all of it
//
// ZEROKARA_ISA=v3 lowers the level, as it does for the addon.
#include <cblas.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "../../native/kernels/blas.h"
#include "../../native/kernels/panel_gemm.h"
#include "../../native/kernels/thin_gemm.h"
#include "level.h"
#include "timing.h"

using namespace zerokara;

namespace {

const KernelsOf<float>& kernels() { return kernels_at(level()).floats; }

std::vector<float> numbers(std::size_t count, unsigned state) {
  std::vector<float> x(count);
  for (float& value : x) value = float((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0f - 1.0f;
  return x;
}

MatrixProduct product(bool ta, bool tb, std::size_t m, std::size_t n, std::size_t k) {
  return {ta, tb, m, n, k, ta ? m : k, tb ? k : n, n};
}

bool panels;       // which own kernels
double share = 1;  // of a that is not zero

// Leaves about `share` of them, five after one another.
void make_zeros(std::vector<float>& x) {
  unsigned state = 3;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i % 5 == 0) state = state * 1664525u + 1013904223u;
    if (double(state >> 8) >= share * double(1 << 24)) x[i] = 0.0f;
  }
}

bool applies(const MatrixProduct& s) {
  // Where both apply, the thin ones are used.
  return thin_gemm_applies(kernels(), s) ? !panels : panels && panel_gemm_applies(kernels(), s);
}

// Own kernels, also outside their domain, against BLAS; the results are compared before any time counts.
Timing measure(const MatrixProduct& s, double milliseconds) {
  std::vector<float> a = numbers(s.m * s.k, 1);
  const std::vector<float> b = numbers(s.k * s.n, 2);
  if (share < 1) make_zeros(a);
  std::vector<float> c(s.m * s.n), d(s.m * s.n);
  const auto own = [&] {
    return panels ? panel_gemm(*kernels().panel_gemm, s, 0, 1.0f, a.data(), b.data(), 0.0f, c.data())
                  : thin_gemm(kernels(), s, 0, 1.0f, a.data(), b.data(), 0.0f, c.data());
  };
  const auto other = [&] { gemm(s, 1.0f, a.data(), b.data(), 0.0f, d.data()); };
  own();
  other();
  for (std::size_t i = 0; i < c.size(); ++i)
    // 2·γₖ·Σ|aᵢbᵢ|, where |a| and |b| are at most 1
    if (!(std::fabs(c[i] - d[i]) <= 1.2e-7f * float(s.k) * float(s.k))) {
      std::fprintf(stderr, "element %zu differs: %g, %g\n", i, double(c[i]), double(d[i]));
      std::exit(1);
    }
  return compare(milliseconds, own, other);
}

void report(const char* what, const MatrixProduct& s, double milliseconds) {
  const Timing t = measure(s, milliseconds);
  const double flop = 2.0 * double(s.m) * double(s.n) * double(s.k);
  std::printf("%-28s %c,%c %6zu × %4zu × %4zu %s own %9.2f µs (%5.1f GFLOP/s)   BLAS %9.2f µs   own ÷ BLAS %.2f\n", what,
              s.trans_a ? 'T' : 'N', s.trans_b ? 'T' : 'N', s.m, s.k, s.n,
              applies(s) ? "*" : " ", t.own, flop / t.own / 1e3, t.other, t.ratio);
}

void shapes() {
  if (panels) {
    report("forward, layer 1", product(false, false, 256, 1000, 784), 1000);
    report("forward, layer 2", product(false, false, 256, 1000, 1000), 1000);
    report("dW, layer 2", product(true, false, 1000, 1000, 256), 1000);
    report("dX, layer 2", product(false, true, 256, 1000, 1000), 1000);
    report("dW, layer 1", product(true, false, 784, 1000, 256), 1000);
    report("forward, layer 3", product(false, false, 256, 10, 1000), 400);
    report("dW, layer 3", product(true, false, 1000, 10, 256), 400);
    report("dX, layer 3", product(false, true, 256, 1000, 10), 400);
    return report("square", product(false, false, 1024, 1024, 1024), 2000);
  }
  report("forward, layer 1", product(false, false, 100, 50, 784), 400);
  report("dW, layer 1", product(true, false, 784, 50, 100), 400);
  report("forward, layer 2", product(false, false, 100, 10, 50), 200);
  report("dW, layer 2", product(true, false, 50, 10, 100), 200);
  report("dX, layer 2", product(false, true, 100, 50, 10), 200);
  report("dWᵀ, layer 1", product(true, false, 50, 784, 100), 400);
  report("inference of one row", product(false, false, 1, 50, 784), 200);
  report("inference of 10,000 rows", product(false, false, 10000, 50, 784), 1500);
  report("its layer 2", product(false, false, 10000, 10, 50), 400);
}

void sweep(bool ta, bool tb) {
  const std::vector<std::size_t> columns =
      panels ? std::vector<std::size_t>{16, 48, 100, 200, 512, 1000, 2000}
             : std::vector<std::size_t>{1, 4, 8, 10, 16, 20, 32, 50, 64, 100, 128, 200, 256, 784};
  std::printf("\nop(a)·op(b) with flags %c,%c: own ÷ BLAS\n  m ×    k | n =", ta ? 'T' : 'N', tb ? 'T' : 'N');
  for (std::size_t n : columns) std::printf("%6zu", n);
  std::printf("\n");
  for (std::size_t m : {1, 10, 32, 100, 256, 784})
    for (std::size_t k : {10, 50, 100, 256, 784, 2000}) {
      std::printf("%4zu × %4zu |    ", m, k);
      for (std::size_t n : columns) {
        const MatrixProduct s = product(ta, tb, m, n, k);
        std::printf(" %4.2f%s", measure(s, 8).ratio, applies(s) ? "*" : " ");
        std::fflush(stdout);
      }
      std::printf("\n");
    }
}

}  // namespace

int main(int argc, char** argv) {
  initialize_blas();
  std::printf("CPU level %s, BLAS kernels %s\n", level_name(level()), blas_facts().corename);
  const std::string kind = argc > 1 ? argv[1] : "", what = argc > 2 ? argv[2] : "";
  panels = kind == "panel";
  if (panels ? kernels().panel_gemm == nullptr : kernels().thin_gemm == nullptr)
    return std::printf("this level has no such kernels\n"), 1;
  if (what == "shapes") {
    shapes();
  } else if (what == "sweep") {
    for (const char* flags : {"NN", "TN", "NT", "TT"})
      if (argc == 3 || std::strcmp(argv[3], flags) == 0) sweep(flags[0] == 'T', flags[1] == 'T');
  } else if (what == "product" && (argc == 8 || argc == 9)) {
    if (argc == 9) share = std::strtod(argv[8], nullptr);
    report("product", product(*argv[3] == 'T', *argv[4] == 'T', std::strtoul(argv[5], nullptr, 10),
                              std::strtoul(argv[6], nullptr, 10), std::strtoul(argv[7], nullptr, 10)), 400);
  } else {
    std::printf("usage: products thin|panel shapes | sweep [NN|TN|NT|TT] | product <N|T> <N|T> <m> <n> <k> [share]\n");
    return 1;
  }
}
