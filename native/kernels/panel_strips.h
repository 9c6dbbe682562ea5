// The order of v3, whose machines have smaller caches. Where most of a is zeros, tiles leave out the terms whose factors are zero in all of
// their rows, as on v4 (panel_places.h):
//
//   for passes over k, strips of rows of c:           panel_gemm.cc; a thread packs the strip's part of a, which stays in L2
//     for panels:                                     panel_strip; 20 kB of b, packed just before use, stay in L1
//       for tiles below one another:                  panel_column_of_tiles

// Packs R rows of op(a), p by p.
template <int R>
static void panel_pack_tile(const MatrixProduct& s, const float* a, std::size_t depth, float* to) {
  if (s.trans_a) return panel_pack_rows<R>(a, s.lda, depth, to);
  std::size_t p = 0;
  if constexpr (R == 6) {
    // Eight lanes are stored for each p; the next p overwrites the last two, and so does the next tile.
    for (; p + kWidth <= depth; p += kWidth) {
      float* out = to + p * R;
      Vector row[8];
      panel_transpose_rows<R>(a + p, s.lda, row);
      ZK_UNROLL
      for (int i = 0; i < 8; ++i) store(out + i * R, row[i]);
    }
  }
  transpose(a + p, s.lda, R, depth - p, to + p * R, R);
}

// Packs tiles of 6 rows of an a stored by columns, eight at a time, so that a cache line of a is read once or twice.
constexpr std::size_t kStripTiles = 8;
static void panel_pack_tiles(const float* a, std::size_t lda, std::size_t depth, float* to) {
  constexpr std::size_t kAhead = 12;
  const std::size_t last = depth - 1;
  for (std::size_t p = 0; p < last; ++p, a += lda) {
    ZK_UNROLL
    for (std::size_t line = 0; line < 4; ++line) ZK_PREFETCH(a + kAhead * lda + line * kPanelLine);
    // Eight lanes are stored; the next p overwrites the last two.
    ZK_UNROLL
    for (std::size_t t = 0; t < kStripTiles; ++t) store(to + t * 6 * depth + p * 6, load(a + t * 6));
  }
  for (std::size_t t = 0; t < kStripTiles; ++t) std::memcpy(to + t * 6 * depth + last * 6, a + t * 6, 6 * sizeof(float));
}

// The places of a strip: whether there are any, and then for each tile of 6 rows how many terms are left, and their p.
static std::size_t panel_places_size(std::size_t rows, std::size_t depth) { return 1 + rows / 6 * (depth + 1); }

static void panel_list_places(std::size_t rows, std::size_t depth, const float* packed, std::uint16_t* places) {
  *places++ = 1;
  for (std::size_t t = 0; t < rows / 6; ++t, places += depth + 1) {
    std::uint16_t count = 0;
    // Two elements more are read: the next term's, the next tile's, or those for which there is room at the end.
    for (std::size_t p = 0; p < depth; ++p, packed += 6) {
      places[1 + count] = std::uint16_t(p);
      count = std::uint16_t(count + ((nonzero_lanes(load(packed)) & 0x3f) != 0));
    }
    places[0] = count;
  }
}

// Tiles of 6 rows of op(a), one after the other, and smaller ones at the end, all as deep as the block.
static void panel_pack_rows_of_strip(const MatrixProduct& s, const float* a, const ProductBlock& block, float* packed) {
  const std::size_t depth = block.last_k - block.first_k, row_step = s.trans_a ? 1 : s.lda;
  a += s.trans_a ? block.first_k * s.lda : block.first_k;
  for (std::size_t i = block.first_row; i < block.last_row;) {
    const std::size_t left = block.last_row - i;
    const float* rows = a + i * row_step;
    // Two elements more are read, which the stored row of a must have.
    if (s.trans_a && left >= 6 * kStripTiles && i + 6 * kStripTiles + 2 <= s.m) {
      panel_pack_tiles(rows, s.lda, depth, packed);
      packed += 6 * kStripTiles * depth;
      i += 6 * kStripTiles;
      continue;
    }
    const std::size_t height = left >= 6 ? 6 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    if (height == 6) panel_pack_tile<6>(s, rows, depth, packed);
    if (height == 4) panel_pack_tile<4>(s, rows, depth, packed);
    if (height == 2) panel_pack_tile<2>(s, rows, depth, packed);
    if (height == 1) panel_pack_tile<1>(s, rows, depth, packed);
    packed += height * depth;
    i += height;
  }
}

// See PanelGemm::pack_strip.
static void panel_pack_strip(const MatrixProduct& s, const float* a, const ProductBlock& block, float* packed,
                             std::uint16_t* places) {
  panel_pack_rows_of_strip(s, a, block, packed);
  const float* first = a + (s.trans_a ? block.first_k * s.lda + block.first_row : block.first_row * s.lda + block.first_k);
  places[0] = 0;
  if (panel_is_mostly_zeros(s, block, first))
    panel_list_places(block.last_row - block.first_row, block.last_k - block.first_k, packed, places);
}

