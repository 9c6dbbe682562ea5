// Correlations of one CPU level.
//
//   for parts of y whose patches are cut alike by the image's edges:   correlation_block; inside, edges, corners
//     for groups of 1–3 vectors of filters:            16 floats (v4) or 8 (v3) to a vector
//       for tiles of R pixels of the part:             correlation_tile; R × C sums lie in registers
//         for rows of the kernel:
//           for (kx, c), side by side in x as in the weights:
//             C vectors of weights, from L1 or L2  ×  R elements of x, each broadcast to a vector
//
// x is read in place: no patches, no border of zeros. What lies outside the image is not multiplied at all, which saves
// 5 % of the work of a 3 × 3 kernel on 28 × 28 pixels and 16 % on 8 × 8.
//
// Every output is one sum in one order, starting from the bias, whatever block or tile it is in.

#include "lanes.h"

// Outputs [first, last) in one direction, and the places [begin, end) of the kernel that lie inside the image for them.
struct KernelRange {
  std::size_t first, last, begin, end;
};

// The range that starts with output `first` and reaches `last` at most. `start` is the place of output 0's patch.
static KernelRange kernel_range(std::ptrdiff_t start, std::size_t step, std::size_t kernel, std::size_t length,
                                std::size_t first, std::size_t last) {
  const auto clip = [&](std::ptrdiff_t place) {
    return place < 0 ? 0 : place < std::ptrdiff_t(kernel) ? std::size_t(place) : kernel;
  };
  const auto begin = [&](std::size_t i) { return clip(-(start + std::ptrdiff_t(i * step))); };
  const auto end = [&](std::size_t i) { return clip(std::ptrdiff_t(length) - (start + std::ptrdiff_t(i * step))); };
  KernelRange range = {first, first + 1, begin(first), end(first)};
  while (range.last < last && begin(range.last) == range.begin && end(range.last) == range.end) ++range.last;
  return range;
}

// Where a pixel's patch has its first element of x, and where its filters go in y.
struct Pixel {
  std::ptrdiff_t from, to;
};

// The pixels of a part, by images, rows and columns.
struct PixelCursor {
  const Correlation& c;
  const KernelRange &rows, &columns;
  bool reads;  // false if all places are outside the image: then `from` stays 0, as positions may be too far away
  std::size_t image, row, column;
  Pixel pixel;

  std::ptrdiff_t x_step() const { return reads ? std::ptrdiff_t(c.step * c.channels) : 0; }
  std::ptrdiff_t y_step() const { return std::ptrdiff_t(c.y_column); }

  void enter_row() {
    if (reads) {
      const std::ptrdiff_t y = c.top + std::ptrdiff_t(row * c.step + rows.begin);
      const std::ptrdiff_t x = c.left + std::ptrdiff_t(columns.first * c.step + columns.begin);
      pixel.from = ((std::ptrdiff_t(image * c.height) + y) * std::ptrdiff_t(c.width) + x) * std::ptrdiff_t(c.channels);
    }
    pixel.to = std::ptrdiff_t(image * c.y_image + row * c.y_row + columns.first * c.y_column);
    column = columns.first;
  }

  std::size_t left_in_row() const { return columns.last - column; }

  ZK_INLINE_METHOD Pixel next() {
    const Pixel here = pixel;
    pixel.from += x_step();
    pixel.to += y_step();
    if (++column == columns.last) {
      if (++row == rows.last) row = rows.first, ++image;
      enter_row();
    }
    return here;
  }
};

// What the tiles of a part and a group of filters have in common.
template <class T>
struct TileOperands {
  std::size_t runs, run_length;      // rows of the kernel, and (kx, c) in each
  std::ptrdiff_t x_pitch;            // from one row of the kernel to the next, in x
  std::size_t weights_pitch;         // the same in the weights
  std::size_t weights_row;           // from one row of weights to the next
  std::size_t last_weights;          // where the last vector of a row lies
  const T* x;
  const T* weights;                  // of the part's first place
  const T* bias;                     // of the group; or null
  T* y;                              // at the group's first filter
  std::size_t last_vector, lanes;    // fewer lanes than a vector has only if there are fewer filters in all
  bool relu;
};

