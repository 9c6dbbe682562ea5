// Reads and checks what JavaScript passes. All traps of Node-API are handled here and nowhere else.
//
// A binding reads all its arguments in order, states its requirements, then calls one kernel. No JavaScript runs in
// between: only real numbers, booleans and typed arrays are accepted and nothing is converted, so no `valueOf` can detach
// an array whose pointer has been fetched.
//
// A refused call throws the error that the JavaScript check of the same operation makes of the same arguments (the function
// given to `initialize`), so all backends have the same messages, and there are none here.
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>

#include "../kernels/convolution_shape.h"
#include "../kernels/cpu.h"

namespace zerokara {

// Sizes are below 2³¹, so in 64 bits the product of two, also in bytes, cannot overflow.
static_assert(sizeof(std::size_t) >= 8, "zerokara: the addon needs a 64-bit system; m * n could overflow.");

// The product of up to four sizes; where it could overflow, more than any array has elements.
std::size_t product(std::size_t a, std::size_t b, std::size_t c, std::size_t d = 1);

// The state of one environment (the main thread or a Worker); never shared between environments.
struct Instance {
  const Kernels* kernels = nullptr;
  Level level = Level::baseline;
  Napi::FunctionReference explain;  // (operation, arguments) => Error
};

// A typed array during this call. The pointer must not outlive the call.
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
  input,   // may be in shared memory: the worst another thread can do is change a number
  output,  // must not be in shared memory
};

class Arguments {
 public:
  Arguments(const Napi::CallbackInfo& info, const char* operation, Instance* instance)
      : info_(info), operation_(operation), instance_(instance) {}

  // Each of these reads the next argument.
  bool flag();
  std::size_t size();  // a whole number in [0, 2³¹)
  double scalar();     // any number
  Activation activation() { return choice<Activation>(kActivations); }
  // The code of a name: its place in a list of `count` names.
  template <class Name>
  Name choice(int count) {
    const std::size_t code = size();
    require(code < std::size_t(count));
    return static_cast<Name>(code);
  }
  ConvolutionShape convolution_shape();
  PoolingShape pooling_shape();
  PooledConvolutionShape pooled_convolution_shape();
  Array floats(Use use = Use::input);
  Array floats_like(const Array& first, Use use = Use::input);
  Array floats_or_bytes_like(const Array& first);
  Array integers();  // an Int32Array: an output, or labels and indices, which must not change after they are checked
  Array bytes();     // a Uint8Array, likewise
  bool next_is_null() const;
  Array absent();  // skips a null

  // Each of these refuses the call unless its condition holds.
  void require(bool holds) const {
    if (!holds) refuse();
  }
  void require_length(const Array& array, std::size_t needed) const {
    require(!array.present || array.length >= needed);
  }
  void require_apart(const Array& output, std::size_t used, const Array& other, std::size_t other_used) const;
  // Both arrays start at the same element and as many elements of them are used, or they do not overlap.
  void require_same_or_apart(const Array& output, std::size_t used, const Array& other, std::size_t other_used) const;
  void require_same_or_apart(const Array& output, const Array& other, std::size_t used) const {
    require_same_or_apart(output, used, other, used);
  }
  void require_in_range(const std::int32_t* values, std::size_t count, std::size_t limit) const;

  void require_below(const std::uint8_t* values, std::size_t count, std::size_t limit) const;

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