// The next panel of a b stored by columns, prefetched into the second-level cache: `rows` rows of `lines` cache lines. While a tile
// is computed, one row; where there are fewer tiles than rows, some lines before each tile.
struct StripFetch {
  const float* row;
  std::size_t ld, rows, lines, line, per_tile;
  bool within;

  ZK_INLINE_METHOD PanelFetch next_row(std::size_t depth) {
    constexpr std::size_t kLines = kPanelColumns / kPanelLine + 1;  // a piece
    if (rows == 0) return {};
    const std::size_t stretches = (depth + kPanelStretch - 1) / kPanelStretch, pieces = lines / kLines + 1;
    const char* at = reinterpret_cast<const char*>(row);
    row += ld;
    --rows;
    return {at, kLines * kPanelLine * sizeof(float), pieces, (pieces + stretches - 1) / stretches};
  }

  ZK_INLINE_METHOD void some() {
    for (std::size_t i = 0; i < per_tile && rows > 0; ++i) {
      ZK_PREFETCH(row + line * kPanelLine);
      if (++line < lines) continue;
      line = 0;
      row += ld;
      --rows;
    }
  }
};

// The first tile of a whole panel of a b stored by columns: transposes the panel on the way, 8 terms before they are used, so that
// permutations and multiplications overlap.
ZK_NOINLINE void panel_transposing_tile(const PanelOperands& o, const float* a, float* c) {
  constexpr int kRows = 6, kVectors = 2;
  Vector sum[kRows][kVectors];
  ZK_UNROLL
  for (int r = 0; r < kRows; ++r)
    ZK_UNROLL
    for (int v = 0; v < kVectors; ++v) sum[r][v] = zeros();
  const float* b = o.b;
  float* packed = o.packed;
  const auto terms = [&](std::size_t count) {
    for (std::size_t q = 0; q < count; ++q, packed += kPanelColumns, a += kRows) {
      const Vector y[kVectors] = {load(packed), load(packed + kWidth)};
      ZK_UNROLL
      for (int r = 0; r < kRows; ++r) {
        const Vector x = all_lanes(a[r]);
        ZK_UNROLL
        for (int v = 0; v < kVectors; ++v) sum[r][v] = madd(x, y[v], sum[r][v]);
      }
    }
  };
  const std::size_t whole = o.depth / kWidth * kWidth;
  for (std::size_t p = 0; p < whole; p += kWidth, b += kWidth) {
    panel_transpose_block(b, o.ldb, packed, kPanelColumns);
    panel_transpose_block(b + kWidth * o.ldb, o.ldb, packed + kWidth, kPanelColumns);
    terms(kWidth);
  }
  if (whole < o.depth) {
    transpose(b, o.ldb, kPanelColumns, o.depth - whole, packed, kPanelColumns);
    terms(o.depth - whole);
  }
  store_tile(sum, o.alpha, o.beta, c, o.ldc, Whole(o.mask));
}

// panel_tile of 6 rows where most of a is zeros: of the `count` terms at these places alone.
template <int C, class Mask>
ZK_NOINLINE void panel_tile_of_places(PanelOperands& o, std::size_t count, const std::uint16_t* at, const float* a, float* c) {
  constexpr int kRows = 6, kRowsAtOnce = 2;
  // What panel_tile prefetches for all terms, in fewer of them.
  constexpr std::size_t kStretch = kPanelStretch / 2;
  const float* panel = o.packed;
  Vector sum[kRows][C];
  ZK_UNROLL
  for (int r = 0; r < kRows; ++r)
    ZK_UNROLL
    for (int v = 0; v < C; ++v) sum[r][v] = zeros();
  int fetched = 0;
  for (std::size_t i = 0; i < count;) {
    fetch_pieces<kPanelColumns / kPanelLine + 1>(o.next_b);
    for (int row = 0; row < kRowsAtOnce && fetched < kRows; ++row, ++fetched) {
      ZK_PREFETCH_TO_WRITE(c + fetched * o.ldc);
      ZK_PREFETCH_TO_WRITE(c + fetched * o.ldc + C * kWidth - 1);
    }
    for (const std::size_t end = count - i > kStretch ? i + kStretch : count; i < end; ++i) {
      const float* y_at = panel + std::size_t(at[i]) * (C * kWidth);
      const float* x_at = a + std::size_t(at[i]) * kRows;
      Vector y[C];
      ZK_UNROLL
      for (int v = 0; v < C; ++v) y[v] = load(y_at + v * kWidth);
      ZK_UNROLL
      for (int r = 0; r < kRows; ++r) {
        const Vector x = all_lanes(x_at[r]);
        ZK_UNROLL
        for (int v = 0; v < C; ++v) sum[r][v] = madd(x, y[v], sum[r][v]);
      }
    }
  }
  store_tile(sum, o.alpha, o.beta, c, o.ldc, Mask(o.mask));
}

