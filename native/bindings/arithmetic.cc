// Bindings of the arithmetic of tensors.
#include "../kernels/arithmetic_passes.h"
#include "bindings.h"

namespace zerokara {

namespace {

// An operand of an m × n result, of as many rows and columns or of one that is repeated.
struct Repeated {
  std::size_t rows, columns;

  void require(const Arguments& args, std::size_t m, std::size_t n) const {
    args.require((rows == 1 || rows == m) && (columns == 1 || columns == n));
  }
  std::size_t size() const { return rows * columns; }
  Steps steps() const { return {rows == 1 ? 0 : columns, std::size_t(columns == 1 ? 0 : 1)}; }
};

}  // namespace

void Unary(Arguments& args) {
  const Array y = args.floats(Use::output), x = args.floats_like(y);
  const std::size_t n = args.size();
  const auto f = args.choice<UnaryOperation>(kUnaryOperations);
  args.require_length(y, n);
  args.require_length(x, n);
  args.require_same_or_apart(y, x, n);
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    unary(args.kernels<T>(), y.as<T>(), x.as<T>(), n, f);
  });
}

void Binary(Arguments& args) {
  const Array y = args.floats(Use::output), a = args.floats_like(y), b = args.floats_like(y);
  const std::size_t m = args.size(), n = args.size();
  Repeated of_a, of_b;
  of_a.rows = args.size();
  of_a.columns = args.size();
  of_b.rows = args.size();
  of_b.columns = args.size();
  const auto f = args.choice<BinaryOperation>(kBinaryOperations);
  of_a.require(args, m, n);
  of_b.require(args, m, n);
  args.require_length(y, m * n);
  args.require_length(a, of_a.size());
  args.require_length(b, of_b.size());
  args.require_same_or_apart(y, m * n, a, of_a.size());
  args.require_same_or_apart(y, m * n, b, of_b.size());
  with_element_type(y, [&](auto element) {
    using T = decltype(element);
    binary(args.kernels<T>(), y.as<T>(), a.as<T>(), b.as<T>(), m, n, of_a.steps(), of_b.steps(), f);
  });
}

void Reduce(Arguments& args) {
  const Array out = args.floats(Use::output), x = args.floats_like(out);
  const std::size_t outer = args.size(), axis = args.size(), inner = args.size();
  const auto f = args.choice<Reduction>(kReductions);
  const std::size_t used = product(outer, axis, inner);
  args.require_length(out, outer * inner);
  args.require_length(x, used);
  args.require_apart(out, outer * inner, x, used);
  with_element_type(out, [&](auto element) {
    using T = decltype(element);
    reduce(args.kernels<T>(), out.as<T>(), x.as<T>(), outer, axis, inner, f);
  });
}

void ArgMax(Arguments& args) {
  const Array out = args.integers(), x = args.floats();
  const std::size_t outer = args.size(), axis = args.size(), inner = args.size();
  args.require(axis > 0 || outer == 0);
  const std::size_t used = product(outer, axis, inner);
  args.require_length(out, outer * inner);
  args.require_length(x, used);
  args.require_apart(out, outer * inner, x, used);
  with_element_type(x, [&](auto element) {
    using T = decltype(element);
    arg_max(args.kernels<T>(), out.as<std::int32_t>(), x.as<T>(), outer, axis, inner);
  });
}

}  // namespace zerokara
