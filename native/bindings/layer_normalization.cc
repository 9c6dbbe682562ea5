// Bindings of layer normalisation.
#include "../kernels/layer_normalization_passes.h"
#include "bindings.h"
#include "used.h"

namespace zerokara {

namespace {

Array output_or_null(Arguments& args, const Array& like) {
  return args.next_is_null() ? args.absent() : args.floats_like(like, Use::output);
}

}  // namespace

void LayerNormalization(Arguments& args) {
  const Array y = args.floats(Use::output);
  const Array normalized = output_or_null(args, y), variance = output_or_null(args, y);
  const Array x = args.floats_like(y), gamma = args.floats_like(y), beta = args.floats_like(y);
  const std::size_t m = args.size(), n = args.size();
  const double epsilon = args.scalar();
  const Used outputs[] = {{y, m * n}, {normalized, m * n}, {variance, m}};
  const Used inputs[] = {{x, m * n}, {gamma, n}, {beta, n}};
  require_apart(args, outputs, inputs);
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    layer_normalization(args.kernels<T>(), y.as<T>(), normalized.as<T>(), variance.as<T>(), x.as<T>(), gamma.as<T>(),
                        beta.as<T>(), m, n, epsilon);
  });
}

void LayerNormalizationBackward(Arguments& args) {
  const Array dx = args.next_is_null() ? args.absent() : args.floats(Use::output);
  const Array dgamma = dx.present ? args.floats_like(dx, Use::output) : args.floats(Use::output);
  const Array dbeta = args.floats_like(dgamma, Use::output);
  const Array dy = args.floats_like(dgamma), normalized = args.floats_like(dgamma);
  const Array variance = args.floats_like(dgamma), gamma = args.floats_like(dgamma);
  const std::size_t m = args.size(), n = args.size();
  const double epsilon = args.scalar();
  const Used outputs[] = {{dx, m * n}, {dgamma, n}, {dbeta, n}};
  const Used inputs[] = {{dy, m * n}, {normalized, m * n}, {variance, m}, {gamma, n}};
  require_apart(args, outputs, inputs);
  with_element_type(dgamma, [&](auto element) {
    using T = decltype(element);
    layer_normalization_backward(args.kernels<T>(), dx.as<T>(), dgamma.as<T>(), dbeta.as<T>(), dy.as<T>(),
                                 normalized.as<T>(), variance.as<T>(), gamma.as<T>(), m, n, epsilon);
  });
}

}  // namespace zerokara
