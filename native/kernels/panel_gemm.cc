#include "panel_gemm.h"

#include "scratch.h"
#include "sizes.h"
#include "team.h"

namespace zerokara {

namespace {

// c in blocks of rows × columns, each the sum of passes over parts of k.
struct Cut {
  std::size_t rows, columns, depth;
  std::size_t down, across;  // how many blocks
};

Cut cut(const PanelGemm<float>& kernels, const MatrixProduct& s) {
  constexpr std::size_t kMostDepth = 1024;  // a panel of so many rows is 192 kB; long sums gain digits too
  constexpr std::size_t kMost = 256 << 10;  // elements of a or b: half of a second-level cache of 2 MB
  constexpr std::size_t kBlocks = 16;       // enough that four threads end together
  Cut cut;
  cut.depth = divide_up(s.k, divide_up(s.k, kMostDepth));
  const std::size_t panels = divide_up(s.n, kernels.columns);
  const std::size_t most_panels = larger(1, kMost / (cut.depth * kernels.columns));
  const std::size_t most_rows = larger(4, kMost / (cut.depth * kernels.rows)) * kernels.rows;
  const bool one_pass = cut.depth == s.k;
  // A stored by rows is read where it lies, again for each block across; a few panels each were measured to be best. By
  // columns it is packed again for each, so they are as wide as the cache allows.
  const bool narrow = !s.trans_a && (panels > most_panels || !one_pass);
  const std::size_t across = divide_up(panels, narrow ? smaller(most_panels, larger(1, panels / kBlocks)) : most_panels);
  cut.columns = divide_up(panels, across) * kernels.columns;
  cut.across = divide_up(s.n, cut.columns);
  // Blocks one below the other share what is packed, but only if all of k is.
  const std::size_t shared = one_pass ? smaller(divide_up(s.m, 4 * kernels.rows), divide_up(kBlocks, cut.across)) : 1;
  const std::size_t down = larger(divide_up(s.m, most_rows), shared);
  cut.rows = round_up(divide_up(s.m, down), kernels.rows);
  cut.down = divide_up(s.m, cut.rows);
  return cut;
}

// Neighbours share what had to be packed, or, where a is stored by rows, the part of a.
ProductBlock block_of(const MatrixProduct& s, const Cut& cut, std::size_t i, std::size_t first_k) {
  const std::size_t row = (s.trans_a ? i % cut.down : i / cut.across) * cut.rows;
  const std::size_t column = (s.trans_a ? i / cut.down : i % cut.across) * cut.columns;
  return {row,     smaller(row + cut.rows, s.m),     column, smaller(column + cut.columns, s.n),
          first_k, smaller(first_k + cut.depth, s.k)};
}

// What of b a thread holds packed.
struct Held {
  std::size_t first_column, first_k;

  bool holds(const ProductBlock& block) const {
    return first_column == block.first_column && first_k == block.first_k;
  }
};

}  // namespace

bool panel_gemm(const PanelGemm<float>& kernels, const MatrixProduct& s, double nanoseconds, float alpha,
                const float* a, const float* b, float beta, float* c) {
  const Cut plan = cut(kernels, s);
  const std::size_t blocks = plan.down * plan.across;
  const std::size_t size_b = kernels.packed_size(smaller(plan.columns, s.n), plan.depth);
  const std::size_t size = round_up(size_b + kernels.rows * plan.depth, 1024);
  // Each thread packs for itself: to fetch what another core wrote takes as long as to pack it.
  const unsigned threads = larger(1, smaller(team_threads(), blocks));
  float* memory = scratch(threads * size);
  if (memory == nullptr) return false;
  Held held[kMostThreads];
  for (unsigned who = 0; who < threads; ++who) held[who] = {s.n, s.k};  // nothing

  for_each_block(blocks, threads, nanoseconds, [&](std::size_t i, unsigned who) {
    float* packed = memory + who * size;
    for (std::size_t k = 0; k < s.k; k += plan.depth) {
      const ProductBlock block = block_of(s, plan, i, k);
      // Of use if this thread goes on with it, which it mostly does.
      ProductBlock next = block;
      if (block.last_k < s.k) next = block_of(s, plan, i, block.last_k);
      else if (i + 1 < blocks) next = block_of(s, plan, i + 1, 0);
      const bool is_packed = held[who].holds(block);
      held[who] = {block.first_column, block.first_k};
      kernels.block(s, alpha, a, b, is_packed, packed, packed + size_b, beta, c, block,
                    held[who].holds(next) ? nullptr : &next);
    }
  });
  return true;
}

}  // namespace zerokara
