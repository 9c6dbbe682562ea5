// Pooling: channels innermost, where they lie side by side.
//
//   images → rows and columns of y → places of the window inside the image → channels

// most[c] and winners[c] ← value[c] and `place` where it is larger, or a NaN over a number; everywhere if it is the first.
template <class T>
ZK_INLINE void keep_maxima(T* most, std::uint8_t* winners, const T* value, std::size_t count, std::uint8_t place,
                           bool is_first) {
  for (std::size_t c = 0; c < count; ++c) {
    // Over a NaN nothing wins.
    const bool wins = is_first || (!(value[c] <= most[c]) && most[c] == most[c]);
    most[c] = wins ? value[c] : most[c];
    winners[c] = wins ? place : winners[c];
  }
}

// Calls body(image, out, rows, columns) for each window: the index of its image, that of its first output, and the places
// that lie inside the image, of which there may be none.
template <class Body>
ZK_INLINE void for_windows(std::size_t images, const PoolingShape& s, Body body) {
  std::size_t out = 0;
  if (out_size(s) == 0) return;  // without columns there may be any number of rows
  for (std::size_t n = 0; n < images; ++n) {
    for (std::size_t oy = 0; oy < s.out_height; ++oy) {
      const Inside rows = inside(oy, s.stride, s.pad_top, s.pool_height, s.height);
      for (std::size_t ox = 0; ox < s.out_width; ++ox, out += s.channels) {
        const Inside columns = inside(ox, s.stride, s.pad_left, s.pool_width, s.width);
        // Without places inside a row there may be any number of rows.
        body(n, out, columns.first < columns.end ? rows : Inside{0, 0, 0}, columns);
      }
    }
  }
}

// The index of a place of a window: the first channel of its pixel.
ZK_INLINE std::size_t pixel_at(const PoolingShape& s, std::size_t n, const Inside& rows, const Inside& columns,
                               std::int64_t ky, std::int64_t kx) {
  return ((n * s.height + std::size_t(rows.start + ky)) * s.width + std::size_t(columns.start + kx)) * s.channels;
}

template <class T>
static void max_pooling(T* y, std::uint8_t* winners, const T* x, std::size_t images, const PoolingShape& s) {
  if (s.channels == 0) return;
  WindowPlaces w = {};
  w.row_pitch = s.width * s.channels;
  w.pool_width = s.pool_width;
  w.channels = s.channels;
  for_windows(images, s, [&](std::size_t n, std::size_t out, const Inside& rows, const Inside& columns) {
    if (rows.first >= rows.end || columns.first >= columns.end) {
      std::memset(y + out, 0, s.channels * sizeof(T));
      std::memset(winners + out, 0, s.channels);
      return;
    }
    w.rows = std::size_t(rows.end - rows.first);
    w.columns = std::size_t(columns.end - columns.first);
    w.first = std::size_t(rows.first) * s.pool_width + std::size_t(columns.first);
    WindowMaxima<T>::find(w, y + out, winners + out, x + pixel_at(s, n, rows, columns, rows.first, columns.first));
  });
}

// By places of a window, so that channels lie side by side: what is no winner gets 0.
template <class T>
static void max_pooling_backward(T* dx, const T* dy, const std::uint8_t* winners, std::size_t images,
                                 const PoolingShape& s) {
  if (images * image_size(s) > 0) std::memset(dx, 0, images * image_size(s) * sizeof(T));
  for_windows(images, s, [&](std::size_t n, std::size_t out, const Inside& rows, const Inside& columns) {
    for (std::int64_t ky = rows.first; ky < rows.end; ++ky) {
      for (std::int64_t kx = columns.first; kx < columns.end; ++kx) {
        const std::int32_t place = std::int32_t(ky) * std::int32_t(s.pool_width) + std::int32_t(kx);
        T* pixel = dx + pixel_at(s, n, rows, columns, ky, kx);
        const T* g = dy + out;
        const std::uint8_t* winner = winners + out;
        ZK_VECTOR_LOOP
        for (std::size_t c = 0; c < s.channels; ++c) pixel[c] += std::int32_t(winner[c]) == place ? g[c] : T(0);
      }
    }
  });
}

ZK_INLINE std::int64_t places_inside(const Inside& rows, const Inside& columns) {
  return rows.first < rows.end && columns.first < columns.end
             ? (rows.end - rows.first) * (columns.end - columns.first)
             : 0;
}

template <class T>
static void average_pooling(T* y, const T* x, std::size_t images, const PoolingShape& s) {
  for_windows(images, s, [&](std::size_t n, std::size_t out, const Inside& rows, const Inside& columns) {
    T* mean = y + out;
    for (std::size_t c = 0; c < s.channels; ++c) mean[c] = T(0);
    const std::int64_t places = places_inside(rows, columns);
    if (places == 0) return;
    for (std::int64_t ky = rows.first; ky < rows.end; ++ky) {
      for (std::int64_t kx = columns.first; kx < columns.end; ++kx) {
        const T* pixel = x + pixel_at(s, n, rows, columns, ky, kx);
        ZK_VECTOR_LOOP
        for (std::size_t c = 0; c < s.channels; ++c) mean[c] += pixel[c];
      }
    }
    for (std::size_t c = 0; c < s.channels; ++c) mean[c] /= T(places);
  });
}

template <class T>
static void average_pooling_backward(T* dx, const T* dy, std::size_t images, const PoolingShape& s) {
  for (std::size_t i = 0; i < images * image_size(s); ++i) dx[i] = T(0);
  for_windows(images, s, [&](std::size_t n, std::size_t out, const Inside& rows, const Inside& columns) {
    const T places = T(places_inside(rows, columns));
    for (std::int64_t ky = rows.first; ky < rows.end; ++ky) {
      for (std::int64_t kx = columns.first; kx < columns.end; ++kx) {
        T* pixel = dx + pixel_at(s, n, rows, columns, ky, kx);
        ZK_VECTOR_LOOP
        for (std::size_t c = 0; c < s.channels; ++c) pixel[c] += dy[out + c] / places;
      }
    }
  });
}
