// The kernels for x86-64-v4: AVX-512 (Intel servers since 2017, AMD since 2022).
#if defined(__x86_64__) || defined(_M_X64)

// Included before the instruction set is raised, so that what these headers define runs on every CPU.
#include <immintrin.h>

#include "language.h"
#include "table.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#elif defined(__GNUC__)
#pragma GCC target("arch=x86-64-v4")
#endif

#define ZK_KERNELS kernels_v4
#define ZK_FMA 1
#define ZK_VECTOR_BITS 512
#include "level.inc"

#if defined(__clang__)
#pragma clang attribute pop
#endif

#endif
