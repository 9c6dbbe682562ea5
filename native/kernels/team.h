// The threads that share the work of one call: the caller and a few workers of the process.
//
// A call's work is cut into blocks by its sizes alone; who computes which block is left to chance, and every block is
// computed alike by anyone. So results do not depend on the number of threads.
//
// Nobody waits for a worker that has not come: the caller takes blocks until there are none, and workers help if they
// arrive in time. A worker that sleeps, that was never started, or that does not exist after a fork costs only speed.
#pragma once

#include <cstddef>

namespace zerokara {

constexpr unsigned kMostThreads = 64;

// How many threads a call may use, the caller included; a number of the whole process. 0 until it has been set, which
// counts as 1. Fewer than before ends workers, after the call that they may be helping with.
unsigned team_threads();
void set_team_threads(unsigned threads);

// The same, unless the number has been set before.
void set_default_team_threads(unsigned threads);

// To be called when an environment (the main thread or a Worker) begins and ends. The workers end with the last one.
void team_enter();
void team_leave();

// body(context, i, who) for every i < count, each exactly once, before it returns. `who` is the thread that calls, 0 for
// the caller, and always below `most_threads`. `nanoseconds` is what all of it would take one thread, roughly; it decides
// only whether help is asked for. Where the team is busy with the call of another thread, the caller works alone. `body`
// must not throw and must not call this function.
//
// Each thread begins with a range of its own, the same in every call of as many blocks, so that it meets in its caches
// what it left there; when its range is done it takes from those of the others.
void run_blocks(std::size_t count, unsigned most_threads, double nanoseconds,
                void (*body)(void* context, std::size_t i, unsigned who), void* context);

// The same for a lambda that is given i.
template <class Body>
void for_each_block(std::size_t count, double nanoseconds, Body body) {
  if (count == 1) return body(std::size_t(0));
  run_blocks(
      count, kMostThreads, nanoseconds,
      [](void* context, std::size_t i, unsigned) { (*static_cast<Body*>(context))(i); }, &body);
}

// The same for a lambda that is given i and who.
template <class Body>
void for_each_block(std::size_t count, unsigned most_threads, double nanoseconds, Body body) {
  run_blocks(
      count, most_threads, nanoseconds,
      [](void* context, std::size_t i, unsigned who) { (*static_cast<Body*>(context))(i, who); }, &body);
}

}  // namespace zerokara
