// The kernels for every CPU of this architecture (on x86-64: SSE2).
#include "language.h"
#include "table.h"

#define ZK_KERNELS kernels_baseline
// Arm64 always has fused multiply-add; x86-64 has it from v3 on, and would call a library function for it here.
#if defined(__aarch64__) || defined(_M_ARM64)
#define ZK_FMA 1
#else
#define ZK_FMA 0
#endif
#include "level.inc"
