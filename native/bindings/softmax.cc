// Bindings of softmax, of its losses, and of argMaxRows.
#include "../kernels/passes.h"
#include "bindings.h"

namespace zerokara {

void Softmax(Arguments& args) {
  const Array y = args.floats(Use::output), x = args.floats_like(y);
  const std::size_t m = args.size(), n = args.size();
  args.require_length(y, m * n);
  args.require_length(x, m * n);
  args.require_same_or_apart(y, x, m * n);
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    softmax(args.kernels<T>(), y.as<T>(), x.as<T>(), m, n);
  });
}

namespace {

// dlogits may be null; then logits determines the element type.
struct GradientAndLogits {
  explicit GradientAndLogits(Arguments& args)
      : dlogits(args.next_is_null() ? args.absent() : args.floats(Use::output)),
        logits(dlogits.present ? args.floats_like(dlogits) : args.floats()) {}

  Array dlogits, logits;
};

Array weights_or_null(Arguments& args, const Array& logits) {
  return args.next_is_null() ? args.absent() : args.floats_like(logits);
}

}  // namespace

double SoftmaxCrossEntropy(Arguments& args) {
  const GradientAndLogits arrays(args);
  const Array &dlogits = arrays.dlogits, &logits = arrays.logits;
  const Array labels = args.integers();
  const Array weights = weights_or_null(args, logits);
  const std::size_t m = args.size(), n = args.size();
  const double scale = args.scalar();
  const std::size_t count = m * n;
  args.require_length(dlogits, count);
  args.require_length(logits, count);
  args.require_length(labels, m);
  args.require_length(weights, m);
  args.require_same_or_apart(dlogits, logits, count);
  args.require_apart(dlogits, count, labels, m);
  args.require_apart(dlogits, count, weights, m);
  args.require_in_range(labels.as<std::int32_t>(), m, n);
  return with_element_type(logits, [&](auto element) {
    using T = decltype(element);
    return softmax_cross_entropy(args.kernels<T>(), dlogits.as<T>(), logits.as<T>(), labels.as<std::int32_t>(),
                                 weights.as<T>(), m, n, scale);
  });
}

double SoftmaxCrossEntropyDense(Arguments& args) {
  const GradientAndLogits arrays(args);
  const Array &dlogits = arrays.dlogits, &logits = arrays.logits;
  const Array targets = args.floats_like(logits);
  const Array weights = weights_or_null(args, logits);
  const std::size_t m = args.size(), n = args.size();
  const double scale = args.scalar();
  const std::size_t count = m * n;
  args.require_length(dlogits, count);
  args.require_length(logits, count);
  args.require_length(targets, count);
  args.require_length(weights, m);
  args.require_same_or_apart(dlogits, logits, count);
  args.require_apart(dlogits, count, targets, count);
  args.require_apart(dlogits, count, weights, m);
  return with_element_type(logits, [&](auto element) {
    using T = decltype(element);
    return softmax_cross_entropy_dense(args.kernels<T>(), dlogits.as<T>(), logits.as<T>(), targets.as<T>(),
                                 weights.as<T>(), m, n, scale);
  });
}

void ArgMaxRows(Arguments& args) {
  const Array out = args.integers(), x = args.floats();
  const std::size_t m = args.size(), n = args.size();
  args.require(n > 0 || m == 0);
  args.require_length(out, m);
  args.require_length(x, m * n);
  args.require_apart(out, m, x, m * n);
  with_element_type(x, [&](auto element) {
    using T = decltype(element);
    args.kernels<T>().arg_max_rows(out.as<std::int32_t>(), x.as<T>(), m, n);
  });
}

}  // namespace zerokara
