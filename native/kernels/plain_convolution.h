// Convolutions of any sizes as plain loops, filters innermost, where w and y lie side by side. Sums are kept for kFilters
// filters at a time.
//
//   images → rows and columns of y → strips of filters → places of the window inside the image → filters of the strip
//
// convolution.h chooses between these and the faster kernels.

constexpr std::size_t kFilters = 64;

// sum[o] ← b + x ∗ w at place (oy, ox) of one image's output, for the `strip` filters that start at w and b.
template <class T>
static void sum_window(T* sum, const T* x, const T* w, const T* b, const ConvolutionShape& s, std::size_t oy,
                       std::size_t ox, std::size_t strip) {
  for (std::size_t o = 0; o < strip; ++o) sum[o] = b[o];
  const Inside rows = inside(oy, s.stride, s.pad_top, s.kernel_height, s.height);
  const Inside columns = inside(ox, s.stride, s.pad_left, s.kernel_width, s.width);
  // Without places inside a row there may be any number of rows.
  if (columns.first >= columns.end || s.channels == 0) return;
  const std::size_t count = std::size_t(columns.end - columns.first) * s.channels;
  for (std::int64_t ky = rows.first; ky < rows.end; ++ky) {
    // The pixels of a row of the window follow each other in x, and their weights in w.
    const T* pixel = x + (std::size_t(rows.start + ky) * s.width + std::size_t(columns.start + columns.first)) * s.channels;
    const T* weight = w + (std::size_t(ky) * s.kernel_width + std::size_t(columns.first)) * s.channels * s.filters;
    for (std::size_t i = 0; i < count; ++i, weight += s.filters) {
      const T factor = pixel[i];
      ZK_VECTOR_LOOP
      for (std::size_t o = 0; o < strip; ++o) sum[o] = madd(factor, weight[o], sum[o]);
    }
  }
}

template <class T>
static void plain_convolution(T* y, const T* x, const T* w, const T* b, std::size_t images, const ConvolutionShape& s,
                              Activation f) {
  T sum[kFilters];
  for (std::size_t n = 0; n < images; ++n, x += image_size(s)) {
    for (std::size_t oy = 0; oy < s.out_height; ++oy) {
      for (std::size_t ox = 0; ox < s.out_width; ++ox, y += s.filters) {
        for (std::size_t first = 0; first < s.filters; first += kFilters) {
          const std::size_t strip = s.filters - first < kFilters ? s.filters - first : kFilters;
          sum_window(sum, x, w + first, b + first, s, oy, ox, strip);
          activation(y + first, sum, strip, f);
        }
      }
    }
  }
}

template <class T>
ZK_INLINE T dot(const T* a, const T* b, std::size_t n) {
  T sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum = madd(a[i], b[i], sum);
  return sum;
}

// dx ← what each place of the output adds to the places of its window.
template <class T>
static void plain_convolution_input_gradient(T* dx, const T* dz, const T* w, std::size_t images,
                                             const ConvolutionShape& s) {
  for (std::size_t i = 0; i < images * image_size(s); ++i) dx[i] = T(0);
  if (out_size(s) == 0) return;  // without columns there may be any number of rows
  for (std::size_t n = 0; n < images; ++n, dx += image_size(s)) {
    for (std::size_t oy = 0; oy < s.out_height; ++oy) {
      const Inside rows = inside(oy, s.stride, s.pad_top, s.kernel_height, s.height);
      for (std::size_t ox = 0; ox < s.out_width; ++ox, dz += s.filters) {
        const Inside columns = inside(ox, s.stride, s.pad_left, s.kernel_width, s.width);
        if (columns.first >= columns.end) continue;
        const std::size_t count = std::size_t(columns.end - columns.first) * s.channels;
        for (std::int64_t ky = rows.first; ky < rows.end; ++ky) {
          T* pixel =
              dx + (std::size_t(rows.start + ky) * s.width + std::size_t(columns.start + columns.first)) * s.channels;
          const T* weight = w + (std::size_t(ky) * s.kernel_width + std::size_t(columns.first)) * s.channels * s.filters;
          for (std::size_t i = 0; i < count; ++i, weight += s.filters) pixel[i] += dot(dz, weight, s.filters);
        }
      }
    }
  }
}