template <class V, class T>
static V load_first(const T* p, std::size_t count) {
  T lanes[V::kWidth] = {};
  for (std::size_t i = 0; i < count; ++i) lanes[i] = p[i];
  return load(lanes);
}

template <class V, class T>
static void store_first(T* p, V x, std::size_t count) {
  T lanes[V::kWidth];
  store(lanes, x);
  for (std::size_t i = 0; i < count; ++i) p[i] = lanes[i];
}

// R pixels, of which `count` are stored.
template <class T, int R, int C>
ZK_NOINLINE ZK_NOCLONE void correlation_tile(const TileOperands<T>& o, const Pixel* pixels, std::size_t count) {
  using V = typename LanesOf<T>::Type;
  const auto column = [&](int v) { return v == C - 1 ? o.last_vector : std::size_t(v * V::kWidth); };
  const bool narrow = C == 1 && o.lanes < std::size_t(V::kWidth);
  const T* at[R];
  ZK_UNROLL
  for (int r = 0; r < R; ++r) at[r] = o.x + pixels[r].from;
  // y is often not in a cache: its lines are fetched while the sums are computed.
  ZK_UNROLL
  for (int r = 0; r < R; ++r) {
    const T* out = o.y + pixels[r].to;
    ZK_UNROLL
    for (std::size_t v = 0; v < C * V::kWidth; v += 64 / sizeof(T)) ZK_PREFETCH_TO_WRITE(out + v);
  }
  V sum[R][C];
  ZK_UNROLL
  for (int v = 0; v < C; ++v) {
    V bias = all_lanes(T(0));
    if (o.bias != nullptr) bias = narrow ? load_first<V>(o.bias, o.lanes) : load(o.bias + column(v));
    ZK_UNROLL
    for (int r = 0; r < R; ++r) sum[r][v] = bias;
  }

  const T* run = o.weights;
  const std::size_t row = o.weights_row, last = o.last_weights;
  std::ptrdiff_t first = 0;
  for (std::size_t i = 0; i < o.runs; ++i, first += o.x_pitch, run += o.weights_pitch) {
    const T* w = run;
    for (std::ptrdiff_t t = first, end = first + std::ptrdiff_t(o.run_length); t < end; ++t, w += row) {
      V weight[C];
      ZK_UNROLL
      for (int v = 0; v < C; ++v) weight[v] = load(w + (v == C - 1 ? last : v * V::kWidth));
      ZK_UNROLL
      for (int r = 0; r < R; ++r) {
        const V value = all_lanes(at[r][t]);
        ZK_UNROLL
        for (int v = 0; v < C; ++v) sum[r][v] = madd(value, weight[v], sum[r][v]);
      }
    }
  }

  ZK_UNROLL
  for (int r = 0; r < R; ++r) {
    if (std::size_t(r) >= count) break;
    T* out = o.y + pixels[r].to;
    ZK_UNROLL
    for (int v = 0; v < C; ++v) {
      const V result = o.relu ? relu(sum[r][v]) : sum[r][v];
      if (narrow) store_first(out, result, o.lanes);
      else store(out + column(v), result);
    }
  }
}

// The next `count` ≤ R pixels; the sums of missing ones are computed of the last one, and dropped.
template <class T, int R, int C>
ZK_INLINE void next_tile(const TileOperands<T>& o, PixelCursor& cursor, std::size_t count) {
  Pixel pixels[R];
  if (count == R && cursor.left_in_row() > R) {
    const std::ptrdiff_t from = cursor.pixel.from, to = cursor.pixel.to;
    const std::ptrdiff_t x_step = cursor.x_step(), y_step = cursor.y_step();
    ZK_UNROLL
    for (int r = 0; r < R; ++r) pixels[r] = {from + r * x_step, to + r * y_step};
    cursor.pixel = {from + R * x_step, to + R * y_step};
    cursor.column += R;
  } else {
    for (std::size_t r = 0; r < R; ++r) pixels[r] = r < count ? cursor.next() : pixels[r - 1];
  }
  correlation_tile<T, R, C>(o, pixels, count);
}

// A part in tiles of R pixels, and a smaller one at the end.
template <class T, int R, int C>
static void correlation_part(const TileOperands<T>& o, PixelCursor cursor, std::size_t count) {
  for (; count >= R; count -= R) next_tile<T, R, C>(o, cursor, R);
  if (count > R / 2) next_tile<T, R, C>(o, cursor, count);
  else if (count > 1) next_tile<T, R / 2, C>(o, cursor, count);
  else if (count == 1) next_tile<T, 1, C>(o, cursor, 1);
}

