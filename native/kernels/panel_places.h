// Tiles of panels whose part of a is mostly zeros, as thin_places.h has them for thin products: c has the bits of panel_tile.

static_assert(kPanelMostDepth <= kMostTerms, "the places of all terms must fit");

// panel_tile of these terms alone, where b is packed.
template <int R, int C, bool Packed>
ZK_NOINLINE void panel_tile_of_places(PanelOperands& o, const TermPlaces& places, const float* a, float* c) {
  constexpr int kGroups = Packed ? 1 : (R + 3) / 4;
  // What panel_tile prefetches for all terms, in fewer of them.
  constexpr std::size_t kStretch = kPanelStretch / 2;
  const char* next = o.rows_of_a;
  const std::size_t step = 2 * o.step_in_rows;
  Vector sum[R][C];
  ZK_UNROLL
  for (int r = 0; r < R; ++r)
    ZK_UNROLL
    for (int v = 0; v < C; ++v) sum[r][v] = zeros();

  for (std::size_t i = 0; i < places.count;) {
    if (Packed) fetch_pieces<1>(o.columns_of_a);
    fetch_pieces<kPanelColumns / kPanelLine + 1>(o.next_b);
    for (const std::size_t end = places.count - i > kStretch ? i + kStretch : places.count; i < end; ++i) {
      const std::size_t p = std::size_t(places.at[i]);
      const float* b = o.packed + p * (C * kWidth);
      Vector y[C];
      ZK_UNROLL
      for (int v = 0; v < C; ++v) y[v] = load(b + v * kWidth);
      const float* rows[kGroups];
      ZK_UNROLL
      for (int g = 0; g < kGroups; ++g) {
        rows[g] = Packed ? a + p * R : a + p + 4 * g * o.lda;
        ZK_OPAQUE(rows[g]);
      }
      ZK_UNROLL
      for (int r = 0; r < R; ++r) {
        const Vector x = all_lanes(Packed ? rows[0][r] : rows[r / 4][(r % 4) * o.lda]);
        ZK_UNROLL
        for (int v = 0; v < C; ++v) sum[r][v] = madd(x, y[v], sum[r][v]);
      }
      if (!Packed) {
        ZK_PREFETCH(next);
        next += step;
      }
    }
  }
  o.rows_of_a = next;
  store_tile(sum, o.alpha, o.beta, c, o.ldc, o.mask);
}

// A row of tiles by its places, if enough of its terms can be left out; else false.
template <int R, bool Packed>
static bool panel_row_skips(PanelOperands& o, std::size_t columns, const float* a, float* c) {
  TermPlaces places;
  places.find<R, Packed>(a, Packed ? R : o.lda, o.depth);
  if (places.count * 5 > 4 * o.depth) return false;
  for (std::size_t j = 0; j < columns; j += kPanelColumns) {
    const std::size_t width = columns - j < kPanelColumns ? columns - j : kPanelColumns;
    const std::size_t vectors = round_up(width) / kWidth;
    o.mask = first_lanes(width - (vectors - 1) * kWidth);
    if (vectors == 3) panel_tile_of_places<R, 3, Packed>(o, places, a, c + j);
    if (vectors == 2) panel_tile_of_places<R, 2, Packed>(o, places, a, c + j);
    if (vectors == 1) panel_tile_of_places<R, 1, Packed>(o, places, a, c + j);
    o.packed += vectors * kWidth * o.depth;
  }
  return true;
}
