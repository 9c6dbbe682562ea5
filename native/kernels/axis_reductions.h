// Reductions along an axis: sums, maxima and minima of neighbours and of columns, and the place of the maximum.

// Σ of n neighbours in double, as NumPy adds them: up to 128 in eight running sums, then halves.
template <class T>
static double block_sum(const T* x, std::size_t n) {
  double lane[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int l = 0; l < 8; ++l) lane[l] += double(x[i + l]);
  double sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
  for (; i < n; ++i) sum += double(x[i]);
  return sum;
}

template <class T>
static double pairwise_sum(const T* x, std::size_t n) {
  if (n < 8) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += double(x[i]);
    return sum;
  }
  if (n <= kNeighboursAtOnce) return block_sum(x, n);
  const std::size_t left = left_half(n);
  return pairwise_sum(x, left) + pairwise_sum(x + left, n - left);
}

// out[j] ← F over the rows of column j, which starts from `of_none`. Maximum and Minimum keep a NaN.
template <class T, class F>
static void fold_columns(T* out, const T* x, std::size_t m, std::size_t n, std::size_t ld, T of_none) {
  for (std::size_t j = 0; j < n; ++j) out[j] = of_none;
  std::size_t r = 0;
  for (; r + 4 <= m; r += 4, x += 4 * ld) {
    ZK_VECTOR_LOOP
    for (std::size_t j = 0; j < n; ++j) {
      const T one = F::value(x[j], x[ld + j]), other = F::value(x[2 * ld + j], x[3 * ld + j]);
      out[j] = F::value(out[j], F::value(one, other));
    }
  }
  for (; r < m; ++r, x += ld) {
    ZK_VECTOR_LOOP
    for (std::size_t j = 0; j < n; ++j) out[j] = F::value(out[j], x[j]);
  }
}

// F over n neighbours: 32 lanes, which are folded at the end. Not 16: GCC would write out a loop of so few, and then not find
// the vectors in it. Two chains for what is left, because each step waits for the one before it.
template <class T, class F>
static T fold_neighbours(const T* x, std::size_t n, T of_none) {
  constexpr int kFolded = 32;
  T lane[kFolded];
  for (int l = 0; l < kFolded; ++l) lane[l] = of_none;
  std::size_t i = 0;
  for (; i + kFolded <= n; i += kFolded) {
    ZK_VECTOR_LOOP
    for (int l = 0; l < kFolded; ++l) lane[l] = F::value(x[i + l], lane[l]);
  }
  T most = of_none, other = of_none;
  if (i > 0) {
    T half[16], part[4];
    for (int l = 0; l < 16; ++l) half[l] = F::value(lane[l], lane[l + 16]);
    for (int l = 0; l < 4; ++l)
      part[l] = F::value(F::value(half[l], half[l + 4]), F::value(half[l + 8], half[l + 12]));
    most = F::value(F::value(part[0], part[1]), F::value(part[2], part[3]));
  }
  for (; i + 2 <= n; i += 2) {
    most = F::value(x[i], most);
    other = F::value(x[i + 1], other);
  }
  if (i < n) most = F::value(x[i], most);
  return F::value(most, other);
}

template <class T>
static T extremum(const T* x, std::size_t n, bool maximum) {
  return maximum ? fold_neighbours<T, Maximum>(x, n, -T(INFINITY)) : fold_neighbours<T, Minimum>(x, n, T(INFINITY));
}

// The sums of the columns of an m × n matrix with ld elements between row starts, in double, by the tree of table.h, with
// workspace for n · levels_above_order(m).
template <class T>
static void sum_columns(double* sums, const T* x, std::size_t m, std::size_t n, std::size_t ld, double* workspace) {
  add_rows(sums, m, n, workspace, MatrixRows<T, double>{x, n, ld});
}

template <class T>
static void extreme_columns(T* out, const T* x, std::size_t m, std::size_t n, std::size_t ld, bool maximum) {
  if (maximum) fold_columns<T, Maximum>(out, x, m, n, ld, -T(INFINITY));
  else fold_columns<T, Minimum>(out, x, m, n, ld, T(INFINITY));
}

// The first of the neighbours from `start` on that satisfies `wanted`; there is one. Four vectors at a time are asked whether it
// is among them.
template <class T, class Wanted>
ZK_INLINE std::size_t first_place(const T* x, std::size_t start, std::size_t n, const Wanted& wanted) {
  constexpr std::size_t kAtOnce = 64;
  for (; n - start >= kAtOnce; start += kAtOnce) {
    const T* here = x + start;
    int found = 0;
    for (std::size_t i = 0; i < kAtOnce; ++i) found |= wanted(here[i]);
    if (found != 0) break;
  }
  while (!wanted(x[start])) ++start;
  return start;
}

// The place of the first of n ≥ 1 neighbours that equals the maximum, or of the first NaN. The maxima of blocks come first, so
// that only one block is searched, which is still in the cache.
template <class T>
static std::size_t place_of_maximum(const T* x, std::size_t n) {
  constexpr std::size_t kBlock = 2048;
  std::size_t start = 0;
  T most = x[0];
  for (std::size_t first = 0; first < n && most == most; first += kBlock) {
    const T value = fold_neighbours<T, Maximum>(x + first, n - first < kBlock ? n - first : kBlock, -T(INFINITY));
    if (value <= most) continue;
    most = value;
    start = first;
  }
  if (most != most) return first_place(x, start, n, [](T value) { return value != value; });
  return first_place(x, start, n, [most](T value) { return value == most; });
}

// out[j] ← the row of the first maximum of column j, for n columns.
template <class T>
static void arg_max_columns(std::int32_t* out, const T* x, std::size_t m, std::size_t n, std::size_t ld) {
  constexpr std::size_t kColumns = 256;
  T most[kColumns];
  for (std::size_t first = 0; first < n; first += kColumns, x += kColumns, out += kColumns) {
    const std::size_t columns = n - first < kColumns ? n - first : kColumns;
    for (std::size_t j = 0; j < columns; ++j) {
      most[j] = x[j];
      out[j] = 0;
    }
    const T* row = x + ld;
    for (std::size_t r = 1; r < m; ++r, row += ld) {
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < columns; ++j) {
        const bool better = (most[j] == most[j]) & !(row[j] <= most[j]);
        most[j] = better ? row[j] : most[j];
        out[j] = better ? std::int32_t(r) : out[j];
      }
    }
  }
}
