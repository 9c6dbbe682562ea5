// Reads and checks what JavaScript passes, as native/bindings/arguments.h does for the first addon: all scalars first, then
// the arrays, then one call of MPI. No JavaScript runs in between.
#pragma once

#include <napi.h>

#include <cstddef>
#include <string>

namespace zerokara {

// A typed array during this call; no pointer outlives it.
struct Array {
  void* data = nullptr;
  std::size_t length = 0;  // 0 when detached
  napi_typedarray_type type = napi_int8_array;

  std::size_t element_size() const;
  std::size_t bytes() const { return length * element_size(); }
};

class Arguments {
 public:
  Arguments(const Napi::CallbackInfo& info, const char* operation) : info_(info), operation_(operation) {}

  Napi::Env env() const { return info_.Env(); }
  std::size_t count() const { return info_.Length(); }
  std::size_t left() const { return info_.Length() - at_; }

  // Each of these reads the next argument.
  std::size_t size(std::size_t below);  // a whole number in [0, below)
  double scalar();                      // any number
  std::string text();
  Array floats();  // float32 or float64
  Array array();   // any typed array

  // Throws a TypeError that names the operation and the argument read last.
  [[noreturn]] void refuse(const char* expected) const;

 private:
  Array typed_array(const char* expected);
  napi_value next();

  const Napi::CallbackInfo& info_;
  const char* operation_;
  std::size_t at_ = 0;
};

}  // namespace zerokara
