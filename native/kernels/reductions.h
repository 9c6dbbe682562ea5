// Sums and maxima. The order of additions depends only on the sizes, so results do not depend on an array's address.

// Sums run in this many lanes, element i in lane i mod kLanes; at the end the lanes are added in pairs.
constexpr int kLanes = 16;

template <class T>
ZK_INLINE T add_lanes(T* lane) {
  for (int half = kLanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) lane[i] += lane[i + half];
  return lane[0];
}

// sum[j] ← the sums of n columns over rows [first, last), of which there are more than kRowsInOrder.
template <class T, class Rows>
static void add_tree(T* sum, std::size_t first, std::size_t last, std::size_t n, T* workspace, const Rows& rows) {
  std::size_t branch = kRowsInOrder;
  while (branch * kBranches < last - first) branch *= kBranches;
  for (T* to = sum; first < last; first += branch, to = workspace) {
    const std::size_t end = last - first < branch ? last : first + branch;
    if (end - first <= kRowsInOrder) rows.add(to, first, end);
    else add_tree(to, first, end, n, workspace + n, rows);
    if (to == sum) continue;
    ZK_VECTOR_LOOP
    for (std::size_t j = 0; j < n; ++j) sum[j] += to[j];
  }
}

// sum[j] ← the sums of n columns over m rows, by the tree of table.h; rows.add(sum, first, last) adds rows in order.
// Without workspace all rows are added in order.
template <class T, class Rows>
static void add_rows(T* sum, std::size_t m, std::size_t n, T* workspace, const Rows& rows) {
  if (m <= kRowsInOrder || workspace == nullptr) rows.add(sum, std::size_t(0), m);
  else add_tree(sum, std::size_t(0), m, n, workspace, rows);
}

template <class T, class S = T>
struct MatrixRows {
  const T* x;
  std::size_t n, ld;

  // sum ← rows [r, last), in order and in the type S; four rows to a pass over the sums.
  void add(S* sum, std::size_t r, std::size_t last) const {
    const std::size_t columns = n, step = ld;
    for (std::size_t j = 0; j < columns; ++j) sum[j] = S(0);
    const T* row = x + r * step;
    for (; r + 4 <= last; r += 4, row += 4 * step) {
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < columns; ++j)
        sum[j] = (((sum[j] + S(row[j])) + S(row[step + j])) + S(row[2 * step + j])) + S(row[3 * step + j]);
    }
    for (; r < last; ++r, row += step) {
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < columns; ++j) sum[j] += S(row[j]);
    }
  }
};

template <class T>
static void column_sums(T* out, const T* x, std::size_t m, std::size_t n, std::size_t ld, T* workspace) {
  add_rows(out, m, n, workspace, MatrixRows<T>{x, n, ld});
}

template <class T>
static double sum_of_squares(const T* x, std::size_t n) {
  double lane[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int l = 0; l < kLanes; ++l) lane[l] = madd(double(x[i + l]), double(x[i + l]), lane[l]);
  for (int l = 0; i < n; ++i, ++l) lane[l] = madd(double(x[i]), double(x[i]), lane[l]);
  return add_lanes(lane);
}

// The sum of a row in double. The row may come in pieces, all but the last a multiple of kLanes long: whole groups of
// kLanes are added in lanes, the tail one by one.
template <class T>
struct RowSum {
  double lane[kLanes] = {};
  double tail = 0;

  void add(const T* x, std::size_t n) {
    std::size_t i = 0;
    for (; i + kLanes <= n; i += kLanes)
      for (int l = 0; l < kLanes; ++l) lane[l] += double(x[i + l]);
    for (; i < n; ++i) tail += double(x[i]);
  }

  double total() { return add_lanes(lane) + tail; }
};

template <class T>
ZK_INLINE double row_sum(const T* x, std::size_t n) {
  if (n < std::size_t(kLanes)) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += double(x[i]);
    return sum;
  }
  RowSum<T> sum;
  sum.add(x, n);
  return sum.total();
}

// The largest number of a row. NaN is skipped: the exponential will propagate it.
template <class T>
ZK_INLINE T row_maximum(const T* x, std::size_t n) {
  T most = -T(INFINITY);
  std::size_t j = 0;
  if (n >= std::size_t(kLanes)) {
    T lane[kLanes];
    for (int l = 0; l < kLanes; ++l) lane[l] = x[l];
    for (j = kLanes; j + kLanes <= n; j += kLanes)
      for (int l = 0; l < kLanes; ++l) lane[l] = x[j + l] > lane[l] ? x[j + l] : lane[l];
    for (int l = 0; l < kLanes; ++l) most = lane[l] > most ? lane[l] : most;
  }
  for (; j < n; ++j) most = x[j] > most ? x[j] : most;
  return most;
}

// The column of the first maximum of each row; the first NaN beats every number.
template <class T>
static void arg_max_rows(std::int32_t* out, const T* x, std::size_t m, std::size_t n) {
  for (std::size_t r = 0; r < m; ++r, x += n) {
    std::size_t best = 0;
    T most = x[0];
    for (std::size_t j = 1; j < n && most == most; ++j) {
      if (x[j] <= most) continue;  // neither larger nor NaN
      best = j;
      most = x[j];
    }
    out[r] = std::int32_t(best);
  }
}
