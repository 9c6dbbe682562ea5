// Whether terms of a product whose factor from a is zero may be left out, and whether that pays. Pixels of digits and one-hot columns
// are mostly zeros. Only if b is finite, since 0 · ∞ is NaN; then c has the same bits (but for the sign of a zero where all terms
// underflow).

// Whether less than two fifths of a part of a, stored as rows × columns, are not zero; judged by one row in `row_step`.
static bool is_mostly_zeros(const float* a, std::size_t lda, std::size_t rows, std::size_t columns, std::size_t row_step) {
  const std::size_t whole = columns / kWidth * kWidth;
  std::size_t seen = 0, others = 0;
  for (std::size_t r = rows / 2 % row_step; r < rows; r += row_step) {
    const float* row = a + r * lda;
    for (std::size_t p = 0; p < whole; p += kWidth) others += std::size_t(_mm_popcnt_u32(nonzero_lanes(load(row + p))));
    seen += whole;
  }
  return others * 5 < 2 * seen;
}

// Whether a part of b, stored as rows × columns, is finite.
static bool is_finite_part(const float* b, std::size_t ldb, std::size_t rows, std::size_t columns) {
  if (ldb == columns) {
    columns *= rows;
    rows = 1;
  }
  constexpr std::size_t kVectors = 4;
  Vector sum[kVectors];  // x · 0, which is NaN where x is not finite
  ZK_UNROLL
  for (std::size_t v = 0; v < kVectors; ++v) sum[v] = zeros();
  for (std::size_t r = 0; r < rows; ++r, b += ldb) {
    std::size_t j = 0;
    for (; j + kVectors * kWidth <= columns; j += kVectors * kWidth)
      ZK_UNROLL
      for (std::size_t v = 0; v < kVectors; ++v) sum[v] = madd(load(b + j + v * kWidth), zeros(), sum[v]);
    for (; j + kWidth <= columns; j += kWidth) sum[0] = madd(load(b + j), zeros(), sum[0]);
    if (j < columns) sum[0] = madd(load(b + j, first_lanes(columns - j)), zeros(), sum[0]);
  }
  return nonzero_lanes(plus(plus(sum[0], sum[1]), plus(sum[2], sum[3]))) == 0;
}
