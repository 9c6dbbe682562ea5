// Memory of a thread for what it packs.
#pragma once

#include <cstddef>

namespace zerokara {

// This thread's scratch for `count` elements, aligned to a cache line; valid until the thread's next call of this
// function. Grows to the largest product of the thread's life, then allocates no more. Null where there is no memory: the
// caller then takes a way that needs none.
float* scratch(std::size_t count);

}  // namespace zerokara
