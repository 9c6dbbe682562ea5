// The order of v4, where half of the second-level cache holds many panels:
//
//   for blocks of c × passes over k:                  panel_gemm.cc; a thread keeps the block's panels of b packed, in L2
//     for rows of tiles, R rows of c each:            panel_rows; their part of a stays in L1, packed if stored by columns
//       for panels:                                   panel_row_of_tiles

#include "panel_places.h"

// One row of tiles, R rows of c.
template <int R, bool Packed, bool Packs>
static void panel_row_of_tiles(PanelOperands& o, std::size_t columns, const float* a, float* c) {
  if constexpr (!Packs && R >= 4) {
    if (o.skips_zeros && panel_row_skips<R, Packed>(o, columns, a, c)) return;
    // Where a tile has too few zeros, the rows below are not looked at; if a is stored by columns, tiles are pixels, and differ.
    o.skips_zeros = o.skips_zeros && Packed;
  }
  for (std::size_t j = 0; j < columns; j += kPanelColumns) {
    const std::size_t width = columns - j < kPanelColumns ? columns - j : kPanelColumns;
    const std::size_t vectors = round_up(width) / kWidth;
    o.mask = first_lanes(width - (vectors - 1) * kWidth);
    if (vectors == kPanelVectors) panel_tile<R, kPanelVectors, Packed, Packs>(o, a, c + j);
    if (kPanelVectors > 2 && vectors == 2) panel_tile<R, 2, Packed, Packs>(o, a, c + j);
    if (vectors == 1) panel_tile<R, 1, Packed, Packs>(o, a, c + j);
    o.packed += vectors * kWidth * o.depth;
    o.b += width;
  }
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

// Whether a block looks for zeros. `a` is at the block's first row; the block's part of op(b) is packed.
static bool panel_skips_zeros(const MatrixProduct& s, const ProductBlock& block, const float* a, const float* packed) {
  const std::size_t size = panel_packed_size(block.last_column - block.first_column, block.last_k - block.first_k);
  return panel_is_mostly_zeros(s, block, a) && is_finite_part(packed, size, 1, size);
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
    panel_rows<kPanelRows, true>(o, s, block, a + i * row_step, packed_a, c + i * s.ldc + block.first_column);
    i += kPanelRows;
  }
  if (i < block.last_row) o.skips_zeros = panel_skips_zeros(s, block, a + block.first_row * row_step, packed);
  while (i < block.last_row) {
    const std::size_t left = block.last_row - i;
    const float* rows = a + i * row_step;
    float* out = c + i * s.ldc + block.first_column;
    next_rows();
    if (left >= kPanelRows) panel_rows<kPanelRows, false>(o, s, block, rows, packed_a, out), i += kPanelRows;
    else if (left >= 4) panel_rows<4, false>(o, s, block, rows, packed_a, out), i += 4;
    else if (left >= 2) panel_rows<2, false>(o, s, block, rows, packed_a, out), i += 2;
    else panel_rows<1, false>(o, s, block, rows, packed_a, out), i += 1;
  }
}
