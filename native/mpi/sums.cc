#include "sums.h"

#include <algorithm>
#include <cstring>

namespace zerokara {

namespace {

template <class T>
void copy_scaled(T* to, const T* from, std::size_t n, T scale) {
  if (scale == T(1)) {
    std::memcpy(to, from, n * sizeof(T));
    return;
  }
  for (std::size_t i = 0; i < n; ++i) to[i] = scale * from[i];
}

template <class T>
void pack(Slot& slot, double scale, const std::vector<Array>& arrays) {
  T* to = reinterpret_cast<T*>(slot.memory.data());
  for (const Array& array : arrays) {
    copy_scaled(to, static_cast<const T*>(array.data), array.length, T(scale));
    to += array.length;
  }
}

template <class T>
void unpack(const Slot& slot, const std::vector<Array>& arrays) {
  const T* from = reinterpret_cast<const T*>(slot.memory.data());
  for (const Array& array : arrays) {
    std::memcpy(array.data, from, array.bytes());
    from += array.length;
  }
}

template <class T>
void add(T* to, const T* from, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) to[i] += from[i];
}

}  // namespace

MPI_Datatype type_of(const Array& array) { return array.type == napi_float64_array ? MPI_DOUBLE : MPI_FLOAT; }

int begin_sum(Slot& slot, double scale, const std::vector<Array>& arrays, MPI_Comm comm) {
  std::size_t length = 0;
  for (const Array& array : arrays) length += array.length;
  slot.length = length;
  slot.type = arrays[0].type;
  const bool is_float = slot.type == napi_float32_array;
  const std::size_t doubles = is_float ? (length + 1) / 2 : length;
  if (slot.memory.size() < doubles) slot.memory.resize(doubles);
  if (is_float) {
    pack<float>(slot, scale, arrays);
  } else {
    pack<double>(slot, scale, arrays);
  }
  const int code = MPI_Iallreduce(MPI_IN_PLACE, slot.memory.data(), int(length), is_float ? MPI_FLOAT : MPI_DOUBLE,
                                  MPI_SUM, comm, &slot.request);
  slot.pending = code == MPI_SUCCESS;
  return code;
}

int end_sum(Slot& slot, const std::vector<Array>& arrays) {
  const int code = MPI_Wait(&slot.request, MPI_STATUS_IGNORE);
  slot.pending = false;
  if (code != MPI_SUCCESS) return code;
  if (slot.type == napi_float32_array) {
    unpack<float>(slot, arrays);
  } else {
    unpack<double>(slot, arrays);
  }
  return code;
}

int tree_sum(const Array& array, int rank, int size, MPI_Comm comm) {
  std::vector<unsigned char> theirs(array.bytes());
  for (int distance = 1; distance < size; distance *= 2) {
    const int partner = rank ^ distance;
    const int code = MPI_Sendrecv(array.data, int(array.length), type_of(array), partner, 0, theirs.data(),
                                  int(array.length), type_of(array), partner, 0, comm, MPI_STATUS_IGNORE);
    if (code != MPI_SUCCESS) return code;
    if (array.type == napi_float32_array) {
      add(static_cast<float*>(array.data), reinterpret_cast<const float*>(theirs.data()), array.length);
    } else {
      add(static_cast<double*>(array.data), reinterpret_cast<const double*>(theirs.data()), array.length);
    }
  }
  return MPI_SUCCESS;
}

}  // namespace zerokara
