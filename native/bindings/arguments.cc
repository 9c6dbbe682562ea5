#include "arguments.h"

#include "../kernels/heap.h"

namespace zerokara {

std::size_t product(std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
  constexpr std::size_t kBeyond = std::size_t(1) << 53;
  const double exact = double(a) * double(b) * double(c) * double(d);
  return exact < double(kBeyond) ? a * b * c * d : kBeyond;
}

std::size_t Array::element_size() const {
  return type == napi_float64_array ? 8 : type == napi_uint8_array ? 1 : 4;
}

bool Arguments::flag() {
  bool value = false;
  require(napi_get_value_bool(info_.Env(), next(), &value) == napi_ok);
  return value;
}

double Arguments::scalar() {
  double value = 0;
  require(napi_get_value_double(info_.Env(), next(), &value) == napi_ok);
  return value;
}

// Read as a double: napi_get_value_int32 silently turns NaN into 0, 2³² + 5 into 5 and 1.5 into 1.
std::size_t Arguments::size() {
  const double value = scalar();
  require(value >= 0 && value < 2147483648.0);
  const auto whole = static_cast<std::size_t>(value);
  require(static_cast<double>(whole) == value);
  return whole;
}

ConvolutionShape Arguments::convolution_shape() {
  ConvolutionShape s;
  for (std::size_t* field : {&s.height, &s.width, &s.channels, &s.filters, &s.kernel_height, &s.kernel_width, &s.stride,
                             &s.pad_top, &s.pad_left, &s.out_height, &s.out_width})
    *field = size();
  require(s.stride > 0);
  return s;
}

PoolingShape Arguments::pooling_shape() {
  PoolingShape s;
  for (std::size_t* field : {&s.height, &s.width, &s.channels, &s.pool_height, &s.pool_width, &s.stride, &s.pad_top,
                             &s.pad_left, &s.out_height, &s.out_width})
    *field = size();
  require(s.pool_height > 0 && s.pool_width > 0 && s.stride > 0);
  return s;
}

PooledConvolutionShape Arguments::pooled_convolution_shape() {
  PooledConvolutionShape p;
  static_cast<ConvolutionShape&>(p) = convolution_shape();
  for (std::size_t* field : {&p.pool_height, &p.pool_width, &p.pool_stride, &p.pooled_height, &p.pooled_width})
    *field = size();
  require(p.pool_height > 0 && p.pool_width > 0 && p.pool_stride > 0);
  return p;
}

Array Arguments::typed_array(Use use) {
  const napi_value value = next();
  Array array;
  array.present = true;
  napi_value buffer = nullptr;
  // Fails for anything but a typed array. A detached array has length 0 and no data; for a subclass that overrides `length`
  // this is the true length.
  require(napi_get_typedarray_info(info_.Env(), value, &array.type, &array.length, &array.data,
                                   use == Use::output ? &buffer : nullptr, nullptr) == napi_ok);
  if (use == Use::output) {
    // A SharedArrayBuffer is not an ArrayBuffer.
    bool own = false;
    require(napi_is_arraybuffer(info_.Env(), buffer, &own) == napi_ok && own);
    prefer_huge_pages(array.data, array.length * array.element_size());
  }
  return array;
}

Array Arguments::floats(Use use) {
  const Array array = typed_array(use);
  require(array.type == napi_float32_array || array.type == napi_float64_array);
  return array;
}

Array Arguments::floats_like(const Array& first, Use use) {
  const Array array = typed_array(use);
  require(array.type == first.type);
  return array;
}

Array Arguments::floats_or_bytes_like(const Array& first) {
  const Array array = typed_array(Use::input);
  require(array.type == first.type || array.type == napi_uint8_array);
  return array;
}

Array Arguments::integers() {
  const Array array = typed_array(Use::output);
  require(array.type == napi_int32_array);
  return array;
}

Array Arguments::bytes() {
  const Array array = typed_array(Use::output);
  require(array.type == napi_uint8_array);
  return array;
}

bool Arguments::next_is_null() const {
  napi_valuetype type = napi_undefined;
  return napi_typeof(info_.Env(), info_[at_], &type) == napi_ok && type == napi_null;
}

Array Arguments::absent() {
  ++at_;
  return Array();
}

namespace {

bool overlap(const Array& a, std::size_t used_a, const Array& b, std::size_t used_b) {
  if (!a.present || !b.present || used_a == 0 || used_b == 0) return false;
  const auto start_a = reinterpret_cast<std::uintptr_t>(a.data);
  const auto start_b = reinterpret_cast<std::uintptr_t>(b.data);
  return start_a < start_b + used_b * b.element_size() && start_b < start_a + used_a * a.element_size();
}

}  // namespace

void Arguments::require_apart(const Array& output, std::size_t used, const Array& other,
                              std::size_t other_used) const {
  require(!overlap(output, used, other, other_used));
}

void Arguments::require_same_or_apart(const Array& output, std::size_t used, const Array& other,
                                      std::size_t other_used) const {
  require((output.data == other.data && used == other_used) || !overlap(output, used, other, other_used));
}

void Arguments::require_in_range(const std::int32_t* values, std::size_t count, std::size_t limit) const {
  // No early exit, so that the loop vectorizes. As an unsigned number, a negative value is at least 2³¹; limits above that
  // are lowered to it, which loses nothing because no int32 reaches them.
  constexpr std::size_t kBeyondInt32 = std::size_t(1) << 31;
  const auto bound = static_cast<std::uint32_t>(limit < kBeyondInt32 ? limit : kBeyondInt32);
  bool outside = false;
  for (std::size_t i = 0; i < count; ++i) outside |= static_cast<std::uint32_t>(values[i]) >= bound;
  require(!outside);
}

void Arguments::require_below(const std::uint8_t* values, std::size_t count, std::size_t limit) const {
  std::uint8_t most = 0;
  for (std::size_t i = 0; i < count; ++i) most = values[i] > most ? values[i] : most;
  require(count == 0 || most < limit);
}

void Arguments::refuse() const {
  const Napi::Env env = info_.Env();
  if (instance_->explain.IsEmpty()) throw Napi::TypeError::New(env, "the addon was not initialized");
  Napi::Array passed = Napi::Array::New(env, info_.Length());
  for (std::size_t i = 0; i < info_.Length(); ++i) passed.Set(static_cast<std::uint32_t>(i), info_[i]);
  const Napi::Value error = instance_->explain.Call({Napi::String::New(env, operation_), passed});
  throw Napi::Error(env, error);
}

}  // namespace zerokara
