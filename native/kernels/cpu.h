// The CPU levels that kernels are compiled for, and which of them this machine can run.
#pragma once

#include "table.h"

namespace zerokara {

enum class Level : int { baseline, v3, v4 };

const char* level_name(Level level);

// The best level that this CPU has and the operating system supports: it must save the wide registers of a thread.
Level best_level();

// The kernels of a level that this machine can run.
const Kernels& kernels_at(Level level);

}  // namespace zerokara
