// Batch normalisation, column by column. Columns are taken kStrip at a time, so that their sums are doubles on the stack;
// the rows of a column are added in order, so a column's bits do not depend on the columns beside it.
//
//   strips of columns → rows, once for the mean, once for the variance, once for the output → columns of the strip

constexpr std::size_t kStrip = 64;

// ld elements between the starts of rows; the vectors have n elements.
template <class T>
static void batch_normalization(T* y, T* normalized, T* mean, T* variance, const T* x, const T* gamma, const T* beta,
                                std::size_t m, std::size_t n, std::size_t ld, double epsilon) {
  double center[kStrip], spread[kStrip];
  const double count = m > 0 ? double(m) : 1.0;
  for (std::size_t first = 0; first < n; first += kStrip) {
    const std::size_t width = n - first < kStrip ? n - first : kStrip;
    for (std::size_t j = 0; j < width; ++j) center[j] = spread[j] = 0;
    for (std::size_t r = 0; r < m; ++r) {
      const T* row = x + r * ld + first;
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < width; ++j) center[j] += double(row[j]);
    }
    for (std::size_t j = 0; j < width; ++j) center[j] /= count;
    for (std::size_t r = 0; r < m; ++r) {
      const T* row = x + r * ld + first;
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < width; ++j) {
        const double centred = double(row[j]) - center[j];
        spread[j] += centred * centred;
      }
    }
    for (std::size_t j = 0; j < width; ++j) {
      mean[first + j] = T(center[j]);
      variance[first + j] = T(spread[j] / count);
      spread[j] = 1.0 / sqrt(spread[j] / count + epsilon);
    }
    for (std::size_t r = 0; r < m; ++r) {
      const std::size_t start = r * ld + first;
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < width; ++j) {
        const double value = (double(x[start + j]) - center[j]) * spread[j];
        normalized[start + j] = T(value);
        y[start + j] = T(double(gamma[first + j]) * value + double(beta[first + j]));
      }
    }
  }
}

template <class T>
static void batch_normalization_backward(T* dx, T* dgamma, T* dbeta, const T* dy, const T* normalized,
                                         const T* variance, const T* gamma, std::size_t m, std::size_t n,
                                         std::size_t ld, double epsilon) {
  double sum[kStrip], along[kStrip], factor[kStrip];
  const double count = m > 0 ? double(m) : 1.0;
  for (std::size_t first = 0; first < n; first += kStrip) {
    const std::size_t width = n - first < kStrip ? n - first : kStrip;
    for (std::size_t j = 0; j < width; ++j) sum[j] = along[j] = 0;
    for (std::size_t r = 0; r < m; ++r) {
      const std::size_t start = r * ld + first;
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < width; ++j) {
        sum[j] += double(dy[start + j]);
        along[j] += double(dy[start + j]) * double(normalized[start + j]);
      }
    }
    for (std::size_t j = 0; j < width; ++j) {
      dbeta[first + j] = T(sum[j]);
      dgamma[first + j] = T(along[j]);
      sum[j] /= count;
      along[j] /= count;
      factor[j] = double(gamma[first + j]) / sqrt(double(variance[first + j]) + epsilon);
    }
    if (dx == nullptr) continue;
    for (std::size_t r = 0; r < m; ++r) {
      const std::size_t start = r * ld + first;
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < width; ++j) {
        const double rest = double(dy[start + j]) - sum[j] - double(normalized[start + j]) * along[j];
        dx[start + j] = T(factor[j] * rest);
      }
    }
  }
}

template <class T>
static void batch_normalization_inference(T* y, const T* x, const T* mean, const T* variance, const T* gamma,
                                          const T* beta, std::size_t m, std::size_t n, std::size_t ld,
                                          double epsilon) {
  double factor[kStrip];
  for (std::size_t first = 0; first < n; first += kStrip) {
    const std::size_t width = n - first < kStrip ? n - first : kStrip;
    for (std::size_t j = 0; j < width; ++j)
      factor[j] = double(gamma[first + j]) / sqrt(double(variance[first + j]) + epsilon);
    for (std::size_t r = 0; r < m; ++r) {
      const std::size_t start = r * ld + first;
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < width; ++j)
        y[start + j] = T(factor[j] * (double(x[start + j]) - double(mean[first + j])) + double(beta[first + j]));
    }
  }
}
