// Matrix products by the system's BLAS: OpenBLAS, or Accelerate on macOS.
#pragma once

#include "matrix_product.h"

namespace zerokara {

// c ← alpha · op(a) · op(b) + beta · c, row-major; m, n and k are at least 1.
void gemm(const MatrixProduct& shape, float alpha, const float* a, const float* b, float beta, float* c);
void gemm(const MatrixProduct& shape, double alpha, const double* a, const double* b, double beta, double* c);

// Whether products can be computed at all: OpenBLAS packs into 128 MB for each call that is inside it, and where it does not get
// them it asks again for ever. Asked before a product; once true it stays true, and gemm waits for a packing buffer that
// another thread holds rather than ask for one that there is no memory for.
bool blas_has_memory();

// Whether calls take turns because the library has no locks.
bool blas_takes_turns();

struct BlasFacts {
  const char* name;      // "openblas" or "accelerate"
  const char* library;   // the file it was linked against, without its folder
  const char* linkage;   // "static" or "dynamic"
  const char* threading; // how the library found at run time threads: "pthread", "openmp", "serial" or "system"
  const char* config;    // the library's own words about its build
  const char* corename;  // the CPU its kernels are for
  int threads;
  bool serialized;       // one call at a time, because the library has no locks
};

// Sets OpenBLAS to one thread. To be called by every thread that will multiply, before it does.
void initialize_blas();

BlasFacts blas_facts();

}  // namespace zerokara
