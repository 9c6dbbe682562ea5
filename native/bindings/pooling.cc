// Bindings of pooling.
#include "../kernels/pooling_passes.h"
#include "bindings.h"
#include "used.h"

namespace zerokara {

namespace {

std::size_t images_length(std::size_t images, const PoolingShape& s) {
  return product(images, s.height, s.width, s.channels);
}

std::size_t outputs_length(std::size_t images, const PoolingShape& s) {
  return product(images, s.out_height, s.out_width, s.channels);
}

}  // namespace

void MaxPooling(Arguments& args) {
  const Array y = args.floats(Use::output), winners = args.bytes(), x = args.floats_like(y);
  const std::size_t images = args.size();
  const PoolingShape s = args.pooling_shape();
  args.require(s.pool_height * s.pool_width <= 256);
  const std::size_t length = outputs_length(images, s);
  const Used outputs[] = {{y, length}, {winners, length}};
  const Used inputs[] = {{x, images_length(images, s)}};
  require_apart(args, outputs, inputs);
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    max_pooling(args.kernels<T>(), y.as<T>(), winners.as<std::uint8_t>(), x.as<T>(), images, s);
  });
}

void MaxPoolingBackward(Arguments& args) {
  const Array dx = args.floats(Use::output), dy = args.floats_like(dx), winners = args.bytes();
  const std::size_t images = args.size();
  const PoolingShape s = args.pooling_shape();
  args.require(s.pool_height * s.pool_width <= 256);
  const std::size_t length = outputs_length(images, s);
  const Used outputs[] = {{dx, images_length(images, s)}};
  const Used inputs[] = {{dy, length}, {winners, length}};
  require_apart(args, outputs, inputs);
  args.require_below(winners.as<std::uint8_t>(), length, s.pool_height * s.pool_width);
  with_element_type(dx, [&](auto element) {
    using T = decltype(element);
    max_pooling_backward(args.kernels<T>(), dx.as<T>(), dy.as<T>(), winners.as<std::uint8_t>(), images, s);
  });
}

void AveragePooling(Arguments& args) {
  const Array y = args.floats(Use::output), x = args.floats_like(y);
  const std::size_t images = args.size();
  const PoolingShape s = args.pooling_shape();
  const Used outputs[] = {{y, outputs_length(images, s)}};
  const Used inputs[] = {{x, images_length(images, s)}};
  require_apart(args, outputs, inputs);
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    average_pooling(args.kernels<T>(), y.as<T>(), x.as<T>(), images, s);
  });
}

void AveragePoolingBackward(Arguments& args) {
  const Array dx = args.floats(Use::output), dy = args.floats_like(dx);
  const std::size_t images = args.size();
  const PoolingShape s = args.pooling_shape();
  const Used outputs[] = {{dx, images_length(images, s)}};
  const Used inputs[] = {{dy, outputs_length(images, s)}};
  require_apart(args, outputs, inputs);
  with_element_type(dx, [&](auto element) {
    using T = decltype(element);
    average_pooling_backward(args.kernels<T>(), dx.as<T>(), dy.as<T>(), images, s);
  });
}

}  // namespace zerokara
