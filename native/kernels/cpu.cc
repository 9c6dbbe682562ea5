#include "cpu.h"

#if defined(__x86_64__) || defined(_M_X64)
#define ZK_X86_64 1
#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#endif

namespace zerokara {

const char* level_name(Level level) {
  switch (level) {
    case Level::v3: return "v3";
    case Level::v4: return "v4";
    default: return "baseline";
  }
}

#if ZK_X86_64

namespace {

struct Registers {
  unsigned eax, ebx, ecx, edx;
};

Registers cpuid(unsigned leaf) {
  Registers r = {0, 0, 0, 0};
#if defined(_MSC_VER)
  int words[4];
  __cpuid(words, int(leaf & 0x80000000u));
  if (unsigned(words[0]) < leaf) return r;
  __cpuidex(words, int(leaf), 0);
  r = {unsigned(words[0]), unsigned(words[1]), unsigned(words[2]), unsigned(words[3])};
#else
  __get_cpuid_count(leaf, 0, &r.eax, &r.ebx, &r.ecx, &r.edx);
#endif
  return r;
}

// The register sets that the operating system saves.
unsigned long long enabled_state() {
#if defined(_MSC_VER)
  return _xgetbv(0);
#else
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<unsigned long long>(high) << 32) | low;
#endif
}

template <class... Bits>
constexpr unsigned mask(Bits... bits) {
  return (0u | ... | (1u << bits));
}

constexpr bool has_all(unsigned word, unsigned wanted) { return (word & wanted) == wanted; }

Level detect() {
  const Registers one = cpuid(1), seven = cpuid(7), extended = cpuid(0x80000001u);

  // SSE3, SSSE3, FMA, CMPXCHG16B, SSE4.1, SSE4.2, MOVBE, POPCNT, OSXSAVE, AVX, F16C
  if (!has_all(one.ecx, mask(0, 9, 12, 13, 19, 20, 22, 23, 27, 28, 29))) return Level::baseline;
  if (!has_all(seven.ebx, mask(3, 5, 8))) return Level::baseline;       // BMI1, AVX2, BMI2
  if (!has_all(extended.ecx, mask(0, 5))) return Level::baseline;       // LAHF, LZCNT
  const auto state = static_cast<unsigned>(enabled_state());            // only after OSXSAVE says that xgetbv exists
  if (!has_all(state, mask(1, 2))) return Level::baseline;              // XMM, YMM

  if (!has_all(seven.ebx, mask(16, 17, 28, 30, 31))) return Level::v3;  // AVX-512 F, DQ, CD, BW, VL
  if (!has_all(state, mask(5, 6, 7))) return Level::v3;                 // opmask, both halves of ZMM
  return Level::v4;
}

}  // namespace

Level best_level() {
  static const Level level = detect();
  return level;
}

const Kernels& kernels_at(Level level) {
  switch (level) {
    case Level::v3: return kernels_v3;
    case Level::v4: return kernels_v4;
    default: return kernels_baseline;
  }
}

#else

Level best_level() { return Level::baseline; }

const Kernels& kernels_at(Level) { return kernels_baseline; }

#endif

}  // namespace zerokara
