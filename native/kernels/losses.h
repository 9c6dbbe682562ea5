// Losses other than softmax's: of a row at a time, in double, so that a difference of floats is exact before it is
// rounded to the gradient. Each writes losses[r] ← wᵣ · lossᵣ, and dx unless it is null; dx may be the same array as x.

// Terms of a row are added in kLanes lanes, then the tail one by one.
template <class Term>
ZK_INLINE double sum_of_terms(std::size_t n, const Term& term) {
  double lane[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    ZK_VECTOR_LOOP
    for (int l = 0; l < kLanes; ++l) lane[l] += term(i + l);
  }
  double sum = i > 0 ? add_lanes(lane) : 0;
  for (; i < n; ++i) sum += term(i);
  return sum;
}

// term(d) is the loss of a difference d = x − t, pull(d) its derivative.
template <class T, class Loss>
static void loss_of_difference(double* losses, T* dx, const T* x, const T* t, const T* weights, std::size_t m,
                               std::size_t n, double scale, const Loss& loss) {
  for (std::size_t r = 0; r < m; ++r, x += n, t += n) {
    const double weight = weights ? double(weights[r]) : 1.0;
    const double factor = scale * weight;
    losses[r] = weight * sum_of_terms(n, [&](std::size_t i) { return loss.term(double(x[i]) - double(t[i])); });
    if (dx == nullptr) continue;
    T* to = dx + r * n;
    ZK_VECTOR_LOOP
    for (std::size_t i = 0; i < n; ++i) to[i] = T(factor * loss.pull(double(x[i]) - double(t[i])));
  }
}

struct SquaredError {
  ZK_INLINE_METHOD double term(double d) const { return 0.5 * d * d; }
  ZK_INLINE_METHOD double pull(double d) const { return d; }
};

struct Huber {
  double delta;
  ZK_INLINE_METHOD double term(double d) const {
    const double distance = d < 0 ? -d : d;
    return distance > delta ? delta * (distance - 0.5 * delta) : 0.5 * d * d;
  }
  // Comparisons that are false for NaN: it stays.
  ZK_INLINE_METHOD double pull(double d) const {
    const double below = d > delta ? delta : d;
    return below < -delta ? -delta : below;
  }
};

template <class T>
static void squared_error(double* losses, T* dy, const T* y, const T* targets, const T* weights, std::size_t m,
                          std::size_t n, double scale) {
  loss_of_difference(losses, dy, y, targets, weights, m, n, scale, SquaredError{});
}

template <class T>
static void huber(double* losses, T* dy, const T* y, const T* targets, const T* weights, std::size_t m, std::size_t n,
                  double scale, double delta) {
  loss_of_difference(losses, dy, y, targets, weights, m, n, scale, Huber{delta});
}

// Rows may be a single number, so exponentials and logarithms are taken of a block of numbers at a time.
template <class T>
static void sigmoid_cross_entropy(double* losses, T* dlogits, const T* logits, const T* yes, const T* no,
                                  const T* weights, std::size_t m, std::size_t n, double scale) {
  constexpr std::size_t kBlock = 512;
  T e[kBlock], rest[kBlock];
  const std::size_t count = m * n;
  for (std::size_t r = 0; r < m; ++r) losses[r] = 0;
  for (std::size_t first = 0, row = 0, left = n; first < count; first += kBlock) {
    const std::size_t length = count - first < kBlock ? count - first : kBlock;
    const T* z = logits + first;
    ZK_VECTOR_LOOP
    for (std::size_t i = 0; i < length; ++i) {
      e[i] = exponential(-size_of_number(z[i]));
      rest[i] = log_of_one_plus(e[i]);
    }
    // The block by pieces of rows.
    for (std::size_t i = 0; i < length; ++row, left = n) {
      const std::size_t last = left < length - i ? i + left : length;
      const double weight = weights ? double(weights[row]) : 1.0;
      const T *t1 = yes + first, *t0 = no ? no + first : nullptr;
      losses[row] += weight * sum_of_terms(last - i, [&](std::size_t j) {
        const double t = double(t1[i + j]), x = double(z[i + j]), more = double(rest[i + j]);
        const double other = t0 ? double(t0[i + j]) : 1.0 - t;
        return other * ((x < 0 ? 0.0 : x) + more) + t * ((x > 0 ? 0.0 : -x) + more);
      });
      if (dlogits) {
        // t0 · σ(z) − t1 · σ(−z), which does not cancel for a confident answer.
        T* to = dlogits + first;
        const double factor = scale * weight;
        ZK_VECTOR_LOOP
        for (std::size_t j = i; j < last; ++j) {
          const double t = double(t1[j]), other = t0 ? double(t0[j]) : 1.0 - t;
          const double large = 1.0 / (1.0 + double(e[j])), small = double(e[j]) * large;
          to[j] = T(factor * (other * (z[j] < T(0) ? small : large) - t * (z[j] < T(0) ? large : small)));
        }
      }
      left -= last - i;
      i = last;
      if (left > 0) break;  // the row goes on in the next block
    }
  }
}
