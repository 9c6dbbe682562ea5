// The system's allocator, from which the arrays of JavaScript come.
#pragma once

#include <cstddef>

namespace zerokara {

// Lets the allocator keep what is freed, so that the next result of an operation does not begin with page faults.
void keep_freed_memory();

// Asks the system to back a large array with pages of 2 MB, if it has not been written yet: NumPy asks the same.
void prefer_huge_pages(void* data, std::size_t bytes);

}  // namespace zerokara
