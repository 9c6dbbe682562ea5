#include "arguments.h"

namespace zerokara {

std::size_t Array::element_size() const {
  switch (type) {
    case napi_float64_array:
    case napi_bigint64_array:
    case napi_biguint64_array:
      return 8;
    case napi_float32_array:
    case napi_int32_array:
    case napi_uint32_array:
      return 4;
    case napi_int16_array:
    case napi_uint16_array:
      return 2;
    default:
      return 1;
  }
}

napi_value Arguments::next() { return info_[at_++]; }

double Arguments::scalar() {
  double value = 0;
  if (napi_get_value_double(env(), next(), &value) != napi_ok) refuse("a number");
  return value;
}

// Read as a double: napi_get_value_int32 silently turns NaN into 0 and 1.5 into 1.
std::size_t Arguments::size(std::size_t below) {
  const double value = scalar();
  if (!(value >= 0 && value < double(below)) || double(std::size_t(value)) != value) {
    refuse(("a whole number below " + std::to_string(below)).c_str());
  }
  return std::size_t(value);
}

std::string Arguments::text() {
  const Napi::Value value(env(), next());
  if (!value.IsString()) refuse("a string");
  return value.As<Napi::String>().Utf8Value();
}

// MPI writes into every array, and memory that is shared with Workers may change under it, so none is taken. An array that
// was detached has length 0.
Array Arguments::typed_array(const char* expected) {
  Array array;
  napi_value buffer = nullptr;
  bool own = false;
  if (napi_get_typedarray_info(env(), next(), &array.type, &array.length, &array.data, &buffer, nullptr) != napi_ok ||
      napi_is_arraybuffer(env(), buffer, &own) != napi_ok || !own) {
    refuse(expected);
  }
  return array;
}

Array Arguments::floats() {
  constexpr const char* kExpected = "a Float32Array or Float64Array whose memory is not shared";
  const Array array = typed_array(kExpected);
  if (array.type != napi_float32_array && array.type != napi_float64_array) refuse(kExpected);
  return array;
}

Array Arguments::array() { return typed_array("a typed array whose memory is not shared"); }

void Arguments::refuse(const char* expected) const {
  throw Napi::TypeError::New(
      env(), std::string(operation_) + ": argument " + std::to_string(at_) + " is not " + expected);
}

}  // namespace zerokara
