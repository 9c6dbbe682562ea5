// The gradient of a convolution's weights, of one CPU level.
//
//   for groups of filters, 1–4 vectors:                weight_gradient_images
//     for bands of output rows, or a few images:       their x and dz stay in L1
//       for places (ky, kx) of the kernel:             add_taps; outputs that see the image there, a rectangle
//         for tiles of R channels:                     tap_tile; R × V sums lie in registers
//           for outputs of the rectangle:              R elements of x, each broadcast, × V vectors of dz
//
// Nothing is copied and nothing is padded. Each band is summed on its own and added to dw, so an error grows with the
// number of bands and not of outputs.
//
// With fewer than kFewChannels the tiles would be too small. Then the rows of the kernel, contiguous in a padded copy of the
// band, take the place of the channels (kernel_rows_tile). Where dz is not finite, 0 · dz is NaN also in the padding; as it
// would be visible in dw, the band-wise sum is then made again by places.


constexpr std::size_t kFewChannels = 8;
// Elements of x and dz in a band, 32 kB of floats, and the fewest outputs that are worth loading and storing a tile for.
constexpr std::size_t kBandElements = 8192, kFewestOutputs = 64;
constexpr std::size_t kMostPadded = 65536;  // elements of a padded band

// One rectangle of outputs in each of a few images.
template <class T>
struct TapSums {
  const T *x, *dz;  // of its first output: the channels that it sees, its filters
  T* dw;            // channels × filters
  std::size_t ld;   // filters, the distance of rows of dw
  std::size_t images, rows, columns;
  std::size_t x_image, x_row, x_column, dz_image, dz_row, dz_column;  // distances in elements
  std::size_t kernel_row;                                            // distance of kernel rows in x, for kernel_rows_tile
  std::size_t filters;                                               // of the group
};

// dw += Σ xᵀ · dz over the outputs of `t`, for the rows of the kernel, `width` elements each. This is the plain form: four
// outputs to a pass over a row of dw, which stays in L1.
template <class T>
struct TapTiles {
  static constexpr std::size_t kGroup = 64;  // filters at once

  static void add(const TapSums<T>& t, std::size_t kernel_rows, std::size_t width) {
    for (std::size_t n = 0; n < t.images; ++n)
      for (std::size_t y = 0; y < t.rows; ++y)
        for (std::size_t k = 0; k < kernel_rows; ++k)
          add_row(t, t.x + n * t.x_image + y * t.x_row + k * t.kernel_row, t.dz + n * t.dz_image + y * t.dz_row,
                  t.dw + k * width * t.ld, width);
  }

  static void add_row(const TapSums<T>& t, const T* x, const T* dz, T* dw, std::size_t width) {
    const std::size_t step = t.x_column, dz_step = t.dz_column, filters = t.filters;
    std::size_t i = 0;
    for (; i + 4 <= t.columns; i += 4, x += 4 * step, dz += 4 * dz_step) {
      for (std::size_t r = 0; r < width; ++r) {
        const T a = x[r], b = x[step + r], c = x[2 * step + r], d = x[3 * step + r];
        T* out = dw + r * t.ld;
        ZK_VECTOR_LOOP
        for (std::size_t v = 0; v < filters; ++v)
          out[v] = madd(d, dz[3 * dz_step + v], madd(c, dz[2 * dz_step + v], madd(b, dz[dz_step + v], madd(a, dz[v], out[v]))));
      }
    }
    for (; i < t.columns; ++i, x += step, dz += dz_step) {
      for (std::size_t r = 0; r < width; ++r) {
        const T a = x[r];
        T* out = dw + r * t.ld;
        ZK_VECTOR_LOOP
        for (std::size_t v = 0; v < filters; ++v) out[v] = madd(a, dz[v], out[v]);
      }
    }
  }
};

#ifdef ZK_VECTOR_BITS

