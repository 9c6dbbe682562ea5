// Any product, without BLAS and without allocating memory.
//
//   for tiles of 8 rows × 32 columns of c:      the 256 sums lie in registers (v4), else on the stack, in L1
//     for p in k:                               row p of op(b), 32 elements  ×  column p of op(a), 8 elements
//
// Each element is one sum over all of k, in order, which is then multiplied by alpha.

template <class T>
static void plain_gemm(const MatrixProduct& s, T alpha, const T* a, const T* b, T beta, T* c) {
  constexpr std::size_t kRows = 8, kColumns = 32;
  const std::size_t a_row = s.trans_a ? 1 : s.lda, a_k = s.trans_a ? s.lda : 1;
  const std::size_t b_column = s.trans_b ? s.ldb : 1, b_k = s.trans_b ? 1 : s.ldb;
  for (std::size_t i = 0; i < s.m; i += kRows) {
    const std::size_t rows = s.m - i < kRows ? s.m - i : kRows;
    for (std::size_t j = 0; j < s.n; j += kColumns) {
      const std::size_t columns = s.n - j < kColumns ? s.n - j : kColumns;
      T sum[kRows][kColumns] = {};
      T y[kColumns] = {};
      for (std::size_t p = 0; p < s.k; ++p) {
        const T* from = b + j * b_column + p * b_k;
        for (std::size_t v = 0; v < columns; ++v) y[v] = from[v * b_column];
        for (std::size_t r = 0; r < rows; ++r) {
          const T x = a[(i + r) * a_row + p * a_k];
          ZK_VECTOR_LOOP
          for (std::size_t v = 0; v < kColumns; ++v) sum[r][v] = madd(x, y[v], sum[r][v]);
        }
      }
      for (std::size_t r = 0; r < rows; ++r) {
        T* out = c + (i + r) * s.ldc + j;
        for (std::size_t v = 0; v < columns; ++v)
          out[v] = beta == T(0) ? alpha * sum[r][v] : madd(alpha, sum[r][v], beta * out[v]);  // if 0, c is not read
      }
    }
  }
}
