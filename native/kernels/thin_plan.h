// Which thin products a CPU level takes, and how it divides them. Measured by bench/kernels/products.cc;
// docs/performance-kernels.md has the tables behind the numbers.

// The columns of c: [0, wide) in vectors, and a tail of at most 4.
struct ThinPlan {
  std::size_t wide, tail;
};

// How the rows of a call and k are divided, outermost first: stretches of rows, passes over `depth` terms of k, and some rows
// for which one group of columns follows the other.
struct ThinLoops {
  std::size_t stretch, depth, rows;
};

// op(b) stays in the second-level cache up to this many elements: every tile, or every stretch of rows, reads it.
constexpr std::size_t kThinMostOfB = 160000;

// Whether zeros of a are looked for: where a row of b is long enough to pay for finding each factor.
constexpr std::size_t kThinNonzeroColumns = 32;

static bool thin_may_skip_zeros(const MatrixProduct& s) {
  return s.n >= kThinNonzeroColumns && s.k >= 32 && s.m * s.n * s.k >= 20000;
}

#if ZK_VECTOR_BITS == 512

// Whether b is packed also if a is stored by columns.
constexpr bool kThinPacksForColumns = false;

static ThinPlan thin_plan(const MatrixProduct& s) {
  // With only one whole vector, a tail was measured to cost more than a second vector.
  const std::size_t tail = s.n % kWidth;
  if (tail <= 4 && s.n > 2 * kWidth && (s.trans_a ? s.m >= 8 : s.k >= 64)) return {s.n - tail, tail};
  return {s.n, 0};
}

static bool thin_applies(const MatrixProduct& s) {
  if (s.m < 40 || s.k < 8) return false;
  if (s.n * s.k > kThinMostOfB) return false;
  // Every group of columns reads all of a, which is slow if a is large and read by columns.
  if (s.trans_a && s.m * s.k > (s.n <= 66 ? 262144u : 100000u)) return false;
  if (s.n < 9 || s.n >= 96) return false;  // wider ones go to panels
  // Up to a million multiplications OpenBLAS does not pack either. It is slower where there is little work for each element
  // of c, and where n does not fill whole vectors.
  if (double(s.m) * double(s.n) * double(s.k) > 1e6) return true;
  if (s.trans_b) return s.k <= 64 || s.n >= 32;
  return s.n < 16 || (s.n > 48 && s.n < 64 && s.k >= 32);
}

static ThinLoops thin_loops(const MatrixProduct& s, std::size_t rows) { return {rows, s.k, rows}; }

// A multiple of the rows of every tile that thin_group takes for these columns.
static std::size_t thin_row_tile(const MatrixProduct& s) {
  return s.n <= kWidth ? 12 : s.n <= 3 * kWidth + 4 ? 8 : 24;
}

// The next group's vectors, of those that are left.
static std::size_t thin_vectors(const ThinPlan& plan, std::size_t left) {
  const std::size_t most = plan.tail == 0 ? 4 : 3, groups = (left + most - 1) / most;
  return (left + groups - 1) / groups;
}

#else

constexpr bool kThinPacksForColumns = true;
constexpr std::size_t kThinStretch = 96;
constexpr std::size_t kThinPart = 5632;  // elements of b, 22 kB

static ThinPlan thin_plan(const MatrixProduct& s) {
  const std::size_t tail = s.n % kWidth;
  if (tail <= kThinTail && s.n > kWidth && (s.trans_a || s.k >= 32)) return {s.n - tail, tail};
  return {s.n, 0};
}

static bool thin_applies(const MatrixProduct& s) {
  if (s.m < 8 || s.n < 2 || s.n > 200 || s.k < 8) return false;
  if (s.n * s.k > kThinMostOfB) return false;
  if (s.trans_b && s.n >= 64 && s.k >= 200) return false;  // packing reads b across its rows; panels do it piece by piece
  return s.trans_a || s.n >= 16 || s.k >= 40;              // a tile of one vector is short of work for each element of c
}

// A multiple of the rows of every tile, and of the vectors along rows that a tail takes if a is stored by columns.
static std::size_t thin_row_tile(const MatrixProduct& s) { return s.trans_a ? 48 : 12; }

static ThinLoops thin_loops(const MatrixProduct& s, std::size_t) {
  // 22 kB of b stay in L1, beside the rows of a; a stretch's rows of a stay in the second-level cache until the last pass.
  const std::size_t most = s.n <= 88 ? kThinPart / s.n : 64, passes = (s.k + most - 1) / most;
  return {kThinStretch, round_up((s.k + passes - 1) / passes), thin_row_tile(s)};
}

// 6 rows × 2 vectors, or 4 × 3 at the end.
static std::size_t thin_vectors(const ThinPlan&, std::size_t left) { return left <= 3 ? left : 2; }

#endif
