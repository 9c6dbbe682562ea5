// Thin products whose a is mostly zeros, on levels with 16 registers: row by row, the terms with a zero are left out. Those that are left
// are added in the order of the tiles, in the same passes, so c has their bits.

// A pass of thin_loops has at most kThinPart / n terms, rounded up to whole vectors.
constexpr std::size_t kNonzeroWords = (kThinPart / kThinNonzeroColumns + 63) / 64 + 1;

// Which of the terms of an element of c have a factor other than zero: a bit for each p.
struct NonzeroTerms {
  std::uint64_t words[kNonzeroWords];
};

// One row of c in a group of C vectors. `x` is the factor of the first term.
template <int C, class Mask>
ZK_NOINLINE void thin_nonzero_row(const ThinOperands& o, const NonzeroTerms& terms, const float* x, std::size_t x_step,
                                  float* c) {
  const Mask mask(o.mask);
  const float* b = o.b;
  const std::size_t ldb = o.ldb;
  Vector sum[1][C];
  ZK_UNROLL
  for (int v = 0; v < C; ++v) sum[0][v] = zeros();
  const std::size_t words = (o.k + 63) / 64;
  for (std::size_t w = 0; w < words; ++w, x += 64 * x_step, b += 64 * ldb) {
    for (std::uint64_t left = terms.words[w]; left != 0; left = _blsr_u64(left)) {
      const std::size_t p = std::size_t(_tzcnt_u64(left));
      const Vector factor = all_lanes(x[p * x_step]);
      const float* y = b + p * ldb;
      ZK_UNROLL
      for (int v = 0; v < C - 1; ++v) sum[0][v] = madd(factor, load(y + v * kWidth), sum[0][v]);
      sum[0][C - 1] = madd(factor, load(y + (C - 1) * kWidth, mask), sum[0][C - 1]);
    }
  }
  store_tile(sum, o.alpha, o.beta, c, o.ldc, mask);
}

using ThinNonzeroRow = void (*)(const ThinOperands&, const NonzeroTerms&, const float*, std::size_t, float*);
constexpr std::size_t kThinNonzeroVectors = 8;

template <class Mask>
static ThinNonzeroRow thin_nonzero_kernel(std::size_t vectors) {
  switch (vectors) {
    case 1: return thin_nonzero_row<1, Mask>;
    case 2: return thin_nonzero_row<2, Mask>;
    case 3: return thin_nonzero_row<3, Mask>;
    case 4: return thin_nonzero_row<4, Mask>;
    case 5: return thin_nonzero_row<5, Mask>;
    case 6: return thin_nonzero_row<6, Mask>;
    case 7: return thin_nonzero_row<7, Mask>;
    default: return thin_nonzero_row<8, Mask>;
  }
}

// A row of c: `columns` of them, in groups of vectors.
static void thin_nonzero_groups(ThinOperands& o, std::size_t columns, const NonzeroTerms& terms, const float* x,
                                std::size_t x_step, float* c) {
  const float* b = o.b;
  std::size_t left = (columns + kWidth - 1) / kWidth;
  for (std::size_t j = 0; j < columns;) {
    const std::size_t groups = (left + kThinNonzeroVectors - 1) / kThinNonzeroVectors, vectors = (left + groups - 1) / groups;
    const std::size_t some = columns - j < vectors * kWidth ? columns - j : vectors * kWidth;
    o.b = b + j;
    o.mask = first_lanes(some - (vectors - 1) * kWidth);
    const bool is_whole = some == vectors * kWidth;
    const ThinNonzeroRow row = is_whole ? thin_nonzero_kernel<Whole>(vectors) : thin_nonzero_kernel<Vector::Mask>(vectors);
    row(o, terms, x, x_step, c + j);
    left -= vectors;
    j += some;
  }
  o.b = b;
}

// If a is stored by rows: the terms of a row are read side by side.
static void thin_nonzero_by_rows(ThinOperands& o, std::size_t columns, std::size_t rows, const float* a, float* c) {
  for (std::size_t i = 0; i < rows; i += kWidth) {
    const std::size_t some = rows - i < kWidth ? rows - i : kWidth;
    NonzeroTerms terms[kWidth];
    for (std::size_t r = 0; r < some; ++r) {
      const float* x = a + (i + r) * o.lda;
      for (std::size_t p = 0; p < o.k; p += 64) {
        std::uint64_t word = 0;
        const std::size_t end = o.k - p < 64 ? o.k - p : 64, whole = end / kWidth * kWidth;
        for (std::size_t q = 0; q < whole; q += kWidth) word |= std::uint64_t(nonzero_lanes(load(x + p + q))) << q;
        if (whole < end) word |= std::uint64_t(nonzero_lanes(load(x + p + whole, first_lanes(end - whole)))) << whole;
        terms[r].words[p / 64] = word;
      }
    }
    for (std::size_t r = 0; r < some; ++r)
      thin_nonzero_groups(o, columns, terms[r], a + (i + r) * o.lda, 1, c + (i + r) * o.ldc);
  }
}

// If a is stored by columns: a vector holds the same term of eight rows. So its bits are collected as a byte for each term, and
// then those of a row from 32 bytes at a time.
static void thin_nonzero_by_columns(ThinOperands& o, std::size_t columns, std::size_t rows, const float* a, float* c) {
  for (std::size_t i = 0; i < rows; i += kWidth) {
    const std::size_t some = rows - i < kWidth ? rows - i : kWidth;
    std::uint8_t bytes[kNonzeroWords * 64];
    const float* x = a + i;
    if (some == kWidth) {
      for (std::size_t p = 0; p < o.k; ++p, x += o.lda) bytes[p] = std::uint8_t(nonzero_lanes(load(x)));
    } else {
      for (std::size_t p = 0; p < o.k; ++p, x += o.lda) bytes[p] = std::uint8_t(nonzero_lanes(load(x, first_lanes(some))));
    }
    const std::size_t words = (o.k + 63) / 64;
    std::memset(bytes + o.k, 0, words * 64 - o.k);
    NonzeroTerms terms[kWidth];
    for (std::size_t w = 0; w < words; ++w) {
      __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + 64 * w));
      __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + 64 * w + 32));
      for (std::size_t r = kWidth; r-- > 0;) {
        terms[r].words[w] = std::uint32_t(_mm256_movemask_epi8(low)) |
                            std::uint64_t(std::uint32_t(_mm256_movemask_epi8(high))) << 32;
        low = _mm256_add_epi8(low, low);
        high = _mm256_add_epi8(high, high);
      }
    }
    for (std::size_t r = 0; r < some; ++r) thin_nonzero_groups(o, columns, terms[r], a + i + r, o.lda, c + (i + r) * o.ldc);
  }
}

// One pass over k for some rows of c. `sums` are those of the tail, if a is stored by rows.
static void thin_nonzero_rows(const MatrixProduct& s, const ThinPlan& plan, ThinOperands& o, std::size_t rows, const float* a,
                              float* c, float* sums) {
  if (s.trans_a) return thin_nonzero_by_columns(o, s.n, rows, a, c);
  thin_nonzero_by_rows(o, plan.wide, rows, a, c);
  if (plan.tail > 0) thin_tail_by_dots(o, rows, a, sums);
}
