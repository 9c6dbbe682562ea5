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
#include "sharing_trial.h"

namespace zerokara {

namespace {

// Below this, sharing costs more than it gains: fork and join take 0.05–0.4 µs. To write a cache line that another core has read
// takes about 8 ns, so a pass over shared results should be shared too (docs/threads.md).
constexpr double kWorthSharing = 8'000;
// Waking a sleeping worker takes 14–31 µs, of which 8–9 µs is the caller's own time.
constexpr double kWorthWaking = 30'000;

// From here on, calls are shared without a trial.
constexpr double kLong = 200'000;

// On a busy machine the system may preempt a worker in the middle of a block, and the caller has to wait for it. If the
// wait was longer than the whole call should have taken, calls below this size back off and run alone: 16 calls the first
// time, then 32, up to 4096, until a shared call ends in time.
constexpr double kWorthTheRisk = 1'000'000;
constexpr unsigned kFirstBackOff = 16, kLongestBackOff = 4096;

// Nanoseconds below which a block is short: to wait for its own thread costs less than to take it away, with the cache lines that it
// and the next calls use.
constexpr double kShortBlock = 10'000;

// How long a worker spins waiting for the next call before it sleeps. A training step of a small net makes a call every
// 10–40 µs.
constexpr auto kPatience = std::chrono::microseconds(100);
// How many times a thread looks before it yields its core to others.
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

// One iteration of a loop that waits for another thread. `looks` wraps around, so a long wait cannot overflow it.
inline void look_again(int& looks) {
  looks = (looks + 1) % kLooksBeforeYield;
  if (looks == 0) {
    std::this_thread::yield();
  } else {
    pause_cpu();
  }
}

using Body = void (*)(void* context, std::size_t i, unsigned thread);

// Blocks [next, end) that no thread has taken yet. On a cache line of its own, because `next` changes with every block.
struct alignas(64) Range {
  std::atomic<std::size_t> next{0};
  std::size_t end = 0;
  // Whether the thread that begins here has joined: it takes all blocks that the others leave.
  std::atomic<bool> has_owner{false};
};

class Team {
 public:
  unsigned threads() const { return threads_.load(std::memory_order_relaxed); }

  void set_threads(unsigned threads) {
    if (forked()) return threads_.store(threads);
    const std::lock_guard<std::mutex> turn(turn_);
    threads_.store(threads);
    back_off_ = 0;
    next_back_off_ = kFirstBackOff;
    trial_.restart();
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
      if (turn.owns_lock() && !backs_off(nanoseconds) && (nanoseconds >= kLong || trial_.shares(nanoseconds)))
        return share(count, most_threads, nanoseconds, body, context);
    }
    for (std::size_t i = 0; i < count; ++i) body(context, i, 0);
  }

  // The child of a fork has no workers, and any lock may be held by a thread that does not exist there.
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
      ranges_[i].has_owner.store(false, std::memory_order_relaxed);
    }
    short_blocks_ = nanoseconds < kShortBlock * double(count);
    open_.store(++calls_);
    if (nanoseconds >= kWorthWaking && sleepers_.load() > 0) wake();
    take_blocks(0);
    // A worker that is just joining either sees that the call is closed, or is seen here and waited for.
    open_.store(0);
    if (present_.load() > 0) wait_for_helpers(nanoseconds);
  }

  void wait_for_helpers(double nanoseconds) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point began = Clock::now();
    for (int looks = 0; present_.load() > 0;) look_again(looks);
    const std::chrono::duration<double, std::nano> waited = Clock::now() - began;
    if (waited.count() > nanoseconds + 50'000) {
      back_off_ = next_back_off_;
      next_back_off_ = next_back_off_ < kLongestBackOff ? 2 * next_back_off_ : kLongestBackOff;
    } else {
      next_back_off_ = kFirstBackOff;
    }
  }

  bool backs_off(double nanoseconds) {
    if (back_off_ == 0 || nanoseconds >= kWorthTheRisk) return false;
    --back_off_;
    return true;
  }

  void take_blocks(unsigned thread) {
    if (thread >= ranges_used_) return;
    ranges_[thread].has_owner.store(true, std::memory_order_relaxed);
    for (unsigned step = 0; step < ranges_used_; ++step) {
      Range& range = ranges_[(thread + step) % ranges_used_];
      for (;;) {
        if (step > 0 && leaves_to_owner(range)) break;
        const std::size_t i = range.next.fetch_add(1, std::memory_order_relaxed);
        if (i >= range.end) break;
        body_(context_, i, thread);
      }
    }
  }

  // Another thread's last block is left to it, if blocks are short and it has begun: it takes all that is left.
  bool leaves_to_owner(const Range& range) const {
    return short_blocks_ && range.has_owner.load(std::memory_order_relaxed) &&
           range.next.load(std::memory_order_relaxed) + 1 >= range.end;
  }

  void start() {
    if (workers_.size() + 1 >= threads() || refused_) return;
    stopping_.store(false);
#if !defined(_WIN32)
    // Signals belong to Node's own threads.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
#endif
    try {
      while (workers_.size() + 1 < threads()) {
        const unsigned thread = unsigned(workers_.size()) + 1;
        workers_.emplace_back([this, thread] { work(thread); });
      }
    } catch (const std::exception&) {
      refused_ = true;  // no more threads or memory: go on with the workers there are
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

  void work(unsigned thread) {
    initialize_blas();
    for (std::uint64_t served = 0; !stopping_.load();) {
      if (!wait_for_call_after(served)) {
        sleep(served);
        continue;
      }
      present_.fetch_add(1);
      // From here on the call stays open: its caller waits for every worker that is present.
      const std::uint64_t call = open_.load();
      if (call != 0) {
        served = call;
        take_blocks(thread);
      }
      present_.fetch_sub(1);
    }
  }

  // Spins until there is a call other than the last one served. False when none came in time, or when the team stops.
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
    // A call may have opened since the last look; it saw no sleeper, so it woke nobody.
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

  // Held during a shared call; guards the members up to the call itself.
  std::mutex turn_;
  std::vector<std::thread> workers_;
  bool refused_ = false;
  std::uint64_t calls_ = 0;
  SharingTrial trial_;
  unsigned back_off_ = 0, next_back_off_ = kFirstBackOff;  // calls still to run alone; how many the next time

  // The call. Written only while it is closed and no worker is present.
  Body body_ = nullptr;
  void* context_ = nullptr;
  unsigned ranges_used_ = 0;
  bool short_blocks_ = false;
  Range ranges_[kMostThreads];
  // Each on a cache line of its own: idle workers read open_ continuously.
  alignas(64) std::atomic<std::uint64_t> open_{0};  // the number of the call, or 0
  alignas(64) std::atomic<unsigned> present_{0};

  alignas(64) std::mutex sleep_mutex_;
  std::condition_variable wake_;
  std::uint64_t wakes_ = 0;  // guarded by sleep_mutex_
  std::atomic<unsigned> sleepers_{0};
  std::atomic<bool> stopping_{false};
};

// Never destroyed: process.exit() does not end environments, so workers may outlive all static objects.
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
