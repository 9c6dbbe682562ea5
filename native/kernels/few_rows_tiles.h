// Products of a few rows, as a network needs them that answers single rows: c ← alpha · a · b + beta · c for m ≤ 8, both operands
// as stored. Almost all of the work is reading b, so b is read once, row by row, in place.
//
//   narrow: b's rows are at most 8 vectors long, and all sums of R rows of c lie in registers
//     for p in k, U rows of b at a time:         C vectors of row p  ×  R elements of a, each broadcast to a vector
//   wide: the sums of R rows of c lie in L1
//     for P rows of b at a time:                 R · P elements of a, broadcast, stay in registers
//       for vectors of columns:                  P vectors, one of each row, are multiplied by them and added to R vectors of sums
//
// In narrow products each element has U sums, added at the end: one sum alone would wait four cycles for itself in every step.
//
// No masks: the last vector of a row is moved back to end at the last column, and computes some columns twice. A row shorter than
// a vector is read beyond its end, where the next row lies, and what is computed there is dropped; only the last rows of b, behind
// which nothing may lie, are copied. Each element is one sum in one order, which depends on the shape alone.

template <class T>
struct FewRows {
  using V = typename LanesOf<T>::Type;
  static constexpr std::size_t kLanes = V::kWidth;
  // As many sums as leave registers for a vector of b and one of a.
  static constexpr int kSums = V::kRegisters == 32 ? 24 : 12;

  std::size_t k, n, lda, ldb;
  const T *a, *b;
  T* sums;  // R rows of whole vectors
  std::size_t ld_sums;

  std::size_t vectors() const { return (n + kLanes - 1) / kLanes; }
  // Where the last vector of a row begins.
  std::size_t last() const { return n < kLanes ? 0 : n - kLanes; }

  static constexpr int most_vectors(int rows) { return kSums / rows < 8 ? kSums / rows : 8; }
  // Sums for each element: about eight multiply-adds under way keep two units busy.
  static constexpr int sums_of_element(int sums) { return sums == 1 ? 8 : sums <= 3 ? 4 : sums < 8 && 2 * sums <= kSums + 2 ? 2 : 1; }

  template <int R, int C, int U>
  ZK_INLINE_METHOD void add(V (&sum)[U][R][C], int u, const T* row, const T* x) const {
    const auto part = [&](int v) { return load(row + (v < C - 1 ? v * kLanes : last())); };
    if constexpr (R < C) {  // the smaller of the two is kept in registers
      V by[R];
      ZK_UNROLL
      for (int r = 0; r < R; ++r) by[r] = all_lanes(x[r * lda]);
      ZK_UNROLL
      for (int v = 0; v < C; ++v) {
        V y = part(v);
        if (R > 1) keep(y);
        ZK_UNROLL
        for (int r = 0; r < R; ++r) sum[u][r][v] = madd(by[r], y, sum[u][r][v]);
      }
    } else {
      V y[C];
      ZK_UNROLL
      for (int v = 0; v < C; ++v) {
        y[v] = part(v);
        if (R > 1) keep(y[v]);
      }
      ZK_UNROLL
      for (int r = 0; r < R; ++r) {
        const V by = all_lanes(x[r * lda]);
        ZK_UNROLL
        for (int v = 0; v < C; ++v) sum[u][r][v] = madd(by, y[v], sum[u][r][v]);
      }
    }
  }

  template <int R, int C>
  ZK_NOINLINE_METHOD void narrow() const {
    constexpr int U = sums_of_element(R * C);
    V sum[U][R][C];
    ZK_UNROLL
    for (int u = 0; u < U; ++u)
      ZK_UNROLL
      for (int r = 0; r < R; ++r)
        ZK_UNROLL
        for (int v = 0; v < C; ++v) sum[u][r][v] = all_lanes(T(0));

    // Rows that whole vectors can be read of: those whose vector ends before the last row does.
    const std::size_t beyond = n < kLanes ? (kLanes - n + ldb - 1) / ldb : 0;
    const std::size_t whole = k > beyond ? k - beyond : 0;
    const T *row = b, *x = a;
    std::size_t p = 0;
    for (; p + U <= whole; p += U) {
      ZK_UNROLL
      for (int u = 0; u < U; ++u, row += ldb, ++x) add<R, C, U>(sum, u, row, x);
    }
    for (; p < whole; ++p, row += ldb, ++x) add<R, C, U>(sum, 0, row, x);
    for (; p < k; ++p, row += ldb, ++x) {
      T copy[kLanes] = {};
      for (std::size_t j = 0; j < n; ++j) copy[j] = row[j];
      const V y = load(copy);
      ZK_UNROLL
      for (int r = 0; r < R; ++r) sum[0][r][0] = madd(all_lanes(x[r * lda]), y, sum[0][r][0]);
    }

    ZK_UNROLL
    for (int half = U / 2; half > 0; half /= 2)
      ZK_UNROLL
      for (int u = 0; u < half; ++u)
        ZK_UNROLL
        for (int r = 0; r < R; ++r)
          ZK_UNROLL
          for (int v = 0; v < C; ++v) sum[u][r][v] = plus(sum[u][r][v], sum[u + half][r][v]);
    ZK_UNROLL
    for (int r = 0; r < R; ++r)
      ZK_UNROLL
      for (int v = 0; v < C; ++v) store(sums + r * ld_sums + v * kLanes, sum[0][r][v]);
  }

