#include "scratch.h"

#include <cstdint>
#include <memory>
#include <new>

namespace zerokara {

namespace {

struct Memory {
  std::unique_ptr<char[]> bytes;
  std::size_t size = 0;

  float* grow_to(std::size_t count) {
    constexpr std::size_t kLine = 64;
    const std::size_t needed = count * sizeof(float) + kLine;
    if (size < needed) {
      size = 0;
      bytes.reset();
      bytes.reset(new (std::nothrow) char[needed]);
      if (!bytes) return nullptr;
      size = needed;
    }
    const auto address = reinterpret_cast<std::uintptr_t>(bytes.get());
    return reinterpret_cast<float*>((address + kLine - 1) & ~std::uintptr_t(kLine - 1));
  }
};

}  // namespace

// One for each thread: Workers compute at the same time.
float* scratch(std::size_t count) {
  thread_local Memory memory;
  return memory.grow_to(count);
}

float* outer_scratch(std::size_t count) {
  thread_local Memory memory;
  return memory.grow_to(count);
}

}  // namespace zerokara
