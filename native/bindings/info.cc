// Configuring the addon, and what it says about itself.
#include <string>

#include "../kernels/blas.h"
#include "../kernels/team.h"
#include "arguments.h"
#include "bindings.h"

namespace zerokara {

namespace {

unsigned thread_count(const Napi::Value& value) {
  const double count = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0;
  if (!(count >= 1 && count <= kMostThreads) || count != unsigned(count)) {
    throw Napi::RangeError::New(value.Env(), "threads must be a whole number from 1 to " + std::to_string(kMostThreads));
  }
  return unsigned(count);
}

}  // namespace

Napi::Value Initialize(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Instance& instance = *static_cast<Instance*>(info.Data());
  if (!info[0].IsFunction()) throw Napi::TypeError::New(env, "initialize: explain must be a function");
  Level wanted = best_level();
  if (info[1].IsString()) {
    const std::string name = info[1].As<Napi::String>();
    Level level = Level::baseline;
    while (name != level_name(level) && level < wanted) level = static_cast<Level>(static_cast<int>(level) + 1);
    if (name != level_name(level)) return Napi::Boolean::New(env, false);
    wanted = level;
  }
  if (!info[2].IsUndefined()) set_default_team_threads(thread_count(info[2]));
  instance.explain = Napi::Persistent(info[0].As<Napi::Function>());
  instance.level = wanted;
  instance.kernels = &kernels_at(wanted);
  return Napi::Boolean::New(env, true);
}

Napi::Value GetThreads(const Napi::CallbackInfo& info) {
  const unsigned threads = team_threads();
  return Napi::Number::New(info.Env(), threads == 0 ? 1 : threads);
}

void SetThreads(const Napi::CallbackInfo& info) { set_team_threads(thread_count(info[0])); }

Napi::Value Info(const Napi::CallbackInfo& info) {
  const BlasFacts blas = blas_facts();
  Napi::Object facts = Napi::Object::New(info.Env());
  facts.Set("blas", blas.name);
  facts.Set("buildLibrary", blas.library);
  facts.Set("linkage", blas.linkage);
  facts.Set("threading", blas.threading);
  facts.Set("config", blas.config);
  facts.Set("corename", blas.corename);
  facts.Set("threads", blas.threads);
  facts.Set("serialized", blas.serialized);
  facts.Set("hasMemory", blas_has_memory());
  facts.Set("isa", level_name(static_cast<Instance*>(info.Data())->level));
  facts.Set("isaSupported", level_name(best_level()));
  return facts;
}

}  // namespace zerokara