  template <int R, int C = 1>
  void narrow_by_vectors() const {
    if constexpr (C <= most_vectors(R)) {
      if (vectors() == C) narrow<R, C>();
      else narrow_by_vectors<R, C + 1>();
    }
  }

  // Adds rows [p, p + P) of b.
  template <int R, int P>
  ZK_NOINLINE_METHOD void add_rows(std::size_t p) const {
    V x[R][P];
    ZK_UNROLL
    for (int r = 0; r < R; ++r)
      ZK_UNROLL
      for (int i = 0; i < P; ++i) x[r][i] = all_lanes(a[r * lda + p + i]);
    const T* row = b + p * ldb;
    const auto step = [&](const T* from, T* to) {
      V sum[R];
      ZK_UNROLL
      for (int r = 0; r < R; ++r) sum[r] = load(to + r * ld_sums);
      ZK_UNROLL
      for (int i = 0; i < P; ++i) {
        V y = load(from + i * ldb);
        if (R > 1) keep(y);
        ZK_UNROLL
        for (int r = 0; r < R; ++r) sum[r] = madd(x[r][i], y, sum[r]);
      }
      ZK_UNROLL
      for (int r = 0; r < R; ++r) store(to + r * ld_sums, sum[r]);
    };
    const std::size_t before_last = (vectors() - 1) * kLanes;
    for (std::size_t j = 0; j < before_last; j += kLanes) step(row + j, sums + j);
    step(row + last(), sums + before_last);
  }

  // Rows of b at a time: their elements of a take R · P registers.
  static constexpr int rows_at_once(int rows) {
    return V::kRegisters == 32 ? (rows == 1 ? 8 : 4) : rows == 1 ? 8 : rows == 2 ? 4 : 2;
  }

  template <int R>
  void wide() const {
    constexpr int P = rows_at_once(R);
    for (int r = 0; r < R; ++r) std::memset(sums + r * ld_sums, 0, vectors() * sizeof(V));
    std::size_t p = 0;
    for (; p + P <= k; p += P) add_rows<R, P>(p);
    for (; p < k; ++p) add_rows<R, 1>(p);
  }

  template <int R>
  void compute() const {
    if (vectors() <= std::size_t(most_vectors(R))) narrow_by_vectors<R>();
    else wide<R>();
  }
};

// Measured by bench/kernels/rows.cc; docs/performance-kernels.md has the tables behind the numbers.
template <class T>
static bool few_rows_applies(const MatrixProduct& s) {
  if (s.m > 8 || s.trans_a || s.trans_b) return false;
#if ZK_VECTOR_BITS == 512
  if (s.n < 8 || s.k < 32) return false;
  // Up to a million multiplications OpenBLAS packs nothing either, and has tiles of 6 rows. Beyond, 8 rows go to panels.
  if (double(s.m) * double(s.n) * double(s.k) > 1e6) return s.m < 8;
  return s.m <= 4 || (s.m != 6 && s.m < 8 && s.n < 128);
#elif defined(__x86_64__) || defined(_M_X64)
  return s.m < 8 || s.n <= 16 || sizeof(T) == 8;
#else
  return false;  // not measured
#endif
}

template <class T>
static void few_rows(const MatrixProduct& s, T alpha, const T* a, const T* b, T beta, T* c) {
  constexpr std::size_t kRows = 4, kLanes = FewRows<T>::kLanes, kColumns = kColumnsOfFewRows<T>;
  T sums[kRows * kColumns];
  FewRows<T> tile = {s.k, s.n, s.lda, s.ldb, a, b, sums, kColumns};
  const std::size_t before_last = (tile.vectors() - 1) * kLanes;
  const std::size_t groups = (s.m + kRows - 1) / kRows;
  for (std::size_t group = 0, row = 0; group < groups; ++group) {
    const std::size_t rows = (s.m - row) / (groups - group);
    tile.a = a + row * s.lda;
    if (rows == 1) tile.template compute<1>();
    if (rows == 2) tile.template compute<2>();
    if (rows == 3) tile.template compute<3>();
    if (rows == 4) tile.template compute<4>();
    for (std::size_t r = 0; r < rows; ++r, ++row) {
      const T* sum = sums + r * kColumns;
      T* out = c + row * s.ldc;
      const auto finish = [&](std::size_t first, std::size_t end, const T* from) {
        if (beta == T(0)) {  // c is not read: it may hold NaN
          for (std::size_t j = first; j < end; ++j) out[j] = alpha * from[j];
        } else {
          for (std::size_t j = first; j < end; ++j) out[j] = madd(alpha, from[j], beta * out[j]);
        }
      };
      finish(0, before_last, sum);
      finish(before_last, s.n, sum + before_last - tile.last());
    }
  }
}
