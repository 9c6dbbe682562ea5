// The order of v3, whose machines have smaller caches:
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

// Tiles of 6 rows of op(a), one after the other, and smaller ones at the end, all as deep as the block.
static void panel_pack_strip(const MatrixProduct& s, const float* a, const ProductBlock& block, float* packed) {
  const std::size_t depth = block.last_k - block.first_k, row_step = s.trans_a ? 1 : s.lda;
  a += s.trans_a ? block.first_k * s.lda : block.first_k;
  for (std::size_t i = block.first_row; i < block.last_row;) {
    const std::size_t left = block.last_row - i;
    const float* rows = a + i * row_step;
    const std::size_t height = left >= 6 ? 6 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    if (height == 6) panel_pack_tile<6>(s, rows, depth, packed);
    if (height == 4) panel_pack_tile<4>(s, rows, depth, packed);
    if (height == 2) panel_pack_tile<2>(s, rows, depth, packed);
    if (height == 1) panel_pack_tile<1>(s, rows, depth, packed);
    packed += height * depth;
    i += height;
  }
}

// The next panel of a b stored by columns, prefetched into the second-level cache: `rows` rows of `lines` cache lines, some of
// them before each tile.
struct StripFetch {
  const float* row;
  std::size_t ld, rows, lines, line, per_tile;

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

// The tiles below one another in C vectors of columns. If `packs`, there are at least 6 rows.
template <int C, class Mask>
static void panel_column_of_tiles(PanelOperands& o, StripFetch fetch, bool packs, std::size_t rows, const float* a,
                                  float* c) {
  std::size_t i = 0;
  if (packs) {
    panel_tile<6, C, true, true, Mask>(o, a, c);
    i = 6;
  }
  for (; i + 6 <= rows; i += 6) {
    fetch.some();
    panel_tile<6, C, true, false, Mask>(o, a + i * o.depth, c + i * o.ldc);
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
    fetch = {b + j * s.ldb + block.first_k, s.ldb, columns, lines, 0, columns * lines / tiles + 1};
  } else {
    const std::size_t stretches = tiles * ((o.depth + kPanelStretch - 1) / kPanelStretch);
    o.next_b = {reinterpret_cast<const char*>(b + block.first_k * s.ldb + j), s.ldb * sizeof(float), o.depth,
                o.depth / stretches + 1};
  }
}

// See PanelGemm::strip.
static void panel_strip(const MatrixProduct& s, float alpha, const float* packed_a, const float* b, float* panel,
                        float beta, float* c, const ProductBlock& block) {
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
    const bool packs = !s.trans_b && rows >= 6;
    part.first_column = j;
    part.last_column = j + width;
    if (packs) o.b = b + block.first_k * s.ldb + j;
    else panel_pack(s, b, part, panel);
    if (width == kPanelColumns) panel_column_of_tiles<2, Whole>(o, fetch, packs, rows, packed_a, c + j);
    else if (vectors == 2) panel_column_of_tiles<2, Vector::Mask>(o, fetch, packs, rows, packed_a, c + j);
    else panel_column_of_tiles<1, Vector::Mask>(o, fetch, packs, rows, packed_a, c + j);
  }
}
