// The export table of the addon, and nothing else.
#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "kernels/blas.h"
#include "kernels/team.h"

namespace zerokara {

// Runs once in each environment: on the main thread and in every Worker that loads the addon.
static Napi::Object Start(Napi::Env env, Napi::Object exports) {
  initialize_blas();
  auto* instance = new Instance;
  env.SetInstanceData(instance);
  // The team of threads ends with the last environment. Node wants the pair of function and argument to be unique.
  team_enter();
  if (napi_add_env_cleanup_hook(env, [](void*) { team_leave(); }, instance) != napi_ok) team_leave();
  instance->level = best_level();
  instance->kernels = &kernels_at(instance->level);

  using Napi::Function;
  exports.Set("initialize", Function::New<Initialize>(env, "initialize", instance));
  exports.Set("info", Function::New<Info>(env, "info", instance));
  exports.Set("getThreads", Function::New<GetThreads>(env, "getThreads", instance));
  exports.Set("setThreads", Function::New<SetThreads>(env, "setThreads", instance));

  exports.Set("gemm", Function::New<Gemm>(env, "gemm", instance));
  exports.Set("biasActivation", Function::New<BiasActivation>(env, "biasActivation", instance));
  exports.Set("biasActivationBackward", Function::New<BiasActivationBackward>(env, "biasActivationBackward", instance));
  exports.Set("activation", Function::New<ActivationForward>(env, "activation", instance));
  exports.Set("activationBackward", Function::New<ActivationBackward>(env, "activationBackward", instance));
  exports.Set("columnSums", Function::New<ColumnSums>(env, "columnSums", instance));
  exports.Set("softmax", Function::New<Softmax>(env, "softmax", instance));
  exports.Set("softmaxCrossEntropy", Function::New<SoftmaxCrossEntropy>(env, "softmaxCrossEntropy", instance));
  exports.Set("softmaxCrossEntropyDense",
              Function::New<SoftmaxCrossEntropyDense>(env, "softmaxCrossEntropyDense", instance));
  exports.Set("argMaxRows", Function::New<ArgMaxRows>(env, "argMaxRows", instance));
  exports.Set("gatherRows", Function::New<GatherRows>(env, "gatherRows", instance));
  exports.Set("axpy", Function::New<Axpy>(env, "axpy", instance));
  exports.Set("sumOfSquares", Function::New<SumOfSquares>(env, "sumOfSquares", instance));
  return exports;
}

}  // namespace zerokara

static Napi::Object Start(Napi::Env env, Napi::Object exports) { return zerokara::Start(env, exports); }

NODE_API_MODULE(zerokara, Start)
