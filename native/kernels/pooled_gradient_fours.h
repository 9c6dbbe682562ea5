// dw of a pooled convolution of few channels, with the filters of a cell in vectors. Each lane needs the patch of its own
// winner, and a permutation takes it from four neighbours that were stored side by side.

// fours[i] ← the numbers at i and to the right, below, and both: what the four outputs of a cell see at one place.
static void make_fours(const float* pixels, std::size_t count, std::size_t right, std::size_t below, float* fours) {
  const std::size_t last = count - below - right;
  std::size_t i = 0;
  for (; i + 4 <= last; i += 4, fours += 16) {
    __m128 a = _mm_loadu_ps(pixels + i), b = _mm_loadu_ps(pixels + i + right);
    __m128 c = _mm_loadu_ps(pixels + i + below), d = _mm_loadu_ps(pixels + i + below + right);
    _MM_TRANSPOSE4_PS(a, b, c, d);
    _mm_storeu_ps(fours, a);
    _mm_storeu_ps(fours + 4, b);
    _mm_storeu_ps(fours + 8, c);
    _mm_storeu_ps(fours + 12, d);
  }
  for (; i < last; ++i, fours += 4) {
    fours[0] = pixels[i];
    fours[1] = pixels[i + right];
    fours[2] = pixels[i + below];
    fours[3] = pixels[i + below + right];
  }
}

// dw += Σ x · dz for K rows of the kernel, R elements of each, and a vector of filters. `place` is the first element.
template <int K, int R>
ZK_NOINLINE void fours_tile(const CellBand& band, const float* place, std::size_t first_filter, float* dw,
                            std::size_t dw_row) {
  const std::size_t filters = band.filters, row = 4 * band.pitch, step = 8 * band.channels;
  const std::size_t lanes = filters - first_filter < kWidth ? filters - first_filter : kWidth;
  const Vector::Mask mask = first_lanes(lanes);
  const float* dz = band.dz + first_filter;
  const std::uint8_t* winners = band.winners + first_filter;
  Vector sum[K][R];
  ZK_UNROLL
  for (int k = 0; k < K; ++k)
    ZK_UNROLL
    for (int r = 0; r < R; ++r) sum[k][r] = zeros();

  for (std::size_t y = 0; y < band.rows; ++y, place += 2 * row) {
    const float* rows[K];
    ZK_UNROLL
    for (int k = 0; k < K; ++k) {
      rows[k] = place + k * row;
      ZK_OPAQUE(rows[k]);
    }
    for (std::size_t i = band.width; i > 0; --i, dz += filters, winners += filters) {
      const Vector g = load(dz, mask);
      const Winners here = load_winners(winners, lanes);
      ZK_UNROLL
      for (int k = 0; k < K; ++k) {
        ZK_UNROLL
        for (int r = 0; r < R; ++r) sum[k][r] = madd(g, one_of_four(rows[k] + 4 * r, here), sum[k][r]);
        rows[k] += step;
      }
    }
  }

  ZK_UNROLL
  for (int k = 0; k < K; ++k)
    ZK_UNROLL
    for (int r = 0; r < R; ++r) {
      float* out = dw + k * dw_row + r * filters;
      store(out, plus(load(out, mask), sum[k][r]), mask);
    }
}

// R of a row's elements, R ≤ Most.
template <int Most>
static void fours_of_row(const CellBand& band, std::size_t elements, const float* place, std::size_t filter, float* dw) {
  if constexpr (Most > 1) {
    if (elements < Most) return fours_of_row<Most - 1>(band, elements, place, filter, dw);
  }
  fours_tile<1, Most>(band, place, filter, dw, 0);
}

static void add_by_fours(const CellBand& band, std::size_t kernel_rows, std::size_t run, float* dw) {
  constexpr std::size_t kMost = kWidth == 16 ? 16 : 10;
  const std::size_t row = 4 * band.pitch, dw_row = run * band.filters;
  for (std::size_t j = 0; j < band.filters; j += kWidth) {
    std::size_t k = 0;
    // Rows of three or five elements together: alone they would be too few sums to hide the latency of the additions.
    for (; run == 3 && k + 3 <= kernel_rows; k += 3)
      fours_tile<3, 3>(band, band.pixels + k * row, j, dw + k * dw_row + j, dw_row);
#if ZK_VECTOR_BITS == 512
    for (; run == 5 && k + 5 <= kernel_rows; k += 5)
      fours_tile<5, 5>(band, band.pixels + k * row, j, dw + k * dw_row + j, dw_row);
#endif
    for (; run == 5 && k + 2 <= kernel_rows; k += 2)
      fours_tile<2, 5>(band, band.pixels + k * row, j, dw + k * dw_row + j, dw_row);
    const std::size_t parts = (run + kMost - 1) / kMost;
    for (; k < kernel_rows; ++k)
      for (std::size_t i = 0; i < parts; ++i) {
        const std::size_t first = run * i / parts, last = run * (i + 1) / parts;
        fours_of_row<int(kMost)>(band, last - first, band.pixels + k * row + 4 * first, j,
                                 dw + k * dw_row + first * band.filters + j);
      }
  }
}
