#include "thin_gemm.h"

#include "scratch.h"
#include "sizes.h"
#include "team.h"

namespace zerokara {

namespace {

// Whether to compute two sums over half of k each, added at the end. In a training step the first product x·W then gives
// each thread the same columns of x and rows of W as xᵀ·dy, which is cut along rows, and as the update of W. What moves
// between the caches of the cores is then c, not half of W: worth it where c is small.
bool halves_k(const MatrixProduct& s) {
  return !s.trans_a && !s.trans_b && s.m <= 512 && s.k >= 256 && s.k >= 4 * s.n;
}

struct Half {
  MatrixProduct shape;
  std::size_t first_k;
};

}  // namespace

bool thin_gemm(const KernelsOf<float>& kernels, const MatrixProduct& s, double nanoseconds, float alpha,
               const float* a, const float* b, float beta, float* c) {
  const ThinGemm<float>& thin = *kernels.thin_gemm;
  const bool two = halves_k(s);
  // The first half is the larger one, so scratch is sized by it.
  Half halves[2] = {{s, 0}, {s, two ? round_up(divide_up(s.k, 2), 8) : s.k}};
  halves[0].shape.k = halves[1].first_k;
  halves[1].shape.k = s.k - halves[1].first_k;
  halves[1].shape.ldc = s.n;

  const std::size_t tile = thin.row_tile(halves[0].shape), tiles = divide_up(s.m, tile);
  // Two rounds of blocks for four threads. A product too short to be shared stays in one piece.
  constexpr double kAlone = 5'000;
  const std::size_t down = nanoseconds < kAlone ? 1 : smaller(tiles, two ? 4 : 8), blocks = two ? 2 * down : down;
  // Each thread packs for itself: fetching what another core packed takes as long.
  const std::size_t size = round_up(thin.packed_size(halves[0].shape), 16);
  const unsigned threads = size == 0 ? kMostThreads : unsigned(larger(1, smaller(team_threads(), blocks)));
  float* memory = scratch(threads * size + (two ? s.m * s.n : 0));
  if (memory == nullptr) return false;
  float* second_c = memory + threads * size;
  int held[kMostThreads];  // which half each thread has packed
  for (int& half : held) half = -1;

  for_each_block(blocks, threads, nanoseconds, [&](std::size_t i, unsigned thread) {
    const int which = int(i / down);
    const Half& half = halves[which];
    const std::size_t row = i % down;
    const float* half_b = b + half.first_k * s.ldb;
    float* packed = memory + thread * size;
    if (size > 0 && held[thread] != which) {
      thin.pack(half.shape, half_b, packed);
      held[thread] = which;
    }
    thin.rows(half.shape, alpha, a + half.first_k, half_b, packed, which == 0 ? beta : 0.0f, which == 0 ? c : second_c,
              tiles * row / down * tile, smaller(tiles * (row + 1) / down * tile, s.m));
  });

  for (std::size_t i = 0; two && i < s.m; ++i) kernels.axpy(s.n, 1.0f, second_c + i * s.n, c + i * s.ldc);
  return true;
}

}  // namespace zerokara
