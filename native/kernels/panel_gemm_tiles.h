// Larger products of one CPU level: which shapes they take, how b is packed, and the tiles of c.
//
//   for blocks of c × passes over k:                  panel_gemm.cc; a thread keeps the block's panels of b packed, in L2
//     for rows of tiles, 8 rows of c each:            panel_rows; their part of a stays in L1, packed if stored by columns
//       for panels, 48 columns of c each:             panel_row_of_tiles
//         for p in the pass:                          panel_tile; the 8 × 48 sums lie in 24 registers
//           row p of the panel, three vectors side by side  ×  8 elements of a, each broadcast to a vector
//
// The first row of tiles packs b while reading it, unless b is stored by columns and must be transposed first. Meanwhile
// the part of b that is packed next is prefetched.

template <class T>
struct PanelGemmOf {
  static constexpr const PanelGemm<T>* table() { return nullptr; }
};

#if ZK_VECTOR_BITS == 512

constexpr std::size_t kPanelRows = 8, kPanelVectors = 3, kPanelColumns = kPanelVectors * kWidth;

// Measured by bench/kernels/products.cc; docs/performance-kernels.md has the tables behind the numbers.
static bool panel_applies(const MatrixProduct& s) {
  if (s.m < 8 || s.n < 16 || s.k < 8) return false;
  // Up to a million multiplications OpenBLAS does not pack, and is slower only where it has to read b across its rows.
  if (double(s.m) * double(s.n) * double(s.k) <= 1e6) return s.trans_b && !s.trans_a && (s.k <= 64 || s.n >= 128);
  if (s.trans_a) return s.n >= 48 && s.k <= 1024;
  return s.m <= (s.k <= 1024 ? 1024u : 512u);
}

// Packed size of `columns` × `depth`, in elements. Columns are padded to whole vectors.
static std::size_t panel_packed_size(std::size_t columns, std::size_t depth) { return round_up(columns) * depth; }

// to[p, j] ← from[j, p] for a block of 16 × 16; `to` is aligned. Loading places 128-bit pieces where the transpose of the
// 4 × 4 pieces needs them; what remains is to transpose within the pieces.
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

// Packs one panel, or the narrower one at the end, of a b stored by columns; `from` is at its first column and row of
// op(b).
static void panel_pack_transposed(const float* from, std::size_t ld_from, std::size_t columns, std::size_t depth,
                                  float* to) {
  const std::size_t ld = round_up(columns);
  const std::size_t whole_columns = columns / kWidth * kWidth, whole_depth = depth / kWidth * kWidth;
  for (std::size_t p = 0; p < whole_depth; p += kWidth)
    for (std::size_t j = 0; j < whole_columns; j += kWidth)
      panel_transpose_block(from + j * ld_from + p, ld_from, to + p * ld + j, ld);
  transpose(from + whole_depth, ld_from, whole_columns, depth - whole_depth, to + whole_depth * ld, ld);
  if (whole_columns == columns) return;
  // Zeros beyond the last column: leftovers could be denormal numbers, which multiply slowly.
  for (std::size_t p = 0; p < depth; ++p) store(to + p * ld + whole_columns, zeros());
  transpose(from + whole_columns * ld_from, ld_from, columns - whole_columns, depth, to + whole_columns, ld);
}

static void panel_pack(const MatrixProduct& s, const float* b, const ProductBlock& block, float* packed) {
  const std::size_t depth = block.last_k - block.first_k, columns = block.last_column - block.first_column;
  if (s.trans_b) {
    for (std::size_t j = 0; j < columns; j += kPanelColumns) {
      const std::size_t width = columns - j < kPanelColumns ? columns - j : kPanelColumns;
      panel_pack_transposed(b + (block.first_column + j) * s.ldb + block.first_k, s.ldb, width, depth,
                            packed + j * depth);
    }
    return;
  }
  // Row by row, so that memory is read in order.
  const float* row = b + block.first_k * s.ldb + block.first_column;
  for (std::size_t p = 0; p < depth; ++p, row += s.ldb) {
    for (std::size_t j = 0; j < columns; j += kPanelColumns) {
      const std::size_t width = columns - j < kPanelColumns ? columns - j : kPanelColumns;
      float* to = packed + j * depth + p * round_up(width);
      for (std::size_t v = 0; v < width; v += kWidth)
        store(to + v, width - v < kWidth ? load(row + j + v, first_lanes(width - v)) : load(row + j + v));
    }
  }
}

// What is prefetched while tiles are computed: `left` pieces that lie `step` bytes apart, `per_stretch` of them for every
// kPanelStretch of k.
struct PanelFetch {
  const char* at;
  std::size_t step, left, per_stretch;
};

constexpr std::size_t kPanelStretch = 32;
constexpr std::size_t kPanelAhead = 24;  // rows of b that a tile prefetches while packing

