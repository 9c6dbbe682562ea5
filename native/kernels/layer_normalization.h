// Layer normalisation, row by row, in double; the column sums of its gradients as in batch normalisation.

template <class T>
static void layer_normalization(T* y, T* normalized, T* variance, const T* x, const T* gamma, const T* beta,
                                std::size_t m, std::size_t n, double epsilon) {
  const double count = n > 0 ? double(n) : 1.0;
  for (std::size_t r = 0; r < m; ++r, x += n, y += n) {
    const double mean = row_sum(x, n) / count;
    const double spread = sum_of_terms(n, [&](std::size_t i) {
      const double centred = double(x[i]) - mean;
      return centred * centred;
    }) / count;
    if (variance) variance[r] = T(spread);
    const double inverse = 1.0 / sqrt(spread + epsilon);
    if (normalized) {
      T* to = normalized + r * n;
      ZK_VECTOR_LOOP
      for (std::size_t i = 0; i < n; ++i) to[i] = T((double(x[i]) - mean) * inverse);
    }
    ZK_VECTOR_LOOP
    for (std::size_t i = 0; i < n; ++i)
      y[i] = T(double(gamma[i]) * ((double(x[i]) - mean) * inverse) + double(beta[i]));
  }
}

// ld elements between the starts of rows.
template <class T>
static void layer_normalization_sums(T* dgamma, T* dbeta, const T* dy, const T* normalized, std::size_t m,
                                     std::size_t n, std::size_t ld) {
  double sum[kStrip], along[kStrip];
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
    }
  }
}

template <class T>
static void layer_normalization_gradient(T* dx, const T* dy, const T* normalized, const T* variance, const T* gamma,
                                         std::size_t m, std::size_t n, double epsilon) {
  for (std::size_t r = 0; r < m; ++r, dx += n, dy += n, normalized += n) {
    const double mean = sum_of_terms(n, [&](std::size_t i) { return double(gamma[i]) * double(dy[i]); }) / double(n);
    const double along = sum_of_terms(n, [&](std::size_t i) {
      return double(gamma[i]) * double(dy[i]) * double(normalized[i]);
    }) / double(n);
    const double inverse = 1.0 / sqrt(double(variance[r]) + epsilon);
    ZK_VECTOR_LOOP
    for (std::size_t i = 0; i < n; ++i)
      dx[i] = T(inverse * (double(gamma[i]) * double(dy[i]) - mean - double(normalized[i]) * along));
  }
}
