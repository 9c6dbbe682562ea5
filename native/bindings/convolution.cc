// Bindings of convolutions.
#include "../kernels/convolution.h"

#include "../kernels/weight_gradient.h"
#include "bindings.h"
#include "used.h"

namespace zerokara {

namespace {

std::size_t images_length(std::size_t images, const ConvolutionShape& s) {
  return product(images, s.height, s.width, s.channels);
}

std::size_t outputs_length(std::size_t images, const ConvolutionShape& s) {
  return product(images, s.out_height, s.out_width, s.filters);
}

std::size_t weights_length(const ConvolutionShape& s) {
  return product(s.kernel_height, s.kernel_width, s.channels, s.filters);
}

}  // namespace

void Convolution(Arguments& args) {
  const Array y = args.floats(Use::output);
  const Array x = args.floats_like(y), w = args.floats_like(y), b = args.floats_like(y);
  const std::size_t images = args.size();
  const ConvolutionShape s = args.convolution_shape();
  const Activation f = args.activation();
  const Used outputs[] = {{y, outputs_length(images, s)}};
  const Used inputs[] = {{x, images_length(images, s)}, {w, weights_length(s)}, {b, s.filters}};
  require_apart(args, outputs, inputs);
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    convolution(args.kernels<T>(), y.as<T>(), x.as<T>(), w.as<T>(), b.as<T>(), images, s, f);
  });
}

void ConvolutionWeightGradient(Arguments& args) {
  const Array dw = args.floats(Use::output), x = args.floats_like(dw), dz = args.floats_like(dw);
  const std::size_t images = args.size();
  const ConvolutionShape s = args.convolution_shape();
  const Used outputs[] = {{dw, weights_length(s)}};
  const Used inputs[] = {{x, images_length(images, s)}, {dz, outputs_length(images, s)}};
  require_apart(args, outputs, inputs);
  with_element_type(dw, [&](auto element) {
    using T = decltype(element);
    weight_gradient(args.kernels<T>(), dw.as<T>(), x.as<T>(), dz.as<T>(), images, s);
  });
}

void ConvolutionInputGradient(Arguments& args) {
  const Array dx = args.floats(Use::output), dz = args.floats_like(dx), w = args.floats_like(dx);
  const std::size_t images = args.size();
  const ConvolutionShape s = args.convolution_shape();
  const Used outputs[] = {{dx, images_length(images, s)}};
  const Used inputs[] = {{dz, outputs_length(images, s)}, {w, weights_length(s)}};
  require_apart(args, outputs, inputs);
  with_element_type(dx, [&](auto element) {
    using T = decltype(element);
    convolution_input_gradient(args.kernels<T>(), dx.as<T>(), dz.as<T>(), w.as<T>(), images, s);
  });
}

}  // namespace zerokara
