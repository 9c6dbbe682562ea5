// Rows of an image with their padding, copied.
// Rows [first_row, first_row + rows) of the padded image, `columns` wide; what is beyond the image is 0.
template <class T>
static void pad_rows(const ConvolutionShape& s, const T* image, std::size_t first_row, std::size_t rows,
                     std::size_t columns, T* to) {
  const std::size_t left = s.pad_left < columns ? s.pad_left : columns;
  const std::size_t width = s.width < columns - left ? s.width : columns - left;
  for (std::size_t r = first_row; r < first_row + rows; ++r, to += columns * s.channels) {
    const std::size_t inside = r >= s.pad_top && r - s.pad_top < s.height ? width : 0;
    const T* from = image + (inside > 0 ? (r - s.pad_top) * s.width * s.channels : 0);
    T* out = to;
    for (const T* end = out + left * s.channels; out < end; ++out) *out = T(0);
    if (inside * s.channels > 0) std::memcpy(out, from, inside * s.channels * sizeof(T));
    out += inside * s.channels;
    for (const T* end = to + columns * s.channels; out < end; ++out) *out = T(0);
  }
}
