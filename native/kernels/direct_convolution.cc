#include "direct_convolution.h"

#include "scratch.h"
#include "sizes.h"
#include "team.h"
#include "window_places.h"

namespace zerokara {

namespace {

// The weights of a correlation as they are stored: a row of filters for each tap (ky, kx, c); or turned, as an input
// gradient has them: ky and kx go backwards, and its filters, which are the channels of the convolution, lie apart.
template <class T>
struct StoredWeights {
  const T* w;                                   // of the first tap and filter
  bool turned;
  std::ptrdiff_t row, column, channel, filter;  // from one to the next, of ky, kx, c and the filter
};

// Packs the filters from `first` on.
template <class T>
void pack(const CorrelationKernels<T>& kernels, const Correlation& c, const FilterGroups& groups,
          const StoredWeights<T>& from, std::size_t first, T* packed) {
  if (c.taps() == 0) return;
  const T* w = from.w + std::ptrdiff_t(first) * from.filter;
  if (!from.turned) return kernels.pack(groups, w, std::size_t(from.channel), c.taps(), packed);
  for (std::size_t g = 0; g < groups.count(); ++g) {
    const FilterGroups::Group group = groups.group(g);
    for (std::size_t ky = 0; ky < c.kernel_height; ++ky)
      for (std::size_t kx = 0; kx < c.kernel_width; ++kx) {
        const T* place = w + std::ptrdiff_t(ky) * from.row + std::ptrdiff_t(kx) * from.column;
        for (std::size_t channel = 0; channel < c.channels; ++channel)
          for (std::size_t v = 0; v < group.vectors; ++v, packed += groups.lanes) {
            const std::size_t filter = group.first + (v + 1 == group.vectors ? group.last_vector : v * groups.lanes);
            const std::size_t count = smaller(groups.lanes, groups.filters - filter);
            const T* tap = place + std::ptrdiff_t(channel) * from.channel + std::ptrdiff_t(filter) * from.filter;
            for (std::size_t i = 0; i < count; ++i) packed[i] = tap[std::ptrdiff_t(i) * from.filter];
            for (std::size_t i = count; i < groups.lanes; ++i) packed[i] = T(0);
          }
      }
  }
}

// How the outputs are divided among threads.
struct Cut {
  std::size_t images, rows;  // numbers of blocks

