// The thin products of one CPU level.

template <class T>
struct ThinGemmOf {
  static constexpr const ThinGemm<T>* table() { return nullptr; }
};

#if ZK_FMA && (defined(__x86_64__) || defined(_M_X64))

static bool thin_applies(const MatrixProduct& s) { return s.n <= 64; }
static std::size_t thin_row_tile(const MatrixProduct&) { return 16; }
static std::size_t thin_packed_size(const MatrixProduct& s) { return s.trans_b ? 0 : s.n * s.k; }

static void thin_pack(const MatrixProduct& s, const float* b, float* packed) {
  for (std::size_t p = 0; p < s.k; ++p)
    for (std::size_t j = 0; j < s.n; ++j) packed[j * s.k + p] = b[p * s.ldb + j];
}

static void thin_rows(const MatrixProduct& s, float alpha, const float* a, const float* b, const float* packed,
                      float beta, float* c, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i)
    for (std::size_t j = 0; j < s.n; ++j) {
      float sum = 0;
      for (std::size_t p = 0; p < s.k; ++p)
        sum = madd(s.trans_a ? a[p * s.lda + i] : a[i * s.lda + p],
                   s.trans_b ? b[j * s.ldb + p] : packed[j * s.k + p], sum);
      float& out = c[i * s.ldc + j];
      out = beta == 0.0f ? alpha * sum : madd(alpha, sum, beta * out);
    }
}

constexpr ThinGemm<float> kThinGemm = {thin_applies, thin_row_tile, thin_packed_size, thin_pack, thin_rows};

template <>
struct ThinGemmOf<float> {
  static constexpr const ThinGemm<float>* table() { return &kThinGemm; }
};

#endif
