// Bindings of convolutions that are pooled at once.
#include "../kernels/convolution_max_pooling.h"

#include "bindings.h"
#include "used.h"

namespace zerokara {

namespace {

// The lengths of the arrays of a call.
struct Lengths {
  std::size_t images, weights, cells;

  Lengths(std::size_t count, const PooledConvolutionShape& p)
      : images(product(count, p.height, p.width, p.channels)),
        weights(product(p.kernel_height, p.kernel_width, p.channels, p.filters)),
        cells(product(count, p.pooled_height, p.pooled_width, p.filters)) {}
};

}  // namespace

void ConvolutionMaxPooling(Arguments& args) {
  const Array y = args.floats(Use::output), winners = args.bytes();
  const Array x = args.floats_like(y), w = args.floats_like(y), b = args.floats_like(y);
  const std::size_t images = args.size();
  const PooledConvolutionShape p = args.pooled_convolution_shape();
  const Activation f = args.activation();
  args.require(p.pool_height * p.pool_width <= 256);
  const Lengths length(images, p);
  const Used outputs[] = {{y, length.cells}, {winners, length.cells}};
  const Used inputs[] = {{x, length.images}, {w, length.weights}, {b, p.filters}};
  require_apart(args, outputs, inputs);
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    convolution_max_pooling(args.kernels<T>(), y.as<T>(), winners.as<std::uint8_t>(), x.as<T>(), w.as<T>(), b.as<T>(),
                            images, p, f);
  });
}

void ConvolutionMaxPoolingBackward(Arguments& args) {
  const Array dw = args.floats(Use::output), db = args.floats_like(dw, Use::output);
  const Array dx = args.next_is_null() ? args.absent() : args.floats_like(dw, Use::output);
  const Array dy = args.floats_like(dw), y = args.floats_like(dw), winners = args.bytes();
  const Array x = args.floats_like(dw), w = args.floats_like(dw);
  const std::size_t images = args.size();
  const PooledConvolutionShape p = args.pooled_convolution_shape();
  const Activation f = args.activation();
  args.require(p.pool_height * p.pool_width <= 256);
  const Lengths length(images, p);
  const Used outputs[] = {{dw, length.weights}, {db, p.filters}, {dx, length.images}};
  const Used inputs[] = {{dy, length.cells}, {y, length.cells}, {winners, length.cells}, {x, length.images},
                         {w, length.weights}};
  require_apart(args, outputs, inputs);
  args.require_below(winners.as<std::uint8_t>(), length.cells, p.pool_height * p.pool_width);
  with_element_type(dw, [&](auto element) {
    using T = decltype(element);
    convolution_max_pooling_backward(args.kernels<T>(), dw.as<T>(), db.as<T>(), dx.as<T>(), dy.as<T>(), y.as<T>(),
                                     winners.as<std::uint8_t>(), x.as<T>(), w.as<T>(), images, p, f);
  });
}

}  // namespace zerokara
