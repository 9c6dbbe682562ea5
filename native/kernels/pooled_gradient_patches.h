// dw and dx of a pooled convolution of more channels: filter by filter, with vectors of (kx, c), which lie side by side in a
// patch of the image as in the weights by filters.

// Where in `pixels` the patches of the winners begin.
static void find_patches(const CellBand& band, std::int32_t* offsets) {
  const std::int32_t right = std::int32_t(band.channels), below = std::int32_t(band.pitch);
  const std::size_t filters = band.filters;
  const std::int32_t places[4] = {0, right, below, below + right};
  const std::uint8_t* winners = band.winners;
  for (std::size_t y = 0; y < band.rows; ++y) {
    std::int32_t corner = std::int32_t(2 * y) * below;
    for (std::size_t x = 0; x < band.width; ++x, corner += 2 * right, winners += filters, offsets += filters)
      for (std::size_t o = 0; o < filters; o += kWidth) {
        const std::size_t count = filters - o < kWidth ? filters - o : kWidth;
        store_offsets(offsets + o, places, load_winners(winners + o, count), corner, count);
      }
  }
}

// dw += Σ dz · patch over the cells of a band, for one filter, K rows of the kernel and V vectors of each.
template <int K, int V>
ZK_NOINLINE void patch_tile(const CellBand& band, std::size_t filter, std::size_t place, float* dw, std::size_t dw_row) {
  const std::size_t filters = band.filters, pitch = band.pitch;
  const float *pixels = band.pixels + place, *dz = band.dz + filter;
  const std::int32_t* offsets = band.offsets + filter;
  Vector sum[K][V];
  ZK_UNROLL
  for (int k = 0; k < K; ++k)
    ZK_UNROLL
    for (int v = 0; v < V; ++v) sum[k][v] = zeros();
  for (std::size_t i = band.rows * band.width; i > 0; --i, dz += filters, offsets += filters) {
    const Vector g = all_lanes(*dz);
    const float* patch = pixels + *offsets;
    ZK_UNROLL
    for (int k = 0; k < K; ++k, patch += pitch)
      ZK_UNROLL
      for (int v = 0; v < V; ++v) sum[k][v] = madd(g, load(patch + v * kWidth), sum[k][v]);
  }
  ZK_UNROLL
  for (int k = 0; k < K; ++k, dw += dw_row)
    ZK_UNROLL
    for (int v = 0; v < V; ++v) store(dw + v * kWidth, plus(load(dw + v * kWidth), sum[k][v]));
}

// dx += dz · w at the winners' patches, for one filter, whose weights stay in registers. `dx` is the padded image.
template <int K, int V>
ZK_NOINLINE void spread_tile(const CellBand& band, std::size_t filter, const float* w, std::size_t w_row, float* dx) {
  const std::size_t filters = band.filters, pitch = band.pitch;
  const float* dz = band.dz + filter;
  const std::int32_t* offsets = band.offsets + filter;
  Vector weight[K][V];
  ZK_UNROLL
  for (int k = 0; k < K; ++k)
    ZK_UNROLL
    for (int v = 0; v < V; ++v) weight[k][v] = load(w + k * w_row + v * kWidth);
  for (std::size_t i = band.rows * band.width; i > 0; --i, dz += filters, offsets += filters) {
    const Vector g = all_lanes(*dz);
    float* patch = dx + *offsets;
    ZK_UNROLL
    for (int k = 0; k < K; ++k, patch += pitch)
      ZK_UNROLL
      for (int v = 0; v < V; ++v)
        store(patch + v * kWidth, madd(g, weight[k][v], load(patch + v * kWidth)));
  }
}

// Calls body(K, V, kernel row, first element) with K and V as types, for pieces of the kernel whose sums fit into the
// registers: three rows together if they are short, else single ones, cut into parts of about equal size.
template <int N>
struct Constant {
  static constexpr int value = N;
};

template <int K, int Most, class Body>
ZK_INLINE void with_vectors(std::size_t vectors, const Body& body) {
  if constexpr (Most > 1) {
    if (vectors < Most) return with_vectors<K, Most - 1>(vectors, body);
  }
  body(Constant<K>(), Constant<Most>());
}

template <class Body>
static void for_pieces(std::size_t kernel_rows, std::size_t vectors, const Body& body) {
  constexpr int kTogether = kWidth == 16 ? 6 : 4, kMost = 12;
  std::size_t k = 0;
  for (; vectors <= kTogether && k + 3 <= kernel_rows; k += 3)
    with_vectors<3, kTogether>(vectors, [&](auto rows, auto count) { body(rows, count, k, std::size_t(0)); });
  const std::size_t parts = (vectors + kMost - 1) / kMost;
  for (; k < kernel_rows; ++k)
    for (std::size_t i = 0; i < parts; ++i) {
      const std::size_t first = vectors * i / parts, last = vectors * (i + 1) / parts;
      with_vectors<1, kMost>(last - first, [&](auto rows, auto count) { body(rows, count, k, first * kWidth); });
    }
}

static void add_by_patches(const CellBand& band, const PooledConvolutionShape& s, const PooledGradientPlan& p, float* dw) {
  for_pieces(s.kernel_height, p.padded_run / kWidth, [&](auto rows, auto vectors, std::size_t k, std::size_t first) {
    float* out = dw + k * p.padded_run + first;
    for (std::size_t o = 0; o < s.filters; ++o, out += s.kernel_height * p.padded_run)
      patch_tile<decltype(rows)::value, decltype(vectors)::value>(band, o, k * band.pitch + first, out, p.padded_run);
  });
}

// dx of the padded image += the gradient of a band. `weights` are by filters, rows of the kernel rounded up to vectors; what
// fills them up is 0 and adds 0 to the next pixels.
static void add_to_patches(const CellBand& band, const PooledConvolutionShape& s, const PooledGradientPlan& p,
                           const float* weights, float* dx) {
  for_pieces(s.kernel_height, p.padded_run / kWidth, [&](auto rows, auto vectors, std::size_t k, std::size_t first) {
    const float* w = weights + k * p.padded_run + first;
    for (std::size_t o = 0; o < s.filters; ++o, w += s.kernel_height * p.padded_run)
      spread_tile<decltype(rows)::value, decltype(vectors)::value>(band, o, w, p.padded_run, dx + k * p.pitch + first);
  });
}

// The weights by filters, for add_to_patches.
static std::size_t pooled_weights(const PooledConvolutionShape& s) {
  return s.filters * s.kernel_height * pooled_gradient_plan(s).padded_run;
}

static void pack_pooled_weights(const PooledConvolutionShape& s, const float* w, float* packed) {
  const PooledGradientPlan p = pooled_gradient_plan(s);
  const std::size_t ld = s.kernel_height * p.padded_run;
  for (std::size_t i = 0; i < s.filters * ld; ++i) packed[i] = 0.0f;
  for (std::size_t k = 0; k < s.kernel_height; ++k)
    transpose(w + k * p.run * s.filters, s.filters, p.run, s.filters, packed + k * p.padded_run, ld);
}
