// Thin products of one CPU level: which shapes they take, how c is divided, and what is packed.
//
//   for groups of 1–4 vectors of columns of c:          thin_rows; 16 (v4) or 8 (v3) columns to a vector
//     for tiles of R rows of c:                         thin_rows_of_group; R × C sums lie in registers
//       for p in k:                                     thin_tile
//         row p of op(b), C vectors, from L1 or L2  ×  R elements of op(a), each broadcast to a vector
//
// So c is written by rows, and a is read in place. b is packed only if it is stored by columns (trans_b). Every element
// of c is one sum over k in one order, whatever tile it falls into.

template <class T>
struct ThinGemmOf {
  static constexpr const ThinGemm<T>* table() { return nullptr; }
};

#ifdef ZK_VECTOR_BITS

#include "vector.h"

#include "thin_tile.h"

struct ThinPlan {
  std::size_t wide;  // columns [0, wide) in vectors
  std::size_t tail;  // columns [wide, n), at most 4
};

static ThinPlan thin_plan(const MatrixProduct& s) {
#if ZK_VECTOR_BITS == 512
  // With only one whole vector, a tail was measured to cost more than a second vector.
  const std::size_t tail = s.n % kWidth;
  if (tail <= 4 && s.n > 2 * kWidth && (s.trans_a ? s.m >= 8 : s.k >= 64)) return {s.n - tail, tail};
#endif
  return {s.n, 0};
}

// Measured by bench/kernels/products.cc; docs/performance-kernels.md has the tables behind the numbers.
static bool thin_applies(const MatrixProduct& s) {
  const bool small = double(s.m) * double(s.n) * double(s.k) <= 1e6;
  if (s.m < 40 || s.k < 8) return false;
  if (s.n * s.k > 160000) return false;  // every tile reads op(b): it must stay in L2
  // Every group of columns reads all of a, which is slow if a is large and read by columns.
  if (s.trans_a && s.m * s.k > (s.n <= 66 ? 262144u : 100000u)) return false;
#if ZK_VECTOR_BITS == 512
  if (s.n < 9 || s.n >= 96) return false;  // wider ones go to panels
  // Up to a million multiplications OpenBLAS does not pack either. It is slower where there is little work for each element
  // of c, and where n does not fill whole vectors.
  if (!small) return true;
  if (s.trans_b) return s.k <= 64 || s.n >= 32;
  return s.n < 16 || (s.n > 48 && s.n < 64 && s.k >= 32);
#else
  return s.n >= 2 && s.n <= (small ? 128u : 48u);
#endif
}

// A multiple of the rows of every tile that thin_group takes for these columns.
static std::size_t thin_row_tile(const MatrixProduct& s) {
#if ZK_VECTOR_BITS == 512
  return s.n <= kWidth ? 12 : s.n <= 3 * kWidth + 4 ? 8 : 24;
#else
  return s.n <= kWidth ? 8 : 12;
#endif
}

// What is packed: op(b) by rows, if it is stored by columns; else the tail by columns, if dot products need it (a by rows).
static std::size_t thin_packed_size(const MatrixProduct& s) {
  const ThinPlan plan = thin_plan(s);
  if (s.trans_b) return round_up(s.n) * s.k;
  return s.trans_a ? 0 : plan.tail * round_up(s.k);
}

static void thin_pack(const MatrixProduct& s, const float* b, float* packed) {
  const ThinPlan plan = thin_plan(s);
  if (s.trans_b) {
    transpose(b, s.ldb, s.n, s.k, packed, round_up(s.n));
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
  if (vectors == 1) thin_rows_of_group<8, 1, Transposed, NoTail>(o, rows, a, c);
  if (vectors == 2) thin_rows_of_group<6, 2, Transposed, NoTail>(o, rows, a, c);
  if (vectors == 3) thin_rows_of_group<4, 3, Transposed, NoTail>(o, rows, a, c);
#endif
}

static void thin_rows(const MatrixProduct& s, float alpha, const float* a, const float* b, const float* packed,
                      float beta, float* c, std::size_t first, std::size_t last) {
  const ThinPlan plan = thin_plan(s);
  a += first * (s.trans_a ? 1 : s.lda);
  c += first * s.ldc;
  ThinOperands o = {};
  o.k = s.k;
  o.lda = s.lda;
  o.ldc = s.ldc;
  o.b = s.trans_b ? packed : b;
  o.ldb = s.trans_b ? round_up(s.n) : s.ldb;
  o.alpha = alpha;
  o.beta = beta;
  if (s.trans_a) {
    o.tail = o.b + plan.wide;
    o.ld_tail = o.ldb;
  } else if (s.trans_b) {
    o.tail = b + plan.wide * s.ldb;
    o.ld_tail = s.ldb;
  } else {
    o.tail = packed;
    o.ld_tail = round_up(s.k);
  }

  const std::size_t most = kWidth == 16 && plan.tail == 0 ? 4 : 3;
  std::size_t left = (plan.wide + kWidth - 1) / kWidth;
  for (std::size_t j = 0; j < plan.wide;) {
    const std::size_t groups = (left + most - 1) / most;
    const std::size_t vectors = (left + groups - 1) / groups;
    const std::size_t columns = plan.wide - j < vectors * kWidth ? plan.wide - j : vectors * kWidth;
    o.mask = first_lanes(columns - (vectors - 1) * kWidth);
    o.tail_columns = groups == 1 ? plan.tail : 0;
    if (s.trans_a) thin_group<true>(o, vectors, last - first, a, c + j);
    else thin_group<false>(o, vectors, last - first, a, c + j);
    left -= vectors;
    j += columns;
    o.b += columns;
  }
}

constexpr ThinGemm<float> kThinGemm = {thin_applies, thin_row_tile, thin_packed_size, thin_pack, thin_rows};

template <>
struct ThinGemmOf<float> {
  static constexpr const ThinGemm<float>* table() { return &kThinGemm; }
};

#endif
