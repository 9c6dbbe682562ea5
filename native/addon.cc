// The export table of the addon, and nothing else.
#include <type_traits>

#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "kernels/blas.h"
#include "kernels/heap.h"
#include "kernels/team.h"

namespace zerokara {

namespace {

// Passes a call from JavaScript to its binding, and the binding's result back.
template <class Result>
Napi::Value call(const Napi::CallbackInfo& info, const char* name, Result (*binding)(Arguments& args)) {
  Arguments args(info, name);
  if constexpr (std::is_void_v<Result>) {
    binding(args);
    return Napi::Value();  // undefined
  } else {
    return Napi::Number::New(info.Env(), binding(args));
  }
}

#define ZK_FUNCTION(name, Binding, result) \
  Napi::Value Call##Binding(const Napi::CallbackInfo& info) { return call(info, #name, Binding); }
#include "functions.inc"

// Runs once in each environment: on the main thread and in every Worker that loads the addon.
Napi::Object Start(Napi::Env env, Napi::Object exports) {
  initialize_blas();
  keep_freed_memory();
  auto* instance = new Instance;
  env.SetInstanceData(instance);
  // The team of threads ends with the last environment. Node requires the pair of function and argument to be unique.
  team_enter();
  if (napi_add_env_cleanup_hook(env, [](void*) { team_leave(); }, instance) != napi_ok) team_leave();
  instance->level = best_level();
  instance->kernels = &kernels_at(instance->level);

  using Napi::Function;
  exports.Set("initialize", Function::New<Initialize>(env, "initialize", instance));
  exports.Set("info", Function::New<Info>(env, "info", instance));
  exports.Set("getThreads", Function::New<GetThreads>(env, "getThreads", instance));
  exports.Set("setThreads", Function::New<SetThreads>(env, "setThreads", instance));

#define ZK_FUNCTION(name, Binding, result) exports.Set(#name, Function::New<Call##Binding>(env, #name, instance));
#include "functions.inc"
  return exports;
}

}  // namespace

}  // namespace zerokara

static Napi::Object Start(Napi::Env env, Napi::Object exports) { return zerokara::Start(env, exports); }

NODE_API_MODULE(zerokara, Start)
