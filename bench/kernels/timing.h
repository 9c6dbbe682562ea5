// Timing of two ways to do the same, turn about in one process: on a shared machine only their ratio can be trusted.
#pragma once

#include <algorithm>
#include <ctime>
#include <vector>

struct Timing {
  double own, other;  // microseconds of the fastest round in ten
  double ratio;       // median over the rounds of own ÷ other
};

inline double quantile(std::vector<double>& values, double q) {
  std::sort(values.begin(), values.end());
  return values[std::size_t(q * double(values.size() - 1))];
}

// The processor's time of this thread, which other programs do not lengthen by taking turns with it.
inline double thread_microseconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e6 * double(time.tv_sec) + 1e-3 * double(time.tv_nsec);
}

template <class F>
double microseconds(int times, F f) {
  const double start = thread_microseconds();
  for (int i = 0; i < times; ++i) f();
  return (thread_microseconds() - start) / times;
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
