// Rows picked by index and scaled. The source (47 MB for 60,000 digits) is larger than the caches and read in random order,
// so most of the time would be spent waiting for memory: the next rows are prefetched.

constexpr std::size_t kCacheLine = 64;

// The row to prefetch: that of indices[at], or this one if the index is unknown or outside the source.
template <class S>
ZK_INLINE const S* row_ahead(const S* row, const S* source, std::size_t rows, const std::int32_t* indices,
                             std::size_t at, std::size_t known, std::size_t width) {
  if (at >= known) return row;
  const std::int32_t index = indices[at];
  // Indices beyond this call's rows have not been checked.
  return index < 0 || std::size_t(index) >= rows ? row : source + std::size_t(index) * width;
}

template <class T, class S>
static void gather_rows(T* out, const S* source, std::size_t rows, const std::int32_t* indices, std::size_t count,
                        std::size_t known, std::size_t width, T scale) {
  // One cache line is prefetched for each line that is read: prefetching a whole row at once fills the cache's queue and
  // stalls it. For rows of 784 bytes, 2 to 4 rows ahead were measured to be best.
  constexpr std::size_t kAhead = 4, kPiece = kCacheLine / sizeof(S);
  for (std::size_t i = 0; i < count; ++i) {
    const S* row = source + std::size_t(indices[i]) * width;
    const S* ahead = row_ahead(row, source, rows, indices, i + kAhead, known, width);
    T* line = out + i * width;
    std::size_t first = 0;
    for (; first + kPiece <= width; first += kPiece) {
      ZK_PREFETCH(ahead + first);
      ZK_VECTOR_LOOP
      for (std::size_t j = 0; j < kPiece; ++j) line[first + j] = T(row[first + j]) * scale;
    }
    ZK_PREFETCH(ahead + width - 1);
    ZK_VECTOR_LOOP
    for (std::size_t j = first; j < width; ++j) line[j] = T(row[j]) * scale;
  }
}

// Where a page begins within `count` elements that are about to be written, asks for the page after it (language.h).
template <class T>
ZK_INLINE void prefetch_page_after(const T* line, std::size_t count) {
  const auto start = reinterpret_cast<std::uintptr_t>(line), end = reinterpret_cast<std::uintptr_t>(line + count);
  if (start / kBytesOfPage == end / kBytesOfPage) return;
  ZK_PREFETCH_TO_WRITE(reinterpret_cast<const void*>((end / kBytesOfPage + 1) * kBytesOfPage));
}

// The same without a scale: copies, which do not wait for products.
template <class T>
static void copy_rows(T* out, const T* source, std::size_t rows, const std::int32_t* indices, std::size_t count,
                      std::size_t known, std::size_t width) {
  constexpr std::size_t kAhead = 4, kPiece = kCacheLine / sizeof(T);
  for (std::size_t i = 0; i < count; ++i) {
    const T* row = source + std::size_t(indices[i]) * width;
    const T* ahead = row_ahead(row, source, rows, indices, i + kAhead, known, width);
    T* line = out + i * width;
    prefetch_page_after(line, width);
    std::size_t first = 0;
    for (; first + kPiece <= width; first += kPiece) {
      ZK_PREFETCH(ahead + first);
      std::memcpy(line + first, row + first, kCacheLine);
    }
    ZK_PREFETCH(ahead + width - 1);
    for (std::size_t j = first; j < width; ++j) line[j] = row[j];
  }
}

template <class T>
static void gather_floats(T* out, const T* source, std::size_t rows, const std::int32_t* indices, std::size_t count,
                          std::size_t known, std::size_t width, T scale) {
  if (scale == T(1)) copy_rows(out, source, rows, indices, count, known, width);
  else gather_rows<T, T>(out, source, rows, indices, count, known, width, scale);
}

template <class T>
static void gather_bytes(T* out, const std::uint8_t* source, std::size_t rows, const std::int32_t* indices,
                         std::size_t count, std::size_t known, std::size_t width, T scale) {
  gather_rows<T, std::uint8_t>(out, source, rows, indices, count, known, width, scale);
}
