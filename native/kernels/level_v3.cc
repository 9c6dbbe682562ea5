// The kernels for x86-64-v3: AVX2 and FMA (Intel since 2013, AMD since 2015).
#if defined(__x86_64__) || defined(_M_X64)

// Included before the instruction set is raised, so that what these headers define runs on every CPU.
#include <immintrin.h>

#include "language.h"
#include "table.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#elif defined(__GNUC__)
#pragma GCC target("arch=x86-64-v3")
#endif

#define ZK_KERNELS kernels_v3
#define ZK_FMA 1
#define ZK_VECTOR_BITS 256
#include "level.inc"

#if defined(__clang__)
#pragma clang attribute pop
#endif

#endif
