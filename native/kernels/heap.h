// The system's allocator, from which the arrays of JavaScript come.
#pragma once

namespace zerokara {

// Lets the allocator keep what is freed, so that the next result of an operation does not begin with page faults.
void keep_freed_memory();

}  // namespace zerokara
