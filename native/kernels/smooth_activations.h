// Leaky ReLU, softplus and GELU, whose derivatives are taken at the input. No branches: loops over them are vectors.

// (artanh(s)/s − 1) / s² for w = s² ≤ 1/9, as a minimax polynomial: with it, that of artanh(s)/s is off by 4.3e-9 for float and
// 1.4e-18 for double.
ZK_INLINE float artanh_rest(float w) {
  float p = 0.1407889f;
  p = madd(p, w, 0.13982579f);
  p = madd(p, w, 0.20012298f);
  return madd(p, w, 0.3333316f);
}

ZK_INLINE double artanh_rest(double w) {
  double p = 0.08522081781390699;
  p = madd(p, w, 0.0416225325593041);
  p = madd(p, w, 0.06055084364034609);
  p = madd(p, w, 0.06650187016337313);
  p = madd(p, w, 0.07693307021152004);
  p = madd(p, w, 0.09090870416252403);
  p = madd(p, w, 0.11111112040373837);
  p = madd(p, w, 0.14285714272727057);
  p = madd(p, w, 0.20000000000092874);
  return madd(p, w, 0.33333333333333076);
}

// log(1 + e) for e in [0, 1]: 2·artanh(s) with s = e / (2 + e) ≤ 1/3.
template <class T>
ZK_INLINE T log_of_one_plus(T e) {
  const T s = e / (T(2) + e), w = s * s;
  return T(2) * s * madd(artanh_rest(w), w, T(1));
}

// (1 + a) · e^(a²/2) · Φ(−a) for a ≥ 0, as the minimax polynomial in (a − 5) / (a + 5); its error is 7.1e-9 for float and
// 1.1e-17 for double, of values from 0.39 to 0.64.
ZK_INLINE float scaled_tail(float a) {
  const float t = (a - 5.0f) / (a + 5.0f);
  float p = -3.241015e-05f;
  p = madd(p, t, 0.00015308487f);
  p = madd(p, t, -1.4092601e-05f);
  p = madd(p, t, -0.0016434502f);
  p = madd(p, t, 0.006532898f);
  p = madd(p, t, -0.015187247f);
  p = madd(p, t, 0.024534462f);
  p = madd(p, t, -0.026397109f);
  p = madd(p, t, 0.010002565f);
  p = madd(p, t, 0.03103003f);
  p = madd(p, t, -0.09155229f);
  return madd(p, t, 0.46151584f);
}

ZK_INLINE double scaled_tail(double a) {
  const double t = (a - 5.0) / (a + 5.0);
  double p = -3.9886338590692045e-10;
  p = madd(p, t, -2.8233272215141205e-10);
  p = madd(p, t, 4.500725392479864e-09);
  p = madd(p, t, 3.6280682399194867e-09);
  p = madd(p, t, -3.120147211147667e-08);
  p = madd(p, t, -2.6287875968778985e-08);
  p = madd(p, t, 1.9663442631364518e-07);
  p = madd(p, t, 1.278804945396261e-07);
  p = madd(p, t, -1.3077682743993349e-06);
  p = madd(p, t, -7.034836922558877e-08);
  p = madd(p, t, 9.060011716331426e-06);
  p = madd(p, t, -9.896096712884405e-06);
  p = madd(p, t, -5.3607652870422455e-05);
  p = madd(p, t, 0.00018233414474988366);
  p = madd(p, t, 7.79161509574746e-06);
  p = madd(p, t, -0.0016760723444742157);
  p = madd(p, t, 0.006522000665119207);
  p = madd(p, t, -0.015170415402525146);
  p = madd(p, t, 0.02453696324390185);
  p = madd(p, t, -0.02640104296630763);
  p = madd(p, t, 0.010002352385220747);
  p = madd(p, t, 0.03103036842596369);
  p = madd(p, t, -0.09155228183400893);
  return madd(p, t, 0.46151582985003775);
}

