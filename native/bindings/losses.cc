// Bindings of the losses other than softmax's.
#include "../kernels/passes.h"
#include "bindings.h"

namespace zerokara {

namespace {

// dx, which may be null or the same array as x; then x determines the element type.
struct GradientAndInput {
  explicit GradientAndInput(Arguments& args)
      : dx(args.next_is_null() ? args.absent() : args.floats(Use::output)),
        x(dx.present ? args.floats_like(dx) : args.floats()) {}

  Array dx, x;
};

Array floats_or_null(Arguments& args, const Array& like) {
  return args.next_is_null() ? args.absent() : args.floats_like(like);
}

// x, and for each of its numbers one of `targets`, for each of its m rows one of `weights`.
void check(const Arguments& args, const GradientAndInput& arrays, const Array& targets, const Array& weights,
           std::size_t m, std::size_t n) {
  const std::size_t count = m * n;
  args.require_length(arrays.dx, count);
  args.require_length(arrays.x, count);
  args.require_length(targets, count);
  args.require_length(weights, m);
  args.require_same_or_apart(arrays.dx, arrays.x, count);
  args.require_apart(arrays.dx, count, targets, count);
  args.require_apart(arrays.dx, count, weights, m);
}

}  // namespace

double SigmoidCrossEntropy(Arguments& args) {
  const GradientAndInput arrays(args);
  const Array yes = args.floats_like(arrays.x), no = floats_or_null(args, arrays.x);
  const Array weights = floats_or_null(args, arrays.x);
  const std::size_t m = args.size(), n = args.size();
  const double scale = args.scalar();
  check(args, arrays, yes, weights, m, n);
  args.require_length(no, m * n);
  args.require_apart(arrays.dx, m * n, no, m * n);
  return with_element_type(arrays.x, [&](auto element) {
    using T = decltype(element);
    return sigmoid_cross_entropy(args.kernels<T>(), arrays.dx.as<T>(), arrays.x.as<T>(), yes.as<T>(), no.as<T>(),
                                 weights.as<T>(), m, n, scale);
  });
}

double SquaredError(Arguments& args) {
  const GradientAndInput arrays(args);
  const Array targets = args.floats_like(arrays.x), weights = floats_or_null(args, arrays.x);
  const std::size_t m = args.size(), n = args.size();
  const double scale = args.scalar();
  check(args, arrays, targets, weights, m, n);
  return with_element_type(arrays.x, [&](auto element) {
    using T = decltype(element);
    return squared_error(args.kernels<T>(), arrays.dx.as<T>(), arrays.x.as<T>(), targets.as<T>(), weights.as<T>(), m,
                         n, scale);
  });
}

double Huber(Arguments& args) {
  const GradientAndInput arrays(args);
  const Array targets = args.floats_like(arrays.x), weights = floats_or_null(args, arrays.x);
  const std::size_t m = args.size(), n = args.size();
  const double scale = args.scalar(), delta = args.scalar();
  check(args, arrays, targets, weights, m, n);
  return with_element_type(arrays.x, [&](auto element) {
    using T = decltype(element);
    return huber(args.kernels<T>(), arrays.dx.as<T>(), arrays.x.as<T>(), targets.as<T>(), weights.as<T>(), m, n,
                 scale, delta);
  });
}

}  // namespace zerokara
