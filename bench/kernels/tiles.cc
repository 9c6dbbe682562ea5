// What cutting a large product into tiles costs one thread: each cut of each shape, in turn, medians in milliseconds.
#include <cblas.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

#include "../../native/kernels/blas.h"

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kRounds = 21;

struct Shape {
  const char* name;
  bool trans_a, trans_b;
  int m, n, k, lda, ldb;
};

struct Cut {
  const char* name;
  int rows, columns;  // into how many parts
};

constexpr Shape kShapes[] = {
    {"x·W   256×1000×1000", false, false, 256, 1000, 1000, 1000, 1000},
    {"xᵀ·dy 1000×256×1000", true, false, 1000, 1000, 256, 1000, 1000},
    {"dy·Wᵀ 256×1000×1000", false, true, 256, 1000, 1000, 1000, 1000},
};
constexpr Cut kCuts[] = {{"whole", 1, 1}, {"N/2", 1, 2}, {"N/4", 1, 4}, {"M/2", 2, 1}, {"M/4", 4, 1}};

int part(int length, int parts, int multiple) { return ((length + parts - 1) / parts + multiple - 1) / multiple * multiple; }

void multiply(const Shape& s, const Cut& cut, const float* a, const float* b, float* c) {
  const int rows = part(s.m, cut.rows, 16), columns = part(s.n, cut.columns, 64);
  for (int i = 0; i < s.m; i += rows)
    for (int j = 0; j < s.n; j += columns)
      cblas_sgemm(CblasRowMajor, s.trans_a ? CblasTrans : CblasNoTrans, s.trans_b ? CblasTrans : CblasNoTrans,
                  std::min(rows, s.m - i), std::min(columns, s.n - j), s.k, 1,
                  a + (s.trans_a ? i : i * s.lda), s.lda, b + (s.trans_b ? j * s.ldb : j), s.ldb, 0, c + i * s.n + j, s.n);
}

}  // namespace

int main() {
  zerokara::initialize_blas();
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> a(1'000'000), b(1'000'000), c(1'000'000);
  for (auto* values : {&a, &b}) std::generate(values->begin(), values->end(), [&] { return uniform(random); });
  for (const Shape& shape : kShapes) {
    std::vector<double> times[std::size(kCuts)];
    for (int round = 0; round < kRounds; ++round)
      for (std::size_t i = 0; i < std::size(kCuts); ++i) {
        const auto start = Clock::now();
        multiply(shape, kCuts[i], a.data(), b.data(), c.data());
        times[i].push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
      }
    std::printf("%s ", shape.name);
    for (std::size_t i = 0; i < std::size(kCuts); ++i) {
      std::nth_element(times[i].begin(), times[i].begin() + kRounds / 2, times[i].end());
      std::printf("  %s %.2f", kCuts[i].name, times[i][kRounds / 2]);
    }
    std::puts("");
  }
}
