// The tail on levels with 16 registers, where the sums of a tile leave none for it: the last one or two columns on their own,
// after the tiles of the same rows, while what these read of a is in L1. Vectors lie along k or along the rows, whichever is
// contiguous in a.

constexpr std::size_t kThinTail = 2;

// If a is stored by rows: dot products for R rows. A row's sums, two vectors, are kept in `sums` from one pass over k to the next,
// since adding up their lanes takes as long as 60 terms.
template <int R>
ZK_NOINLINE void thin_dots(const ThinOperands& o, const float* a, float* sums) {
  const float* y[kThinTail] = {o.tail, o.tail + (o.tail_columns - 1) * o.ld_tail};
  Vector sum[R][kThinTail];
  ZK_UNROLL
  for (int r = 0; r < R; ++r) {
    sum[r][0] = o.first_pass ? zeros() : load(sums + 2 * r * kWidth);
    sum[r][1] = o.first_pass ? zeros() : load(sums + (2 * r + 1) * kWidth);
  }
  const auto add = [&](std::size_t p, auto... mask) {
    const Vector y0 = load(y[0] + p, mask...), y1 = load(y[1] + p, mask...);
    ZK_UNROLL
    for (int r = 0; r < R; ++r) {
      const Vector x = load(a + r * o.lda + p, mask...);
      sum[r][0] = madd(x, y0, sum[r][0]);
      sum[r][1] = madd(x, y1, sum[r][1]);
    }
  };
  const std::size_t whole = o.k / kWidth * kWidth;
  for (std::size_t p = 0; p < whole; p += kWidth) add(p);
  if (whole < o.k) add(whole, first_lanes(o.k - whole));
  ZK_UNROLL
  for (int r = 0; r < R; ++r) {
    store(sums + 2 * r * kWidth, sum[r][0]);
    store(sums + (2 * r + 1) * kWidth, sum[r][1]);
  }
}

// c at the first column of the tail ← the sums of all passes.
static void thin_finish_dots(const ThinOperands& o, std::size_t rows, const float* sums, float* c) {
  for (std::size_t r = 0; r < rows; ++r, sums += 2 * kWidth, c += o.ldc) {
    float both[4];
    const Vector first = load(sums), second = load(sums + kWidth);
    sums_of_lanes(first, second, first, second, both);
    for (std::size_t j = 0; j < o.tail_columns; ++j) c[j] = scaled(o.alpha, both[j], o.beta, c + j);
  }
}

// If a is stored by columns: V vectors along the rows, of which there may be fewer if V = 1.
template <int V>
ZK_NOINLINE void thin_columns(const ThinOperands& o, std::size_t rows, const float* a, float* c) {
  const float* y[kThinTail] = {o.tail, o.tail + o.tail_columns - 1};
  const Vector::Mask mask = first_lanes(rows);
  Vector sum[V][kThinTail];
  ZK_UNROLL
  for (int v = 0; v < V; ++v) sum[v][0] = sum[v][1] = zeros();
  for (std::size_t p = 0; p < o.k; ++p, a += o.lda) {
    const Vector y0 = all_lanes(y[0][p * o.ld_tail]), y1 = all_lanes(y[1][p * o.ld_tail]);
    ZK_UNROLL
    for (int v = 0; v < V; ++v) {
      const Vector x = V == 1 ? load(a, mask) : load(a + v * kWidth);
      sum[v][0] = madd(x, y0, sum[v][0]);
      sum[v][1] = madd(x, y1, sum[v][1]);
    }
  }
  for (std::size_t j = 0; j < o.tail_columns; ++j) {
    float column[V * kWidth];
    ZK_UNROLL
    for (int v = 0; v < V; ++v) store(column + v * kWidth, sum[v][j]);
    for (std::size_t r = 0; r < rows; ++r) c[r * o.ldc + j] = scaled(o.alpha, column[r], o.beta, c + r * o.ldc + j);
  }
}

static void thin_tail_by_dots(const ThinOperands& o, std::size_t rows, const float* a, float* sums) {
  std::size_t i = 0;
  for (; i + 6 <= rows; i += 6) thin_dots<6>(o, a + i * o.lda, sums + 2 * i * kWidth);
  for (; i + 2 <= rows; i += 2) thin_dots<2>(o, a + i * o.lda, sums + 2 * i * kWidth);
  if (i < rows) thin_dots<1>(o, a + i * o.lda, sums + 2 * i * kWidth);
}

// c at the first column of the tail.
static void thin_tail_by_columns(const ThinOperands& o, std::size_t rows, const float* a, float* c) {
  std::size_t i = 0;
  for (; i + 6 * kWidth <= rows; i += 6 * kWidth) thin_columns<6>(o, 6 * kWidth, a + i, c + i * o.ldc);
  for (; i + 2 * kWidth <= rows; i += 2 * kWidth) thin_columns<2>(o, 2 * kWidth, a + i, c + i * o.ldc);
  for (; i < rows; i += kWidth) thin_columns<1>(o, rows - i < kWidth ? rows - i : kWidth, a + i, c + i * o.ldc);
}
