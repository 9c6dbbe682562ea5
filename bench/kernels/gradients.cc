// The weight gradient of convolutions, and convolutions with 2 × 2 max pooling in one; how to run it is said in run.mjs.
//
//   gradients [batch]      layers of SimpleConvNet and DeepConvNet, and others, in batches of 100 images; one thread
//
// The weight gradient against OpenBLAS after im2col, one image at a time; convolution and pooling in one against the two
// after one another. "of the peak" counts all multiply-adds of the layer, also those with zeros outside the image and with
// outputs that no pooled cell takes: kernels that skip them may exceed 100 %. ZEROKARA_ISA=v3 lowers the level.
#include "../../native/kernels/direct_convolution.h"
#include "../../native/kernels/pooled_convolution.h"
#include "../../native/kernels/weight_gradient.h"
#include "layers.h"

namespace {

struct Layer {
  const char* name;
  std::size_t batch;
  ConvolutionShape s;
  double peak;

  std::size_t outputs() const { return s.out_height * s.out_width; }
  std::size_t patch() const { return s.kernel_height * s.kernel_width * s.channels; }

  void line(const char* what, const char* other, const Timing& t) const {
    const double products = double(batch) * double(outputs()) * double(patch()) * double(s.filters);
    const double gflops = 2 * products / t.own / 1e3, images = double(batch);
    std::printf("%-16s %-14s %8.2f µs an image  %4.0f %% of the peak   %s %8.2f µs   ratio %.2f\n", name, what,
                t.own / images, 100 * gflops / peak, other, t.other / images, t.ratio);
    std::fflush(stdout);
  }
};

void dense(const Layer& layer) {
  const ConvolutionShape& s = layer.s;
  const std::size_t x_size = s.height * s.width * s.channels, z_size = layer.outputs() * s.filters;
  const std::vector<float> x = numbers(layer.batch * x_size, 1), dz = numbers(layer.batch * z_size, 2);
  std::vector<float> dw(layer.patch() * s.filters), dw2(dw), rows(layer.outputs() * layer.patch());
  const auto own = [&] { weight_gradient(kernels(), dw.data(), x.data(), dz.data(), layer.batch, s); };
  const auto blas = [&] {
    for (std::size_t n = 0; n < layer.batch; ++n) {
      im2col(rows.data(), x.data() + n * x_size, s);
      cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, int(layer.patch()), int(s.filters), int(layer.outputs()), 1,
                  rows.data(), int(layer.patch()), dz.data() + n * z_size, int(s.filters), n == 0 ? 0.0f : 1.0f,
                  dw2.data(), int(s.filters));
    }
  };
  own();
  blas();
  compare_results(layer.name, dw, dw2, double(layer.batch * layer.outputs()));
  layer.line("dw", "im2col and BLAS", compare(150, own, blas));
}

// The pooled gradients against the dense ones, from the output of the convolution on.
void pooled(const Layer& layer, bool with_dx) {
  PooledConvolutionShape s;
  static_cast<ConvolutionShape&>(s) = layer.s;
  s.pool_height = s.pool_width = s.pool_stride = 2;
  s.pooled_height = s.out_height / 2;
  s.pooled_width = s.out_width / 2;
  const std::size_t cells = layer.batch * s.pooled_height * s.pooled_width * s.filters;
  const std::vector<float> x = numbers(layer.batch * s.height * s.width * s.channels, 1), dy = numbers(cells, 2);
  const std::vector<float> w = numbers(layer.patch() * s.filters, 3), b = numbers(s.filters, 4);
  std::vector<float> y(cells), between(layer.batch * layer.outputs() * s.filters), dw(w.size()), db(b.size()), dx(x.size());
  std::vector<std::uint8_t> winners(cells);
  const auto whole = [&] {
    direct_convolution(kernels(), between.data(), x.data(), w.data(), b.data(), layer.batch, s, Activation::relu);
  };
  layer.line("and pooling", "without pooling", compare(150, [&] {
    pooled_convolution(kernels(), y.data(), winners.data(), x.data(), w.data(), b.data(), layer.batch, s, Activation::relu);
  }, whole));
  const auto own = [&](float* to) {
    pooled_convolution_backward(kernels(), dw.data(), db.data(), to, dy.data(), y.data(), winners.data(), x.data(), w.data(),
                                layer.batch, s, Activation::relu);
  };
  const auto dense_dw = [&] { weight_gradient(kernels(), dw.data(), x.data(), between.data(), layer.batch, s); };
  layer.line("pooled dw", "dense dw       ", compare(150, [&] { own(nullptr); }, dense_dw));
  if (!with_dx) return;
  layer.line("pooled dw, dx", "dense dw, dx   ", compare(150, [&] { own(dx.data()); }, [&] {
    dense_dw();
    direct_convolution_input_gradient(kernels(), dx.data(), between.data(), w.data(), layer.batch, s);
  }));
}

}  // namespace

int main(int argc, char** argv) {
  initialize_blas();
  const std::size_t batch = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100;
  const double most = peak();
  std::printf("CPU level %s, BLAS kernels %s, batch %zu, multiply-adds in registers %.0f GFLOP/s\n",
              level_name(level()), blas_facts().corename, batch, most);
  const Layer layers[] = {
      {"28² 1→30, 5×5", batch, square(28, 1, 30, 5, 0), most},     {"28² 1→16", batch, square(28, 1, 16, 3, 1), most},
      {"28² 16→16", batch, square(28, 16, 16, 3, 1), most},        {"14² 16→32", batch, square(14, 16, 32, 3, 1), most},
      {"14² 32→32 pad 2", batch, square(14, 32, 32, 3, 2), most},  {"8² 32→64", batch, square(8, 32, 64, 3, 1), most},
      {"8² 64→64", batch, square(8, 64, 64, 3, 1), most},          {"14² 32→48, 1×1", batch, square(14, 32, 48, 1, 0), most},
      {"28² 3→20, 7×7/2", batch, square(28, 3, 20, 7, 3, 2), most}, {"15² 24→40, /2", batch, square(15, 24, 40, 3, 1, 2), most},
  };
  for (const Layer& layer : layers) dense(layer);
  if (kernels().pooled_convolution == nullptr) return 0;
  for (std::size_t i : {0, 2, 4, 6}) pooled(layers[i], i > 0);
}
