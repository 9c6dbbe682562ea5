// Reading and checking what JavaScript passes. Every trap of Node-API is met here and nowhere else.
//
// A binding reads all arguments in parameter order, states its requirements, then calls one kernel. Nothing in between
// runs JavaScript: only true numbers, booleans and typed arrays are accepted and nothing is converted, so no `valueOf`
// can detach an array whose pointer has been fetched.
//
// A refusal throws what the JavaScript check of the same operation says about the same arguments (the function given
// to `initialize`): one text for all backends, and no words here.
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>

#include "../kernels/cpu.h"

namespace zerokara {

// A size is below 2³¹, so the product of two of them fits, and so does the sum of such products that counts bytes.
static_assert(sizeof(std::size_t) >= 8, "zerokara: the addon needs a 64-bit system; m * n could overflow.");

// What one environment (the main thread or a Worker) keeps; never shared between environments.
struct Instance {
  const Kernels* kernels = nullptr;
  Level level = Level::baseline;
  Napi::FunctionReference explain;  // (operation, arguments) => Error
};

// A typed array as it is during this call. Its pointer must not outlive the call.
struct Array {
  void* data = nullptr;
  std::size_t length = 0;  // 0 when detached
  napi_typedarray_type type = napi_int8_array;
  bool present = false;    // false for an optional array that is null

  bool is_float() const { return type == napi_float32_array; }
  std::size_t element_size() const;

  template <class T>
  T* as() const {
    return static_cast<T*>(data);
  }
};

enum class Use {
  input,   // may lie in shared memory: the worst that another thread can do is to change a number
  output,  // may not
};

class Arguments {
 public:
  Arguments(const Napi::CallbackInfo& info, const char* operation)
      : info_(info), operation_(operation), instance_(static_cast<Instance*>(info.Data())) {}

  // Each reads the next argument.
  bool flag();
  std::size_t size();  // a whole number in [0, 2³¹)
  double scalar();     // any number
  Activation activation();
  Array floats(Use use = Use::input);
  Array floats_like(const Array& first, Use use = Use::input);
  Array floats_or_bytes_like(const Array& first);
  Array integers();  // Int32Array; an output, or labels and indices that must not change after their check
  bool next_is_null() const;
  Array absent();  // steps over a null

  // Each refuses the call unless it holds.
  void require(bool holds) const {
    if (!holds) refuse();
  }
  void require_length(const Array& array, std::size_t needed) const {
    require(!array.present || array.length >= needed);
  }
  void require_apart(const Array& output, std::size_t used, const Array& other, std::size_t other_used) const;
  // The same start, or apart; both are used for `used` elements.
  void require_same_or_apart(const Array& output, const Array& other, std::size_t used) const;
  void require_in_range(const std::int32_t* values, std::size_t count, std::size_t limit) const;

  [[noreturn]] void refuse() const;

  template <class T>
  const KernelsOf<T>& kernels() const;

 private:
  Array typed_array(Use use);
  napi_value next() { return info_[at_++]; }

  const Napi::CallbackInfo& info_;
  const char* operation_;
  Instance* instance_;
  std::size_t at_ = 0;
};

template <>
inline const KernelsOf<float>& Arguments::kernels<float>() const {
  return instance_->kernels->floats;
}

template <>
inline const KernelsOf<double>& Arguments::kernels<double>() const {
  return instance_->kernels->doubles;
}

// Calls `body` with a value of the element type of `array`, which is float32 or float64.
template <class Body>
auto with_element_type(const Array& array, Body body) {
  return array.is_float() ? body(float()) : body(double());
}

}  // namespace zerokara
