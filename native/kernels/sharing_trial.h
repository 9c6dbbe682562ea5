// Whether short calls are shared between threads, which is measured: on some machines the second thread halves a training step of a small
// network, on others the cores lose more by passing cache lines to each other than they gain, and on a busy one there is no second core.
#pragma once

#include <chrono>

namespace zerokara {

// Some calls are shared and as many are not, in turn; the way that took less time for the same work is kept for a while. Time is that of
// everything between the calls too, because that is where cache lines are missed.
class SharingTrial {
 public:
  void restart() { *this = SharingTrial(); }

  // Whether to share the next short call, of so many estimated nanoseconds.
  bool shares(double nanoseconds) {
    if (calls_left_ == 0) next_stretch();
    if (calls_left_ == kTimed) {
      began_ = Clock::now();
      work_ = 0;
    }
    work_ += nanoseconds;
    --calls_left_;
    return shared_;
  }

 private:
  using Clock = std::chrono::steady_clock;
  // A stretch: some calls until workers are awake and the caches have what they need, and those that are timed. Half of three
  // pairs of stretches are spent in the slower way: one call in 36.
  static constexpr unsigned kSettling = 16, kTimed = 64, kStretches = 6, kKept = 8192;
  // Beyond so many times the estimates the program mostly does something else, or other programs have the cores: no time is kept. If
  // neither way has one, calls are shared.
  static constexpr double kIdle = 4;
  static constexpr double kUnknown = 1e300;

  void next_stretch() {
    if (stretch_ == kStretches) return restart();
    const double took = std::chrono::duration<double, std::nano>(Clock::now() - began_).count() / work_;
    took_[shared_][stretch_ / 2] = took < kIdle ? took : kUnknown;
    if (++stretch_ < kStretches) {
      shared_ = !shared_;
      calls_left_ = kSettling + kTimed;
    } else {
      shared_ = middle_of(took_[true]) <= middle_of(took_[false]);
      calls_left_ = kKept;
    }
  }

  static double middle_of(const double* three) {
    const double a = three[0], b = three[1], c = three[2];
    const double low = a < b ? a : b, high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
  }

  bool shared_ = true;
  unsigned calls_left_ = kSettling + kTimed, stretch_ = 0;
  // Time ÷ estimate, alone and shared. The middle of three decides: the least would be the luckiest moment of the way that varies more.
  double took_[2][kStretches / 2] = {};
  double work_ = 0;
  Clock::time_point began_;
};

}  // namespace zerokara
