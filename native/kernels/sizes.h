// Arithmetic on sizes.
#pragma once

#include <cstddef>

namespace zerokara {

constexpr std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }
constexpr std::size_t larger(std::size_t a, std::size_t b) { return a > b ? a : b; }
constexpr std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }
constexpr std::size_t round_up(std::size_t a, std::size_t multiple) { return divide_up(a, multiple) * multiple; }

}  // namespace zerokara