// dw[r] += Σ x[r] · dz over the outputs of `t`, for K kernel rows of R elements each.
template <int K, int R, int V>
ZK_NOINLINE void tap_tile(const TapSums<float>& t, const float* x_image, float* dw) {
  const std::size_t kernel_row = t.kernel_row, x_column = t.x_column, dz_column = t.dz_column;
  const Vector::Mask mask = first_lanes(t.filters - (V - 1) * kWidth);
  const float* dz_image = t.dz;
  Vector sum[K * R][V];
  ZK_UNROLL
  for (int r = 0; r < K * R; ++r)
    ZK_UNROLL
    for (int v = 0; v < V; ++v) sum[r][v] = zeros();

  for (std::size_t n = t.images; n > 0; --n, x_image += t.x_image, dz_image += t.dz_image) {
    const float *x_row = x_image, *dz_row = dz_image;
    for (std::size_t y = t.rows; y > 0; --y, x_row += t.x_row, dz_row += t.dz_row) {
      const float *x = x_row, *dz = dz_row;
      for (std::size_t i = t.columns; i > 0; --i, x += x_column, dz += dz_column) {
        Vector g[V];
        ZK_UNROLL
        for (int v = 0; v < V - 1; ++v) g[v] = load(dz + v * kWidth);
        g[V - 1] = load(dz + (V - 1) * kWidth, mask);
        ZK_UNROLL
        for (int r = 0; r < K * R; ++r) {
          const Vector a = all_lanes(x[(r / R) * kernel_row + r % R]);
          ZK_UNROLL
          for (int v = 0; v < V; ++v) sum[r][v] = madd(a, g[v], sum[r][v]);
        }
      }
    }
  }

  ZK_UNROLL
  for (int r = 0; r < K * R; ++r, dw += t.ld) {
    ZK_UNROLL
    for (int v = 0; v < V - 1; ++v) store(dw + v * kWidth, plus(load(dw + v * kWidth), sum[r][v]));
    float* last = dw + (V - 1) * kWidth;
    store(last, plus(load(last, mask), sum[r][V - 1]), mask);
  }
}

template <>
struct TapTiles<float> {
  static constexpr std::size_t kVectors = kWidth == 16 ? 4 : 2;
  static constexpr std::size_t kGroup = kVectors * kWidth;

  static void add(const TapSums<float>& t, std::size_t kernel_rows, std::size_t width) {
    const std::size_t vectors = round_up(t.filters) / kWidth;
    if (vectors == 1) add_vectors<1>(t, kernel_rows, width);
    if (vectors == 2) add_vectors<2>(t, kernel_rows, width);
    if (vectors == 3) add_vectors<(kVectors > 2 ? 3 : 1)>(t, kernel_rows, width);
    if (vectors == 4) add_vectors<(kVectors > 2 ? 4 : 1)>(t, kernel_rows, width);
  }

  // Rows of a tile: R · V sums, V vectors of dz and a broadcast fit into the registers.
  template <int V>
  static constexpr int most_rows() {
    return kWidth == 16 ? (V == 1 ? 16 : V == 2 ? 12 : V == 3 ? 8 : 6) : (V == 1 ? 12 : 6);
  }

  template <int V>
  static void add_vectors(const TapSums<float>& t, std::size_t kernel_rows, std::size_t width) {
    // 3 × 3 and 5 × 5 with one channel: rows of the kernel alone are too few sums to hide the latency of the additions.
    if (V == 1 && kernel_rows == 3 && width == 3) return tap_tile<3, 3, V>(t, t.x, t.dw);
#if ZK_VECTOR_BITS == 512
    if (V == 1 && kernel_rows == 5 && width == 5) return tap_tile<5, 5, V>(t, t.x, t.dw);
#endif
    constexpr std::size_t kMost = most_rows<V>();
    const std::size_t tiles = (width + kMost - 1) / kMost;
    for (std::size_t k = 0; k < kernel_rows; ++k)
      for (std::size_t i = 0; i < tiles; ++i) {
        const std::size_t first = width * i / tiles, last = width * (i + 1) / tiles;
        add_rows_of_tile<V, kMost>(t, last - first, t.x + k * t.kernel_row + first, t.dw + (k * width + first) * t.ld);
      }
  }

