// The tail: the few columns that do not fill a vector. Of 50 columns, the last 2 would cost a fourth vector beside three
// whole ones. Instead, their sums use vectors along k or along the rows, whichever is contiguous in a, inside the tile that
// reads the same elements of a.

// If a is stored by rows: dot products, with vectors along k. T is at least the number of columns.
template <int R, int T>
struct DotTail {
  static constexpr bool kByDots = true;
  const ThinOperands& o;
  const float* y[T];
  float sum[R][T][kWidth];

  ZK_INLINE_METHOD explicit DotTail(const ThinOperands& operands) : o(operands) {
    ZK_UNROLL
    for (std::size_t j = 0; j < T; ++j) y[j] = o.tail + (j < o.tail_columns ? j : 0) * o.ld_tail;
    std::memset(sum, 0, sizeof sum);
  }

  ZK_INLINE_METHOD void step(const float*, std::size_t) {}

  // The part of k in [p, end).
  ZK_INLINE_METHOD void block(const float* a, std::size_t p, std::size_t end) {
    const float* part[T];
    ZK_UNROLL
    for (int j = 0; j < T; ++j) part[j] = y[j] + p;
    dots(&sum[0][0][0], a + p, o.lda, part, end - p);
  }

  // Not inlined, so that these sums get registers while the tile's sums are spilled: inlined, they were measured to take
  // twice as long.
  static ZK_NOINLINE_METHOD void dots(float* sums, const float* a, std::size_t lda, const float* const* columns,
                                      std::size_t k) {
    const float* y[T];
    ZK_UNROLL
    for (int j = 0; j < T; ++j) y[j] = columns[j];
    const std::size_t whole = k / kWidth * kWidth;
    for (int first = 0; first < R; first += kRows, sums += kRows * T * kWidth, a += kRows * lda) {
      __m512 s[kRows * T];
      ZK_UNROLL
      for (int i = 0; i < kRows * T; ++i) s[i] = _mm512_loadu_ps(sums + i * kWidth);
      for (std::size_t q = 0; q < whole; q += kWidth) add(s, a + q, lda, y, q, Vector::Mask(0xffff));
      if (whole < k) add(s, a + whole, lda, y, whole, first_lanes(k - whole));
      ZK_UNROLL
      for (int i = 0; i < kRows * T; ++i) _mm512_storeu_ps(sums + i * kWidth, s[i]);
    }
  }

  static constexpr int kRows = R < 16 / T ? R : 16 / T;

  static ZK_INLINE_METHOD void add(__m512* s, const float* a, std::size_t lda, const float* const* y, std::size_t q,
                                   Vector::Mask mask) {
    __m512 v[T];
    ZK_UNROLL
    for (int j = 0; j < T; ++j) v[j] = _mm512_maskz_loadu_ps(mask, y[j] + q);
    ZK_UNROLL
    for (int i = 0; i < kRows; ++i) {
      const __m512 u = _mm512_maskz_loadu_ps(mask, a + i * lda);
      ZK_UNROLL
      for (int j = 0; j < T; ++j) s[i * T + j] = _mm512_fmadd_ps(u, v[j], s[i * T + j]);
    }
  }

  ZK_INLINE_METHOD void finish(float* c) {
    for (int r = 0; r < R; ++r, c += o.ldc)
      for (std::size_t j = 0; j < o.tail_columns; ++j) c[j] = scaled(o.alpha, sum_of_lanes(sum[r][j]), o.beta, c + j);
  }
};

// If a is stored by columns: the tile's rows are contiguous, one short vector. R ≤ 8.
template <int R, int T>
struct ColumnTail {
  static constexpr bool kByDots = false;
  const ThinOperands& o;
  const float* y[T];
  __m256 sum[T];

  ZK_INLINE_METHOD explicit ColumnTail(const ThinOperands& operands) : o(operands) {
    ZK_UNROLL
    for (std::size_t j = 0; j < T; ++j) y[j] = o.tail + (j < o.tail_columns ? j : 0);
    ZK_UNROLL
    for (int j = 0; j < T; ++j) sum[j] = _mm256_setzero_ps();
  }

  ZK_INLINE_METHOD void step(const float* rows, std::size_t p) {
    const __m256 x = R == 8 ? _mm256_loadu_ps(rows) : _mm256_maskz_loadu_ps(__mmask8((1u << R) - 1), rows);
    ZK_UNROLL
    for (int j = 0; j < T; ++j) sum[j] = _mm256_fmadd_ps(x, _mm256_set1_ps(y[j][p * o.ld_tail]), sum[j]);
  }

  ZK_INLINE_METHOD void block(const float*, std::size_t, std::size_t) {}

  ZK_INLINE_METHOD void finish(float* c) {
    float column[T][8];
    ZK_UNROLL
    for (int j = 0; j < T; ++j) _mm256_storeu_ps(column[j], sum[j]);
    for (int r = 0; r < R; ++r, c += o.ldc)
      for (std::size_t j = 0; j < o.tail_columns; ++j) c[j] = scaled(o.alpha, column[j][r], o.beta, c + j);
  }
};

template <int R>
using TwoDots = DotTail<R, 2>;
template <int R>
using FourDots = DotTail<R, 4>;
template <int R>
using TwoColumns = ColumnTail<R, 2>;
template <int R>
using FourColumns = ColumnTail<R, 4>;
