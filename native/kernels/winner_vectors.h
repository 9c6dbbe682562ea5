// Vectors of winners: places of a window of max pooling, one in each lane, as whole numbers of 32 bits.

// Masks of all ones: without a mask, GCC 12 warns about its own header.
#if ZK_VECTOR_BITS == 512

struct Winners {
  __m512i v;
};

ZK_INLINE Winners every_place(int place) { return {_mm512_set1_epi32(place)}; }

// Where x is larger than `most`, or the first NaN, it and its place take over.
ZK_INLINE void challenge(Vector& most, Winners& winners, Vector x, int place) {
  const __mmask16 beatable = _mm512_cmp_ps_mask(most.v, most.v, _CMP_ORD_Q);  // over a NaN nothing wins
  const __mmask16 wins = _mm512_mask_cmp_ps_mask(beatable, x.v, most.v, _CMP_NLE_UQ);
  most.v = _mm512_mask_mov_ps(most.v, wins, x.v);
  winners.v = _mm512_mask_mov_epi32(winners.v, wins, _mm512_set1_epi32(place));
}

ZK_INLINE void store_winners(std::uint8_t* p, Winners winners, std::size_t count) {
  _mm512_mask_cvtepi32_storeu_epi8(p, first_lanes(count), winners.v);
}

ZK_INLINE Winners load_winners(const std::uint8_t* p, std::size_t count) {
  return {_mm512_maskz_cvtepu8_epi32(0xffff, _mm_maskz_loadu_epi8(first_lanes(count), p))};
}

// max(x, 0); NaN stays NaN.
ZK_INLINE Vector positive(Vector x) { return {_mm512_maskz_max_ps(0xffff, _mm512_setzero_ps(), x.v)}; }

// In each lane the one of four numbers that the lane's winner, 0 to 3, names.
ZK_INLINE Vector one_of_four(const float* p, Winners winners) {
  return {_mm512_maskz_permutevar_ps(0xffff, _mm512_maskz_broadcast_f32x4(0xffff, _mm_loadu_ps(p)), winners.v)};
}

// to[i] ← base + the one of four offsets that winner i names.
ZK_INLINE void store_offsets(std::int32_t* to, const std::int32_t* four, Winners winners, std::int32_t base,
                             std::size_t count) {
  const __m512i named = _mm512_castps_si512(one_of_four(reinterpret_cast<const float*>(four), winners).v);
  _mm512_mask_storeu_epi32(to, first_lanes(count), _mm512_add_epi32(_mm512_set1_epi32(base), named));
}

#else

struct Winners {
  __m256i v;
};

ZK_INLINE Winners every_place(int place) { return {_mm256_set1_epi32(place)}; }

// Where x is larger than `most`, or the first NaN, it and its place take over.
ZK_INLINE void challenge(Vector& most, Winners& winners, Vector x, int place) {
  const __m256 beatable = _mm256_cmp_ps(most.v, most.v, _CMP_ORD_Q);  // over a NaN nothing wins
  const __m256 wins = _mm256_and_ps(beatable, _mm256_cmp_ps(x.v, most.v, _CMP_NLE_UQ));
  most.v = _mm256_blendv_ps(most.v, x.v, wins);
  winners.v = _mm256_blendv_epi8(winners.v, _mm256_set1_epi32(place), _mm256_castps_si256(wins));
}

ZK_INLINE void store_winners(std::uint8_t* p, Winners winners, std::size_t count) {
  const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(winners.v), _mm256_extracti128_si256(winners.v, 1));
  std::uint64_t bytes = std::uint64_t(_mm_cvtsi128_si64(_mm_packus_epi16(words, words)));
  if (count == 8) std::memcpy(p, &bytes, 8);
  else for (; count > 0; --count, bytes >>= 8) *p++ = std::uint8_t(bytes);
}

ZK_INLINE Winners load_winners(const std::uint8_t* p, std::size_t count) {
  std::uint64_t bytes = 0;
  if (count == 8) std::memcpy(&bytes, p, 8);
  else for (std::size_t i = 0; i < count; ++i) bytes |= std::uint64_t(p[i]) << (8 * i);
  return {_mm256_cvtepu8_epi32(_mm_cvtsi64_si128(std::int64_t(bytes)))};
}

// max(x, 0); NaN stays NaN.
ZK_INLINE Vector positive(Vector x) { return {_mm256_max_ps(_mm256_setzero_ps(), x.v)}; }

// In each lane the one of four numbers that the lane's winner, 0 to 3, names.
ZK_INLINE Vector one_of_four(const float* p, Winners winners) {
  return {_mm256_permutevar_ps(_mm256_broadcast_ps(reinterpret_cast<const __m128*>(p)), winners.v)};
}

// to[i] ← base + the one of four offsets that winner i names.
ZK_INLINE void store_offsets(std::int32_t* to, const std::int32_t* four, Winners winners, std::int32_t base,
                             std::size_t count) {
  const __m256i named = _mm256_castps_si256(one_of_four(reinterpret_cast<const float*>(four), winners).v);
  _mm256_maskstore_epi32(to, first_lanes(count), _mm256_add_epi32(_mm256_set1_epi32(base), named));
}

#endif
