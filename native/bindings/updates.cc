// Bindings of what happens to gradients and parameters after a backward pass: scaling, clipping, and the update rules, each
// of which writes the parameters w, and what the rule remembers beside them.
#include "../kernels/passes.h"
#include "bindings.h"

namespace zerokara {

namespace {

// The arrays of an update with their common length: w, then as many arrays of `Remembered`, then the gradient g.
template <std::size_t Remembered>
struct UpdateArrays {
  Array w, remembered[Remembered + 1], g;  // one more: an array of none does not exist
  std::size_t n;

  explicit UpdateArrays(Arguments& args) {
    w = args.floats(Use::output);
    for (std::size_t i = 0; i < Remembered; ++i) remembered[i] = args.floats_like(w, Use::output);
    g = args.floats_like(w);
    n = args.size();
  }

  // All arrays are long enough, and lie apart.
  void require(Arguments& args) const {
    args.require_length(w, n);
    for (std::size_t i = 0; i < Remembered; ++i) args.require_length(remembered[i], n);
    args.require_length(g, n);
    for (std::size_t i = 0; i < Remembered; ++i) args.require_apart(w, n, remembered[i], n);
    args.require_apart(w, n, g, n);
    for (std::size_t i = 0; i < Remembered; ++i) {
      for (std::size_t j = i + 1; j < Remembered; ++j) args.require_apart(remembered[i], n, remembered[j], n);
      args.require_apart(remembered[i], n, g, n);
    }
  }
};

}  // namespace

void Scale(Arguments& args) {
  const Array x = args.floats(Use::output);
  const std::size_t n = args.size();
  const double alpha = args.scalar();
  args.require_length(x, n);
  with_element_type(x, [&](auto element) {
    using T = decltype(element);
    update(x.as<T>(), n, [&](std::size_t first, std::size_t count) {
      args.kernels<T>().scale(x.as<T>() + first, count, T(alpha));
    });
  });
}

void Multiply(Arguments& args) {
  const Array y = args.floats(Use::output), a = args.floats_like(y), b = args.floats_like(y);
  const std::size_t n = args.size();
  args.require_length(y, n);
  args.require_length(a, n);
  args.require_length(b, n);
  args.require_same_or_apart(y, a, n);
  args.require_apart(y, n, b, n);
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    multiply(args.kernels<T>(), y.as<T>(), a.as<T>(), b.as<T>(), n);
  });
}

void Clip(Arguments& args) {
  const Array y = args.floats(Use::output), x = args.floats_like(y);
  const std::size_t n = args.size();
  const double low = args.scalar(), high = args.scalar();
  args.require_length(y, n);
  args.require_length(x, n);
  args.require_same_or_apart(y, x, n);
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    update(y.as<T>(), n, [&](std::size_t first, std::size_t count) {
      args.kernels<T>().clip(y.as<T>() + first, x.as<T>() + first, count, T(low), T(high));
    });
  });
}

void SgdUpdate(Arguments& args) {
  const UpdateArrays<0> a(args);
  const double rate = args.scalar(), decay = args.scalar();
  a.require(args);
  with_element_type(a.w, [&](auto element) {
    using T = decltype(element);
    update(a.w.as<T>(), a.n, [&](std::size_t first, std::size_t count) {
      args.kernels<T>().sgd_update(a.w.as<T>() + first, a.g.as<T>() + first, count, T(rate), T(decay));
    });
  });
}

void MomentumUpdate(Arguments& args) {
  const UpdateArrays<1> a(args);
  const double rate = args.scalar(), momentum = args.scalar(), decay = args.scalar();
  a.require(args);
  with_element_type(a.w, [&](auto element) {
    using T = decltype(element);
    const MomentumFactors<T> by(rate, momentum, decay);
    update(a.w.as<T>(), a.n, [&](std::size_t first, std::size_t count) {
      args.kernels<T>().momentum_update(a.w.as<T>() + first, a.remembered[0].as<T>() + first, a.g.as<T>() + first,
                                        count, by);
    });
  });
}

void NesterovUpdate(Arguments& args) {
  const UpdateArrays<1> a(args);
  const double rate = args.scalar(), momentum = args.scalar(), decay = args.scalar();
  a.require(args);
  with_element_type(a.w, [&](auto element) {
    using T = decltype(element);
    const MomentumFactors<T> by(rate, momentum, decay);
    update(a.w.as<T>(), a.n, [&](std::size_t first, std::size_t count) {
      args.kernels<T>().nesterov_update(a.w.as<T>() + first, a.remembered[0].as<T>() + first, a.g.as<T>() + first,
                                        count, by);
    });
  });
}

void AdaGradUpdate(Arguments& args) {
  const UpdateArrays<1> a(args);
  const double rate = args.scalar(), epsilon = args.scalar(), decay = args.scalar();
  a.require(args);
  with_element_type(a.w, [&](auto element) {
    using T = decltype(element);
    update(a.w.as<T>(), a.n, [&](std::size_t first, std::size_t count) {
      args.kernels<T>().ada_grad_update(a.w.as<T>() + first, a.remembered[0].as<T>() + first, a.g.as<T>() + first,
                                        count, T(rate), T(epsilon), T(decay));
    });
  });
}

void RmsPropUpdate(Arguments& args) {
  const UpdateArrays<1> a(args);
  const double rate = args.scalar(), rho = args.scalar(), epsilon = args.scalar(), decay = args.scalar();
  a.require(args);
  with_element_type(a.w, [&](auto element) {
    using T = decltype(element);
    const RmsPropFactors<T> by(rate, rho, epsilon, decay);
    update(a.w.as<T>(), a.n, [&](std::size_t first, std::size_t count) {
      args.kernels<T>().rms_prop_update(a.w.as<T>() + first, a.remembered[0].as<T>() + first, a.g.as<T>() + first,
                                        count, by);
    });
  });
}

void AdamUpdate(Arguments& args) {
  const UpdateArrays<2> a(args);
  const double rate = args.scalar(), beta1 = args.scalar(), beta2 = args.scalar(), root = args.scalar();
  const double epsilon = args.scalar(), decay = args.scalar(), keep = args.scalar();
  a.require(args);
  with_element_type(a.w, [&](auto element) {
    using T = decltype(element);
    const AdamFactors<T> by(rate, beta1, beta2, root, epsilon, decay, keep);
    update(a.w.as<T>(), a.n, [&](std::size_t first, std::size_t count) {
      args.kernels<T>().adam_update(a.w.as<T>() + first, a.remembered[0].as<T>() + first,
                                    a.remembered[1].as<T>() + first, a.g.as<T>() + first, count, by);
    });
  });
}

}  // namespace zerokara
