// Which terms of a tile of c are left where a is mostly zeros, on levels with 32 registers.

// The most terms of a tile: those of a thin product from 32 columns on; a panel has fewer.
constexpr std::size_t kMostTerms = 5000;

// The terms of a tile for which some row's factor is not zero.
struct TermPlaces {
  std::size_t count = 0;
  std::int32_t at[kMostTerms + kWidth];

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
