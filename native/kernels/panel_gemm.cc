#include "panel_gemm.h"

#include "scratch.h"
#include "sizes.h"
#include "team.h"

namespace zerokara {

namespace {

// How c is divided into blocks of rows × columns; each is the sum of passes over `depth` terms of k.
struct Cut {
  std::size_t rows, columns, depth;
  std::size_t down, across;  // the number of blocks
};

Cut cut(const PanelGemm<float>& kernels, const MatrixProduct& s) {
  constexpr std::size_t kBlocks = 16;       // enough for four threads to finish at about the same time
  Cut cut;
  cut.depth = divide_up(s.k, divide_up(s.k, kernels.most_depth));
  const std::size_t panels = divide_up(s.n, kernels.columns);
  const std::size_t most_panels = larger(1, kernels.most_elements / (cut.depth * kernels.columns));
  const std::size_t most_rows = larger(4, kernels.most_elements / (cut.depth * kernels.rows)) * kernels.rows;
  const bool one_pass = cut.depth == s.k;
  // If a is stored by rows, each block across reads it again in place, and blocks of a few panels were measured to be best.
  // If it is stored by columns, each block packs it again, so blocks are as wide as the cache allows.
  const bool narrow = !s.trans_a && (panels > most_panels || !one_pass);
  const std::size_t across = divide_up(panels, narrow ? smaller(most_panels, larger(1, panels / kBlocks)) : most_panels);
  cut.columns = divide_up(panels, across) * kernels.columns;
  cut.across = divide_up(s.n, cut.columns);
  // Blocks below one another share packed panels, but only if one pass covers all of k.
  const std::size_t shared = one_pass ? smaller(divide_up(s.m, 4 * kernels.rows), divide_up(kBlocks, cut.across)) : 1;
  const std::size_t down = larger(divide_up(s.m, most_rows), shared);
  cut.rows = round_up(divide_up(s.m, down), kernels.rows);
  cut.down = divide_up(s.m, cut.rows);
  return cut;
}

// The order of blocks: consecutive ones share what had to be packed of b or, if a is stored by rows, the part of a.
ProductBlock block_of(const MatrixProduct& s, const Cut& cut, std::size_t i, std::size_t first_k) {
  const std::size_t row = (s.trans_a ? i % cut.down : i / cut.across) * cut.rows;
  const std::size_t column = (s.trans_a ? i / cut.down : i % cut.across) * cut.columns;
  return {row,     smaller(row + cut.rows, s.m),     column, smaller(column + cut.columns, s.n),
          first_k, smaller(first_k + cut.depth, s.k)};
}

// The part of b that a thread has packed.
struct Held {
  std::size_t first_column, first_k;

  bool holds(const ProductBlock& block) const {
    return first_column == block.first_column && first_k == block.first_k;
  }
};

// Passes over k and strips of rows of c, outermost. The threads share the columns of a strip; each packs the strip's part of a
// for itself.
bool by_strips(const PanelGemm<float>& kernels, const MatrixProduct& s, double nanoseconds, float alpha, const float* a,
               const float* b, float beta, float* c) {
  constexpr std::size_t kBlocks = 16;  // enough for four threads to finish at about the same time
  const std::size_t depth = smaller(round_up(divide_up(s.k, divide_up(s.k, kernels.most_depth)), 8), s.k);
  const std::size_t most_rows = kernels.most_elements / depth;
  const std::size_t rows = round_up(divide_up(s.m, divide_up(s.m, most_rows)), kernels.rows);
  const std::size_t columns = divide_up(divide_up(s.n, kernels.columns), kBlocks) * kernels.columns;
  const std::size_t across = divide_up(s.n, columns);
  const std::size_t size_b = kernels.packed_size(kernels.columns, depth);
  const std::size_t size_a = rows * depth + kernels.columns;  // whole vectors are stored at the end
  const std::size_t size_places = divide_up(kernels.places_size(rows, depth) * sizeof(std::uint16_t), sizeof(float));
  const std::size_t size = round_up(size_b + size_a + size_places, 1024);
  const unsigned threads = larger(1, smaller(team_threads(), across));
  float* memory = scratch(threads * size);
  if (memory == nullptr) return false;
  const double share = nanoseconds / double(divide_up(s.k, depth) * divide_up(s.m, rows));
  for (std::size_t k = 0; k < s.k; k += depth) {
    for (std::size_t row = 0; row < s.m; row += rows) {
      bool is_packed[kMostThreads] = {};
      for_each_block(across, threads, share, [&](std::size_t i, unsigned thread) {
        float* panel = memory + thread * size;
        float* packed_a = panel + size_b;
        std::uint16_t* places = reinterpret_cast<std::uint16_t*>(packed_a + size_a);
        const std::size_t column = i * columns;
        const ProductBlock block = {row,    smaller(row + rows, s.m), column, smaller(column + columns, s.n),
                                    k,      smaller(k + depth, s.k)};
        if (!is_packed[thread]) kernels.pack_strip(s, a, block, packed_a, places);
        is_packed[thread] = true;
        kernels.strip(s, alpha, packed_a, places, b, panel, beta, c, block);
      });
    }
  }
  return true;
}

}  // namespace

bool panel_gemm(const PanelGemm<float>& kernels, const MatrixProduct& s, double nanoseconds, float alpha,
                const float* a, const float* b, float beta, float* c) {
  if (kernels.strip != nullptr) return by_strips(kernels, s, nanoseconds, alpha, a, b, beta, c);
  const Cut plan = cut(kernels, s);
  const std::size_t blocks = plan.down * plan.across;
  const std::size_t size_b = kernels.packed_size(smaller(plan.columns, s.n), plan.depth);
  const std::size_t size = round_up(size_b + kernels.rows * plan.depth, 1024);
  // Each thread packs for itself: fetching what another core packed takes as long as packing it.
  const unsigned threads = larger(1, smaller(team_threads(), blocks));
  float* memory = scratch(threads * size);
  if (memory == nullptr) return false;
  Held held[kMostThreads];
  for (unsigned thread = 0; thread < threads; ++thread) held[thread] = {s.n, s.k};  // nothing

  for_each_block(blocks, threads, nanoseconds, [&](std::size_t i, unsigned thread) {
    float* packed = memory + thread * size;
    for (std::size_t k = 0; k < s.k; k += plan.depth) {
      const ProductBlock block = block_of(s, plan, i, k);
      // Prefetched in case this thread goes on with it, which it usually does.
      ProductBlock next = block;
      if (block.last_k < s.k) next = block_of(s, plan, i, block.last_k);
      else if (i + 1 < blocks) next = block_of(s, plan, i + 1, 0);
      const bool is_packed = held[thread].holds(block);
      held[thread] = {block.first_column, block.first_k};
      kernels.block(s, alpha, a, b, is_packed, packed, packed + size_b, beta, c, block,
                    held[thread].holds(next) ? nullptr : &next);
    }
  });
  return true;
}

}  // namespace zerokara
