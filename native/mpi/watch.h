// Ends this process when a step has waited too long for the other ranks: MPI itself waits for ever if a link is down.
#pragma once

namespace zerokara {

// From now on a wait of more than `seconds` ends the process; 0 turns it off. `rank` of `size` is who says so.
void set_patience(double seconds, int rank, int size);

// Exists while a call waits for the other ranks, which are to come within `factor` times the patience; 0: whenever they come.
class Waiting {
 public:
  explicit Waiting(double factor = 1);
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
};

}  // namespace zerokara