template <int Lines>
ZK_INLINE void fetch_pieces(PanelFetch& fetch) {
  const std::size_t pieces = fetch.left < fetch.per_stretch ? fetch.left : fetch.per_stretch;
  for (std::size_t i = 0; i < pieces; ++i, fetch.at += fetch.step) {
    ZK_UNROLL
    for (int line = 0; line < Lines; ++line) ZK_PREFETCH(fetch.at + 64 * line);
  }
  fetch.left -= pieces;
}

struct PanelOperands {
  std::size_t depth, lda, ldb, ldc;
  float* packed;      // a panel
  const float* b;     // the same columns of op(b) in place, for tiles that pack
  Vector::Mask mask;  // for the panel's last vector
  float alpha, beta;
  PanelFetch columns_of_a, next_b;
  const char* rows_of_a;     // the next tile's rows, prefetched line by line
  std::size_t step_in_rows;  // bytes for each p; 0 if columns are prefetched instead
};

// c ← alpha · a·b + beta · c for R rows × C vectors of columns. `a` is at the first row; if Packed, its R elements for
// each p are contiguous. If Packs, b is read in place and packed on the way.
template <int R, int C, bool Packed, bool Packs>
ZK_NOINLINE void panel_tile(PanelOperands& o, const float* a, float* c) {
  constexpr int kGroups = Packed ? 1 : (R + 3) / 4;
  const std::size_t lda = o.lda;
  const float* rows[kGroups];
  ZK_UNROLL
  for (int g = 0; g < kGroups; ++g) {
    rows[g] = a + 4 * g * lda;
    ZK_OPAQUE(rows[g]);
  }
  float* packed = o.packed;
  const float* b = o.b;
  const char* next = o.rows_of_a;
  const std::size_t step = o.step_in_rows;
  Vector sum[R][C];
  ZK_UNROLL
  for (int r = 0; r < R; ++r)
    ZK_UNROLL
    for (int v = 0; v < C; ++v) sum[r][v] = zeros();

  // The tile of c is prefetched a few lines at a time: all at once, they would delay the loads of a and b.
  constexpr int kRowsAtOnce = 2;
  int fetched = 0;
  for (std::size_t p = 0; p < o.depth;) {
    if (Packed) fetch_pieces<1>(o.columns_of_a);
    fetch_pieces<4>(o.next_b);
    for (int row = 0; row < kRowsAtOnce && fetched < R; ++row, ++fetched) {
      const float* out = c + fetched * o.ldc;
      ZK_UNROLL
      for (int v = 0; v < C; ++v) ZK_PREFETCH_TO_WRITE(out + v * kWidth);
      ZK_PREFETCH_TO_WRITE(out + C * kWidth - 1);
    }
    for (const std::size_t end = o.depth - p > kPanelStretch ? p + kPanelStretch : o.depth; p < end; ++p) {
      Vector y[C];
      ZK_UNROLL
      for (int v = 0; v < C; ++v) {
        const float* from = (Packs ? b : packed) + v * kWidth;
        y[v] = Packs && v == C - 1 ? load(from, o.mask) : load(from);
        if (Packs) store(packed + v * kWidth, y[v]);
      }
      if (Packs) {
        ZK_PREFETCH(b + kPanelAhead * o.ldb);
        ZK_PREFETCH(b + kPanelAhead * o.ldb + kWidth);
        ZK_PREFETCH(b + kPanelAhead * o.ldb + 2 * kWidth);
        ZK_PREFETCH(b + kPanelAhead * o.ldb + 3 * kWidth - 1);
        b += o.ldb;
      }
      ZK_UNROLL
      for (int r = 0; r < R; ++r) {
        const Vector x = all_lanes(Packed ? rows[0][r] : rows[r / 4][(r % 4) * lda]);
        ZK_UNROLL
        for (int v = 0; v < C; ++v) sum[r][v] = madd(x, y[v], sum[r][v]);
      }
      packed += C * kWidth;
      if (!Packed) {
        ZK_PREFETCH(next);
        next += step;
      }
      ZK_UNROLL
      for (int g = 0; g < kGroups; ++g) rows[g] += Packed ? R : 1;
    }
  }
  o.rows_of_a = next;

  store_tile(sum, o.alpha, o.beta, c, o.ldc, o.mask);
}

// One row of tiles, R rows of c.
template <int R, bool Packed, bool Packs>
static void panel_row_of_tiles(PanelOperands& o, std::size_t columns, const float* a, float* c) {
  for (std::size_t j = 0; j < columns; j += kPanelColumns) {
    const std::size_t width = columns - j < kPanelColumns ? columns - j : kPanelColumns;
    const std::size_t vectors = round_up(width) / kWidth;
    o.mask = first_lanes(width - (vectors - 1) * kWidth);
    if (vectors == 3) panel_tile<R, 3, Packed, Packs>(o, a, c + j);
    if (vectors == 2) panel_tile<R, 2, Packed, Packs>(o, a, c + j);
    if (vectors == 1) panel_tile<R, 1, Packed, Packs>(o, a, c + j);
    o.packed += vectors * kWidth * o.depth;
    o.b += width;
  }
}

