// Tiles of a thin product whose a is mostly zeros, on levels with 32 registers: a term is left out where the factors of all rows of
// the tile are zero. Those that are left are added in order, so c has the bits of thin_tile.

// The terms of a tile for which some row's factor is not zero.
struct ThinPlaces {
  std::size_t count = 0;
  std::int32_t at[kThinMostTerms + kWidth];

  // Looks at R rows of op(a).
  template <int R, bool Transposed>
  ZK_INLINE_METHOD void find(const float* a, std::size_t lda, std::size_t k) {
    constexpr int kNoSign = 0x7fffffff;
    if (Transposed) {
      const __m256i no_sign = _mm256_set1_epi32(kNoSign);
      const __mmask8 tile = __mmask8((1u << R) - 1);
      for (std::size_t p = 0; p < k; ++p, a += lda) {
        const __m256i rows = _mm256_maskz_loadu_epi32(tile, a);
        at[count] = std::int32_t(p);
        count += _mm256_test_epi32_mask(rows, no_sign) != 0;
      }
      return;
    }
    const __m512i no_sign = _mm512_set1_epi32(kNoSign);
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (std::size_t p = 0; p < k; p += kWidth) {
      const __mmask16 here = k - p < kWidth ? first_lanes(k - p) : __mmask16(0xffff);
      __m512i any = _mm512_setzero_si512();
      ZK_UNROLL
      for (int r = 0; r < R; ++r) any = _mm512_or_si512(any, _mm512_maskz_loadu_epi32(here, a + r * lda + p));
      const __mmask16 some = _mm512_test_epi32_mask(any, no_sign);
      _mm512_storeu_si512(at + count, _mm512_maskz_compress_epi32(some, _mm512_add_epi32(lanes, _mm512_set1_epi32(int(p)))));
      count += std::size_t(_mm_popcnt_u32(some));
    }
  }
};

// thin_tile of these terms alone.
template <int R, int C, bool Transposed, class Tail>
ZK_NOINLINE void thin_tile_of_places(const ThinOperands& o, const ThinPlaces& places, const float* a, float* c) {
  const std::size_t row_step = Transposed ? 1 : o.lda, k_step = Transposed ? o.lda : 1;
  constexpr int kGroups = Transposed ? 1 : (R + 3) / 4;
  const Vector::Mask mask = o.mask;
  Tail tail(o);
  Vector sum[R][C];
  ZK_UNROLL
  for (int r = 0; r < R; ++r)
    ZK_UNROLL
    for (int v = 0; v < C; ++v) sum[r][v] = zeros();

  for (std::size_t i = 0; i < places.count; ++i) {
    const std::size_t p = std::size_t(places.at[i]);
    const float* b = o.b + p * o.ldb;
    Vector y[C];
    ZK_UNROLL
    for (int v = 0; v < C - 1; ++v) y[v] = load(b + v * kWidth);
    y[C - 1] = load(b + (C - 1) * kWidth, mask);
    const float* rows[kGroups];
    ZK_UNROLL
    for (int g = 0; g < kGroups; ++g) {
      rows[g] = a + p * k_step + 4 * g * row_step;
      ZK_OPAQUE(rows[g]);
    }
    ZK_UNROLL
    for (int r = 0; r < R; ++r) {
      const Vector x = all_lanes(Transposed ? rows[0][r] : rows[r / 4][(r % 4) * row_step]);
      ZK_UNROLL
      for (int v = 0; v < C; ++v) sum[r][v] = madd(x, y[v], sum[r][v]);
    }
    tail.step(rows[0], p);
  }
  if (Tail::kByDots) tail.block(a, 0, o.k);

  tail.finish(c + C * kWidth);
  store_tile(sum, o.alpha, o.beta, c, o.ldc, mask);
}

// A tile by its places, if enough of its terms can be left out; else false.
template <int R, int C, bool Transposed, class Tail>
static bool thin_tile_skips(const ThinOperands& o, const float* a, float* c) {
  ThinPlaces places;
  places.find<R, Transposed>(a, o.lda, o.k);
  if (places.count * 5 > 4 * o.k) return false;
  thin_tile_of_places<R, C, Transposed, Tail>(o, places, a, c);
  return true;
}