// See CorrelationKernels::block.
template <class T>
static void correlation_block(const Correlation& c, const CorrelationBlock& b, const T* x,
                              const CorrelationWeights<T>& weights, const T* bias, bool relu, T* y) {
  using V = typename LanesOf<T>::Type;
  // Sums, a row of weights and a broadcast element must fit the registers. Where there are 32 of them, 12 pixels × 2
  // vectors were measured to be slower than 8 × 2: the addresses of 12 pixels do not fit the general registers.
  constexpr bool kMany = V::kRegisters == 32;
  constexpr int kOne = kMany ? 8 : 12, kTwo = kMany ? 8 : 6, kThree = kMany ? 8 : 4;
  const FilterGroups groups = {c.filters, std::size_t(V::kWidth)};
  TileOperands<T> o = {};
  o.x = x;
  o.x_pitch = std::ptrdiff_t(c.width * c.channels);
  o.lanes = c.filters < groups.lanes ? c.filters : groups.lanes;
  o.relu = relu;
  KernelRange rows, columns;
  for (std::size_t i = b.first_row; i < b.last_row; i = rows.last) {
    rows = kernel_range(c.top, c.step, c.kernel_height, c.height, i, b.last_row);
    for (std::size_t j = 0; j < c.columns; j = columns.last) {
      columns = kernel_range(c.left, c.step, c.kernel_width, c.width, j, c.columns);
      const bool reads = rows.end > rows.begin && columns.end > columns.begin && c.channels > 0;
      o.runs = reads ? rows.end - rows.begin : 0;
      o.run_length = reads ? (columns.end - columns.begin) * c.channels : 0;
      const std::size_t first_tap = reads ? (rows.begin * c.kernel_width + columns.begin) * c.channels : 0;
      const std::size_t pixels = (rows.last - rows.first) * (columns.last - columns.first);
      const std::size_t count = (b.last_image - b.first_image) * pixels;
      PixelCursor cursor = {c, rows, columns, reads, b.first_image, rows.first, columns.first, {}};
      cursor.enter_row();
      for (std::size_t g = 0; g < groups.count(); ++g) {
        const FilterGroups::Group group = groups.group(g);
        o.weights_row = weights.packed ? group.vectors * groups.lanes : c.filters;
        o.last_weights = weights.packed ? (group.vectors - 1) * groups.lanes : group.last_vector;
        o.weights = weights.w + (weights.packed ? group.first * c.taps() : group.first) + first_tap * o.weights_row;
        o.weights_pitch = c.kernel_width * c.channels * o.weights_row;
        o.bias = bias == nullptr ? nullptr : bias + group.first;
        o.y = y + group.first;
        o.last_vector = group.last_vector;
        if (group.vectors == 1) correlation_part<T, kOne, 1>(o, cursor, count);
        else if (group.vectors == 2) correlation_part<T, kTwo, 2>(o, cursor, count);
        else correlation_part<T, kThree, 3>(o, cursor, count);
      }
    }
  }
}

// See CorrelationKernels::pack.
template <class T>
static void correlation_pack(const FilterGroups& groups, const T* w, std::size_t ld, std::size_t taps, T* packed) {
  using V = typename LanesOf<T>::Type;
  for (std::size_t i = 0; i < groups.count(); ++i) {
    const FilterGroups::Group group = groups.group(i);
    const T* row = w + group.first;
    for (std::size_t t = 0; t < taps; ++t, row += ld) {
      if (groups.filters < groups.lanes) {
        store(packed, load_first<V>(row, groups.filters));
      } else {
        for (std::size_t v = 0; v + 1 < group.vectors; ++v, packed += V::kWidth) store(packed, load(row + v * V::kWidth));
        store(packed, load(row + group.last_vector));
      }
      packed += V::kWidth;
    }
  }
}

template <class T>
struct CorrelationKernelsOf {
  static constexpr CorrelationKernels<T> kTable = {std::size_t(LanesOf<T>::Type::kWidth), correlation_pack<T>,
                                                   correlation_block<T>};
};