// to[p, r] ← a[p, r] for R columns of an a stored by columns.
template <int R>
static void panel_pack_rows(const float* a, std::size_t lda, std::size_t depth, float* to) {
  for (std::size_t p = 0; p < depth; ++p, a += lda, to += R) std::memcpy(to, a, R * sizeof(float));
}

template <int R, bool Packs>
static void panel_rows(PanelOperands& o, const MatrixProduct& s, const ProductBlock& block, const float* a,
                       float* packed_a, float* c) {
  const std::size_t columns = block.last_column - block.first_column;
  const std::size_t panels = (columns + kPanelColumns - 1) / kPanelColumns;
  if (s.trans_a) {
    panel_pack_rows<R>(a, s.lda, o.depth, packed_a);
    o.columns_of_a = {reinterpret_cast<const char*>(a + 2 * R - 1), s.lda * sizeof(float), o.depth,
                      (kPanelStretch + panels - 1) / panels};
    panel_row_of_tiles<R, true, Packs>(o, columns, packed_a, c);
  } else {
    o.rows_of_a = reinterpret_cast<const char*>(a + R * s.lda);
    o.step_in_rows = R * s.lda * sizeof(float) / (o.depth * panels);
    panel_row_of_tiles<R, false, Packs>(o, columns, a, c);
  }
}

static PanelFetch panel_fetch_of(const MatrixProduct& s, const float* b, const ProductBlock& block,
                                 const ProductBlock& next) {
  const std::size_t columns = next.last_column - next.first_column, depth = next.last_k - next.first_k;
  PanelFetch fetch;
  if (s.trans_b) {
    fetch = {reinterpret_cast<const char*>(b + next.first_column * s.ldb + next.first_k), 256, columns * s.ldb / 64, 0};
  } else {
    fetch = {reinterpret_cast<const char*>(b + next.first_k * s.ldb + next.first_column), s.ldb * sizeof(float), depth, 0};
  }
  const std::size_t rows = (block.last_row - block.first_row + kPanelRows - 1) / kPanelRows;
  const std::size_t panels = (columns + kPanelColumns - 1) / kPanelColumns;
  const std::size_t stretches = rows * panels * ((depth + kPanelStretch - 1) / kPanelStretch);
  fetch.per_stretch = fetch.left / stretches + 1;
  return fetch;
}

// See PanelGemm::block. `packed` holds, or receives, the block's part of op(b); packed_a has room for kPanelRows · depth
// elements.
static void panel_block(const MatrixProduct& s, float alpha, const float* a, const float* b, bool is_packed,
                        float* packed, float* packed_a, float beta, float* c, const ProductBlock& block,
                        const ProductBlock* next) {
  PanelOperands o = {};
  o.depth = block.last_k - block.first_k;
  o.lda = s.lda;
  o.ldb = s.ldb;
  o.ldc = s.ldc;
  o.alpha = alpha;
  o.beta = block.first_k == 0 ? beta : 1.0f;
  if (next) o.next_b = panel_fetch_of(s, b, block, *next);
  a += s.trans_a ? block.first_k * s.lda : block.first_k;
  const std::size_t row_step = s.trans_a ? 1 : s.lda;
  std::size_t i = block.first_row;
  const auto next_rows = [&] {
    o.packed = packed;
    o.b = b + block.first_k * s.ldb + block.first_column;
  };
  if (!is_packed && (s.trans_b || block.last_row - i < kPanelRows)) {
    panel_pack(s, b, block, packed);
  } else if (!is_packed) {
    next_rows();
    panel_rows<8, true>(o, s, block, a + i * row_step, packed_a, c + i * s.ldc + block.first_column);
    i += 8;
  }
  while (i < block.last_row) {
    const std::size_t left = block.last_row - i;
    const float* rows = a + i * row_step;
    float* out = c + i * s.ldc + block.first_column;
    next_rows();
    if (left >= 8) panel_rows<8, false>(o, s, block, rows, packed_a, out), i += 8;
    else if (left >= 4) panel_rows<4, false>(o, s, block, rows, packed_a, out), i += 4;
    else if (left >= 2) panel_rows<2, false>(o, s, block, rows, packed_a, out), i += 2;
    else panel_rows<1, false>(o, s, block, rows, packed_a, out), i += 1;
  }
}

constexpr PanelGemm<float> kPanelGemm = {kPanelRows, kPanelColumns, panel_applies, panel_packed_size, panel_block};

template <>
struct PanelGemmOf<float> {
  static constexpr const PanelGemm<float>* table() { return &kPanelGemm; }
};

#endif