  std::size_t blocks() const { return images * rows; }
  CorrelationBlock block(const Correlation& c, std::size_t all_images, std::size_t i) const {
    const std::size_t image = i / rows, row = i % rows;
    return {all_images * image / images, all_images * (image + 1) / images, c.rows * row / rows,
            c.rows * (row + 1) / rows};
  }
};

Cut cut(const Correlation& c, std::size_t images) {
  // The corners of an image are parts of one pixel each: several images together fill tiles with them.
  constexpr std::size_t kPixels = 384;
  // Elements of x that a block reads again for each group of filters.
  constexpr double kMostElements = 64 << 10;
  std::size_t image_blocks = divide_up(images, divide_up(kPixels, c.rows * c.columns));
  if (image_blocks > 4) image_blocks = smaller(round_up(image_blocks, 4), images);
  const double row = double(c.width) * double(c.channels) * double(smaller(c.step, c.kernel_height));
  const double rows = row * double(c.rows) / kMostElements;
  std::size_t row_blocks = rows >= double(c.rows) ? c.rows : larger(1, std::size_t(rows));
  // One image, or few: a block for each thread. Two for each would cut the tiles of 8 × 8 pixels shorter, by a fifth.
  const std::size_t threads = larger(1, team_threads());
  if (image_blocks < threads)
    row_blocks = larger(row_blocks, smaller(divide_up(threads, image_blocks), divide_up(c.rows, 2)));
  return {image_blocks, row_blocks};
}

// y ← f(correlation + bias), where bias may be null.
template <class T>
bool correlate(const KernelsOf<T>& kernels, const Correlation& c, const StoredWeights<T>& weights, T* y, const T* x,
               const T* bias, std::size_t images, Activation f) {
  // Half a second-level cache on most machines. One group is packed at least.
  constexpr std::size_t kMostPacked = (512 << 10) / sizeof(T);
  // For fewer pixels, packing takes longer than it saves: 147 kB of weights as long as a tenth of an image of 8 × 8 pixels.
  constexpr std::size_t kPixelsToPack = 512;
  if (images * c.rows * c.columns * c.filters == 0) return true;
  const std::size_t lanes = kernels.correlation->lanes, pair = 2 * lanes;
  const bool packs = weights.turned || c.filters < lanes || images * c.rows * c.columns >= kPixelsToPack;
  const std::size_t chunk = packs ? larger(1, kMostPacked / larger(1, pair * c.taps())) * pair : c.filters;
  const T* stored = weights.w;
  T* packed = nullptr;
  if (packs) {
    const std::size_t most = FilterGroups{smaller(c.filters, 2 * chunk), lanes}.packed_size(c.taps());
    packed = reinterpret_cast<T*>(scratch(most * (sizeof(T) / sizeof(float))));
    if (packed == nullptr) return false;
  }
  const Cut plan = cut(c, images);
  const bool fused = f == Activation::identity || f == Activation::relu;
  for (std::size_t first = 0, filters; first < c.filters; first += filters) {
    // The last chunk takes what would fill less than another one.
    filters = c.filters - first < 2 * chunk ? c.filters - first : chunk;
    Correlation part = c;
    part.filters = filters;
    if (packs) pack(*kernels.correlation, part, FilterGroups{filters, lanes}, weights, first, packed);
    const bool last = first + filters == c.filters;
    // One core does about 100 floating-point operations a nanosecond in float, half as many in double.
    const double work = double(images) * double(c.rows) * double(c.columns) * double(filters) * double(c.taps() + 8);
    for_each_block(plan.blocks(), 2e-2 * (sizeof(T) / 4) * work, [&](std::size_t i) {
      const CorrelationBlock block = plan.block(c, images, i);
      const CorrelationWeights<T> of_part = {packs ? packed : stored, packs};
      const T* part_bias = bias == nullptr ? nullptr : bias + first;
      kernels.correlation->block(part, block, x, of_part, part_bias, f == Activation::relu, y + first);
      if (fused || !last) return;
      // Whole rows of y, as they lie in a convolution's output.
      const std::size_t rows = block.last_row - block.first_row;
      for (std::size_t image = block.first_image; image < block.last_image; ++image) {
        T* out = y + image * c.y_image + block.first_row * c.y_row;
        kernels.activation(out, out, rows * c.y_row, f);
      }
    });
  }
  return true;
}

// The outputs i · step + first in one direction of an input gradient, and the places of the kernel that reach them.
struct Phase {
  std::size_t count;               // of outputs
  std::size_t last_place, places;  // the highest place, from which `places` go down by the stride
  std::ptrdiff_t start;            // of the first patch in dz
};

Phase phase_of(std::size_t first, std::size_t length, std::size_t kernel, std::size_t stride, std::size_t padding) {
  const std::size_t lowest = (first + padding) % stride;
  const std::size_t places = lowest < kernel ? divide_up(kernel - lowest, stride) : 0;
  const std::size_t nearest = (first + padding) / stride;  // the window whose place `lowest` lies at `first`
  return {divide_up(length - first, stride), places == 0 ? 0 : lowest + (places - 1) * stride, places,
          std::ptrdiff_t(nearest + 1) - std::ptrdiff_t(places)};
}

}  // namespace

Correlation correlation_of(const ConvolutionShape& s) {
  Correlation c = {};
  c.height = s.height, c.width = s.width, c.channels = s.channels;
  c.kernel_height = s.kernel_height, c.kernel_width = s.kernel_width, c.step = s.stride;
  c.top = -std::ptrdiff_t(s.pad_top), c.left = -std::ptrdiff_t(s.pad_left);
  c.rows = s.out_height, c.columns = s.out_width, c.filters = s.filters;
  c.y_column = c.filters, c.y_row = c.columns * c.y_column, c.y_image = c.rows * c.y_row;
  return c;
}

template <class T>
bool direct_convolution(const KernelsOf<T>& kernels, T* y, const T* x, const T* w, const T* b, std::size_t images,
                        const ConvolutionShape& s, Activation f) {
  if (has_zero_size(s)) return false;
  const std::ptrdiff_t channel = std::ptrdiff_t(s.filters), column = channel * std::ptrdiff_t(s.channels);
  const StoredWeights<T> weights = {w, false, column * std::ptrdiff_t(s.kernel_width), column, channel, 1};
  return correlate(kernels, correlation_of(s), weights, y, x, b, images, f);
}

// With stride 1 the input gradient is the correlation of dz with the turned kernel. With stride s, elements of dx whose
// places are equal modulo s are reached by a part of the kernel of their own: each such phase is a correlation.
template <class T>
bool direct_convolution_input_gradient(const KernelsOf<T>& kernels, T* dx, const T* dz, const T* w,
                                       std::size_t images, const ConvolutionShape& s) {
  if (has_zero_size(s)) return false;
  const std::ptrdiff_t place = std::ptrdiff_t(s.channels * s.filters), stride = std::ptrdiff_t(s.stride);
  const std::ptrdiff_t kernel_row = place * std::ptrdiff_t(s.kernel_width);
  Correlation c = {};
  c.height = s.out_height, c.width = s.out_width, c.channels = s.filters, c.filters = s.channels, c.step = 1;
  c.y_column = s.stride * s.channels, c.y_row = s.width * c.y_column, c.y_image = s.height * s.width * s.channels;
  for (std::size_t i = 0; i < smaller(s.stride, s.height); ++i) {
    const Phase rows = phase_of(i, s.height, s.kernel_height, s.stride, s.pad_top);
    c.kernel_height = rows.places, c.top = rows.start, c.rows = rows.count;
    for (std::size_t j = 0; j < smaller(s.stride, s.width); ++j) {
      const Phase columns = phase_of(j, s.width, s.kernel_width, s.stride, s.pad_left);
      c.kernel_width = columns.places, c.left = columns.start, c.columns = columns.count;
      const T* last = w + std::ptrdiff_t(rows.last_place) * kernel_row + std::ptrdiff_t(columns.last_place) * place;
      const StoredWeights<T> turned = {last, true, -stride * kernel_row, -stride * place, 1, std::ptrdiff_t(s.filters)};
      const T* no_bias = nullptr;
      T* first = dx + (i * s.width + j) * s.channels;
      if (!correlate(kernels, c, turned, first, dz, no_bias, images, Activation::identity)) return false;
    }
  }
  return true;
}

#define ZK_FOR(T)                                                                                            \
  template bool direct_convolution(const KernelsOf<T>&, T*, const T*, const T*, const T*, std::size_t,      \
                                   const ConvolutionShape&, Activation);                                    \
  template bool direct_convolution_input_gradient(const KernelsOf<T>&, T*, const T*, const T*, std::size_t, \
                                                  const ConvolutionShape&);
ZK_FOR(float)
ZK_FOR(double)
#undef ZK_FOR

}  // namespace zerokara
