#include "blas.h"

#include <mutex>

#if defined(ZEROKARA_ACCELERATE)
#include <Accelerate/Accelerate.h>
#else
#include <cblas.h>
#endif

namespace zerokara {

namespace {

// Whether two threads may be inside the library at once. A serial OpenBLAS keeps its packing buffers in static memory:
// unless it was built with USE_LOCKING, two calls compute wrong numbers. The library met at run time decides, not the
// one of the build: distributions let the administrator switch.
bool needs_turns() {
#if defined(ZEROKARA_ACCELERATE) || defined(ZEROKARA_BLAS_LOCKS)
  return false;
#else
  static const bool serial = openblas_get_parallel() == OPENBLAS_SEQUENTIAL;
  return serial;
#endif
}

// Holds the library for one call where calls must take turns; the lock is the process's, as the library is.
class Turn {
 public:
  Turn() {
    if (needs_turns()) lock_ = std::unique_lock<std::mutex>(mutex());
  }

 private:
  static std::mutex& mutex() {
    static std::mutex instance;
    return instance;
  }

  std::unique_lock<std::mutex> lock_;
};

CBLAS_TRANSPOSE transpose(bool flag) { return flag ? CblasTrans : CblasNoTrans; }

}  // namespace

void gemm(const MatrixProduct& s, float alpha, const float* a, const float* b, float beta, float* c) {
  const Turn turn;
  cblas_sgemm(CblasRowMajor, transpose(s.trans_a), transpose(s.trans_b), int(s.m), int(s.n), int(s.k), alpha, a,
              int(s.lda), b, int(s.ldb), beta, c, int(s.ldc));
}

void gemm(const MatrixProduct& s, double alpha, const double* a, const double* b, double beta, double* c) {
  const Turn turn;
  cblas_dgemm(CblasRowMajor, transpose(s.trans_a), transpose(s.trans_b), int(s.m), int(s.n), int(s.k), alpha, a,
              int(s.lda), b, int(s.ldb), beta, c, int(s.ldc));
}

bool blas_takes_turns() { return needs_turns(); }

#if defined(ZEROKARA_ACCELERATE)

void initialize_blas() {}

BlasFacts blas_facts() { return {"accelerate", "Accelerate.framework", "dynamic", "system", "", "", 0, false}; }

#else

void initialize_blas() {
  // More than one OpenBLAS thread makes thin products slower and hangs child_process.spawn. An OpenMP build keeps the
  // number per calling thread.
  openblas_set_num_threads(1);
}

BlasFacts blas_facts() {
  const int parallel = openblas_get_parallel();
  const char* threading =
      parallel == OPENBLAS_THREAD ? "pthread" : parallel == OPENBLAS_OPENMP ? "openmp" : "serial";
#if defined(ZEROKARA_LINKED_STATICALLY)
  const char* linkage = "static";
#else
  const char* linkage = "dynamic";
#endif
  return {"openblas",           ZEROKARA_BLAS_LIBRARY,   linkage,
          threading,            openblas_get_config(),   openblas_get_corename(),
          openblas_get_num_threads(), needs_turns()};
}

#endif

}  // namespace zerokara
