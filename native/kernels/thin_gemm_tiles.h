// Thin products of one CPU level: how c is divided, and what is packed.
//
//   for passes over k, for some rows of c:              thin_rows; v4 has one pass and takes all rows, v3 keeps its part of b in L1
//     for groups of 1–4 vectors of columns:             thin_groups; 16 (v4) or 8 (v3) columns to a vector
//       for tiles of R rows:                            thin_rows_of_group; R × C sums lie in registers
//         for p in the pass:                            thin_tile
//           row p of op(b), C vectors, from L1 or L2  ×  R elements of op(a), each broadcast to a vector
//
// A stretch of rows whose elements of a are mostly zeros leaves out terms: on v4 in each tile (thin_places.h); on v3, whose tiles are
// smaller, row by row in place of the groups (thin_nonzero.h).
//
// So c is written by rows, and a is read in place. b is packed if it is stored by columns (trans_b) and, on v3, if a is: then
// no load of b crosses a cache line. Every element of c is one sum over k in one order, whatever tile it falls into.

template <class T>
struct ThinGemmOf {
  static constexpr const ThinGemm<T>* table() { return nullptr; }
};

#ifdef ZK_VECTOR_BITS

#include "vector.h"

#include "thin_tile.h"

#include "thin_plan.h"

#include "zeros.h"

#if ZK_VECTOR_BITS == 512
#include "term_places.h"
static_assert(kThinMostOfB / kThinNonzeroColumns <= kMostTerms, "the places of all terms must fit");

#include "thin_places.h"
#else
#include "thin_nonzero.h"
#endif

// One tile. `skips` tells whether to leave out terms with zeros. Where a tile has too few of them, the rows below are not looked at if a
// is stored by rows; if it is stored by columns, tiles are pixels, and differ.
template <int R, int C, bool Transposed, class Tail, class Mask>
ZK_INLINE void thin_tile_or_part(const ThinOperands& o, const float* a, float* c, bool more, bool& skips) {
#if ZK_VECTOR_BITS == 512
  if constexpr (C > 1 && R >= 4) {
    if (skips && thin_tile_skips<R, C, Transposed, Tail>(o, a, c, more)) return;
    skips = skips && Transposed;
  }
#else
  (void)skips;
#endif
  thin_tile<R, C, Transposed, Tail, Mask>(o, a, c, more);
}

// Rows [0, rows) of a group of C vectors, in tiles of R rows, and smaller ones at the end.
template <int R, int C, bool Transposed, template <int> class Tail, class Mask = Vector::Mask>
static void thin_rows_of_group(const ThinOperands& o, std::size_t rows, const float* a, float* c) {
  const std::size_t row_step = Transposed ? 1 : o.lda;
  bool skips = o.skips_zeros;
  std::size_t i = 0;
  for (; i + R <= rows; i += R)
    thin_tile_or_part<R, C, Transposed, Tail<R>, Mask>(o, a + i * row_step, c + i * o.ldc, i + 2 * R <= rows, skips);
  if (R > 4)
    for (; i + 4 <= rows; i += 4)
      thin_tile_or_part<4, C, Transposed, Tail<4>, Mask>(o, a + i * row_step, c + i * o.ldc, false, skips);
  for (; i + 2 <= rows; i += 2) thin_tile<2, C, Transposed, Tail<2>, Mask>(o, a + i * row_step, c + i * o.ldc, false);
  if (i < rows) thin_tile<1, C, Transposed, Tail<1>, Mask>(o, a + i * row_step, c + i * o.ldc, false);
}

// What is packed: op(b) by rows, if it is stored by columns; else the tail by columns, if dot products need it (a by rows).
static std::size_t thin_packed_size(const MatrixProduct& s) {
  const ThinPlan plan = thin_plan(s);
  if (s.trans_b || (kThinPacksForColumns && s.trans_a)) return round_up(s.n) * s.k;
  return s.trans_a ? 0 : plan.tail * round_up(s.k);
}

