#include "heap.h"

#include <cstddef>
#include <cstdlib>

namespace zerokara {

// glibc maps a large block by itself and returns it to the system when it is freed, and it returns the end of its heap once
// that is longer than a threshold. Each new array of some megabytes then begins with thousands of page faults, which take many
// times as long as the arithmetic. The thresholds adapt themselves: once a mapped block of up to 32 MB has been freed, blocks
// up to its size come from the heap, whose end may be twice as long. One such block, which nothing ever touches, is enough.
// The garbage collector frees young arrays when there are 32 MB of them, so that all of them stay.
void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr std::size_t kBlock = (std::size_t(32) << 20) - (std::size_t(64) << 10);
  void* volatile block = std::malloc(kBlock);  // volatile: the pair would be optimised away
  std::free(block);
#endif
}

}  // namespace zerokara