  // Calls the tile of so many rows.
  template <int V, int R>
  static void add_rows_of_tile(const TapSums<float>& t, std::size_t rows, const float* x, float* dw) {
    if constexpr (R > 1) {
      if (rows < R) return add_rows_of_tile<V, R - 1>(t, rows, x, dw);
    }
    tap_tile<1, R, V>(t, x, dw);
  }
};

#endif

// A range of images, of output rows and of filters.
struct GradientBand {
  std::size_t first_image, images, first_row, last_row, first_filter, filters;
};

template <class T>
static void add_taps(const ConvolutionShape& s, T* dw, const T* x, const T* dz, const GradientBand& band) {
  TapSums<T> t = {};
  t.ld = s.filters;
  t.images = band.images;
  t.x_image = s.height * s.width * s.channels;
  t.x_row = s.stride * s.width * s.channels;
  t.x_column = s.stride * s.channels;
  t.dz_image = s.out_height * s.out_width * s.filters;
  t.dz_row = s.out_width * s.filters;
  t.dz_column = s.filters;
  t.filters = band.filters;
  for (std::size_t ky = 0; ky < s.kernel_height; ++ky) {
    const OutputRange inside = outputs_inside(s.out_height, s.height, s.stride, s.pad_top, ky);
    const std::size_t first = inside.first > band.first_row ? inside.first : band.first_row;
    const std::size_t last = inside.last < band.last_row ? inside.last : band.last_row;
    if (first >= last) continue;
    for (std::size_t kx = 0; kx < s.kernel_width; ++kx) {
      const OutputRange across = outputs_inside(s.out_width, s.width, s.stride, s.pad_left, kx);
      if (across.first >= across.last) continue;
      const std::size_t row = first * s.stride + ky - s.pad_top, column = across.first * s.stride + kx - s.pad_left;
      t.x = x + band.first_image * t.x_image + (row * s.width + column) * s.channels;
      t.dz = dz + band.first_image * t.dz_image + first * t.dz_row + across.first * s.filters + band.first_filter;
      t.dw = dw + (ky * s.kernel_width + kx) * s.channels * s.filters + band.first_filter;
      t.rows = last - first;
      t.columns = across.last - across.first;
      if (t.x_row == t.columns * t.x_column && t.dz_row == t.columns * t.dz_column) {
        t.columns *= t.rows;  // one long row
        t.rows = 1;
      }
      TapTiles<T>::add(t, 1, s.channels);
    }
  }
}

template <class T>
static void add_kernel_rows(const ConvolutionShape& s, T* dw, const T* x, const T* dz, const GradientBand& band,
                            T* padded) {
  const std::size_t columns = (s.out_width - 1) * s.stride + s.kernel_width;
  TapSums<T> t = {};
  t.ld = s.filters;
  t.images = 1;
  t.rows = band.last_row - band.first_row;
  t.columns = s.out_width;
  t.x_row = s.stride * columns * s.channels;
  t.x_column = s.stride * s.channels;
  t.dz_row = s.out_width * s.filters;
  t.dz_column = s.filters;
  t.kernel_row = columns * s.channels;
  t.filters = band.filters;
  t.x = padded;
  t.dw = dw + band.first_filter;
  for (std::size_t n = band.first_image; n < band.first_image + band.images; ++n) {
    pad_rows(s, x + n * s.height * s.width * s.channels, band.first_row * s.stride,
             (t.rows - 1) * s.stride + s.kernel_height, columns, padded);
    t.dz = dz + (n * s.out_height + band.first_row) * t.dz_row + band.first_filter;
    TapTiles<T>::add(t, s.kernel_height, s.kernel_width * s.channels);
  }
}

