// Matrix products by the system's BLAS: OpenBLAS, or Accelerate on macOS.
#pragma once

#include "matrix_product.h"

namespace zerokara {

// c ← alpha · op(a) · op(b) + beta · c, row-major; m, n and k are at least 1.
void gemm(const MatrixProduct& shape, float alpha, const float* a, const float* b, float beta, float* c);
void gemm(const MatrixProduct& shape, double alpha, const double* a, const double* b, double beta, double* c);

// Whether OpenBLAS has memory to compute with. It packs into a buffer of 128 MB for each call that is inside it, and if the
// system refuses the buffer it retries for ever. Must be true before the first gemm, and then stays true: gemm waits for a
// buffer that another thread holds rather than let OpenBLAS ask for one that there is no memory for.
bool blas_has_memory();

// Whether calls take turns, because the library has no locks.
bool blas_takes_turns();

struct BlasFacts {
  const char* name;      // "openblas" or "accelerate"
  const char* library;    // the file it was linked against, without its folder
  const char* linkage;    // "static" or "dynamic"
  const char* threading;  // threading model of the library loaded at run time: "pthread", "openmp", "serial" or "system"
  const char* config;     // the library's own description of its build
  const char* corename;   // the CPU its kernels are for
  int threads;
  bool serialized;        // one call at a time, because the library has no locks
};

// Sets OpenBLAS to one thread. Every thread calls it before its first product.
void initialize_blas();

BlasFacts blas_facts();

}  // namespace zerokara
