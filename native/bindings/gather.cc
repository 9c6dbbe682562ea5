// Binding of gatherRows.
#include "../kernels/passes.h"
#include "bindings.h"

namespace zerokara {

void GatherRows(Arguments& args) {
  const Array out = args.floats(Use::output), source = args.floats_or_bytes_like(out);
  const Array indices = args.integers();
  const std::size_t start = args.size(), count = args.size(), width = args.size();
  const double scale = args.scalar();
  args.require_length(out, count * width);
  args.require_length(indices, start + count);
  args.require_apart(out, count * width, source, source.length);
  args.require_apart(out, count * width, indices, start + count);
  if (width == 0) return;
  const std::size_t rows = source.length / width;
  // The kernel reads the indices again after this check. That is safe: no other thread can reach this memory, and no
  // JavaScript runs.
  const std::int32_t* wanted = indices.as<std::int32_t>() + start;
  args.require_in_range(wanted, count, rows);
  const std::size_t known = indices.length - start;
  with_element_type(out, [&](auto element) {
    using T = decltype(element);
    const auto& kernels = args.kernels<T>();
    const T factor = static_cast<T>(scale);
    if (source.type == napi_uint8_array) {
      gather_rows(kernels.gather_bytes, out.as<T>(), source.as<std::uint8_t>(), rows, wanted, count, known, width,
                  factor);
    } else {
      gather_rows(kernels.gather_floats, out.as<T>(), source.as<T>(), rows, wanted, count, known, width, factor);
    }
  });
}

}  // namespace zerokara
