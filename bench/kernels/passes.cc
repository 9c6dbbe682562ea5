// The passes of a step of 784-50-10 besides its products, in their own time and against the bytes they touch.
//
//   passes        microseconds, and GB/s of what is read and written, at the best level
//
// ZEROKARA_ISA=v3 lowers the level, as it does for the addon.
#include <cstdint>
#include <cstdio>
#include <vector>

#include "level.h"
#include "timing.h"

using namespace zerokara;

int main() {
  const KernelsOf<float>& kernels = kernels_at(level()).floats;
  constexpr std::size_t kBatch = 100, kInputs = 784, kHidden = 50, kClasses = 10, kRows = 60000;
  std::printf("CPU level %s\n", level_name(level()));

  std::vector<float> y(kBatch * kHidden, 0.3f), dy(y.size(), 0.1f), dz(y.size()), bias(kHidden, 0.01f), db(kHidden);
  std::vector<float> logits(kBatch * kClasses, 0.5f), dlogits(logits.size()), weights(kInputs * kHidden, 0.1f),
      gradient(weights.size(), 0.01f), batch(kBatch * kInputs);
  std::vector<std::int32_t> labels(kBatch, 3), order(kRows);
  std::vector<std::uint8_t> images(kRows * kInputs, 7);
  for (std::size_t i = 0; i < kRows; ++i) order[i] = std::int32_t(i * 7919 % kRows);  // 7919 is prime: a permutation
  std::size_t start = 0;
  std::vector<double> losses(kBatch);

  const auto report = [](const char* what, double bytes, auto pass) {
    const Timing t = compare(300, pass, pass);
    std::printf("%-52s %7.2f µs  %6.1f GB/s\n", what, t.own, bytes / t.own / 1e3);
  };
  report("biasActivation, sigmoid, 100 × 50", 8.0 * double(y.size()),
         [&] { kernels.bias_activation(y.data(), bias.data(), kBatch, kHidden, Activation::sigmoid); });
  report("biasActivation, relu, 100 × 50", 8.0 * double(y.size()),
         [&] { kernels.bias_activation(y.data(), bias.data(), kBatch, kHidden, Activation::relu); });
  report("biasActivation, identity, 100 × 10", 8.0 * double(logits.size()),
         [&] { kernels.bias_activation(logits.data(), bias.data(), kBatch, kClasses, Activation::identity); });
  report("biasActivationBackward, sigmoid, 100 × 50", 12.0 * double(y.size()), [&] {
    kernels.bias_activation_backward(dz.data(), db.data(), dy.data(), y.data(), kBatch, kHidden,
                                     kHidden, nullptr, Activation::sigmoid);
  });
  std::vector<float> wide_y(256 * 1000, 0.3f), wide_dy(wide_y.size(), 0.1f), wide_dz(wide_y.size()), wide_db(1000);
  report("biasActivation, relu, 256 × 1000", 8.0 * double(wide_y.size()),
         [&] { kernels.bias_activation(wide_y.data(), wide_db.data(), 256, 1000, Activation::relu); });
  report("biasActivationBackward, relu, 256 × 1000", 12.0 * double(wide_y.size()), [&] {
    kernels.bias_activation_backward(wide_dz.data(), wide_db.data(), wide_dy.data(), wide_y.data(), 256, 1000,
                                     1000, nullptr, Activation::relu);
  });
  report("axpy, 1,000,000", 12e6, [&, x = std::vector<float>(1000000, 0.1f), z = std::vector<float>(1000000)]() mutable {
    kernels.axpy(x.size(), -1e-6f, x.data(), z.data());
  });
  report("columnSums, 100 × 10", 4.0 * double(logits.size()),
         [&] { kernels.column_sums(db.data(), logits.data(), kBatch, kClasses, kClasses, nullptr); });
  report("softmaxCrossEntropy, 100 × 10", 8.0 * double(logits.size()), [&] {
    kernels.softmax_cross_entropy(losses.data(), dlogits.data(), logits.data(), labels.data(), nullptr, kBatch, kClasses,
                                  0.01);
  });
  report("axpy, 39,200", 12.0 * double(weights.size()),
         [&] { kernels.axpy(weights.size(), -1e-6f, gradient.data(), weights.data()); });
  report("gatherRows, 100 × 784 bytes of 60,000 rows, cold", 5.0 * double(batch.size()), [&] {
    kernels.gather_bytes(batch.data(), images.data(), kRows, order.data() + start, kBatch, kRows - start, kInputs,
                         1.0f / 255);
    start = (start + kBatch) % kRows;
  });
}
