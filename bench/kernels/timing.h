// Timing of two ways to do the same, turn about in one process: on a shared machine only their ratio can be trusted.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

struct Timing {
  double own, other;  // microseconds of the fastest round in ten
  double ratio;       // median over the rounds of own ÷ other
};

inline double quantile(std::vector<double>& values, double q) {
  std::sort(values.begin(), values.end());
  return values[std::size_t(q * double(values.size() - 1))];
}

template <class F>
double microseconds(int times, F f) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) f();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / times;
}

// Rounds of about 50 µs each way, for about `milliseconds` in all.
template <class Own, class Other>
Timing compare(double milliseconds, Own own, Other other) {
  const double guess = std::max(0.05, std::min(microseconds(3, own), microseconds(3, own)));
  const int times = std::max(1, int(50 / guess));
  const int rounds = std::max(21, int(milliseconds * 1000 / (2 * times * guess)));
  std::vector<double> a, b, ratios;
  for (int r = 0; r < rounds; ++r) {
    a.push_back(microseconds(times, own));
    b.push_back(microseconds(times, other));
    ratios.push_back(a.back() / b.back());
  }
  return {quantile(a, 0.1), quantile(b, 0.1), quantile(ratios, 0.5)};
}
