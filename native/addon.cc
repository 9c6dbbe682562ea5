// The export table of the addon, and nothing else.
#include <type_traits>

#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "kernels/blas.h"
#include "kernels/heap.h"
#include "kernels/team.h"

namespace zerokara {

namespace {

// A function as one environment exports it.
template <class Result>
struct Export {
  Instance* instance;
  const char* name;
  Result (*binding)(Arguments& args);
};

struct Environment : Instance {
#define ZK_FUNCTION(name, Binding, result) Export<result> name = {this, #name, Binding};
#include "functions.inc"
};

// Passes a call from JavaScript to its binding, and the binding's result back. One function serves all exports, which it gets as
// its data: node-addon-api compiles a kilobyte for each function that it wraps.
template <class Result>
Napi::Value call(const Napi::CallbackInfo& info) {
  const auto& function = *static_cast<const Export<Result>*>(info.Data());
  Arguments args(info, function.name, function.instance);
  if constexpr (std::is_void_v<Result>) {
    function.binding(args);
    return Napi::Value();  // undefined
  } else {
    return Napi::Number::New(info.Env(), function.binding(args));
  }
}

// Runs once in each environment: on the main thread and in every Worker that loads the addon.
Napi::Object Start(Napi::Env env, Napi::Object exports) {
  initialize_blas();
  keep_freed_memory();
  auto* environment = new Environment;
  env.SetInstanceData(environment);
  Instance* const instance = environment;
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

#define ZK_FUNCTION(name, Binding, result) exports.Set(#name, Function::New<call<result>>(env, #name, &environment->name));
#include "functions.inc"
  return exports;
}

}  // namespace

}  // namespace zerokara

static Napi::Object Start(Napi::Env env, Napi::Object exports) { return zerokara::Start(env, exports); }

NODE_API_MODULE(zerokara, Start)
