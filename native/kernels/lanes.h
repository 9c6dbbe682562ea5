// Vectors of floats and of doubles at every level, for kernels that are written once for both: LanesOf<T>::Type, with
// load, store, all_lanes, plus, madd and relu. Above the baseline, `Vector` of vector.h is the one of floats.

#if ZK_VECTOR_BITS == 512

struct DoubleVector {
  using Mask = __mmask8;
  static constexpr int kWidth = 8;
  static constexpr int kRegisters = 32;
  __m512d v;
};

ZK_INLINE DoubleVector all_lanes(double x) { return {_mm512_set1_pd(x)}; }
ZK_INLINE DoubleVector load(const double* p) { return {_mm512_loadu_pd(p)}; }
ZK_INLINE void store(double* p, DoubleVector x) { _mm512_storeu_pd(p, x.v); }
ZK_INLINE DoubleVector plus(DoubleVector a, DoubleVector b) { return {_mm512_add_pd(a.v, b.v)}; }
ZK_INLINE DoubleVector madd(DoubleVector a, DoubleVector b, DoubleVector c) { return {_mm512_fmadd_pd(a.v, b.v, c.v)}; }
// 0 where z < 0, else z; NaN stays NaN: the second operand is taken if the comparison fails.
ZK_INLINE Vector relu(Vector z) { return {_mm512_maskz_max_ps(0xffff, _mm512_setzero_ps(), z.v)}; }
ZK_INLINE DoubleVector relu(DoubleVector z) { return {_mm512_maskz_max_pd(0xff, _mm512_setzero_pd(), z.v)}; }

#elif ZK_VECTOR_BITS == 256

struct DoubleVector {
  static constexpr int kWidth = 4;
  static constexpr int kRegisters = 16;
  __m256d v;
};

ZK_INLINE DoubleVector all_lanes(double x) { return {_mm256_set1_pd(x)}; }
ZK_INLINE DoubleVector load(const double* p) { return {_mm256_loadu_pd(p)}; }
ZK_INLINE void store(double* p, DoubleVector x) { _mm256_storeu_pd(p, x.v); }
ZK_INLINE DoubleVector plus(DoubleVector a, DoubleVector b) { return {_mm256_add_pd(a.v, b.v)}; }
ZK_INLINE DoubleVector madd(DoubleVector a, DoubleVector b, DoubleVector c) { return {_mm256_fmadd_pd(a.v, b.v, c.v)}; }
// 0 where z < 0, else z; NaN stays NaN: the second operand is taken if the comparison fails.
ZK_INLINE Vector relu(Vector z) { return {_mm256_max_ps(_mm256_setzero_ps(), z.v)}; }
ZK_INLINE DoubleVector relu(DoubleVector z) { return {_mm256_max_pd(_mm256_setzero_pd(), z.v)}; }

#else

// 16 bytes, which every CPU of this architecture has.
template <class T>
struct Lanes {
  static constexpr int kWidth = 16 / sizeof(T);
  static constexpr int kRegisters = 16;
#if defined(__GNUC__)
  typedef T Native __attribute__((vector_size(16)));
  Native v;
#else
  T v[kWidth];
#endif
};

template <class T>
ZK_INLINE Lanes<T> load(const T* p) {
  Lanes<T> x;
  std::memcpy(&x.v, p, sizeof x.v);
  return x;
}
template <class T>
ZK_INLINE void store(T* p, Lanes<T> x) {
  std::memcpy(p, &x.v, sizeof x.v);
}
template <class T>
ZK_INLINE Lanes<T> all_lanes(T value) {
#if defined(__GNUC__)
  return {value - typename Lanes<T>::Native{}};
#else
  Lanes<T> x;
  for (int i = 0; i < Lanes<T>::kWidth; ++i) x.v[i] = value;
  return x;
#endif
}
template <class T>
ZK_INLINE Lanes<T> plus(Lanes<T> a, Lanes<T> b) {
#if defined(__GNUC__)
  return {a.v + b.v};
#else
  for (int i = 0; i < Lanes<T>::kWidth; ++i) a.v[i] += b.v[i];
  return a;
#endif
}
template <class T>
ZK_INLINE Lanes<T> madd(Lanes<T> a, Lanes<T> b, Lanes<T> c) {
#if defined(__GNUC__)
  return {a.v * b.v + c.v};
#else
  for (int i = 0; i < Lanes<T>::kWidth; ++i) c.v[i] = madd(a.v[i], b.v[i], c.v[i]);
  return c;
#endif
}
template <class T>
ZK_INLINE Lanes<T> relu(Lanes<T> z) {
  for (int i = 0; i < Lanes<T>::kWidth; ++i) z.v[i] = z.v[i] < T(0) ? T(0) : z.v[i];
  return z;
}

#endif

#ifdef ZK_VECTOR_BITS
template <class T>
struct LanesOf;
template <>
struct LanesOf<float> {
  using Type = Vector;
};
template <>
struct LanesOf<double> {
  using Type = DoubleVector;
};
#else
template <class T>
struct LanesOf {
  using Type = Lanes<T>;
};
#endif

// Keeps a vector that was loaded for several multiply-adds in a register. A compiler would rather load it again for each of
// them, and most loads of a row cross a cache line, which costs double.
#if defined(__GNUC__) && defined(__x86_64__)
template <class V>
ZK_INLINE void keep(V& x) {
  __asm__("" : "+v"(x.v));
}
#else
template <class V>
ZK_INLINE void keep(V&) {}
#endif
