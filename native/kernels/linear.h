// Scaling and scaled sums of whole arrays.

template <class T>
static void axpy(std::size_t n, T alpha, const T* x, T* y) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) y[i] = madd(alpha, x[i], y[i]);
}

template <class T>
static void scale(T* x, std::size_t n, T alpha) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) x[i] *= alpha;
}

template <class T>
static void multiply(T* y, const T* a, const T* b, std::size_t n) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) y[i] = a[i] * b[i];
}

template <class T>
static void clip(T* y, const T* x, std::size_t n, T low, T high) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) {
    const T above = x[i] < low ? low : x[i];  // comparisons that are false for NaN: it stays
    y[i] = above > high ? high : above;
  }
}

template <class T>
static void scale_matrix(T* c, std::size_t m, std::size_t n, std::size_t ldc, T beta) {
  if (beta == T(1)) return;
  for (std::size_t r = 0; r < m; ++r) {
    T* row = c + r * ldc;
    if (beta == T(0)) {
      for (std::size_t j = 0; j < n; ++j) row[j] = T(0);  // c is not read: it may hold NaN
    } else {
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < n; ++j) row[j] *= beta;
    }
  }
}
