// What one core can do at most: fused multiply-adds in registers, and a sum of arrays of a given size in memory.
//
// Argument: bytes of the working set. Prints one line of JSON. g++ -O3 -march=native -ffast-math probe.cc
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

#if defined(__AVX512F__)
constexpr int kBytes = 64;
#elif defined(__AVX__)
constexpr int kBytes = 32;
#else
constexpr int kBytes = 16;
#endif
typedef float Vector __attribute__((vector_size(kBytes)));

// Enough independent chains to hide the latency of 4–5 cycles on two units, few enough to stay in 16 registers.
constexpr int kChains = 12;

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Where the chains lie is hidden from the compiler: it computes those once that it knows to be equal.
void multiply_add(Vector* chains, Vector factor, Vector term, int repetitions) {
  asm volatile("" : "+r"(chains) : : "memory");
  Vector c[kChains];
  for (int i = 0; i < kChains; ++i) c[i] = chains[i];
  for (int r = 0; r < repetitions; ++r)
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) c[i] = c[i] * factor + term;
  for (int i = 0; i < kChains; ++i) chains[i] = c[i];
}

double flops() {
  Vector chains[kChains] = {}, factor = {}, term = {};
  for (int i = 0; i < int(kBytes / sizeof(float)); ++i) factor[i] = 0.999f, term[i] = 0.001f;
  const int repetitions = 200000;
  double best = 1e9;
  for (const double end = seconds() + 0.5; seconds() < end;) {
    const double start = seconds();
    multiply_add(chains, factor, term, repetitions);
    best = std::min(best, seconds() - start);
  }
  volatile float used = chains[0][0];
  (void)used;
  return 2.0 * kChains * (kBytes / sizeof(float)) * repetitions / best;
}

// y ← y + a·x reads two arrays and writes one: the traffic of an update.
double bytes(std::size_t working_set) {
  const std::size_t n = std::max<std::size_t>(working_set / (2 * sizeof(float)), 1024);
  std::vector<float> x(n, 1.0f), y(n, 1.0f);
  double best = 1e9;
  for (const double end = seconds() + 0.5; seconds() < end;) {
    const double start = seconds();
    for (std::size_t i = 0; i < n; ++i) y[i] += 0.001f * x[i];
    asm volatile("" : : "r"(y.data()) : "memory");
    best = std::min(best, seconds() - start);
  }
  return 3.0 * sizeof(float) * n / best;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t working_set = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1 << 20;
  std::printf("{\"flops\":%.6g,\"bytes\":%.6g}\n", flops(), bytes(working_set));
}
