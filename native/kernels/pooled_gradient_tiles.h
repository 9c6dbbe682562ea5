// The gradients of convolution and 2 × 2 max pooling in one, of one CPU level. Only the winner of a pooled cell has a
// gradient: a quarter of the outputs of the convolution at most, so dw takes a quarter of the products of a dense one.
//
//   for images and bands of rows of cells:             pooled_gradient_images
//     dz of the cells, and db:                         bias_activation_backward
//     dw, few channels:                                fours_tile; the filters of a cell in vectors, each lane with the
//                                                      patch of its own winner
//     dw, more channels:                               patch_tile; by filters, whose sums lie in registers: dz of a cell,
//                                                      broadcast  ×  the patch at its winner, vectors of (kx, c)
//     dx:                                              spread_tile; by filters, whose weights lie in registers: dz of a
//                                                      cell, broadcast  ×  the weights, added at the winner
//
// A dz that is not finite makes NaN of the zeros of the padding. db tells: it is not finite then either.

#ifdef ZK_VECTOR_BITS

// Elements of x, and of dz, in a band.
constexpr std::size_t kBandPixels = 12288, kBandGradients = 8192;

// What is the same in all bands of a call.
struct PooledGradientPlan {
  std::size_t columns, pitch;    // of the padded image: pixels and elements
  std::size_t rows;              // of cells in a band
  std::size_t pixels;            // elements of x under a band
  bool by_fours;                 // few channels
  std::size_t run, padded_run;   // elements of a row of the kernel, and rounded up to vectors
  std::size_t image;             // elements of the padded image, for dx
};

static PooledGradientPlan pooled_gradient_plan(const PooledConvolutionShape& s) {
  PooledGradientPlan p = {};
  p.columns = patch_of_cells(s).columns;
  p.pitch = p.columns * s.channels;
  p.run = s.kernel_width * s.channels;
  p.padded_run = round_up(p.run);
  p.by_fours = s.channels < kFewChannels;
  const std::size_t elements = 2 * p.pitch * (p.by_fours ? 4 : 1), before = (s.kernel_height - 1) * elements / 2;
  p.rows = before < kBandPixels ? (kBandPixels - before) / elements : 0;
  const std::size_t most = kBandGradients / (s.pooled_width * s.filters);
  if (p.rows > most) p.rows = most;
  if (p.rows == 0) p.rows = 1;
  const std::size_t bands = (s.pooled_height + p.rows - 1) / p.rows;
  p.rows = (s.pooled_height + bands - 1) / bands;
  p.pixels = (2 * p.rows - 1 + s.kernel_height) * p.pitch;
  p.image = (2 * s.pooled_height - 1 + s.kernel_height) * p.pitch;
  return p;
}

// Elements of the sums of a range of images: db, then dw, by filters if by patches.
static std::size_t pooled_sums(const PooledConvolutionShape& s) {
  const PooledGradientPlan p = pooled_gradient_plan(s);
  return round_up(round_up(s.filters) + s.kernel_height * (p.by_fours ? p.run : p.padded_run) * s.filters);
}

// Elements of scratch: the pixels of a band, the same as fours, dz, its offsets, and the padded image of dx. Vectors may
// reach beyond the last pixel.
struct PooledGradientScratch {
  std::size_t fours, dz, offsets, image, size;

  PooledGradientScratch(const PooledConvolutionShape& s, const PooledGradientPlan& p, bool with_dx) {
    const std::size_t gradients = round_up(p.rows * s.pooled_width * s.filters);
    fours = round_up(p.pixels + kWidth);
    dz = fours + (p.by_fours ? 4 * round_up(p.pixels) : 0);
    offsets = dz + gradients;
    image = offsets + gradients;
    size = image + (with_dx ? round_up(p.image + kWidth) : 0);
  }
};

static std::size_t pooled_gradient_scratch(const PooledConvolutionShape& s, bool with_dx) {
  return PooledGradientScratch(s, pooled_gradient_plan(s), with_dx).size;
}

constexpr std::size_t kMostSums = std::size_t(1) << 30;  // offsets of weights have 32 bits

static bool pooled_gradient_applies(const PooledConvolutionShape& s, bool with_dx) {
  if (!is_pooled_by_two(s) || s.filters > kMostPatch || s.pooled_width * s.filters > kMostPatch) return false;
  if (pooled_sums(s) > kMostSums) return false;
  // For dx with fewer channels, vectors would be mostly empty.
  if (with_dx && s.channels < 16) return false;
  return !with_dx || (2 * s.pooled_height - 1 + s.kernel_height) * patch_of_cells(s).columns * s.channels <= kMostPatch;
}

// A band of rows of cells.
struct CellBand {
  std::size_t rows, width, filters;
  const float* pixels;         // the padded image under it, or its fours
  std::size_t pitch, channels;
  const float* dz;             // rows · width × filters
  const std::uint8_t* winners;
  const std::int32_t* offsets; // where in `pixels` the patch of a winner begins, likewise
};

#include "pooled_gradient_fours.h"
#include "pooled_gradient_patches.h"

