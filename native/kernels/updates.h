// Update rules: one pass over the parameters w, their gradient g, and what a rule remembers. In all of them
// d = g + decay · w.

// The compiler's own square root is one instruction a vector; the library's would be a call, because it sets errno.
#if defined(__GNUC__)
ZK_INLINE float square_root(float x) { return __builtin_sqrtf(x); }
ZK_INLINE double square_root(double x) { return __builtin_sqrt(x); }
#else
ZK_INLINE float square_root(float x) { return sqrtf(x); }
ZK_INLINE double square_root(double x) { return sqrt(x); }
#endif

template <class T>
static void sgd_update(T* w, const T* g, std::size_t n, T rate, T decay) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) w[i] = madd(-rate, madd(decay, w[i], g[i]), w[i]);
}

template <class T>
static void momentum_update(T* w, T* v, const T* g, std::size_t n, const MomentumFactors<T>& by) {
  const MomentumFactors<T> f = by;  // a copy, which no write to w or v can change
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) {
    const T d = madd(f.decay, w[i], g[i]);
    v[i] = madd(f.momentum, v[i], -f.rate * d);
    w[i] += v[i];
  }
}

template <class T>
static void nesterov_update(T* w, T* v, const T* g, std::size_t n, const MomentumFactors<T>& by) {
  const MomentumFactors<T> f = by;
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) {
    const T d = madd(f.decay, w[i], g[i]);
    w[i] += madd(f.of_velocity, v[i], -f.of_gradient * d);
    v[i] = madd(f.momentum, v[i], -f.rate * d);
  }
}

template <class T>
static void ada_grad_update(T* w, T* h, const T* g, std::size_t n, T rate, T epsilon, T decay) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) {
    const T d = madd(decay, w[i], g[i]);
    h[i] = madd(d, d, h[i]);
    w[i] -= rate * d / (square_root(h[i]) + epsilon);
  }
}

template <class T>
static void rms_prop_update(T* w, T* h, const T* g, std::size_t n, const RmsPropFactors<T>& by) {
  const RmsPropFactors<T> f = by;
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) {
    const T d = madd(f.decay, w[i], g[i]);
    // added · d first: d² alone may overflow.
    h[i] = madd(f.added * d, d, f.kept * h[i]);
    w[i] -= f.rate * d / (square_root(h[i]) + f.epsilon);
  }
}

template <class T>
static void adam_update(T* w, T* m, T* v, const T* g, std::size_t n, const AdamFactors<T>& by) {
  const AdamFactors<T> f = by;
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) {
    const T d = madd(f.decay, w[i], g[i]);
    m[i] = madd(f.kept1, m[i], f.added1 * d);
    v[i] = madd(f.added2 * d, d, f.kept2 * v[i]);
    w[i] = f.keep * w[i] - f.rate * m[i] / madd(f.root, square_root(v[i]), f.epsilon);
  }
}
