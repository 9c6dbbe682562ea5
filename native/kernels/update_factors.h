// The factors of the update rules, in the element type: those that are computed of others are computed in double and rounded
// once, so that every backend multiplies by the same numbers.
#pragma once

namespace zerokara {

template <class T>
struct MomentumFactors {
  MomentumFactors(double rate, double momentum, double decay)
      : rate(T(rate)), momentum(T(momentum)), decay(T(decay)), of_velocity(T(momentum * momentum)),
        of_gradient(T((1 + momentum) * rate)) {}

  T rate, momentum, decay;
  T of_velocity, of_gradient;  // Nesterov's: momentum² and (1 + momentum) · rate
};

template <class T>
struct RmsPropFactors {
  RmsPropFactors(double rate, double rho, double epsilon, double decay)
      : rate(T(rate)), kept(T(rho)), added(T(1 - rho)), epsilon(T(epsilon)), decay(T(decay)) {}

  T rate, kept, added, epsilon, decay;
};

template <class T>
struct AdamFactors {
  AdamFactors(double rate, double beta1, double beta2, double root, double epsilon, double decay, double keep)
      : rate(T(rate)), kept1(T(beta1)), added1(T(1 - beta1)), kept2(T(beta2)), added2(T(1 - beta2)), root(T(root)),
        epsilon(T(epsilon)), decay(T(decay)), keep(T(keep)) {}

  T rate, kept1, added1, kept2, added2, root, epsilon, decay, keep;
};

}  // namespace zerokara
