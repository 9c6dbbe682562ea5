// Convolution of few channels and 2 × 2 max pooling in one, of one CPU level.
//
//   for rows of pooled cells:                          pooled_rows; with padding, a copy of their part of the image
//     for groups of filters, 1–4 vectors:
//       for tiles of N cells, 4 · N outputs:           pooled_tile; 4 · N · V sums lie in registers
//         for places of the kernel and channels:       V vectors of w  ×  4 · N elements of x, each broadcast
//       the maxima of four sums, bias and activation
//
// So the output of the convolution is never stored.

template <class T>
struct PooledConvolutionOf {
  static constexpr const PooledConvolution<T>* table() { return nullptr; }
};

#ifdef ZK_VECTOR_BITS

// The part of the image under a row of cells, with its padding.
struct PooledPatch {
  std::size_t rows, columns;
};

static PooledPatch patch_of_cells(const PooledConvolutionShape& s) {
  return {s.kernel_height + 1, 2 * s.pooled_width - 1 + s.kernel_width};
}

constexpr std::size_t kMostPatch = 1 << 18;  // elements

// Whether a shape is one of those that these kernels and their gradients can compute.
static bool is_pooled_by_two(const PooledConvolutionShape& s) {
  if (s.pool_height != 2 || s.pool_width != 2 || s.pool_stride != 2 || s.stride != 1) return false;
  if (2 * s.pooled_height > s.out_height || 2 * s.pooled_width > s.out_width) return false;
  const PooledPatch patch = patch_of_cells(s);
  return patch.rows <= kMostPatch && patch.columns <= kMostPatch && patch.rows * patch.columns <= kMostPatch &&
         patch.rows * patch.columns * s.channels <= kMostPatch;
}

// Whether all windows lie inside the image, which is then read in place.
static bool pooled_in_place(const PooledConvolutionShape& s) {
  return s.pad_top == 0 && s.pad_left == 0 && 2 * s.pooled_height - 1 + s.kernel_height <= s.height &&
         2 * s.pooled_width - 1 + s.kernel_width <= s.width;
}

static std::size_t pooled_scratch(const PooledConvolutionShape& s) {
  const PooledPatch patch = patch_of_cells(s);
  return pooled_in_place(s) ? 0 : patch.rows * patch.columns * s.channels;
}

// Measured by bench/kernels/gradients.cc: with more channels, the convolution's own kernels and pooling after them are as
// fast or faster.
static bool pooled_applies(const PooledConvolutionShape& s) { return s.channels < kFewChannels && is_pooled_by_two(s); }

struct PooledTile {
  std::size_t kernel_height, run;  // elements of a row of the kernel: places × channels
  std::size_t channels, x_row, filters;
  const float *x, *w, *b;
  float* y;
  std::uint8_t* winners;
  std::size_t last_lanes;  // of the last vector
  bool relu;
};

// N cells × V vectors of filters.
template <int N, int V>
ZK_NOINLINE void pooled_tile(const PooledTile& t, std::size_t cell) {
  constexpr int kPixels = 2 * N;
  const std::size_t channels = t.channels, filters = t.filters, x_row = t.x_row;
  const Vector::Mask mask = first_lanes(t.last_lanes);
  const float* w = t.w;
  const float* kernel_row = t.x + 2 * cell * channels;
  Vector sum[2][kPixels][V];
  ZK_UNROLL
  for (int p = 0; p < kPixels; ++p)
    ZK_UNROLL
    for (int v = 0; v < V; ++v) sum[0][p][v] = sum[1][p][v] = zeros();

  for (std::size_t ky = 0; ky < t.kernel_height; ++ky, kernel_row += x_row) {
    const float *upper = kernel_row, *lower = kernel_row + x_row;
    for (std::size_t i = t.run; i > 0; --i, ++upper, ++lower, w += filters) {
      Vector weight[V];
      ZK_UNROLL
      for (int v = 0; v < V - 1; ++v) weight[v] = load(w + v * kWidth);
      weight[V - 1] = load(w + (V - 1) * kWidth, mask);
      ZK_UNROLL
      for (int p = 0; p < kPixels; ++p) {
        const Vector a = all_lanes(upper[p * channels]);
        ZK_UNROLL
        for (int v = 0; v < V; ++v) sum[0][p][v] = madd(a, weight[v], sum[0][p][v]);
        const Vector c = all_lanes(lower[p * channels]);
        ZK_UNROLL
        for (int v = 0; v < V; ++v) sum[1][p][v] = madd(c, weight[v], sum[1][p][v]);
      }
    }
  }

  ZK_UNROLL
  for (int i = 0; i < N; ++i) {
    float* y = t.y + (cell + i) * filters;
    std::uint8_t* winners = t.winners + (cell + i) * filters;
    ZK_UNROLL
    for (int v = 0; v < V; ++v) {
      const bool last = v == V - 1;
      Vector most = sum[0][2 * i][v];
      Winners place = every_place(0);
      challenge(most, place, sum[0][2 * i + 1][v], 1);
      challenge(most, place, sum[1][2 * i][v], 2);
      challenge(most, place, sum[1][2 * i + 1][v], 3);
      most = plus(most, last ? load(t.b + v * kWidth, mask) : load(t.b + v * kWidth));
      if (t.relu) most = positive(most);
      if (last) store(y + v * kWidth, most, mask);
      else store(y + v * kWidth, most);
      store_winners(winners + v * kWidth, place, last ? t.last_lanes : kWidth);
    }
  }
}

