// The CPU level of a bench: the best of this machine, or the one that ZEROKARA_ISA names, as for the addon.
#pragma once

#include <cstdlib>
#include <cstring>

#include "../../native/kernels/cpu.h"

inline zerokara::Level level() {
  using zerokara::Level;
  const char* name = std::getenv("ZEROKARA_ISA");
  Level chosen = zerokara::best_level();
  while (name && chosen > Level::baseline && std::strcmp(name, zerokara::level_name(chosen)) != 0)
    chosen = Level(int(chosen) - 1);
  return chosen;
}
