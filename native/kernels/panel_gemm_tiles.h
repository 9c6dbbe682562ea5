// Larger products of one CPU level: which shapes they take, how b is packed, and the tiles of c. A tile's R × C sums lie in
// registers: 8 rows × 48 columns, 24 sums of 32 registers, on v4; 6 × 16, 12 of 16, on v3.
//
//   for p in a pass over k:                           panel_tile
//     row p of the panel, C vectors side by side  ×  R elements of a, each broadcast to a vector
//
// The first tile of a panel packs b while reading it, unless b is stored by columns and must be transposed first. Meanwhile the
// part of b that is packed next is prefetched. What lies around the tile differs: panel_blocks.h (v4), panel_strips.h (v3).

template <class T>
struct PanelGemmOf {
  static constexpr const PanelGemm<T>* table() { return nullptr; }
};

#ifdef ZK_VECTOR_BITS

#if ZK_VECTOR_BITS == 512
constexpr std::size_t kPanelRows = 8, kPanelVectors = 3;
constexpr std::size_t kPanelMostDepth = 1024;           // a panel of this depth is 192 kB
constexpr std::size_t kPanelMostElements = 256 << 10;   // half of a second-level cache of 2 MB
#else
constexpr std::size_t kPanelRows = 6, kPanelVectors = 2;
constexpr std::size_t kPanelMostDepth = 320;           // a panel of this depth takes 20 kB of L1
constexpr std::size_t kPanelMostElements = 72 << 10;   // of a: half of a second-level cache of 512 kB, or a little more
#endif
constexpr std::size_t kPanelColumns = kPanelVectors * kWidth;
constexpr std::size_t kPanelLine = 16;  // elements of a cache line

// Measured by bench/kernels/products.cc; docs/performance-kernels.md has the tables behind the numbers.
static bool panel_applies(const MatrixProduct& s) {
#if ZK_VECTOR_BITS == 512
  if (s.m < 8 || s.n < 16 || s.k < 8) return false;
  // Up to a million multiplications OpenBLAS does not pack, and is slower only where it has to read b across its rows.
  if (double(s.m) * double(s.n) * double(s.k) <= 1e6) return s.trans_b && !s.trans_a && (s.k <= 64 || s.n >= 128);
  if (s.trans_a) return s.n >= 48 && s.k <= 1024;
  return s.m <= (s.k <= 1024 ? 1024u : 512u);
#else
  return s.m >= (s.trans_b ? 8u : 16u) && s.n >= 64 && s.k >= 16;
#endif
}

// Packed size of `columns` × `depth`, in elements. Columns are padded to whole vectors.
static std::size_t panel_packed_size(std::size_t columns, std::size_t depth) { return round_up(columns) * depth; }

#include "panel_transpose.h"

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
  bool skips_zeros;          // whether tiles leave out terms with zeros
};

// c ← alpha · a·b + beta · c for R rows × C vectors of columns. `a` is at the first row; if Packed, its R elements for
// each p are contiguous. If Packs, b is read in place and packed on the way. Mask is Whole where the last vector is.
template <int R, int C, bool Packed, bool Packs, class Mask = Vector::Mask>
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
    fetch_pieces<kPanelColumns / kPanelLine + 1>(o.next_b);
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
        y[v] = Packs && v == C - 1 ? load(from, Mask(o.mask)) : load(from);
        if (Packs) store(packed + v * kWidth, y[v]);
      }
      if (Packs) {
        ZK_UNROLL
        for (int line = 0; line < int(kPanelColumns / kPanelLine); ++line)
          ZK_PREFETCH(b + kPanelAhead * o.ldb + line * kPanelLine);
        ZK_PREFETCH(b + kPanelAhead * o.ldb + kPanelColumns - 1);
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

  store_tile(sum, o.alpha, o.beta, c, o.ldc, Mask(o.mask));
}

// to[p, r] ← a[p, r] for R columns of an a stored by columns.
template <int R>
static void panel_pack_rows(const float* a, std::size_t lda, std::size_t depth, float* to) {
  for (std::size_t p = 0; p < depth; ++p, a += lda, to += R) std::memcpy(to, a, R * sizeof(float));
}

// Whether most of a block's part of a is zeros. `a` is at the block's first row.
static bool panel_is_mostly_zeros(const MatrixProduct& s, const ProductBlock& block, const float* a) {
  const std::size_t rows = block.last_row - block.first_row, depth = block.last_k - block.first_k;
  const std::size_t stored_rows = s.trans_a ? depth : rows, stored_columns = s.trans_a ? rows : depth;
  constexpr std::size_t kLeastDepth = 32, kRowsSeen = 8;
  if (depth < kLeastDepth) return false;
  const std::size_t row_step = stored_rows < 8 * kRowsSeen ? 8 : stored_rows / kRowsSeen;
  return is_mostly_zeros(a, s.lda, stored_rows, stored_columns, row_step);
}

#if ZK_VECTOR_BITS == 512
#include "panel_blocks.h"
#else
#include "panel_strips.h"
#endif

#if ZK_VECTOR_BITS == 512
constexpr PanelGemm<float> kPanelGemm = {kPanelRows,    kPanelColumns,     kPanelMostDepth, kPanelMostElements,
                                         panel_applies, panel_packed_size, panel_block,     nullptr,
                                         nullptr,       nullptr};
#else
constexpr PanelGemm<float> kPanelGemm = {kPanelRows,       kPanelColumns,     kPanelMostDepth, kPanelMostElements,
                                         panel_applies,    panel_packed_size, nullptr,         panel_places_size,
                                         panel_pack_strip, panel_strip};
#endif

template <>
struct PanelGemmOf<float> {
  static constexpr const PanelGemm<float>* table() { return &kPanelGemm; }
};

#endif
