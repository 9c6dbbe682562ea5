// The bindings: one for each function of src/backend/backend.ts, with its parameters, and what the addon says about itself.
#pragma once

#include <napi.h>

#include "arguments.h"

namespace zerokara {

#define ZK_FUNCTION(name, Binding, result) result Binding(Arguments& args);
#include "../functions.inc"

// initialize(explain, level, threads): must be called before anything else; `level` is 'baseline', 'v3', 'v4' or
// undefined for the best, `threads` what the process uses unless it was told before. Returns false for a level that
// this machine does not have.
Napi::Value Initialize(const Napi::CallbackInfo& info);
// The threads of a call, in all environments of the process.
Napi::Value GetThreads(const Napi::CallbackInfo& info);
void SetThreads(const Napi::CallbackInfo& info);
Napi::Value Info(const Napi::CallbackInfo& info);

}  // namespace zerokara