// A row of cells in tiles of at most N, of about equal sizes.
template <int N, int V>
static void pooled_row(const PooledTile& t, std::size_t cells) {
  const std::size_t tiles = (cells + N - 1) / N;
  for (std::size_t i = 0; i < tiles; ++i) {
    const std::size_t first = cells * i / tiles, count = cells * (i + 1) / tiles - first;
    if (count == N) pooled_tile<N, V>(t, first);
    else if (count == 1) pooled_tile<1, V>(t, first);
    else if (count == 2) pooled_tile<(N > 2 ? 2 : 1), V>(t, first);
    else if (count == 3) pooled_tile<(N > 3 ? 3 : 1), V>(t, first);
    else if (count == 4) pooled_tile<(N > 4 ? 4 : 1), V>(t, first);
    else if (count == 5) pooled_tile<(N > 5 ? 5 : 1), V>(t, first);
    else if (count == 6) pooled_tile<(N > 6 ? 6 : 1), V>(t, first);
  }
}

// Rows of cells [first, last), counted through all images.
static void pooled_rows(const PooledConvolutionShape& s, float* y, std::uint8_t* winners, const float* x, const float* w,
                        const float* b, Activation f, std::size_t first, std::size_t last, float* padded) {
  constexpr std::size_t kMostVectors = kWidth == 16 ? 4 : 2;
  const PooledPatch patch = patch_of_cells(s);
  const bool in_place = pooled_in_place(s);
  PooledTile t = {};
  t.kernel_height = s.kernel_height;
  t.run = s.kernel_width * s.channels;
  t.channels = s.channels;
  t.x_row = (in_place ? s.width : patch.columns) * s.channels;
  t.filters = s.filters;
  t.relu = f == Activation::relu;
  for (std::size_t row = first; row < last; ++row) {
    const std::size_t image = row / s.pooled_height, top = 2 * (row % s.pooled_height);
    const float* pixels = x + image * s.height * s.width * s.channels;
    if (in_place) t.x = pixels + top * t.x_row;
    else pad_rows(s, pixels, top, patch.rows, patch.columns, padded);
    if (!in_place) t.x = padded;
    const std::size_t out = row * s.pooled_width * s.filters;
    for (std::size_t j = 0; j < s.filters; j += kMostVectors * kWidth) {
      const std::size_t filters = s.filters - j < kMostVectors * kWidth ? s.filters - j : kMostVectors * kWidth;
      const std::size_t vectors = round_up(filters) / kWidth;
      t.last_lanes = filters - (vectors - 1) * kWidth;
      t.w = w + j;
      t.b = b + j;
      t.y = y + out + j;
      t.winners = winners + out + j;
#if ZK_VECTOR_BITS == 512
      if (vectors == 1) pooled_row<7, 1>(t, s.pooled_width);
      if (vectors == 2) pooled_row<2, 2>(t, s.pooled_width);
      if (vectors == 3) pooled_row<2, 3>(t, s.pooled_width);
      if (vectors == 4) pooled_row<1, 4>(t, s.pooled_width);
#else
      if (vectors == 1) pooled_row<3, 1>(t, s.pooled_width);
      if (vectors == 2) pooled_row<1, 2>(t, s.pooled_width);
#endif
    }
    if (f != Activation::relu && f != Activation::identity)
      activation(y + out, y + out, s.pooled_width * s.filters, f);
  }
}

#endif
