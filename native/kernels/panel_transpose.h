// to[p, j] ← from[j, p] for a block of vectors: kWidth rows of `from` become kWidth columns of `to`, which is aligned.

#if ZK_VECTOR_BITS == 512

// Loading places 128-bit pieces where the transpose of the 4 × 4 pieces needs them; what remains is to transpose within the
// pieces.
static void panel_transpose_block(const float* from, std::size_t ld_from, float* to, std::size_t ld_to) {
  for (int piece = 0; piece < 4; ++piece, from += 4) {
    __m512 row[4];
    ZK_UNROLL
    for (int i = 0; i < 4; ++i) {
      const float* in = from + i * ld_from;
      row[i] = _mm512_castps128_ps512(_mm_loadu_ps(in));
      row[i] = _mm512_mask_broadcast_f32x4(row[i], 0x00f0, _mm_loadu_ps(in + 4 * ld_from));
      row[i] = _mm512_mask_broadcast_f32x4(row[i], 0x0f00, _mm_loadu_ps(in + 8 * ld_from));
      row[i] = _mm512_mask_broadcast_f32x4(row[i], 0xf000, _mm_loadu_ps(in + 12 * ld_from));
    }
    // Masks of all ones: without a mask, GCC 12 warns about its own header.
    const __m512d low_01 = _mm512_castps_pd(_mm512_maskz_unpacklo_ps(0xffff, row[0], row[1]));
    const __m512d high_01 = _mm512_castps_pd(_mm512_maskz_unpackhi_ps(0xffff, row[0], row[1]));
    const __m512d low_23 = _mm512_castps_pd(_mm512_maskz_unpacklo_ps(0xffff, row[2], row[3]));
    const __m512d high_23 = _mm512_castps_pd(_mm512_maskz_unpackhi_ps(0xffff, row[2], row[3]));
    const __m512d column[4] = {
        _mm512_maskz_unpacklo_pd(0xff, low_01, low_23), _mm512_maskz_unpackhi_pd(0xff, low_01, low_23),
        _mm512_maskz_unpacklo_pd(0xff, high_01, high_23), _mm512_maskz_unpackhi_pd(0xff, high_01, high_23)};
    ZK_UNROLL
    for (int i = 0; i < 4; ++i, to += ld_to) _mm512_store_pd(reinterpret_cast<double*>(to), column[i]);
  }
}

#else

// column[p] ← from[0 … 7, p] for p < 8; if there are only 6 rows, the last two lanes hold others again. Two pieces to a row.
template <int Rows>
ZK_INLINE void panel_transpose_rows(const float* from, std::size_t ld_from, Vector* column) {
  ZK_UNROLL
  for (int piece = 0; piece < 2; ++piece, from += 4, column += 4) {
    __m256 row[4];
    ZK_UNROLL
    for (int i = 0; i < 4; ++i) {
      const std::size_t below = i + 4 < Rows ? i + 4 : i;
      row[i] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(from + i * ld_from)),
                                    _mm_loadu_ps(from + below * ld_from), 1);
    }
    const __m256d low_01 = _mm256_castps_pd(_mm256_unpacklo_ps(row[0], row[1]));
    const __m256d high_01 = _mm256_castps_pd(_mm256_unpackhi_ps(row[0], row[1]));
    const __m256d low_23 = _mm256_castps_pd(_mm256_unpacklo_ps(row[2], row[3]));
    const __m256d high_23 = _mm256_castps_pd(_mm256_unpackhi_ps(row[2], row[3]));
    column[0].v = _mm256_castpd_ps(_mm256_unpacklo_pd(low_01, low_23));
    column[1].v = _mm256_castpd_ps(_mm256_unpackhi_pd(low_01, low_23));
    column[2].v = _mm256_castpd_ps(_mm256_unpacklo_pd(high_01, high_23));
    column[3].v = _mm256_castpd_ps(_mm256_unpackhi_pd(high_01, high_23));
  }
}

static void panel_transpose_block(const float* from, std::size_t ld_from, float* to, std::size_t ld_to) {
  Vector column[8];
  panel_transpose_rows<8>(from, ld_from, column);
  ZK_UNROLL
  for (int p = 0; p < 8; ++p) store(to + p * ld_to, column[p]);
}

#endif
