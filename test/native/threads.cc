// Several environments compute, start, end, and change the number of threads, all at the same time. For ThreadSanitizer,
// which finds races even if they did no harm in this run. Built and run by scripts/sanitize-threads.mjs.
//
// usage: threads [rounds], 25 if none are given. Exits with 1 if a result differs in any bit from that of one thread.
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "../../native/kernels/blas.h"
#include "../../native/kernels/cpu.h"
#include "../../native/kernels/gemm.h"
#include "../../native/kernels/passes.h"

using namespace zerokara;

namespace {

// Large enough to be shared between threads; cut by columns, by rows, and by the kernels of thin products.
constexpr std::size_t kRows = 130, kInner = 190, kWide = 300, kThin = 50;

std::vector<float> compute(const Kernels& all) {
  const KernelsOf<float>& kernels = all.floats;
  std::vector<float> x(kRows * kInner), w(kInner * kWide), y(kRows * kWide), thin(kRows * kThin), sums(kWide);
  std::vector<float> infinite(kRows * kThin), tall(10), gathered(kRows * kInner);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = float(i % 17) - 8.0f;
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = float(i % 23) / 32.0f;
  multiply(kernels, {false, false, kRows, kWide, kInner, kInner, kWide, kWide}, 1.0f, x.data(), w.data(), 0.0f,
           y.data());
  multiply(kernels, {false, false, kRows, kThin, kInner, kInner, kWide, kThin}, 1.0f, x.data(), w.data(), 0.0f,
           thin.data());
  bias_activation(kernels, y.data(), w.data(), kRows, kWide, Activation::sigmoid);
  bias_activation_backward(kernels, y.data(), sums.data(), y.data(), w.data(), kRows, kWide, Activation::relu);
  softmax(kernels, y.data(), y.data(), kRows, kWide);
  axpy(kernels, y.size(), 0.5f, w.data(), y.data());
  // By BLAS, where every thread inside holds a packing buffer; then by the loops that need none.
  const std::vector<double> ones(kRows * kInner, 1.0), weights(w.begin(), w.end());
  std::vector<double> product(kRows * kWide);
  multiply(all.doubles, {false, false, kRows, kWide, kInner, kInner, kWide, kWide}, 1.0, ones.data(), weights.data(), 0.0,
           product.data());
  multiply(kernels, {false, false, kRows, kThin, kInner, kInner, kWide, kThin}, INFINITY, x.data(), w.data(), 0.0f,
           infinite.data());
  // More than 128 rows in each of sixteen ranges: sums of sums.
  column_sums(kernels, tall.data(), x.data(), kRows * kInner / 10, 10);
  std::vector<std::int32_t> labels(kRows), order(kRows);
  for (std::size_t r = 0; r < kRows; ++r) labels[r] = std::int32_t(r * 7 % kWide), order[r] = std::int32_t(r * 11 % kRows);
  y[0] = float(softmax_cross_entropy<float>(kernels, nullptr, y.data(), labels.data(), nullptr, kRows, kWide, 0.01));
  gather_rows<float, float>(kernels.gather_floats, gathered.data(), x.data(), kRows, order.data(), kRows, kRows, kInner,
                            0.5f);
  y.insert(y.end(), product.begin(), product.end());
  for (const float value : infinite) y.push_back(value > 0 ? 1.0f : value < 0 ? -1.0f : 0.0f);
  y.insert(y.end(), tall.begin(), tall.end());
  y.insert(y.end(), gathered.begin(), gathered.end());
  y.insert(y.end(), thin.begin(), thin.end());
  y.insert(y.end(), sums.begin(), sums.end());
  y.push_back(float(sum_of_squares(kernels, w.data(), w.size())));
  return y;
}

}  // namespace

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 25;
  initialize_blas();
  if (!blas_has_memory()) return std::printf("no memory for BLAS\n"), 1;
  const Kernels& kernels = kernels_at(best_level());
  const std::vector<float> expected = compute(kernels);
  std::atomic<int> wrong{0};
  std::vector<std::thread> environments;
  for (int e = 0; e < 4; ++e) {
    environments.emplace_back([&, e] {
      for (int round = 0; round < rounds; ++round) {
        team_enter();
        set_default_team_threads(3);
        if (round % 10 == e) set_team_threads(unsigned(1 + (round + e) % 4));
        for (int i = 0; i < 2; ++i) {
          const std::vector<float> result = compute(kernels);
          if (std::memcmp(result.data(), expected.data(), expected.size() * sizeof(float)) != 0) ++wrong;
        }
        // Long enough for workers to fall asleep, and for the last environment to leave now and then.
        std::this_thread::sleep_for(std::chrono::microseconds(50 * ((round + e) % 7)));
        team_leave();
      }
    });
  }
  for (std::thread& environment : environments) environment.join();
  std::printf("%d environments, %d rounds each: %d wrong results\n", 4, rounds, wrong.load());
  return wrong.load() == 0 ? 0 : 1;
}
