// Whether numbers are finite.
#pragma once

#include <cstddef>

namespace zerokara {

template <class T>
static bool all_finite(const T* x, std::size_t n) {
  T zero = 0;
  for (std::size_t i = 0; i < n; ++i) zero += x[i] - x[i];
  return zero == 0;
}

}  // namespace zerokara