static void thin_pack(const MatrixProduct& s, const float* b, float* packed) {
  const ThinPlan plan = thin_plan(s);
  if (s.trans_b) {
    transpose(b, s.ldb, s.n, s.k, packed, round_up(s.n));
  } else if (s.trans_a) {
    for (std::size_t p = 0; p < s.k; ++p, b += s.ldb, packed += round_up(s.n)) std::memcpy(packed, b, s.n * sizeof(float));
  } else {
    const std::size_t ld = round_up(s.k);
    for (std::size_t p = 0; p < s.k; ++p)
      for (std::size_t j = 0; j < plan.tail; ++j) packed[j * ld + p] = b[p * s.ldb + plan.wide + j];
  }
}

// Calls the tiles for a group of `vectors`, with the kind of tail that the group has.
template <bool Transposed>
static void thin_group(const ThinOperands& o, std::size_t vectors, std::size_t rows, const float* a, float* c) {
#if ZK_VECTOR_BITS == 512
#define ZK_TAILS(two, four)                                                    \
  if (o.tail_columns > 2) {                                                    \
    if (vectors == 1) thin_rows_of_group<8, 1, Transposed, four>(o, rows, a, c); \
    if (vectors == 2) thin_rows_of_group<8, 2, Transposed, four>(o, rows, a, c); \
    if (vectors == 3) thin_rows_of_group<8, 3, Transposed, four>(o, rows, a, c); \
  } else {                                                                     \
    if (vectors == 1) thin_rows_of_group<8, 1, Transposed, two>(o, rows, a, c);  \
    if (vectors == 2) thin_rows_of_group<8, 2, Transposed, two>(o, rows, a, c);  \
    if (vectors == 3) thin_rows_of_group<8, 3, Transposed, two>(o, rows, a, c);  \
  }
  if (o.tail_columns) {
    if (Transposed) { ZK_TAILS(TwoColumns, FourColumns) }
    else { ZK_TAILS(TwoDots, FourDots) }
    return;
  }
  if (vectors == 1) thin_rows_of_group<12, 1, Transposed, NoTail>(o, rows, a, c);
  if (vectors == 2) thin_rows_of_group<8, 2, Transposed, NoTail>(o, rows, a, c);
  if (vectors == 3) thin_rows_of_group<8, 3, Transposed, NoTail>(o, rows, a, c);
  if (vectors == 4) thin_rows_of_group<6, 4, Transposed, NoTail>(o, rows, a, c);
#else
  if (o.is_whole) {
    if (vectors == 1) thin_rows_of_group<12, 1, Transposed, NoTail, Whole>(o, rows, a, c);
    if (vectors == 2) thin_rows_of_group<6, 2, Transposed, NoTail, Whole>(o, rows, a, c);
    if (vectors == 3) thin_rows_of_group<4, 3, Transposed, NoTail, Whole>(o, rows, a, c);
    return;
  }
  if (vectors == 1) thin_rows_of_group<12, 1, Transposed, NoTail>(o, rows, a, c);
  if (vectors == 2) thin_rows_of_group<6, 2, Transposed, NoTail>(o, rows, a, c);
  if (vectors == 3) thin_rows_of_group<4, 3, Transposed, NoTail>(o, rows, a, c);
#endif
}

// Some rows, one group of columns after the other.
static void thin_groups(const MatrixProduct& s, const ThinPlan& plan, ThinOperands o, std::size_t rows, const float* a,
                        float* c, float* tail_sums) {
  std::size_t left = (plan.wide + kWidth - 1) / kWidth;
  for (std::size_t j = 0; j < plan.wide;) {
    const std::size_t vectors = thin_vectors(plan, left);
    const std::size_t columns = plan.wide - j < vectors * kWidth ? plan.wide - j : vectors * kWidth;
    o.mask = first_lanes(columns - (vectors - 1) * kWidth);
    o.is_whole = columns == vectors * kWidth;
#if ZK_VECTOR_BITS == 512
    o.tail_columns = vectors == left ? plan.tail : 0;
#endif
    if (s.trans_a) thin_group<true>(o, vectors, rows, a, c + j);
    else thin_group<false>(o, vectors, rows, a, c + j);
    left -= vectors;
    j += columns;
    o.b += columns;
  }
#if ZK_VECTOR_BITS == 512
  (void)tail_sums;
#else
  if (plan.tail == 0) return;
  if (s.trans_a) thin_tail_by_columns(o, rows, a, c + plan.wide);
  else thin_tail_by_dots(o, rows, a, tail_sums);
#endif
}