// dx of an image ← what lies inside the image of its padded form; 0 where that does not reach.
static void take_inside(const PooledConvolutionShape& s, const PooledGradientPlan& p, const float* padded, float* dx) {
  const std::size_t rows = 2 * s.pooled_height - 1 + s.kernel_height;
  const std::size_t reach = p.columns > s.pad_left ? p.columns - s.pad_left : 0;
  const std::size_t width = (reach < s.width ? reach : s.width) * s.channels;
  for (std::size_t r = 0; r < s.height; ++r, dx += s.width * s.channels) {
    const std::size_t count = r + s.pad_top < rows ? width : 0;
    if (count > 0) std::memcpy(dx, padded + (r + s.pad_top) * p.pitch + s.pad_left * s.channels, count * sizeof(float));
    for (std::size_t i = count; i < s.width * s.channels; ++i) dx[i] = 0.0f;
  }
}

// sums ← those of `images` images; dx unless it is null, with weights by filters.
static void pooled_gradient_images(const PooledConvolutionShape& s, float* sums, float* dx, const float* dy, const float* y,
                                   const std::uint8_t* winners, const float* x, const float* weights, std::size_t images,
                                   Activation f, float* scratch) {
  const PooledGradientPlan p = pooled_gradient_plan(s);
  const PooledGradientScratch at(s, p, dx != nullptr);
  float *db = sums, *dw = sums + round_up(s.filters), *dz = scratch + at.dz, *image = scratch + at.image;
  float* db_of_band = reinterpret_cast<float*>(scratch + at.offsets);  // used before the offsets
  std::int32_t* offsets = reinterpret_cast<std::int32_t*>(scratch + at.offsets);
  std::memset(sums, 0, pooled_sums(s) * sizeof(float));
  std::memset(scratch + p.pixels, 0, kWidth * sizeof(float));
  CellBand band = {};
  band.width = s.pooled_width;
  band.filters = s.filters;
  band.pitch = p.pitch;
  band.channels = s.channels;
  band.dz = dz;
  band.offsets = offsets;
  for (std::size_t n = 0; n < images; ++n) {
    if (dx != nullptr) std::memset(image, 0, p.image * sizeof(float));
    for (std::size_t row = 0; row < s.pooled_height; row += p.rows) {
      band.rows = s.pooled_height - row < p.rows ? s.pooled_height - row : p.rows;
      const std::size_t cells = band.rows * s.pooled_width;
      const std::size_t first = (n * s.pooled_height + row) * s.pooled_width * s.filters;
      band.winners = winners + first;
      bias_activation_backward<float>(dz, db_of_band, dy + first, y + first, cells, s.filters, s.filters, nullptr, f);
      for (std::size_t o = 0; o < s.filters; ++o) db[o] += db_of_band[o];

      const std::size_t pixel_rows = 2 * band.rows - 1 + s.kernel_height;
      pad_rows(s, x + n * s.height * s.width * s.channels, 2 * row, pixel_rows, p.columns, scratch);
      if (p.by_fours) {
        make_fours(scratch, pixel_rows * p.pitch, s.channels, p.pitch, scratch + at.fours);
        band.pixels = scratch + at.fours;
        add_by_fours(band, s.kernel_height, p.run, dw);
      }
      if (!p.by_fours || dx != nullptr) find_patches(band, offsets);
      if (!p.by_fours) {
        band.pixels = scratch;
        add_by_patches(band, s, p, dw);
      }
      if (dx != nullptr) add_to_patches(band, s, p, weights, image + 2 * row * p.pitch);
    }
    if (dx != nullptr) take_inside(s, p, image, dx + n * s.height * s.width * s.channels);
  }
}

// dw and db ← the sums of the ranges, which are added in order.
static void finish_pooled_gradient(const PooledConvolutionShape& s, float* dw, float* db, float* sums,
                                   std::size_t ranges) {
  const PooledGradientPlan p = pooled_gradient_plan(s);
  const std::size_t size = pooled_sums(s), run = p.by_fours ? p.run : p.padded_run;
  for (std::size_t r = 1; r < ranges; ++r) axpy(size, 1.0f, sums + r * size, sums);
  const float* total = sums;
  if (s.filters > 0) std::memcpy(db, total, s.filters * sizeof(float));
  total += round_up(s.filters);
  if (p.by_fours) {
    std::memcpy(dw, total, s.kernel_height * run * s.filters * sizeof(float));
    return;
  }
  for (std::size_t k = 0; k < s.kernel_height; ++k)
    transpose(total + k * run, s.kernel_height * run, s.filters, p.run, dw + k * p.run * s.filters, s.filters);
}

constexpr PooledConvolution<float> kPooledConvolution = {
    pooled_applies, pooled_in_place, pooled_scratch, pooled_rows, pooled_gradient_applies, pooled_sums,
    pooled_gradient_scratch, pooled_weights, pack_pooled_weights, pooled_gradient_images, finish_pooled_gradient};

template <>
struct PooledConvolutionOf<float> {
  static constexpr const PooledConvolution<float>* table() { return &kPooledConvolution; }
};

#endif