// Elements of a padded image, of which a band needs `rows`; more than kMostPadded if that is too many.
static std::size_t padded_elements(const ConvolutionShape& s, std::size_t rows) {
  if (s.stride > kMostPadded || s.kernel_width > kMostPadded || s.kernel_height > kMostPadded) return kMostPadded + 1;
  if (s.out_width > kMostPadded || rows > kMostPadded) return kMostPadded + 1;
  const std::size_t columns = (s.out_width - 1) * s.stride + s.kernel_width;
  return ((rows - 1) * s.stride + s.kernel_height) * columns * s.channels;
}

struct GradientPlan {
  std::size_t images, rows;  // of a band
  bool by_kernel_rows;
};

template <class T>
static GradientPlan gradient_plan(const ConvolutionShape& s) {
  const std::size_t group = s.filters < TapTiles<T>::kGroup ? s.filters : TapTiles<T>::kGroup;
  std::size_t outputs = kBandElements * 4 / sizeof(T) / (s.channels + group);
  if (outputs < kFewestOutputs) outputs = kFewestOutputs;
  const std::size_t wanted = outputs < s.out_width ? 1 : outputs / s.out_width;
  if (wanted < s.out_height || s.channels < kFewChannels) {
    const std::size_t bands = (s.out_height + wanted - 1) / wanted, rows = (s.out_height + bands - 1) / bands;
    return {1, rows, s.channels < kFewChannels && padded_elements(s, rows) <= kMostPadded};
  }
  return {wanted / s.out_height, s.out_height, false};
}

// Elements of scratch that weight_gradient_images needs.
template <class T>
static std::size_t weight_gradient_scratch(const ConvolutionShape& s) {
  const GradientPlan plan = gradient_plan<T>(s);
  return plan.by_kernel_rows ? padded_elements(s, plan.rows) : 0;
}

// Whether no element of this part of dw is infinite or NaN.
template <class T>
static bool is_finite(const T* dw, std::size_t ld, std::size_t rows, std::size_t columns) {
  T zero = T(0);
  for (std::size_t k = 0; k < rows; ++k)
    for (std::size_t j = 0; j < columns; ++j) zero += dw[k * ld + j] - dw[k * ld + j];
  return zero == T(0);
}

// dw ← the sum over `images` images, for filters [first, last). No size is 0. Without `padded`, by places only.
template <class T>
static void weight_gradient_images(const ConvolutionShape& s, T* dw, const T* x, const T* dz, std::size_t images,
                                   std::size_t first_filter, std::size_t last_filter, T* padded) {
  GradientPlan plan = gradient_plan<T>(s);
  plan.by_kernel_rows = plan.by_kernel_rows && padded != nullptr;
  const std::size_t rows_of_dw = s.kernel_height * s.kernel_width * s.channels, width = last_filter - first_filter;
  for (;; plan.by_kernel_rows = false) {
    for (std::size_t k = 0; k < rows_of_dw; ++k)
      for (std::size_t j = 0; j < width; ++j) dw[k * s.filters + first_filter + j] = T(0);
    GradientBand band = {};
    for (std::size_t j = first_filter; j < last_filter; j += TapTiles<T>::kGroup) {
      band.first_filter = j;
      band.filters = last_filter - j < TapTiles<T>::kGroup ? last_filter - j : TapTiles<T>::kGroup;
      for (std::size_t n = 0; n < images; n += plan.images) {
        band.first_image = n;
        band.images = images - n < plan.images ? images - n : plan.images;
        for (std::size_t r = 0; r < s.out_height; r += plan.rows) {
          band.first_row = r;
          band.last_row = s.out_height - r < plan.rows ? s.out_height : r + plan.rows;
          if (plan.by_kernel_rows) add_kernel_rows(s, dw, x, dz, band, padded);
          else add_taps(s, dw, x, dz, band);
        }
      }
    }
    if (!plan.by_kernel_rows || is_finite(dw + first_filter, s.filters, rows_of_dw, width)) return;
  }
}

template <class T>
constexpr WeightGradient<T> kWeightGradient = {TapTiles<T>::kGroup, weight_gradient_scratch<T>,
                                               weight_gradient_images<T>};
