#include "team.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#if defined(_WIN32)
#include <windows.h>
#else
#include <pthread.h>
#include <signal.h>
#endif

#include "blas.h"

namespace zerokara {

namespace {

// Below this the fork and the join cost what is gained, 0.05–0.4 µs. What one core wrote the other fetches at about 27 ns
// a cache line, so it pays to share every pass over what was computed together: the update of 784 × 50 weights takes
// 24 µs alone after xᵀ·dy was shared, and 6 shared.
constexpr double kWorthSharing = 8'000;
// Waking a sleeping worker takes 14–31 µs, and 8–9 µs of it is the caller's own time.
constexpr double kWorthWaking = 30'000;

// A machine that is busy with other things takes the core from a worker in the middle of a block, and the caller waits
// for its return. When that took longer than the whole call should have, calls below this size go without help for a
// while: 16 calls, then 32, up to 4096, until a call ends in time.
constexpr double kWorthTheRisk = 1'000'000;
constexpr unsigned kFirstRest = 16, kLongestRest = 4096;

// How long a worker looks for the next call before it sleeps. A step of a small net makes one every 10–40 µs.
constexpr auto kPatience = std::chrono::microseconds(100);
// How long anyone looks without giving way to threads that want the same core.
constexpr int kLooksBeforeYield = 256;

inline void pause_cpu() {
#if defined(_WIN32)
  YieldProcessor();
#elif defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

// One look in a loop that waits for another thread. `looks` counts round and round, however long the wait.
inline void look_again(int& looks) {
  looks = (looks + 1) % kLooksBeforeYield;
  if (looks == 0) {
    std::this_thread::yield();
  } else {
    pause_cpu();
  }
}

using Body = void (*)(void* context, std::size_t i, unsigned who);

// Blocks [next, end) that nobody has taken. On a cache line of its own: its thread writes `next` at every block.
struct alignas(64) Range {
  std::atomic<std::size_t> next{0};
  std::size_t end = 0;
};

class Team {
 public:
  unsigned threads() const { return threads_.load(std::memory_order_relaxed); }

  void set_threads(unsigned threads) {
    if (forked()) return threads_.store(threads);
    const std::lock_guard<std::mutex> turn(turn_);
    threads_.store(threads);
    rest_ = 0;
    next_rest_ = kFirstRest;
    if (threads < workers_.size() + 1) stop();
  }

  void set_default_threads(unsigned threads) {
    unsigned unset = 0;
    threads_.compare_exchange_strong(unset, threads);
  }

  void enter() {
    const std::lock_guard<std::mutex> lock(environments_mutex_);
    ++environments_;
  }

  void leave() {
    if (forked()) return;
    const std::lock_guard<std::mutex> lock(environments_mutex_);
    if (--environments_ > 0) return;
    const std::lock_guard<std::mutex> turn(turn_);
    stop();
  }

  void run(std::size_t count, unsigned most_threads, double nanoseconds, Body body, void* context) {
    if (count > 1 && most_threads > 1 && threads() > 1 && nanoseconds >= kWorthSharing && !forked()) {
      const std::unique_lock<std::mutex> turn(turn_, std::try_to_lock);
      if (turn.owns_lock() && !rests(nanoseconds)) return share(count, most_threads, nanoseconds, body, context);
    }
    for (std::size_t i = 0; i < count; ++i) body(context, i, 0);
  }

  // In the child of a fork there are no workers, and any lock may be held by a thread that is not there.
  void after_fork() { forked_.store(true, std::memory_order_relaxed); }

 private:
  bool forked() const { return forked_.load(std::memory_order_relaxed); }

  void share(std::size_t count, unsigned most_threads, double nanoseconds, Body body, void* context) {
    start();
    body_ = body;
    context_ = context;
    ranges_used_ = threads() < most_threads ? threads() : most_threads;
    for (std::size_t i = 0; i < ranges_used_; ++i) {
      ranges_[i].next.store(count * i / ranges_used_, std::memory_order_relaxed);
      ranges_[i].end = count * (i + 1) / ranges_used_;
    }
    open_.store(++calls_);
    if (nanoseconds >= kWorthWaking && sleepers_.load() > 0) wake();
    take_blocks(0);
    // Either a worker that is coming sees that the call is closed, or it is seen here and waited for.
    open_.store(0);
    if (present_.load() > 0) wait_for_helpers(nanoseconds);
  }

  void wait_for_helpers(double nanoseconds) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point began = Clock::now();
    for (int looks = 0; present_.load() > 0;) look_again(looks);
    const std::chrono::duration<double, std::nano> waited = Clock::now() - began;
    if (waited.count() > nanoseconds + 50'000) {
      rest_ = next_rest_;
      next_rest_ = next_rest_ < kLongestRest ? 2 * next_rest_ : kLongestRest;
    } else {
      next_rest_ = kFirstRest;
    }
  }

  bool rests(double nanoseconds) {
    if (rest_ == 0 || nanoseconds >= kWorthTheRisk) return false;
    --rest_;
    return true;
  }

  void take_blocks(unsigned who) {
    if (who >= ranges_used_) return;
    for (unsigned step = 0; step < ranges_used_; ++step) {
      Range& range = ranges_[(who + step) % ranges_used_];
      for (std::size_t i; (i = range.next.fetch_add(1, std::memory_order_relaxed)) < range.end;) {
        body_(context_, i, who);
      }
    }
  }

  void start() {
    if (workers_.size() + 1 >= threads() || refused_) return;
    stopping_.store(false);
#if !defined(_WIN32)
    // Signals are for the threads of Node.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
#endif
    try {
      while (workers_.size() + 1 < threads()) {
        const unsigned who = unsigned(workers_.size()) + 1;
        workers_.emplace_back([this, who] { work(who); });
      }
    } catch (const std::exception&) {
      refused_ = true;  // the system gives no more threads or memory; those that there are do the work
    }
#if !defined(_WIN32)
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
#endif
  }

  void stop() {
    {
      const std::lock_guard<std::mutex> lock(sleep_mutex_);
      stopping_.store(true);
      ++wakes_;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
    refused_ = false;
  }

  void wake() {
    {
      const std::lock_guard<std::mutex> lock(sleep_mutex_);
      ++wakes_;
    }
    wake_.notify_all();
  }

  void work(unsigned who) {
    initialize_blas();
    for (std::uint64_t served = 0; !stopping_.load();) {
      if (!wait_for_call_after(served)) {
        sleep(served);
        continue;
      }
      present_.fetch_add(1);
      // Only now is the call sure to stay: its caller waits for those who are present.
      const std::uint64_t call = open_.load();
      if (call != 0) {
        served = call;
        take_blocks(who);
      }
      present_.fetch_sub(1);
    }
  }

  // Looks for a call other than the last one served. False when none came, or when it is time to stop.
  bool wait_for_call_after(std::uint64_t served) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point end = Clock::now() + kPatience;
    for (int looks = 0;; look_again(looks)) {
      const std::uint64_t call = open_.load(std::memory_order_relaxed);
      if (call != 0 && call != served) return true;
      if (stopping_.load(std::memory_order_relaxed)) return false;
      if (looks % 16 == 0 && Clock::now() >= end) return false;
    }
  }

  void sleep(std::uint64_t served) {
    std::unique_lock<std::mutex> lock(sleep_mutex_);
    sleepers_.fetch_add(1);
    // A call that opened since the last look found nobody asleep and woke nobody.
    const std::uint64_t call = open_.load();
    if (call == 0 || call == served) {
      const std::uint64_t seen = wakes_;
      wake_.wait(lock, [&] { return wakes_ != seen || stopping_.load(); });
    }
    sleepers_.fetch_sub(1);
  }

  std::atomic<unsigned> threads_{0};
  std::atomic<bool> forked_{false};

  std::mutex environments_mutex_;
  unsigned environments_ = 0;

  // Held during a call that is shared; guards everything down to the call.
  std::mutex turn_;
  std::vector<std::thread> workers_;
  bool refused_ = false;
  std::uint64_t calls_ = 0;
  unsigned rest_ = 0, next_rest_ = kFirstRest;  // calls that go without help; how many it will be the next time

  // The call. Written while it is closed and nobody is present, or before it opens.
  Body body_ = nullptr;
  void* context_ = nullptr;
  unsigned ranges_used_ = 0;
  Range ranges_[kMostThreads];
  // Each on a cache line of its own: idle threads read open_ all the time.
  alignas(64) std::atomic<std::uint64_t> open_{0};  // the number of the call, or 0
  alignas(64) std::atomic<unsigned> present_{0};

  alignas(64) std::mutex sleep_mutex_;
  std::condition_variable wake_;
  std::uint64_t wakes_ = 0;  // guarded by sleep_mutex_
  std::atomic<unsigned> sleepers_{0};
  std::atomic<bool> stopping_{false};
};

// Never destroyed: process.exit() leaves without ending environments, so workers may outlive everything static.
Team& team() {
  static Team& instance = *[] {
    Team* made = new Team;
#if !defined(_WIN32)
    pthread_atfork(nullptr, nullptr, [] { team().after_fork(); });
#endif
    return made;
  }();
  return instance;
}

}  // namespace

unsigned team_threads() { return team().threads(); }

void set_team_threads(unsigned threads) { team().set_threads(threads); }

void set_default_team_threads(unsigned threads) { team().set_default_threads(threads); }

void team_enter() { team().enter(); }

void team_leave() { team().leave(); }

void run_blocks(std::size_t count, unsigned most_threads, double nanoseconds, Body body, void* context) {
  team().run(count, most_threads, nanoseconds, body, context);
}

}  // namespace zerokara
