// eˣ and eˣ − 1 for x ≤ 0, by range reduction and a polynomial. There are no branches, so the compiler can vectorize loops
// over it.
//
// x = n·ln 2 + r with |r| ≤ ln 2 / 2, so eˣ = 2ⁿ·(1 + r + r²·q(r)). q is the minimax (float) or Chebyshev (double)
// polynomial of (eʳ − 1 − r)/r², computed with 60 digits; the relative error in eʳ is 3.1e-9 and 2.3e-19.

template <class T>
struct Exponential;

template <>
struct Exponential<float> {
  using Bits = std::uint32_t;
  static constexpr int kMantissa = 23;
  static constexpr Bits kBias = 127;
  static constexpr float kLeast = -104.0f;           // e⁻¹⁰⁴ is below half the smallest float: it rounds to 0
  static constexpr float kShifter = 12582912.0f;     // 1.5 · 2²³: adding it rounds to a whole number
  static constexpr float kLog2e = 1.44269504f;
  static constexpr float kLn2High = 0.693359375f;    // 9 bits, so that n · kLn2High is exact
  static constexpr float kLn2Low = -2.12194440e-4f;

  ZK_INLINE float q(float r) {
    float p = 0.00138145988f;
    p = madd(p, r, 0.00836871658f);
    p = madd(p, r, 0.041668389f);
    p = madd(p, r, 0.166665211f);
    return madd(p, r, 0.49999994f);
  }
};

template <>
struct Exponential<double> {
  using Bits = std::uint64_t;
  static constexpr int kMantissa = 52;
  static constexpr Bits kBias = 1023;
  static constexpr double kLeast = -746.0;
  static constexpr double kShifter = 6755399441055744.0;  // 1.5 · 2⁵²
  static constexpr double kLog2e = 1.4426950408889634;
  static constexpr double kLn2High = 0.69314718036912382;  // 32 bits
  static constexpr double kLn2Low = 1.9082149292705877e-10;

  ZK_INLINE double q(double r) {
    double p = 2.0914686968086876e-09;
    p = madd(p, r, 2.5105217004720745e-08);
    p = madd(p, r, 2.7557273643110297e-07);
    p = madd(p, r, 2.7557255400206422e-06);
    p = madd(p, r, 2.4801587325547743e-05);
    p = madd(p, r, 0.00019841269874820627);
    p = madd(p, r, 0.0013888888888883748);
    p = madd(p, r, 0.0083333333333261358);
    p = madd(p, r, 0.041666666666666671);
    p = madd(p, r, 0.16666666666666671);
    return madd(p, r, 0.5);
  }
};

template <class T>
ZK_INLINE typename Exponential<T>::Bits bits_of(T value) {
  typename Exponential<T>::Bits bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

template <class T>
ZK_INLINE T from_bits(typename Exponential<T>::Bits bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// n, and r + r²·q(r) = eʳ − 1.
template <class T>
struct Reduced {
  typename Exponential<T>::Bits n;  // in two's complement
  T p;
};

template <class T>
ZK_INLINE Reduced<T> reduce(T x) {
  using E = Exponential<T>;
  const T shifted = madd(x, E::kLog2e, E::kShifter);
  const T n = shifted - E::kShifter;
  const T r = madd(-n, E::kLn2Low, madd(-n, E::kLn2High, x));
  return {bits_of(shifted) - bits_of(E::kShifter), madd(r * r, E::q(r), r)};
}

// eˣ for x ≤ 0, at most 1 ulp off (test/backend/native/exponential.test.ts), with gradual underflow to 0; NaN passes.
// No caller has a positive x: softmax subtracts the maximum, sigmoid takes −|x|.
template <class T>
ZK_INLINE T exponential(T x) {
  using E = Exponential<T>;
  using Bits = typename E::Bits;
  // Written so that NaN fails the comparison and passes through: fmax(NaN, −87) would be −87.
  const T inside = x < E::kLeast ? E::kLeast : x;
  const Reduced<T> reduced = reduce(inside);
  // 2ⁿ as two factors, because 2⁻¹⁵⁰ is not a float. The offset makes the shifted number positive: AVX2 has no arithmetic
  // shift of 64-bit integers.
  const Bits half = ((reduced.n + 4096) >> 1) - 2048;
  const T first = from_bits<T>((half + E::kBias) << E::kMantissa);
  const T second = from_bits<T>((reduced.n - half + E::kBias) << E::kMantissa);
  return (T(1) + reduced.p) * first * second;
}

// eˣ − 1 for x ≤ 0, without cancellation near 0; −1 for x ≤ −40.
template <class T>
ZK_INLINE T exponential_minus_one(T x) {
  using E = Exponential<T>;
  const T inside = x < T(-40) ? T(-40) : x;
  const Reduced<T> reduced = reduce(inside);
  const T power = from_bits<T>((reduced.n + E::kBias) << E::kMantissa);
  return madd(power, reduced.p, power - T(1));
}
