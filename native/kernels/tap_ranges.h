// Which outputs of a convolution see the image at one place of the kernel. Cutting away what lies outside costs nothing,
// saves up to a fourth of the work (3 × 3, pad 1, 8 × 8 images: 16 %), and leaves no 0 · ∞ at the edges.

struct OutputRange {
  std::size_t first, last;
};

// The outputs o with 0 ≤ o · stride + k − pad < length; o < outputs.
ZK_INLINE OutputRange outputs_inside(std::size_t outputs, std::size_t length, std::size_t stride, std::size_t pad,
                                     std::size_t k) {
  const std::size_t first = pad > k ? (pad - k + stride - 1) / stride : 0;
  const std::size_t last = length + pad > k ? (length + pad - k - 1) / stride + 1 : 0;
  const std::size_t end = last < outputs ? last : outputs;
  return {first < end ? first : end, end};
}
