// Activation functions and their derivatives, which are expressed through the output y, so that z need not be kept.

struct Identity {
  template <class T>
  ZK_INLINE T value(T z) { return z; }
  template <class T>
  ZK_INLINE T times_slope(T dy, T) { return dy; }
};

struct Relu {
  template <class T>
  ZK_INLINE T value(T z) { return z < T(0) ? T(0) : z; }  // NaN stays NaN
  template <class T>
  ZK_INLINE T times_slope(T dy, T y) { return dy * (y > T(0) ? T(1) : T(0)); }  // 0 at the kink; 0 · NaN is NaN
};

struct Sigmoid {
  // e⁻|ᶻ| ≤ 1, so nothing overflows, and small results keep their precision.
  template <class T>
  ZK_INLINE T value(T z) {
    const T e = exponential(z < T(0) ? z : -z);
    return (z < T(0) ? e : T(1)) / (T(1) + e);
  }
  template <class T>
  ZK_INLINE T times_slope(T dy, T y) { return dy * (y * (T(1) - y)); }
};

struct Tanh {
  // tanh|z| = −(e⁻²|ᶻ| − 1) / (2 + (e⁻²|ᶻ| − 1)): exact to rounding near 0, because e⁻²|ᶻ| − 1 is.
  template <class T>
  ZK_INLINE T value(T z) {
    const T magnitude = z < T(0) ? -z : z;
    const T e = exponential_minus_one(T(-2) * magnitude);
    const T t = -e / (T(2) + e);
    return z < T(0) ? -t : (z == T(0) ? z : t);  // tanh −0 is −0
  }
  // 1 − y² as (1 − y)(1 + y), which does not cancel when y is near ±1.
  template <class T>
  ZK_INLINE T times_slope(T dy, T y) { return dy * ((T(1) - y) * (T(1) + y)); }
};

template <class T, class F>
static void activate(T* y, const T* x, std::size_t n) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) y[i] = F::value(x[i]);
}

template <class T, class F>
static void activate_backward(T* dx, const T* dy, const T* y, std::size_t n) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) dx[i] = F::times_slope(dy[i], y[i]);
}

// Rows are short (50 in a small net) and a vector holds up to 16, so an exponential row by row would spend most of its time
// on tails. Instead, a block of rows that fits into L1 gets its bias, then is activated as one long row.
template <class T, class F>
static void bias_activate(T* y, const T* bias, std::size_t m, std::size_t n) {
  constexpr std::size_t kBlock = 16384 / sizeof(T);
  const std::size_t rows_at_once = n < kBlock ? kBlock / n : 1;
  for (std::size_t row = 0; row < m; row += rows_at_once) {
    const std::size_t rows = m - row < rows_at_once ? m - row : rows_at_once;
    T* block = y + row * n;
    for (std::size_t r = 0; r < rows; ++r) {
      T* line = block + r * n;
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < n; ++j) line[j] += bias[j];
    }
    activate<T, F>(block, block, rows * n);
  }
}

// dz ← dy · f′ and its column sums, in one pass. The hardware does not prefetch three long streams by itself, so the code
// prefetches one page ahead (in a narrow stripe of columns, the next row), but never beyond the last row: what follows may
// be another thread's.
template <class T, class F>
struct GradientRows {
  T* dz;
  const T *dy, *y;
  std::size_t m, n, ld;

  void add(T* db, std::size_t r, std::size_t last_row) const {
    constexpr std::size_t kLine = 64 / sizeof(T), kPiece = 4 * kLine, kPage = 4096 / sizeof(T);
    const std::size_t columns = n, step = ld, ahead = columns < 4 * kPage && columns < step ? step : kPage;
    const bool large = m * columns > 4 * kPage && m * step > ahead;
    const std::size_t fetching_rows = large ? (m * step - ahead) / step : 0;
    T* dz_row = dz + r * step;
    const T* dy_row = dy + r * step;
    const T* y_row = y + r * step;
    for (std::size_t j = 0; j < columns; ++j) db[j] = T(0);
    for (; r < last_row; ++r, dz_row += step, dy_row += step, y_row += step) {
      const bool fetch = r < fetching_rows;
      for (std::size_t first = 0; first < columns; first += kPiece) {
        const std::size_t last = fetch && columns - first > kPiece ? first + kPiece : columns;
        if (fetch) {
          for (std::size_t line = first + ahead; line < last + ahead; line += kLine) {
            ZK_PREFETCH(dy_row + line);
            ZK_PREFETCH(y_row + line);
            ZK_PREFETCH_TO_WRITE(dz_row + line);
          }
        }
        ZK_VECTOR_LOOP
        for (std::size_t j = first; j < last; ++j) {
          const T d = F::times_slope(dy_row[j], y_row[j]);
          dz_row[j] = d;
          db[j] += d;
        }
        if (!fetch) break;
      }
    }
  }
};

template <class T, class F>
static void bias_activate_backward(T* dz, T* db, const T* dy, const T* y, std::size_t m, std::size_t n,
                                   std::size_t ld, T* workspace) {
  add_rows(db, m, n, workspace, GradientRows<T, F>{dz, dy, y, m, n, ld});
}

// Calls `function` with the activation that `f` names.
#define ZK_BY_ACTIVATION(f, function, ...)                        \
  switch (f) {                                                    \
    case Activation::identity: function<T, Identity>(__VA_ARGS__); break; \
    case Activation::relu: function<T, Relu>(__VA_ARGS__); break;         \
    case Activation::sigmoid: function<T, Sigmoid>(__VA_ARGS__); break;   \
    case Activation::tanh: function<T, Tanh>(__VA_ARGS__); break;         \
  }

template <class T>
static void activation(T* y, const T* x, std::size_t n, Activation f) {
  ZK_BY_ACTIVATION(f, activate, y, x, n)
}

template <class T>
static void activation_backward(T* dx, const T* dy, const T* y, std::size_t n, Activation f) {
  ZK_BY_ACTIVATION(f, activate_backward, dx, dy, y, n)
}

template <class T>
static void bias_activation(T* y, const T* bias, std::size_t m, std::size_t n, Activation f) {
  if (m == 0 || n == 0) return;
  ZK_BY_ACTIVATION(f, bias_activate, y, bias, m, n)
}

template <class T>
static void bias_activation_backward(T* dz, T* db, const T* dy, const T* y, std::size_t m, std::size_t n,
                                     std::size_t ld, T* workspace, Activation f) {
  ZK_BY_ACTIVATION(f, bias_activate_backward, dz, db, dy, y, m, n, ld, workspace)
}
