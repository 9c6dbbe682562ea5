// Bindings of activation functions, with and without bias.
#include "../kernels/passes.h"
#include "bindings.h"

namespace zerokara {

void ActivationForward(Arguments& args) {
  const Array y = args.floats(Use::output), x = args.floats_like(y);
  const std::size_t n = args.size();
  const Activation f = args.activation();
  args.require_length(y, n);
  args.require_length(x, n);
  args.require_same_or_apart(y, x, n);
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    activation(args.kernels<T>(), y.as<T>(), x.as<T>(), n, f);
  });
}

void ActivationBackward(Arguments& args) {
  const Array dx = args.floats(Use::output), dy = args.floats_like(dx), y = args.floats_like(dx);
  const std::size_t n = args.size();
  const Activation f = args.activation();
  args.require_length(dx, n);
  args.require_length(dy, n);
  args.require_length(y, n);
  args.require_same_or_apart(dx, dy, n);
  args.require_apart(dx, n, y, n);
  with_element_type(dx, [&](auto element) {
    using T = decltype(element);
    activation_backward(args.kernels<T>(), dx.as<T>(), dy.as<T>(), y.as<T>(), n, f);
  });
}

void BiasActivation(Arguments& args) {
  const Array y = args.floats(Use::output), bias = args.floats_like(y);
  const std::size_t m = args.size(), n = args.size();
  const Activation f = args.activation();
  args.require_length(y, m * n);
  args.require_length(bias, n);
  args.require_apart(y, m * n, bias, n);
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    bias_activation(args.kernels<T>(), y.as<T>(), bias.as<T>(), m, n, f);
  });
}

void BiasActivationBackward(Arguments& args) {
  const Array dz = args.floats(Use::output), db = args.floats_like(dz, Use::output);
  const Array dy = args.floats_like(dz), y = args.floats_like(dz);
  const std::size_t m = args.size(), n = args.size();
  const Activation f = args.activation();
  const std::size_t count = m * n;
  args.require_length(dz, count);
  args.require_length(db, n);
  args.require_length(dy, count);
  args.require_length(y, count);
  args.require_apart(dz, count, db, n);
  args.require_same_or_apart(dz, dy, count);
  args.require_apart(dz, count, y, count);
  args.require_apart(db, n, dy, count);
  args.require_apart(db, n, y, count);
  with_element_type(dz, [&](auto element) {
    using T = decltype(element);
    bias_activation_backward(args.kernels<T>(), dz.as<T>(), db.as<T>(), dy.as<T>(), y.as<T>(), m, n, f);
  });
}

}  // namespace zerokara
