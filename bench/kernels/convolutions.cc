// The kernels of convolutions on one thread against OpenBLAS after im2col, one image at a time; how to run it is said in
// run.mjs.
//
//   convolutions [batch]      layers of SimpleConvNet and DeepConvNet, and others, in batches of 100 images
//
// "of the peak" counts all multiply-adds of the layer, also those with zeros outside the image, against multiply-adds in
// registers at the same level: kernels that skip the zeros may exceed 100 %. ZEROKARA_ISA=v3 lowers the level.
#include "../../native/kernels/direct_convolution.h"
#include "layers.h"

namespace {

// The inverse: adds rows to the places of x that they came from.
void col2im(float* x, const float* rows, const ConvolutionShape& s) {
  std::memset(x, 0, s.height * s.width * s.channels * sizeof(float));
  for (std::size_t i = 0; i < s.out_height; ++i)
    for (std::size_t j = 0; j < s.out_width; ++j)
      for (std::size_t ky = 0; ky < s.kernel_height; ++ky)
        for (std::size_t kx = 0; kx < s.kernel_width; ++kx, rows += s.channels) {
          const std::size_t y = i * s.stride + ky - s.pad_top, column = j * s.stride + kx - s.pad_left;
          if (y >= s.height || column >= s.width) continue;
          float* to = x + (y * s.width + column) * s.channels;
          for (std::size_t c = 0; c < s.channels; ++c) to[c] += rows[c];
        }
}

void report(const char* name, std::size_t batch, const ConvolutionShape& s, double peak) {
  const std::size_t pixels = s.out_height * s.out_width, taps = s.kernel_height * s.kernel_width * s.channels;
  const std::size_t x_size = s.height * s.width * s.channels, y_size = pixels * s.filters;
  const std::vector<float> x = numbers(batch * x_size, 1), w = numbers(taps * s.filters, 2), b = numbers(s.filters, 3);
  const std::vector<float> dz = numbers(batch * y_size, 4);
  std::vector<float> y(batch * y_size), y2(y), dx(x.size()), dx2(dx), rows(pixels * taps);
  const auto forward = [&] {
    direct_convolution(kernels(), y.data(), x.data(), w.data(), b.data(), batch, s, Activation::relu);
  };
  const auto forward_by_blas = [&] {
    for (std::size_t n = 0; n < batch; ++n) {
      im2col(rows.data(), x.data() + n * x_size, s);
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, int(pixels), int(s.filters), int(taps), 1, rows.data(),
                  int(taps), w.data(), int(s.filters), 0, y2.data() + n * y_size, int(s.filters));
      kernels().bias_activation(y2.data() + n * y_size, b.data(), pixels, s.filters, Activation::relu);
    }
  };
  const auto backward = [&] { direct_convolution_input_gradient(kernels(), dx.data(), dz.data(), w.data(), batch, s); };
  const auto backward_by_blas = [&] {
    for (std::size_t n = 0; n < batch; ++n) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, int(pixels), int(taps), int(s.filters), 1,
                  dz.data() + n * y_size, int(s.filters), w.data(), int(s.filters), 0, rows.data(), int(taps));
      col2im(dx2.data() + n * x_size, rows.data(), s);
    }
  };
  const double flop = 2.0 * double(batch) * double(pixels) * double(taps) * double(s.filters);
  const auto line = [&](const char* what, const Timing& t) {
    const double gflops = flop / t.own / 1e3, images = double(batch);
    std::printf("%-16s %-7s %8.2f µs an image  %5.1f GFLOP/s  %4.0f %% of the peak", name, what, t.own / images, gflops,
                100 * gflops / peak);
    std::printf("   im2col and BLAS %8.2f µs   ratio %.2f\n", t.other / images, t.ratio);
    std::fflush(stdout);
  };
  forward();
  forward_by_blas();
  compare_results(name, y, y2, double(taps + 1));
  line("forward", compare(150, forward, forward_by_blas));
  backward();
  backward_by_blas();
  compare_results(name, dx, dx2, double(s.kernel_height * s.kernel_width * s.filters));
  line("dx", compare(150, backward, backward_by_blas));
}

}  // namespace

int main(int argc, char** argv) {
  initialize_blas();
  const std::size_t batch = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100;
  const double most = peak();
  std::printf("CPU level %s, BLAS kernels %s, batch %zu, multiply-adds in registers %.0f GFLOP/s\n",
              level_name(level()), blas_facts().corename, batch, most);
  report("28² 1→16", batch, square(28, 1, 16, 3, 1), most);
  report("28² 16→16", batch, square(28, 16, 16, 3, 1), most);
  report("14² 16→32", batch, square(14, 16, 32, 3, 1), most);
  report("14² 32→32 pad 2", batch, square(14, 32, 32, 3, 2), most);
  report("8² 32→64", batch, square(8, 32, 64, 3, 1), most);
  report("8² 64→64", batch, square(8, 64, 64, 3, 1), most);
  report("28² 1→30, 5×5", batch, square(28, 1, 30, 5, 0), most);
  report("14² 32→48, 1×1", batch, square(14, 32, 48, 1, 0), most);
  report("28² 3→20, 7×7/2", batch, square(28, 3, 20, 7, 3, 2), most);
  report("15² 24→40, /2", batch, square(15, 24, 40, 3, 1, 2), most);
}
