// The bindings: one for each function of src/backend/backend.ts, with the same parameters; and those that configure and
// describe the addon.
#pragma once

#include <napi.h>

#include "arguments.h"

namespace zerokara {

#define ZK_FUNCTION(name, Binding, result) result Binding(Arguments& args);
#include "../functions.inc"

// initialize(explain, level, threads): must be called before anything else. `level` is 'baseline', 'v3' or 'v4', or
// undefined for the best; `threads` sets the number of threads of the process unless it has been set already. Returns
// false for a level that this machine does not have.
Napi::Value Initialize(const Napi::CallbackInfo& info);
// The most threads of a call, in all environments of the process.
Napi::Value GetThreads(const Napi::CallbackInfo& info);
void SetThreads(const Napi::CallbackInfo& info);
Napi::Value Info(const Napi::CallbackInfo& info);

}  // namespace zerokara
