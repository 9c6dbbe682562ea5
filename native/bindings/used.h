// Calls of many arrays: how many elements of each are used, and that no output overlaps another array.
#pragma once

#include "arguments.h"

namespace zerokara {

// An array of a call, and how many of its elements are used.
struct Used {
  const Array& array;
  std::size_t length;
};

// All arrays are long enough, and no output overlaps another array.
template <std::size_t Outputs, std::size_t Inputs>
void require_apart(const Arguments& args, const Used (&outputs)[Outputs], const Used (&inputs)[Inputs]) {
  for (const Used& output : outputs) args.require_length(output.array, output.length);
  for (const Used& input : inputs) args.require_length(input.array, input.length);
  for (std::size_t i = 0; i < Outputs; ++i) {
    for (std::size_t j = i + 1; j < Outputs; ++j)
      args.require_apart(outputs[i].array, outputs[i].length, outputs[j].array, outputs[j].length);
    for (const Used& input : inputs)
      args.require_apart(outputs[i].array, outputs[i].length, input.array, input.length);
  }
}

}  // namespace zerokara
