// Tiles of a thin product whose a is mostly zeros, on levels with 32 registers: a term is left out where the factors of all rows of
// the tile are zero. Those that are left are added in order, so c has the bits of thin_tile.

// thin_tile of these terms alone.
template <int R, int C, bool Transposed, class Tail>
ZK_NOINLINE void thin_tile_of_places(const ThinOperands& o, const TermPlaces& places, const float* a, float* c, bool more) {
  const std::size_t row_step = Transposed ? 1 : o.lda, k_step = Transposed ? o.lda : 1;
  // The next tile's rows are prefetched as in thin_tile, two lines for each term that is left.
  const bool fetch = !Transposed && o.lda == o.k && more;
  const char* next = reinterpret_cast<const char*>(a + (fetch ? R * row_step : 0));
  const char* const last = next + (fetch ? R * row_step * sizeof(float) : 0);
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
    if (!Transposed && next < last) {
      ZK_PREFETCH(next);
      ZK_PREFETCH(next + 64);
      next += 128;
    }
    tail.step(rows[0], p);
  }
  if (Tail::kByDots) tail.block(a, 0, o.k);

  tail.finish(c + C * kWidth);
  store_tile(sum, o.alpha, o.beta, c, o.ldc, mask);
}

// A tile by its places, if enough of its terms can be left out; else false.
template <int R, int C, bool Transposed, class Tail>
static bool thin_tile_skips(const ThinOperands& o, const float* a, float* c, bool more) {
  TermPlaces places;
  places.find<R, Transposed>(a, o.lda, o.k);
  if (places.count * 5 > 4 * o.k) return false;
  thin_tile_of_places<R, C, Transposed, Tail>(o, places, a, c, more);
  return true;
}
