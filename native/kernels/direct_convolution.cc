#include "direct_convolution.h"

#include <cstring>

#include "scratch.h"
#include "sizes.h"
#include "team.h"

namespace zerokara {

namespace {

// Where the weight of tap (ky, kx, c) and filter o is: w[ky · row + kx · column + c · channel + o · filter].
struct WeightOrder {
  std::ptrdiff_t row, column, channel, filter;
};

// As they are stored: the filters of a tap lie side by side.
WeightOrder order_of(const Correlation& c, std::size_t filters) {
  const std::ptrdiff_t channel = filters, column = channel * c.channels;
  return {column * std::ptrdiff_t(c.kernel_width), column, channel, 1};
}

// The filters [first, first + groups.filters), packed: see FilterGroups.
template <class T>
void pack(T* packed, const Correlation& c, const FilterGroups& groups, const T* w, const WeightOrder& order) {
  if (c.taps() == 0) return;
  for (std::size_t g = 0; g < groups.count(); ++g) {
    const FilterGroups::Group group = groups.group(g);
    for (std::size_t ky = 0; ky < c.kernel_height; ++ky)
      for (std::size_t kx = 0; kx < c.kernel_width; ++kx)
        for (std::size_t channel = 0; channel < c.channels; ++channel) {
          const T* tap = w + std::ptrdiff_t(ky) * order.row + std::ptrdiff_t(kx) * order.column +
                         std::ptrdiff_t(channel) * order.channel;
          for (std::size_t v = 0; v < group.vectors; ++v, packed += groups.lanes) {
            const std::size_t first = group.first + (v + 1 == group.vectors ? group.last_vector : v * groups.lanes);
            const std::size_t count = smaller(groups.lanes, groups.filters - first);
            const T* from = tap + std::ptrdiff_t(first) * order.filter;
            if (order.filter == 1) std::memcpy(packed, from, count * sizeof(T));
            else for (std::size_t i = 0; i < count; ++i) packed[i] = from[std::ptrdiff_t(i) * order.filter];
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
  const double rows = row * double(c.rows) > kMostElements ? row * double(c.rows) / kMostElements : 1;
  std::size_t row_blocks = smaller(std::size_t(rows), c.rows);
  // Few images: two blocks for each thread. More would cut tiles too short.
  const std::size_t threads = team_threads();
  if (threads > 1 && image_blocks < threads)
    row_blocks = larger(row_blocks, smaller(divide_up(2 * threads, image_blocks), divide_up(c.rows, 2)));
  return {image_blocks, row_blocks};
}

// y ← f(correlation + bias), where bias may be null.
template <class T>
bool correlate(const KernelsOf<T>& kernels, const Correlation& c, const WeightOrder& order, T* y, const T* x,
               const T* w, const T* bias, std::size_t images, Activation f) {
  // Half a second-level cache on most machines. One group is packed at least.
  constexpr std::size_t kMostPacked = (512 << 10) / sizeof(T);
  if (images * c.rows * c.columns * c.filters == 0) return true;
  const std::size_t lanes = kernels.correlation->lanes, pair = 2 * lanes;
  const std::size_t chunk = larger(1, kMostPacked / larger(1, pair * c.taps())) * pair;
  const std::size_t most = FilterGroups{smaller(c.filters, 2 * chunk), lanes}.packed_size(c.taps());
  T* packed = reinterpret_cast<T*>(scratch(most * (sizeof(T) / sizeof(float))));
  if (packed == nullptr) return false;
  const Cut plan = cut(c, images);
  const bool fused = f == Activation::identity || f == Activation::relu;
  for (std::size_t first = 0, filters; first < c.filters; first += filters) {
    // The last chunk takes what would fill less than another one.
    filters = c.filters - first < 2 * chunk ? c.filters - first : chunk;
    Correlation part = c;
    part.filters = filters;
    pack(packed, part, FilterGroups{filters, lanes}, w + std::ptrdiff_t(first) * order.filter, order);
    const bool last = first + filters == c.filters;
    // One core does about 100 floating-point operations a nanosecond in float, half as many in double.
    const double work = double(images) * double(c.rows) * double(c.columns) * double(filters) * double(c.taps() + 8);
    for_each_block(plan.blocks(), 2e-2 * (sizeof(T) / 4) * work, [&](std::size_t i) {
      const CorrelationBlock block = plan.block(c, images, i);
      const T* part_bias = bias == nullptr ? nullptr : bias + first;
      kernels.correlation->block(part, block, x, packed, part_bias, f == Activation::relu, y + first);
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
void pack_weights(T* packed, const Correlation& c, const FilterGroups& groups, const T* w) {
  pack(packed, c, groups, w, order_of(c, c.filters));
}

template <class T>
bool direct_convolution(const KernelsOf<T>& kernels, T* y, const T* x, const T* w, const T* b, std::size_t images,
                        const ConvolutionShape& shape, Activation f) {
  const Correlation c = correlation_of(shape);
  return correlate(kernels, c, order_of(c, c.filters), y, x, w, b, images, f);
}

// With stride 1 the input gradient is the correlation of dz with the turned kernel. With stride s, the elements of dx whose
// places are equal modulo s have their own parts of the kernel: each such phase is a correlation with stride 1.
template <class T>
bool direct_convolution_input_gradient(const KernelsOf<T>& kernels, T* dx, const T* dz, const T* w,
                                       std::size_t images, const ConvolutionShape& s) {
  const std::ptrdiff_t place = std::ptrdiff_t(s.channels * s.filters), stride = std::ptrdiff_t(s.stride);
  const std::ptrdiff_t kernel_row = place * std::ptrdiff_t(s.kernel_width);
  const WeightOrder turned = {-stride * kernel_row, -stride * place, 1, std::ptrdiff_t(s.filters)};
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
      T* first = dx + (i * s.width + j) * s.channels;
      const T* no_bias = nullptr;
      if (!correlate(kernels, c, turned, first, dz, last, no_bias, images, Activation::identity)) return false;
    }
  }
  return true;
}

#define ZK_FOR(T)                                                                                            \
  template void pack_weights(T*, const Correlation&, const FilterGroups&, const T*);                        \
  template bool direct_convolution(const KernelsOf<T>&, T*, const T*, const T*, const T*, std::size_t,      \
                                   const ConvolutionShape&, Activation);                                    \
  template bool direct_convolution_input_gradient(const KernelsOf<T>&, T*, const T*, const T*, std::size_t, \
                                                  const ConvolutionShape&);
ZK_FOR(float)
ZK_FOR(double)
#undef ZK_FOR

}  // namespace zerokara
