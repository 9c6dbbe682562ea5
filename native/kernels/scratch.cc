#include "scratch.h"

#include <cstdint>
#include <memory>
#include <new>

namespace zerokara {

float* scratch(std::size_t count) {
  constexpr std::size_t kLine = 64;
  // One for each thread: Workers compute at the same time.
  thread_local std::unique_ptr<char[]> memory;
  thread_local std::size_t bytes = 0;
  const std::size_t needed = count * sizeof(float) + kLine;
  if (bytes < needed) {
    bytes = 0;
    memory.reset();
    memory.reset(new (std::nothrow) char[needed]);
    if (!memory) return nullptr;
    bytes = needed;
  }
  const auto address = reinterpret_cast<std::uintptr_t>(memory.get());
  return reinterpret_cast<float*>((address + kLine - 1) & ~std::uintptr_t(kLine - 1));
}

}  // namespace zerokara
