// The vector type of a CPU level, with multiply-add and masked loads and stores, which touch no memory beyond the mask; and
// what thin tiles and panels have in common. Intrinsics, because the sums of a tile must stay in registers: bench/kernels/
// has the measurement.

#if ZK_VECTOR_BITS == 512

struct Vector {
  using Mask = __mmask16;
  static constexpr int kWidth = 16;
  static constexpr int kRegisters = 32;
  __m512 v;
};

ZK_INLINE Vector::Mask first_lanes(std::size_t count) { return Vector::Mask((1u << count) - 1); }
ZK_INLINE Vector zeros() { return {_mm512_setzero_ps()}; }
ZK_INLINE Vector all_lanes(float x) { return {_mm512_set1_ps(x)}; }
ZK_INLINE Vector load(const float* p) { return {_mm512_loadu_ps(p)}; }
ZK_INLINE Vector load(const float* p, Vector::Mask mask) { return {_mm512_maskz_loadu_ps(mask, p)}; }
ZK_INLINE void store(float* p, Vector x) { _mm512_storeu_ps(p, x.v); }
ZK_INLINE void store(float* p, Vector x, Vector::Mask mask) { _mm512_mask_storeu_ps(p, mask, x.v); }
ZK_INLINE Vector plus(Vector a, Vector b) { return {_mm512_add_ps(a.v, b.v)}; }
ZK_INLINE Vector times(Vector a, Vector b) { return {_mm512_mul_ps(a.v, b.v)}; }
ZK_INLINE Vector madd(Vector a, Vector b, Vector c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }

// A bit for each lane that is neither 0 nor −0.
ZK_INLINE unsigned nonzero_lanes(Vector x) { return _mm512_cmp_ps_mask(x.v, _mm512_setzero_ps(), _CMP_NEQ_UQ); }

// The sum of sixteen lanes, in a fixed order.
ZK_INLINE float sum_of_lanes(const float* lanes) {
  const __m128 low = _mm_add_ps(_mm_loadu_ps(lanes), _mm_loadu_ps(lanes + 4));
  const __m128 four = _mm_add_ps(low, _mm_add_ps(_mm_loadu_ps(lanes + 8), _mm_loadu_ps(lanes + 12)));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

#else

struct Vector {
  using Mask = __m256i;
  static constexpr int kWidth = 8;
  static constexpr int kRegisters = 16;
  __m256 v;
};

ZK_INLINE Vector::Mask first_lanes(std::size_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(int(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
ZK_INLINE Vector zeros() { return {_mm256_setzero_ps()}; }
ZK_INLINE Vector all_lanes(float x) { return {_mm256_set1_ps(x)}; }
ZK_INLINE Vector load(const float* p) { return {_mm256_loadu_ps(p)}; }
ZK_INLINE Vector load(const float* p, Vector::Mask mask) { return {_mm256_maskload_ps(p, mask)}; }
ZK_INLINE void store(float* p, Vector x) { _mm256_storeu_ps(p, x.v); }
ZK_INLINE void store(float* p, Vector x, Vector::Mask mask) { _mm256_maskstore_ps(p, mask, x.v); }
ZK_INLINE Vector plus(Vector a, Vector b) { return {_mm256_add_ps(a.v, b.v)}; }
ZK_INLINE Vector times(Vector a, Vector b) { return {_mm256_mul_ps(a.v, b.v)}; }
ZK_INLINE Vector madd(Vector a, Vector b, Vector c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }

// A bit for each lane that is neither 0 nor −0.
ZK_INLINE unsigned nonzero_lanes(Vector x) {
  return unsigned(_mm256_movemask_ps(_mm256_cmp_ps(x.v, _mm256_setzero_ps(), _CMP_NEQ_UQ)));
}

// The sums of the eight lanes of four vectors, each in the same fixed order.
ZK_INLINE void sums_of_lanes(Vector a, Vector b, Vector c, Vector d, float* sums) {
  const __m256 halves = _mm256_hadd_ps(_mm256_hadd_ps(a.v, b.v), _mm256_hadd_ps(c.v, d.v));
  _mm_storeu_ps(sums, _mm_add_ps(_mm256_castps256_ps128(halves), _mm256_extractf128_ps(halves, 1)));
}

#endif

constexpr std::size_t kWidth = Vector::kWidth;

// Rounds up to whole vectors.
constexpr std::size_t round_up(std::size_t n) { return (n + kWidth - 1) / kWidth * kWidth; }

// Hides where a pointer comes from. A compiler that sees R row addresses as multiples of one step keeps a register for
// each, and runs out of registers at R = 8.
#if defined(__GNUC__)
#define ZK_OPAQUE(pointer) __asm__("" : "+r"(pointer))
#else
#define ZK_OPAQUE(pointer) ((void)0)
#endif

// The mask of a vector that is whole: no mask.
struct Whole {
  ZK_INLINE_METHOD Whole(Vector::Mask) {}
};
ZK_INLINE Vector load(const float* p, Whole) { return load(p); }
ZK_INLINE void store(float* p, Vector x, Whole) { store(p, x); }

// c ← alpha · sum + beta · c for a tile of R rows × C vectors of columns, the last one masked.
template <int R, int C, class Mask>
ZK_INLINE void store_tile(const Vector (&sum)[R][C], float alpha_value, float beta_value, float* c, std::size_t ldc,
                          Mask mask) {
  const Vector alpha = all_lanes(alpha_value), beta = all_lanes(beta_value);
  const bool keep = beta_value != 0.0f;  // if 0, c is not read: it may hold NaN
  ZK_UNROLL
  for (int r = 0; r < R; ++r, c += ldc) {
    ZK_UNROLL
    for (int v = 0; v < C - 1; ++v) {
      float* out = c + v * Vector::kWidth;
      store(out, keep ? madd(alpha, sum[r][v], times(beta, load(out))) : times(alpha, sum[r][v]));
    }
    float* out = c + (C - 1) * Vector::kWidth;
    const Vector last = sum[r][C - 1];
    store(out, keep ? madd(alpha, last, times(beta, load(out, mask))) : times(alpha, last), mask);
  }
}

// to[p, j] ← from[j, p]; from is rows × columns. By blocks of 4 × 4, in the order of the rows of `to`.
static void transpose(const float* from, std::size_t ld_from, std::size_t rows, std::size_t columns, float* to,
                      std::size_t ld_to) {
  const std::size_t whole_rows = rows / 4 * 4, whole_columns = columns / 4 * 4;
  for (std::size_t p = 0; p < whole_columns; p += 4, from += 4, to += 4 * ld_to) {
    for (std::size_t j = 0; j < whole_rows; j += 4) {
      const float* in = from + j * ld_from;
      __m128 r0 = _mm_loadu_ps(in), r1 = _mm_loadu_ps(in + ld_from);
      __m128 r2 = _mm_loadu_ps(in + 2 * ld_from), r3 = _mm_loadu_ps(in + 3 * ld_from);
      _MM_TRANSPOSE4_PS(r0, r1, r2, r3);
      _mm_storeu_ps(to + j, r0);
      _mm_storeu_ps(to + ld_to + j, r1);
      _mm_storeu_ps(to + 2 * ld_to + j, r2);
      _mm_storeu_ps(to + 3 * ld_to + j, r3);
    }
    for (std::size_t j = whole_rows; j < rows; ++j)
      for (std::size_t i = 0; i < 4; ++i) to[i * ld_to + j] = from[j * ld_from + i];
  }
  for (std::size_t p = whole_columns; p < columns; ++p, ++from, to += ld_to)
    for (std::size_t j = 0; j < rows; ++j) to[j] = from[j * ld_from];
}
