// One tile of c: R rows × C vectors of columns, all of whose sums stay in registers.

struct ThinOperands {
  std::size_t k, lda, ldb, ldc;
  const float* b;      // the first row of op(b), at the group's first column
  Vector::Mask mask;   // for the group's last vector
  bool is_whole;       // whether that vector is whole
  float alpha, beta;
  const float* tail;   // b at the first column of the tail (ColumnTail), or the tail's columns as rows (DotTail)
  std::size_t ld_tail, tail_columns;
  bool first_pass;     // over k
  bool skips_zeros;    // whether to look for terms that can be left out
};

ZK_INLINE float scaled(float alpha, float sum, float beta, const float* c) {
  return beta == 0.0f ? alpha * sum : madd(alpha, sum, beta * *c);
}

// No tail.
template <int R>
struct NoTail {
  static constexpr bool kByDots = false;
  ZK_INLINE_METHOD explicit NoTail(const ThinOperands&) {}
  ZK_INLINE_METHOD void step(const float*, std::size_t) {}
  ZK_INLINE_METHOD void block(const float*, std::size_t, std::size_t) {}
  ZK_INLINE_METHOD void finish(float*) {}
};

#if ZK_VECTOR_BITS == 512
#include "thin_tail.h"
#else
#include "thin_tail_apart.h"
#endif

// The range of k computed before the tail's turn: what the tile has read of a by then is still in L1.
constexpr std::size_t kThinBlock = 128;

// c ← alpha · op(a)·b + beta · c. `a` is at the tile's first row, and stored k × m if Transposed. `more` tells whether
// another tile of R rows follows.
template <int R, int C, bool Transposed, class Tail, class Mask = Vector::Mask>
ZK_NOINLINE void thin_tile(const ThinOperands& o, const float* a, float* c, bool more) {
  const std::size_t row_step = Transposed ? 1 : o.lda, k_step = Transposed ? o.lda : 1;
  constexpr int kGroups = Transposed ? 1 : (R + 3) / 4;
  const float* rows[kGroups];
  ZK_UNROLL
  for (int g = 0; g < kGroups; ++g) {
    rows[g] = a + 4 * g * row_step;
    ZK_OPAQUE(rows[g]);
  }
  // The next tile's rows of a follow this one's. Prefetched line by line, they are there when it begins. Not if there are
  // gaps between rows, and not beyond the last tile: those rows may be another thread's.
  const bool fetch = !Transposed && o.lda == o.k && more;
  const char* next = reinterpret_cast<const char*>(fetch ? a + R * row_step : a);
  const std::size_t next_step = fetch ? R * sizeof(float) : 0;
  const float* b = o.b;
  const std::size_t ldb = o.ldb;
  const Mask mask(o.mask);
  Tail tail(o);
  Vector sum[R][C];
  ZK_UNROLL
  for (int r = 0; r < R; ++r)
    ZK_UNROLL
    for (int v = 0; v < C; ++v) sum[r][v] = zeros();

  for (std::size_t p = 0; p < o.k;) {
    const std::size_t end = Tail::kByDots && o.k - p > kThinBlock ? p + kThinBlock : o.k;
    const std::size_t start = p;
    for (; p < end; ++p) {
      Vector y[C];
      ZK_UNROLL
      for (int v = 0; v < C - 1; ++v) y[v] = load(b + v * kWidth);
      y[C - 1] = load(b + (C - 1) * kWidth, mask);
      ZK_UNROLL
      for (int r = 0; r < R; ++r) {
        const Vector x = all_lanes(Transposed ? rows[0][r] : rows[r / 4][(r % 4) * row_step]);
        ZK_UNROLL
        for (int v = 0; v < C; ++v) sum[r][v] = madd(x, y[v], sum[r][v]);
      }
      if (!Transposed && ZK_VECTOR_BITS == 512) {
        ZK_PREFETCH(next);
        next += next_step;
      }
      tail.step(rows[0], p);
      ZK_UNROLL
      for (int g = 0; g < kGroups; ++g) rows[g] += k_step;
      b += ldb;
    }
    tail.block(a, start, end);
  }

  tail.finish(c + C * kWidth);
  store_tile(sum, o.alpha, o.beta, c, o.ldc, mask);
}
