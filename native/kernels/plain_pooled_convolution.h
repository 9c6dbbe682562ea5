// Convolutions that are pooled at once, of any sizes, as plain loops. convolution_max_pooling.h chooses between these and the
// faster kernels.

// y ← the maxima of the arguments of f, then f of them: f does not decrease.
template <class T>
static void plain_convolution_max_pooling(T* y, std::uint8_t* winners, const T* x, const T* w, const T* b,
                                          std::size_t images, const PooledConvolutionShape& p, Activation f) {
  const ConvolutionShape& s = p;
  T sum[kFilters];
  for (std::size_t n = 0; n < images; ++n, x += image_size(s)) {
    for (std::size_t py = 0; py < p.pooled_height; ++py) {
      for (std::size_t px = 0; px < p.pooled_width; ++px, y += s.filters, winners += s.filters) {
        const Inside rows = inside(py, p.pool_stride, 0, p.pool_height, s.out_height);
        const Inside columns = inside(px, p.pool_stride, 0, p.pool_width, s.out_width);
        for (std::size_t o = 0; o < s.filters; ++o) {
          y[o] = T(0);
          winners[o] = 0;
        }
        if (rows.end <= 0 || columns.end <= 0) continue;
        for (std::size_t first = 0; first < s.filters; first += kFilters) {
          const std::size_t strip = s.filters - first < kFilters ? s.filters - first : kFilters;
          for (std::int64_t wy = 0; wy < rows.end; ++wy) {
            for (std::int64_t wx = 0; wx < columns.end; ++wx) {
              const std::uint8_t place = std::uint8_t(std::size_t(wy) * p.pool_width + std::size_t(wx));
              sum_window(sum, x, w + first, b + first, s, std::size_t(rows.start + wy),
                         std::size_t(columns.start + wx), strip);
              keep_maxima(y + first, winners + first, sum, strip, place, place == 0);
            }
          }
          activation(y + first, y + first, strip, f);
        }
      }
    }
  }
}

// The gradient by the argument of f of one pooled cell, and where in the output of the convolution its winner lies.
template <class T>
struct WinnerGradient {
  T dz;
  std::size_t oy, ox;
  bool inside;
};

template <class T, class F>
ZK_INLINE WinnerGradient<T> gradient_of_winner(const T* dy, const T* y, const std::uint8_t* winners,
                                               const PooledConvolutionShape& p, std::size_t py, std::size_t px,
                                               std::size_t at) {
  const std::size_t oy = py * p.pool_stride + winners[at] / p.pool_width;
  const std::size_t ox = px * p.pool_stride + winners[at] % p.pool_width;
  const bool inside = oy < p.out_height && ox < p.out_width;
  return {F::times_slope(dy[at], y[at]), oy, ox, inside};
}

// Calls body(n, o, gradient) for the winners of all cells in order, for filters [first, last).
template <class T, class F, class Body>
ZK_INLINE void for_winners(const T* dy, const T* y, const std::uint8_t* winners, std::size_t images,
                           const PooledConvolutionShape& p, std::size_t first, std::size_t last, Body body) {
  std::size_t cell = 0;
  if (cells_of(p) == 0) return;  // without cells there may be any number of rows or images
  for (std::size_t n = 0; n < images; ++n) {
    for (std::size_t py = 0; py < p.pooled_height; ++py) {
      for (std::size_t px = 0; px < p.pooled_width; ++px, cell += p.filters) {
        for (std::size_t o = first; o < last; ++o) {
          const auto gradient = gradient_of_winner<T, F>(dy, y, winners, p, py, px, cell + o);
          if (gradient.inside) body(n, o, gradient);
        }
      }
    }
  }
}

