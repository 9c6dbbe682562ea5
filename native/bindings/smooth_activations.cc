// Bindings of the activations whose derivative is taken at the input.
#include "../kernels/passes.h"
#include "bindings.h"

namespace zerokara {

namespace {

// y ← f(x): both of n elements, the same array or apart.
struct Forward {
  explicit Forward(Arguments& args)
      : y(args.floats(Use::output)), x(args.floats_like(y)), n(args.size()) {}

  void check(const Arguments& args) const {
    args.require_length(y, n);
    args.require_length(x, n);
    args.require_same_or_apart(y, x, n);
  }

  Array y, x;
  std::size_t n;
};

// dx ← dy · f′(x): dx may be the same array as dy.
struct Backward {
  explicit Backward(Arguments& args)
      : dx(args.floats(Use::output)), dy(args.floats_like(dx)), x(args.floats_like(dx)), n(args.size()) {}

  void check(const Arguments& args) const {
    args.require_length(dx, n);
    args.require_length(dy, n);
    args.require_length(x, n);
    args.require_same_or_apart(dx, dy, n);
    args.require_apart(dx, n, x, n);
  }

  Array dx, dy, x;
  std::size_t n;
};

}  // namespace

void LeakyRelu(Arguments& args) {
  const Forward of(args);
  const double alpha = args.scalar();
  of.check(args);
  with_element_type(of.y, [&](auto element) {
    using T = decltype(element);
    leaky_relu(args.kernels<T>(), of.y.as<T>(), of.x.as<T>(), of.n, T(alpha));
  });
}

void LeakyReluBackward(Arguments& args) {
  const Backward of(args);
  const double alpha = args.scalar();
  of.check(args);
  with_element_type(of.dx, [&](auto element) {
    using T = decltype(element);
    leaky_relu_backward(args.kernels<T>(), of.dx.as<T>(), of.dy.as<T>(), of.x.as<T>(), of.n, T(alpha));
  });
}

void Softplus(Arguments& args) {
  const Forward of(args);
  of.check(args);
  with_element_type(of.y, [&](auto element) {
    using T = decltype(element);
    softplus(args.kernels<T>(), of.y.as<T>(), of.x.as<T>(), of.n);
  });
}

void SoftplusBackward(Arguments& args) {
  const Backward of(args);
  of.check(args);
  with_element_type(of.dx, [&](auto element) {
    using T = decltype(element);
    softplus_backward(args.kernels<T>(), of.dx.as<T>(), of.dy.as<T>(), of.x.as<T>(), of.n);
  });
}

void Gelu(Arguments& args) {
  const Forward of(args);
  const bool exact = args.flag();
  of.check(args);
  with_element_type(of.y, [&](auto element) {
    using T = decltype(element);
    gelu(args.kernels<T>(), of.y.as<T>(), of.x.as<T>(), of.n, exact);
  });
}

void GeluBackward(Arguments& args) {
  const Backward of(args);
  const bool exact = args.flag();
  of.check(args);
  with_element_type(of.dx, [&](auto element) {
    using T = decltype(element);
    gelu_backward(args.kernels<T>(), of.dx.as<T>(), of.dy.as<T>(), of.x.as<T>(), of.n, exact);
  });
}

}  // namespace zerokara