// Whether a stretch of rows of c leaves out zeros. `finite` keeps whether b is, once that is known; else it is −1.
static bool thin_skips_zeros(const MatrixProduct& s, const float* a, std::size_t rows, const float* b, int& finite) {
  if (!thin_may_skip_zeros(s)) return false;
  if (!is_mostly_zeros(a, s.lda, s.trans_a ? s.k : rows, s.trans_a ? rows : s.k, 8)) return false;
  if (finite < 0) finite = is_finite_part(b, s.ldb, s.trans_b ? s.n : s.k, s.trans_b ? s.k : s.n);
  return finite != 0;
}

static void thin_rows(const MatrixProduct& s, float alpha, const float* a, const float* b, const float* packed,
                      float beta, float* c, std::size_t first, std::size_t last) {
  const ThinPlan plan = thin_plan(s);
  const ThinLoops loops = thin_loops(s, last - first);
  const bool b_is_packed = s.trans_b || (kThinPacksForColumns && s.trans_a);
  const std::size_t row_step = s.trans_a ? 1 : s.lda, k_step = s.trans_a ? s.lda : 1;
  ThinOperands o = {};
  o.lda = s.lda;
  o.ldc = s.ldc;
  o.tail_columns = plan.tail;
  o.ldb = b_is_packed ? round_up(s.n) : s.ldb;
  o.alpha = alpha;
#if ZK_VECTOR_BITS == 512
  float* const sums = nullptr;
  constexpr std::size_t row_of_sums = 0;
#else
  constexpr std::size_t row_of_sums = kThinTail * kWidth;
  alignas(32) float sums[kThinStretch * row_of_sums];
#endif
  int finite = -1;
  for (std::size_t begin = first, end; begin < last; begin = end) {
    end = last - begin < loops.stretch ? last : begin + loops.stretch;
    o.skips_zeros = thin_skips_zeros(s, a + begin * row_step, end - begin, b, finite);
    for (std::size_t p = 0; p < s.k; p += loops.depth) {
      o.k = s.k - p < loops.depth ? s.k - p : loops.depth;
      o.beta = p == 0 ? beta : 1.0f;
      o.first_pass = p == 0;
      o.b = (b_is_packed ? packed : b) + p * o.ldb;
      if (s.trans_a) {
        o.tail = o.b + plan.wide;
        o.ld_tail = o.ldb;
      } else if (s.trans_b) {
        o.tail = b + plan.wide * s.ldb + p;
        o.ld_tail = s.ldb;
      } else {
        o.tail = packed + p;
        o.ld_tail = round_up(s.k);
      }
#if ZK_VECTOR_BITS != 512
      if (o.skips_zeros) {
        thin_nonzero_rows(s, plan, o, end - begin, a + begin * row_step + p * k_step, c + begin * s.ldc, sums);
        continue;
      }
#endif
      for (std::size_t i = begin; i < end; i += loops.rows) {
        const std::size_t rows = end - i < loops.rows ? end - i : loops.rows;
        thin_groups(s, plan, o, rows, a + i * row_step + p * k_step, c + i * s.ldc, sums + (i - begin) * row_of_sums);
      }
    }
#if ZK_VECTOR_BITS != 512
    o.beta = beta;
    if (plan.tail > 0 && !s.trans_a) thin_finish_dots(o, end - begin, sums, c + begin * s.ldc + plan.wide);
#endif
  }
}

constexpr ThinGemm<float> kThinGemm = {thin_applies, thin_row_tile, thin_packed_size, thin_pack, thin_rows};

template <>
struct ThinGemmOf<float> {
  static constexpr const ThinGemm<float>* table() { return &kThinGemm; }
};

#endif
