// Per-thread scratch, for packed operands and partial sums.
#pragma once

#include <cstddef>

namespace zerokara {

// Scratch of the calling thread for `count` floats, aligned to a cache line; valid until the thread's next call of this
// function. It grows to the largest request and is freed when the thread ends, so callers bound what they ask for. Null if
// there is no memory: the caller then takes a path that needs none.
float* scratch(std::size_t count);

// The same from a second memory, for what must outlast calls of `scratch`.
float* outer_scratch(std::size_t count);

}  // namespace zerokara
