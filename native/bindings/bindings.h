// One binding for each function of src/backend/backend.ts, with its parameters, and what the addon says about itself.
#pragma once

#include <napi.h>

namespace zerokara {

void Gemm(const Napi::CallbackInfo& info);
void BiasActivation(const Napi::CallbackInfo& info);
void BiasActivationBackward(const Napi::CallbackInfo& info);
void ActivationForward(const Napi::CallbackInfo& info);
void ActivationBackward(const Napi::CallbackInfo& info);
void ColumnSums(const Napi::CallbackInfo& info);
void Softmax(const Napi::CallbackInfo& info);
Napi::Value SoftmaxCrossEntropy(const Napi::CallbackInfo& info);
Napi::Value SoftmaxCrossEntropyDense(const Napi::CallbackInfo& info);
void ArgMaxRows(const Napi::CallbackInfo& info);
void GatherRows(const Napi::CallbackInfo& info);
void Axpy(const Napi::CallbackInfo& info);
Napi::Value SumOfSquares(const Napi::CallbackInfo& info);

// initialize(explain, level, threads): must be called before anything else; `level` is 'baseline', 'v3', 'v4' or
// undefined for the best, `threads` what the process uses unless it was told before. Returns false for a level that
// this machine does not have.
Napi::Value Initialize(const Napi::CallbackInfo& info);
// The threads of a call, in all environments of the process.
Napi::Value GetThreads(const Napi::CallbackInfo& info);
void SetThreads(const Napi::CallbackInfo& info);
Napi::Value Info(const Napi::CallbackInfo& info);

}  // namespace zerokara
