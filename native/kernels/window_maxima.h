// The maxima of one window of max pooling and their places, for all channels.

// The places of a window that lie inside the image: rows × columns of them, the first of which is `first` in the window.
struct WindowPlaces {
  std::size_t rows, columns, row_pitch;  // elements from one row of the image to the next
  std::size_t first, pool_width, channels;
};

template <class T>
struct WindowMaxima {
  static void find(const WindowPlaces& w, T* most, std::uint8_t* winners, const T* x) {
    if (w.channels == 0) return;
    std::memcpy(most, x, w.channels * sizeof(T));
    std::memset(winners, int(w.first), w.channels);
    for (std::size_t ky = 0; ky < w.rows; ++ky) {
      for (std::size_t kx = ky == 0 ? 1 : 0; kx < w.columns; ++kx) {
        const T* value = x + ky * w.row_pitch + kx * w.channels;
        const std::uint8_t place = std::uint8_t(w.first + ky * w.pool_width + kx);
        for (std::size_t c = 0; c < w.channels; ++c) {
          const bool wins = !(value[c] <= most[c]) && most[c] == most[c];  // over a NaN nothing wins
          most[c] = wins ? value[c] : most[c];
          winners[c] = wins ? place : winners[c];
        }
      }
    }
  }
};

#ifdef ZK_VECTOR_BITS

template <>
struct WindowMaxima<float> {
  static void find(const WindowPlaces& w, float* y, std::uint8_t* winners, const float* x) {
    for (std::size_t c = 0; c < w.channels; c += kWidth) {
      const std::size_t lanes = w.channels - c < kWidth ? w.channels - c : kWidth;
      if (lanes == kWidth) find_vector<true>(w, y + c, winners + c, x + c, lanes);
      else find_vector<false>(w, y + c, winners + c, x + c, lanes);
    }
  }

  template <bool Whole>
  static ZK_INLINE_METHOD void find_vector(const WindowPlaces& w, float* y, std::uint8_t* winners, const float* x,
                                           std::size_t lanes) {
    const Vector::Mask mask = first_lanes(lanes);
    Vector most = Whole ? load(x) : load(x, mask);
    Winners place = every_place(int(w.first));
    for (std::size_t ky = 0; ky < w.rows; ++ky) {
      for (std::size_t kx = ky == 0 ? 1 : 0; kx < w.columns; ++kx) {
        const float* value = x + ky * w.row_pitch + kx * w.channels;
        challenge(most, place, Whole ? load(value) : load(value, mask), int(w.first + ky * w.pool_width + kx));
      }
    }
    if (Whole) store(y, most);
    else store(y, most, mask);
    store_winners(winners, place, lanes);
  }
};

#endif
