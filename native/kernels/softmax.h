// Softmax and cross-entropy from logits. The row maximum is subtracted first: eˣ overflows a float at 88.7, and the shift
// cancels.
//
// Rows are often shorter than a vector (10 classes), so an exponential row by row would spend most of its time on tails.
// Instead, blocks of rows that fit into L1 are shifted row by row, then exponentiated as one long row.

constexpr std::size_t kBlockElements = 1024;  // a multiple of kLanes
constexpr std::size_t kBlockRows = 64;

ZK_INLINE std::size_t rows_in_block(std::size_t left, std::size_t n) {
  std::size_t rows = n < kBlockElements ? kBlockElements / n : 1;
  rows = rows < kBlockRows ? rows : kBlockRows;
  return left < rows ? left : rows;
}

// e ← exp(e), of any length.
template <class T>
static void exponentials(T* e, std::size_t n) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) e[i] = exponential(e[i]);
}

template <class T>
ZK_INLINE void shift_row(T* e, const T* x, std::size_t n, T maximum) {
  ZK_VECTOR_LOOP
  for (std::size_t j = 0; j < n; ++j) e[j] = x[j] - maximum;
}

template <class T>
ZK_INLINE void scale_row(T* y, std::size_t n, T factor) {
  ZK_VECTOR_LOOP
  for (std::size_t j = 0; j < n; ++j) y[j] *= factor;
}

template <class T>
static void softmax(T* y, const T* x, std::size_t m, std::size_t n) {
  if (n == 0) return;
  for (std::size_t first = 0, rows; first < m; first += rows) {
    rows = rows_in_block(m - first, n);
    T* e = y + first * n;
    for (std::size_t r = 0; r < rows; ++r) {
      const T* row = x + (first + r) * n;
      shift_row(e + r * n, row, n, row_maximum(row, n));
    }
    exponentials(e, rows * n);
    for (std::size_t r = 0; r < rows; ++r) scale_row(e + r * n, n, T(1.0 / row_sum(e + r * n, n)));
  }
}

// Σ exp(x − maximum) without storing the exponentials: the same bits as the sum of a stored row.
template <class T>
static double sum_of_exponentials(const T* x, std::size_t n, T maximum) {
  T e[kBlockElements];
  RowSum<T> sum;
  for (std::size_t j = 0; j < n; j += kBlockElements) {
    const std::size_t count = n - j < kBlockElements ? n - j : kBlockElements;
    shift_row(e, x + j, count, maximum);
    exponentials(e, count);
    sum.add(e, count);
  }
  return sum.total();
}

// What the loss takes from a row's targets t: it is mass_of_log · log Σ exp(x − max) − shifted.
struct RowTarget {
  double mass;         // Σ t
  double mass_of_log;  // the same; 0 if `shifted` holds the whole loss, negated
  double shifted;      // Σ t · (x − max)
};

ZK_INLINE bool is_finite(double x) { return x - x == 0; }

// dx ← s · (dx / sum)
template <class T>
ZK_INLINE void scale_gradient(T* dx, std::size_t n, double s, double sum) {
  const T factor = T(s / sum);
  if (is_finite(double(factor))) return scale_row(dx, n, factor);
  // The factor is too large for T; element by element, zeros stay 0.
  for (std::size_t j = 0; j < n; ++j) dx[j] = T(s * (double(dx[j]) / sum));
}

// One class index for each row: t is 1 there and 0 elsewhere.
template <class T>
struct IndexLabels {
  const std::int32_t* labels;

  RowTarget read(std::size_t r, const T* x, std::size_t, T maximum) const {
    return {1.0, 1.0, double(x[labels[r]]) - double(maximum)};
  }

  // dx ← s · (e / sum − t). The label's own element is computed in double: y − 1 cancels when the net is confident.
  void gradient(T* dx, std::size_t r, std::size_t n, double s, double sum, double) const {
    const double own = s * (double(dx[labels[r]]) / sum - 1.0);
    scale_gradient(dx, n, s, sum);
    dx[labels[r]] = T(own);
  }
};

// A row of targets for each row, which need not sum to 1.
template <class T>
struct DenseTargets {
  const T* targets;

  RowTarget read(std::size_t r, const T* x, std::size_t n, T maximum) const {
    const T* t = targets + r * n;
    RowTarget row = {0.0, 0.0, 0.0};
    for (std::size_t j = 0; j < n; ++j) {
      row.mass += double(t[j]);
      row.shifted += double(t[j]) * (double(x[j]) - double(maximum));
    }
    row.mass_of_log = row.mass;
    if (is_finite(row.mass)) return row;
    // Infinite targets: add up the terms, since ∞ · log Σ − ∞ · (x − max) could be ∞ − ∞ or ∞ · 0 where no term is.
    const double log_sum = log(sum_of_exponentials(x, n, maximum));
    row.mass_of_log = row.shifted = 0;
    for (std::size_t j = 0; j < n; ++j) row.shifted -= double(t[j]) * (log_sum - (double(x[j]) - double(maximum)));
    return row;
  }

  // dx ← s · (e · mass / sum − t)
  void gradient(T* dx, std::size_t r, std::size_t n, double s, double sum, double mass) const {
    const T* t = targets + r * n;
    const double factor = mass / sum;
    ZK_VECTOR_LOOP
    for (std::size_t j = 0; j < n; ++j) dx[j] = T(s * (double(dx[j]) * factor - double(t[j])));
  }
};

template <class T, class Target>
static void cross_entropy(double* losses, T* dlogits, const T* logits, const Target target, const T* weights,
                          std::size_t m, std::size_t n, double scale) {
  T scratch[kBlockElements];
  RowTarget targets[kBlockRows];
  const bool fits = n <= kBlockElements;
  for (std::size_t first = 0, rows; first < m; first += rows) {
    rows = rows_in_block(m - first, n);
    T* e = dlogits ? dlogits + first * n : scratch;
    T maximum = 0;
    // All reads of the logits come first: dlogits may be the same array.
    for (std::size_t r = 0; r < rows; ++r) {
      const T* x = logits + (first + r) * n;
      maximum = row_maximum(x, n);
      targets[r] = target.read(first + r, x, n, maximum);
      if (dlogits || fits) shift_row(e + r * n, x, n, maximum);
    }
    if (dlogits || fits) exponentials(e, rows * n);
    for (std::size_t r = 0; r < rows; ++r) {
      const double sum = dlogits || fits ? row_sum(e + r * n, n) : sum_of_exponentials(logits + first * n, n, maximum);
      const double weight = weights ? double(weights[first + r]) : 1.0;
      losses[first + r] = weight * (targets[r].mass_of_log * log(sum) - targets[r].shifted);
      if (dlogits) target.gradient(e + r * n, first + r, n, scale * weight, sum, targets[r].mass);
    }
  }
}

template <class T>
static void softmax_cross_entropy(double* losses, T* dlogits, const T* logits, const std::int32_t* labels,
                                  const T* weights, std::size_t m, std::size_t n, double scale) {
  cross_entropy(losses, dlogits, logits, IndexLabels<T>{labels}, weights, m, n, scale);
}

template <class T>
static void softmax_cross_entropy_dense(double* losses, T* dlogits, const T* logits, const T* targets,
                                        const T* weights, std::size_t m, std::size_t n, double scale) {
  cross_entropy(losses, dlogits, logits, DenseTargets<T>{targets}, weights, m, n, scale);
}
