// What every kernel file needs: standard headers, and macros that tell the compiler how to vectorize, unroll and inline.
//
// A level file (level_*.cc) includes the standard headers and this one before it raises the instruction set, so nothing
// here may differ between levels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <math.h>

// The iterations of the next loop are independent, even if an output is the same array as an input.
#if defined(__clang__)
#define ZK_VECTOR_LOOP _Pragma("clang loop vectorize(assume_safety) interleave(enable)")
#elif defined(__GNUC__)
#define ZK_VECTOR_LOOP _Pragma("GCC ivdep")
#elif defined(_MSC_VER)
#define ZK_VECTOR_LOOP __pragma(loop(ivdep))
#endif

// Unrolls loops over the rows and vectors of a tile, so that its sums stay in registers.
#if defined(__clang__)
#define ZK_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define ZK_UNROLL _Pragma("GCC unroll 16")
#else
#define ZK_UNROLL
#endif

#if defined(__GNUC__)
#define ZK_INLINE static inline __attribute__((always_inline))
#define ZK_INLINE_METHOD inline __attribute__((always_inline))
#define ZK_NOINLINE static __attribute__((noinline))
#define ZK_NOINLINE_METHOD __attribute__((noinline))
#define ZK_PREFETCH(address) __builtin_prefetch(address, 0, 2)
#define ZK_PREFETCH_TO_WRITE(address) __builtin_prefetch(address, 1)
#else
#define ZK_INLINE static __forceinline
#define ZK_INLINE_METHOD __forceinline
#define ZK_NOINLINE static __declspec(noinline)
#define ZK_NOINLINE_METHOD __declspec(noinline)
#define ZK_PREFETCH(address) ((void)(address))
#define ZK_PREFETCH_TO_WRITE(address) ((void)(address))
#endif

// Pages of memory. Processors fetch ahead within a page only, so that a long result which is not in the cache costs a wait at
// each page; a new tensor never is. Asking for one line of the next page, to write to it, ends that. Operands need no such help.
namespace zerokara {
constexpr std::size_t kBytesOfPage = 4096;
}

// A large function that the compiler must not copy for the constants it is called with.
#if defined(__GNUC__) && !defined(__clang__)
#define ZK_NOCLONE __attribute__((noclone))
#else
#define ZK_NOCLONE
#endif
