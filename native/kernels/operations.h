// The operations of arithmetic by name, and how an operand is repeated.
#pragma once

#include <cstddef>

namespace zerokara {

// Each in the order of its list in src/backend/numbers.ts.
enum class UnaryOperation : int { exp, log, sqrt, abs, negate };
constexpr int kUnaryOperations = 5;

enum class BinaryOperation : int { add, subtract, multiply, divide, power, maximum, minimum };
constexpr int kBinaryOperations = 7;

enum class Reduction : int { sum, mean, maximum, minimum };
constexpr int kReductions = 4;

// Elements of an operand from one row of the result to the next, and from one column to the next: 0 where a row or a column is
// repeated, else the length of a row, and 1.
struct Steps {
  std::size_t down, right;
};

}  // namespace zerokara
