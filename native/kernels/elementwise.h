// Arithmetic element by element. No branches: loops over these functions are vectors.

// eˣ for any x: ∞ above 88.7 (float) or 709.8 (double), with gradual underflow to 0; NaN passes.
template <class T>
ZK_INLINE T exponential_of_any(T x) {
  constexpr T kMost = sizeof(T) == 4 ? T(89) : T(710);
  return exponential(x > kMost ? kMost : x);  // a comparison that is false for NaN
}

// ln x. x = 2ᵉ·(1 + f) with √½ ≤ 1 + f < √2, and ln(1 + f) = f − (f²/2 − s·(f²/2 + R)) with s = f / (2 + f) and
// R = 2·(artanh(s)/s − 1): the leading f is exact, so what is rounded is small.
template <class T>
ZK_INLINE T logarithm(T x) {
  using E = Exponential<T>;
  using Bits = typename E::Bits;
  constexpr T kNormal = sizeof(T) == 4 ? T(1.17549435e-38f) : T(2.2250738585072014e-308);
  constexpr T kScale = sizeof(T) == 4 ? T(33554432) : T(18014398509481984);  // 2²⁵ and 2⁵⁴
  constexpr Bits kScaled = sizeof(T) == 4 ? 25 : 54;
  constexpr Bits kMask = (Bits(1) << E::kMantissa) - 1;
  const Bits root_half = bits_of(T(0.70710678118654752));
  const bool below = x < kNormal;
  const Bits bits = bits_of(below ? x * kScale : x);
  // Above 0 for every positive number, so that the shift is one of unsigned numbers.
  const Bits shifted = bits - root_half + (E::kBias << E::kMantissa);
  const Bits exponent = (shifted >> E::kMantissa) - E::kBias - (below ? kScaled : Bits(0));
  const T e = from_bits<T>(bits_of(E::kShifter) + exponent) - E::kShifter;
  const T f = from_bits<T>((shifted & kMask) + root_half) - T(1);
  const T s = f / (T(2) + f), w = s * s;
  const T half = T(0.5) * f * f;
  const T rest = T(2) * w * artanh_rest(w);
  const T small = madd(s, half + rest, e * E::kLn2Low);
  const T y = madd(e, E::kLn2High, f - (half - small));
  const T finite = x < T(INFINITY) ? y : x;  // ∞ and NaN are their own logarithms
  const T without_zero = x > T(0) ? finite : T(NAN);
  return x == T(0) ? -T(INFINITY) : without_zero;
}

template <class T>
ZK_INLINE T magnitude(T x) {
  using Bits = typename Exponential<T>::Bits;
  return from_bits<T>(bits_of(x) & (~Bits(0) >> 1));
}

ZK_INLINE float power_by_library(float x, float y) { return powf(x, y); }
ZK_INLINE double power_by_library(double x, double y) { return pow(x, y); }

struct Exp {
  template <class T>
  ZK_INLINE T value(T x) { return exponential_of_any(x); }
};
struct Log {
  template <class T>
  ZK_INLINE T value(T x) { return logarithm(x); }
};
struct Sqrt {
  template <class T>
  ZK_INLINE T value(T x) { return square_root(x); }
};
struct Abs {
  template <class T>
  ZK_INLINE T value(T x) { return magnitude(x); }
};
struct Negate {
  template <class T>
  ZK_INLINE T value(T x) { return -x; }
};

struct Add {
  template <class T>
  ZK_INLINE T value(T a, T b) { return a + b; }
};
struct Subtract {
  template <class T>
  ZK_INLINE T value(T a, T b) { return a - b; }
};
struct Multiply {
  template <class T>
  ZK_INLINE T value(T a, T b) { return a * b; }
};
struct Divide {
  template <class T>
  ZK_INLINE T value(T a, T b) { return a / b; }
};
struct Power {
  template <class T>
  ZK_INLINE T value(T a, T b) { return b == T(2) ? a * a : power_by_library(a, b); }
};
// The first operand where it is the larger one or NaN; else the second, which may be NaN.
struct Maximum {
  template <class T>
  ZK_INLINE T value(T a, T b) { return (a > b) | (a != a) ? a : b; }
};
struct Minimum {
  template <class T>
  ZK_INLINE T value(T a, T b) { return (a < b) | (a != a) ? a : b; }
};

template <class T, class F>
static void map_elements(T* y, const T* x, std::size_t n) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) y[i] = F::value(x[i]);
}

template <class T>
static void unary(T* y, const T* x, std::size_t n, UnaryOperation f) {
  switch (f) {
    case UnaryOperation::exp: return map_elements<T, Exp>(y, x, n);
    case UnaryOperation::log: return map_elements<T, Log>(y, x, n);
    case UnaryOperation::sqrt: return map_elements<T, Sqrt>(y, x, n);
    case UnaryOperation::abs: return map_elements<T, Abs>(y, x, n);
    case UnaryOperation::negate: return map_elements<T, Negate>(y, x, n);
  }
}

template <class T, class F>
static void combine_rows(T* y, const T* a, const T* b, std::size_t m, std::size_t n, Steps of_a, Steps of_b) {
  for (std::size_t r = 0; r < m; ++r, y += n, a += of_a.down, b += of_b.down) {
    if (of_a.right != 0 && of_b.right != 0) {
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < n; ++j) y[j] = F::value(a[j], b[j]);
    } else if (of_a.right != 0) {
      const T second = b[0];
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < n; ++j) y[j] = F::value(a[j], second);
    } else if (of_b.right != 0) {
      const T first = a[0];
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < n; ++j) y[j] = F::value(first, b[j]);
    } else {
      const T value = F::value(a[0], b[0]);
      for (std::size_t j = 0; j < n; ++j) y[j] = value;
    }
  }
}

template <class T>
static void binary(T* y, const T* a, const T* b, std::size_t m, std::size_t n, Steps of_a, Steps of_b,
                   BinaryOperation f) {
  switch (f) {
    case BinaryOperation::add: return combine_rows<T, Add>(y, a, b, m, n, of_a, of_b);
    case BinaryOperation::subtract: return combine_rows<T, Subtract>(y, a, b, m, n, of_a, of_b);
    case BinaryOperation::multiply: return combine_rows<T, Multiply>(y, a, b, m, n, of_a, of_b);
    case BinaryOperation::divide: return combine_rows<T, Divide>(y, a, b, m, n, of_a, of_b);
    case BinaryOperation::power: return combine_rows<T, Power>(y, a, b, m, n, of_a, of_b);
    case BinaryOperation::maximum: return combine_rows<T, Maximum>(y, a, b, m, n, of_a, of_b);
    case BinaryOperation::minimum: return combine_rows<T, Minimum>(y, a, b, m, n, of_a, of_b);
  }
}