template <class T>
ZK_INLINE T size_of_number(T x) { return x < T(0) ? -x : x; }

template <class T>
ZK_INLINE T softplus_of(T x) {
  const T rest = log_of_one_plus(exponential(-size_of_number(x)));
  return (x < T(0) ? T(0) : x) + rest;
}

// Both forms of GELU, as a = |x| held below 40, where Φ is 0 or 1 and x³ is finite, and the tail q = Φ(−a). A comparison
// that is false for NaN lets it stay.
template <class T>
ZK_INLINE T within_reach(T x) {
  const T a = size_of_number(x);
  return a > T(40) ? T(40) : a;
}

struct ExactGelu {
  template <class T>
  ZK_INLINE T tail(T a) { return exponential(T(-0.5) * a * a) * scaled_tail(a) / (T(1) + a); }

  // The slope at −a: Φ(−a) − a · φ(a).
  template <class T>
  ZK_INLINE T slope(T a) {
    const T e = exponential(T(-0.5) * a * a);
    return e * (scaled_tail(a) / (T(1) + a) - a * T(0.39894228040143268));
  }
};

// Φ(−a) = σ(−2u) with u = √(2/π) · (a + 0.044715 a³): ½ (1 + tanh) without its cancellation.
struct TanhGelu {
  template <class T>
  ZK_INLINE T decay(T a) {
    return exponential(T(-1.5957691216057308) * a * madd(T(0.044715) * a, a, T(1)));
  }

  template <class T>
  ZK_INLINE T tail(T a) {
    const T e = decay(a);
    return e / (T(1) + e);
  }

  // σ(−2u) − a · σ(−2u) · σ(2u) · 2u′
  template <class T>
  ZK_INLINE T slope(T a) {
    const T e = decay(a), q = e / (T(1) + e);
    const T steep = T(1.5957691216057308) * madd(T(0.134145) * a, a, T(1));
    return q * (T(1) - a * steep / (T(1) + e));
  }
};

template <class T, class F>
static void gelu_values(T* y, const T* x, std::size_t n) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) {
    const T a = within_reach(x[i]), q = F::tail(a);
    y[i] = x[i] < T(0) ? -a * q : x[i] * (T(1) - q);
  }
}

template <class T, class F>
static void gelu_gradients(T* dx, const T* dy, const T* x, std::size_t n) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) {
    const T slope = F::slope(within_reach(x[i]));  // at −|x|; the slopes at x and −x add up to 1
    dx[i] = dy[i] * (x[i] < T(0) ? slope : T(1) - slope);
  }
}

template <class T>
static void gelu(T* y, const T* x, std::size_t n, bool exact) {
  if (exact) gelu_values<T, ExactGelu>(y, x, n);
  else gelu_values<T, TanhGelu>(y, x, n);
}

template <class T>
static void gelu_backward(T* dx, const T* dy, const T* x, std::size_t n, bool exact) {
  if (exact) gelu_gradients<T, ExactGelu>(dx, dy, x, n);
  else gelu_gradients<T, TanhGelu>(dx, dy, x, n);
}

template <class T>
static void softplus(T* y, const T* x, std::size_t n) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) y[i] = softplus_of(x[i]);
}

template <class T>
static void softplus_backward(T* dx, const T* dy, const T* x, std::size_t n) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) dx[i] = dy[i] * Sigmoid::value(x[i]);
}

template <class T>
static void leaky_relu(T* y, const T* x, std::size_t n, T alpha) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) y[i] = x[i] > T(0) ? x[i] : alpha * x[i];
}

template <class T>
static void leaky_relu_backward(T* dx, const T* dy, const T* x, std::size_t n, T alpha) {
  ZK_VECTOR_LOOP
  for (std::size_t i = 0; i < n; ++i) dx[i] = dy[i] * (x[i] > T(0) ? T(1) : alpha);
}
