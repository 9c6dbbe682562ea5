#include "watch.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <thread>

namespace zerokara {

namespace {

// The exit status of a process that has given up: EX_TEMPFAIL, because the same run may be started again.
constexpr int kGivenUp = 75;

// Nanoseconds at which the present wait began; 0 while nothing waits.
std::atomic<std::int64_t> waiting_since{0};
std::atomic<double> patience{0};
std::atomic<double> patience_factor{1};
int own_rank = 0;
int all_ranks = 1;

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Calls nothing of MPI, which only the main thread may.
void watch() {
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const std::int64_t since = waiting_since.load();
    const double limit = patience.load() * patience_factor.load();
    if (since == 0 || limit <= 0 || double(now() - since) < limit * 1e9) continue;
    if (waiting_since.load() != since) continue;  // that wait has ended, and the limit may be of another
    std::fprintf(stderr,
                 "zerokara: rank %d of %d has waited %g s for the others, so all ranks end; a rank or a "
                 "link between them is gone. Start again with the last checkpoint (ZEROKARA_MPI_TIMEOUT sets the seconds)\n",
                 own_rank, all_ranks, limit);
    std::fflush(stderr);
    _exit(kGivenUp);  // the launcher sees it and ends the other ranks
  }
}

}  // namespace

void set_patience(double seconds, int rank, int size) {
  static bool started = false;
  own_rank = rank;
  all_ranks = size;
  patience = seconds;
  if (started || seconds <= 0) return;
  started = true;
  std::thread(watch).detach();  // nodelete keeps its code
}

Waiting::Waiting(double factor) {
  patience_factor = factor;
  waiting_since = now();
}

Waiting::~Waiting() { waiting_since = 0; }

}  // namespace zerokara
