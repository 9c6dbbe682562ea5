#include "heap.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace zerokara {

namespace {

// Whether whoever started the process has said how long the end of the heap may be.
bool is_tuned() {
  const char* tunables = std::getenv("GLIBC_TUNABLES");
  return std::getenv("MALLOC_TRIM_THRESHOLD_") != nullptr ||
         (tunables != nullptr && std::strstr(tunables, "malloc.trim_threshold") != nullptr);
}

}  // namespace

// glibc maps a large block by itself and returns it to the system when it is freed, and it returns the end of its heap once
// that is longer than a threshold. Each new array of some megabytes then begins with thousands of page faults, which take many
// times as long as the arithmetic. The thresholds adapt themselves: once a mapped block of up to 32 MB has been freed, blocks
// up to its size come from the heap. One such block, which nothing ever touches, is enough.
//
// The end of the heap may be 64 MB long then, which is not enough: the garbage collector comes when there are 32 MB of young
// arrays, three of 12.5 MB, and frees them on another thread while as many new ones are made.
void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr std::size_t kBlock = (std::size_t(32) << 20) - (std::size_t(64) << 10);
  constexpr int kEndOfHeap = 128 << 20;
  void* volatile block = std::malloc(kBlock);  // volatile: the pair would be optimised away
  std::free(block);
  if (!is_tuned()) mallopt(M_TRIM_THRESHOLD, kEndOfHeap);  // afterwards nothing adapts itself any more
#endif
}

// Rounded outwards to whole pages of 2 MB: where a part of one has been written, the rest of it comes in pages of 4 kB.
void prefer_huge_pages(void* data, std::size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  constexpr std::size_t kLeast = std::size_t(4) << 20;
  constexpr std::uintptr_t kPage = std::uintptr_t(2) << 20;
  if (bytes < kLeast) return;
  const auto start = reinterpret_cast<std::uintptr_t>(data);
  const std::uintptr_t first = start & ~(kPage - 1), last = (start + bytes + kPage - 1) & ~(kPage - 1);
  madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);  // a wish: whether it is granted does not matter
#endif
}

}  // namespace zerokara
