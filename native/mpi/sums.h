// Sums of arrays over all ranks that are under way while JavaScript computes on.
//
// The memory that MPI reads and writes meanwhile belongs to a slot and not to JavaScript: arrays are copied into it when a sum
// begins and out of it when it has ended, so no pointer to a JavaScript array outlives a call. The copy multiplies by the
// share of the rows, a pass that would be needed anyway.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <vector>

#include "arguments.h"

namespace zerokara {

struct Slot {
  std::vector<double> memory;  // aligned for both element types
  std::size_t length = 0;
  napi_typedarray_type type = napi_float32_array;
  MPI_Request request = MPI_REQUEST_NULL;
  bool pending = false;
};

// Copies `scale` times the arrays, one after another, and begins their sum. @returns MPI's error code
int begin_sum(Slot& slot, double scale, const std::vector<Array>& arrays, MPI_Comm comm);

// Waits for the sum and copies it into the arrays. @returns MPI's error code
int end_sum(Slot& slot, const std::vector<Array>& arrays);

// The sum of `array` in a fixed tree: ranks 2k and 2k + 1 first, then pairs of pairs. The number of ranks is a power of 2.
// A sum of two does not depend on their order, so all ranks get the same bits. @returns MPI's error code
int tree_sum(const Array& array, int rank, int size, MPI_Comm comm);

MPI_Datatype type_of(const Array& array);

}  // namespace zerokara