// Rows [first_row, last_row) of dw as a matrix of (kernel_height · kernel_width · channels) × filters, and db with the row
// after the last of them. Sums in double.
template <class T, class F>
static void pooled_weight_gradient(T* dw, T* db, const T* dy, const T* y, const std::uint8_t* winners, const T* x,
                                   std::size_t images, const PooledConvolutionShape& p, std::size_t first_row,
                                   std::size_t last_row) {
  const ConvolutionShape& s = p;
  double sum[kFilters];
  for (std::size_t row = first_row; row < last_row; ++row) {
    const bool is_bias = row == patch_size(s);
    const std::int64_t c = is_bias ? 0 : std::int64_t(row % s.channels);
    const std::int64_t kx = is_bias ? 0 : std::int64_t(row / s.channels % s.kernel_width);
    const std::int64_t ky = is_bias ? 0 : std::int64_t(row / s.channels / s.kernel_width);
    for (std::size_t first = 0; first < s.filters; first += kFilters) {
      const std::size_t last = s.filters - first < kFilters ? s.filters : first + kFilters;
      for (std::size_t o = first; o < last; ++o) sum[o - first] = 0;
      for_winners<T, F>(dy, y, winners, images, p, first, last, [&](std::size_t n, std::size_t o, const auto& gradient) {
        double factor = 1;
        if (!is_bias) {
          const std::int64_t iy = std::int64_t(gradient.oy * s.stride) + ky - std::int64_t(s.pad_top);
          const std::int64_t ix = std::int64_t(gradient.ox * s.stride) + kx - std::int64_t(s.pad_left);
          if (iy < 0 || ix < 0 || iy >= std::int64_t(s.height) || ix >= std::int64_t(s.width)) return;
          factor = double(x[n * image_size(s) + (std::size_t(iy) * s.width + std::size_t(ix)) * s.channels +
                            std::size_t(c)]);
        }
        sum[o - first] = madd(factor, double(gradient.dz), sum[o - first]);
      });
      T* out = is_bias ? db : dw + row * s.filters;
      for (std::size_t o = first; o < last; ++o) out[o] = T(sum[o - first]);
    }
  }
}

template <class T, class F>
static void pooled_input_gradient(T* dx, const T* dy, const T* y, const std::uint8_t* winners, const T* w,
                                  std::size_t images, const PooledConvolutionShape& p) {
  const ConvolutionShape& s = p;
  for (std::size_t i = 0; i < images * image_size(s); ++i) dx[i] = T(0);
  for_winners<T, F>(dy, y, winners, images, p, 0, s.filters, [&](std::size_t n, std::size_t o, const auto& gradient) {
    const Inside rows = inside(gradient.oy, s.stride, s.pad_top, s.kernel_height, s.height);
    const Inside columns = inside(gradient.ox, s.stride, s.pad_left, s.kernel_width, s.width);
    if (columns.first >= columns.end) return;
    const std::size_t count = std::size_t(columns.end - columns.first) * s.channels;
    for (std::int64_t ky = rows.first; ky < rows.end; ++ky) {
      T* pixel = dx + n * image_size(s) +
                 (std::size_t(rows.start + ky) * s.width + std::size_t(columns.start + columns.first)) * s.channels;
      const T* weight = w + (std::size_t(ky) * s.kernel_width + std::size_t(columns.first)) * s.channels * s.filters + o;
      for (std::size_t i = 0; i < count; ++i) pixel[i] = madd(gradient.dz, weight[i * s.filters], pixel[i]);
    }
  });
}

template <class T>
static void plain_pooled_weight_gradient(T* dw, T* db, const T* dy, const T* y, const std::uint8_t* winners,
                                         const T* x, std::size_t images, const PooledConvolutionShape& p,
                                         Activation f, std::size_t first_row, std::size_t last_row) {
  ZK_BY_ACTIVATION(f, pooled_weight_gradient, dw, db, dy, y, winners, x, images, p, first_row, last_row)
}

template <class T>
static void plain_pooled_input_gradient(T* dx, const T* dy, const T* y, const std::uint8_t* winners, const T* w,
                                        std::size_t images, const PooledConvolutionShape& p, Activation f) {
  ZK_BY_ACTIVATION(f, pooled_input_gradient, dx, dy, y, winners, w, images, p)
}