// Where the first tile of a column of tiles finds the panel: packed before, or to be packed by it, from rows or columns of b.
enum class Panel { is_packed, is_rows, is_columns };

// The tiles below one another in C vectors of columns. If the panel is not packed, there are at least 6 rows.
template <int C, class Mask>
static void panel_column_of_tiles(PanelOperands& o, StripFetch fetch, Panel panel, std::size_t rows, const float* a,
                                  const std::uint16_t* places, float* c) {
  std::size_t i = 0;
  if (panel != Panel::is_packed) {
    if (panel == Panel::is_columns) panel_transposing_tile(o, a, c);
    else panel_tile<6, C, true, true, Mask>(o, a, c);
    i = 6;
  }
  const std::size_t size = C * kWidth * o.depth;
  const bool skips = *places != 0 && i + 6 <= rows && is_finite_part(o.packed, size, 1, size);
  for (; i + 6 <= rows; i += 6) {
    if (fetch.within) o.next_b = fetch.next_row(o.depth);
    else fetch.some();
    const std::uint16_t* left = places + 1 + i / 6 * (o.depth + 1);
    if (skips && *left * 5u <= 4 * o.depth) {
      panel_tile_of_places<C, Mask>(o, *left, left + 1, a + i * o.depth, c + i * o.ldc);
    } else {
      panel_tile<6, C, true, false, Mask>(o, a + i * o.depth, c + i * o.ldc);
    }
  }
  if (i + 4 <= rows) panel_tile<4, C, true, false, Mask>(o, a + i * o.depth, c + i * o.ldc), i += 4;
  if (i + 2 <= rows) panel_tile<2, C, true, false, Mask>(o, a + i * o.depth, c + i * o.ldc), i += 2;
  if (i < rows) panel_tile<1, C, true, false, Mask>(o, a + i * o.depth, c + i * o.ldc);
}

// What is prefetched while the panel before column j is used; the next block's panel too, since most likely this thread goes on
// with it.
static void strip_fetch_of(const MatrixProduct& s, const float* b, const ProductBlock& block, std::size_t j,
                           std::size_t tiles, PanelOperands& o, StripFetch& fetch) {
  if (s.trans_b) {
    const std::size_t columns = s.n - j < kPanelColumns ? s.n - j : kPanelColumns;
    const std::size_t lines = o.depth / kPanelLine + 1;
    fetch = {b + j * s.ldb + block.first_k, s.ldb, columns, lines, 0, columns * lines / tiles + 1, tiles > columns};
  } else {
    const std::size_t stretches = tiles * ((o.depth + kPanelStretch - 1) / kPanelStretch);
    o.next_b = {reinterpret_cast<const char*>(b + block.first_k * s.ldb + j), s.ldb * sizeof(float), o.depth,
                o.depth / stretches + 1};
  }
}

// See PanelGemm::strip.
static void panel_strip(const MatrixProduct& s, float alpha, const float* packed_a, const std::uint16_t* places, const float* b,
                        float* panel, float beta, float* c, const ProductBlock& block) {
  PanelOperands o = {};
  o.depth = block.last_k - block.first_k;
  o.ldb = s.ldb;
  o.ldc = s.ldc;
  o.alpha = alpha;
  o.beta = block.first_k == 0 ? beta : 1.0f;
  o.packed = panel;
  const std::size_t rows = block.last_row - block.first_row;
  const std::size_t tiles = (rows + 5) / 6;
  c += block.first_row * s.ldc;
  ProductBlock part = block;
  for (std::size_t j = block.first_column; j < block.last_column; j += kPanelColumns) {
    const std::size_t width = block.last_column - j < kPanelColumns ? block.last_column - j : kPanelColumns;
    const std::size_t vectors = round_up(width) / kWidth;
    o.mask = first_lanes(width - (vectors - 1) * kWidth);
    StripFetch fetch = {};
    o.next_b = {};
    if (j + kPanelColumns < s.n) strip_fetch_of(s, b, block, j + kPanelColumns, tiles, o, fetch);
    Panel state = s.trans_b ? Panel::is_columns : Panel::is_rows;
    if (rows < 6 || (s.trans_b && width < kPanelColumns)) state = Panel::is_packed;
    part.first_column = j;
    part.last_column = j + width;
    if (state == Panel::is_packed) panel_pack(s, b, part, panel);
    o.b = s.trans_b ? b + j * s.ldb + block.first_k : b + block.first_k * s.ldb + j;
    if (width == kPanelColumns) panel_column_of_tiles<2, Whole>(o, fetch, state, rows, packed_a, places, c + j);
    else if (vectors == 2) panel_column_of_tiles<2, Vector::Mask>(o, fetch, state, rows, packed_a, places, c + j);
    else panel_column_of_tiles<1, Vector::Mask>(o, fetch, state, rows, packed_a, places, c + j);
  }
}
