// The threads that share the work of one call: the caller, and a few worker threads that the process has for all calls.
//
// A call's work is cut into blocks by its sizes alone. Which thread computes a block is left to chance, but every thread
// computes it in the same way, so results do not depend on the number of threads.
//
// The caller never waits for a worker that has not joined: it takes blocks until none are left, and workers help if they
// arrive in time. A worker that sleeps, was never started, or is missing after a fork costs speed and nothing else.
#pragma once

#include <cstddef>

namespace zerokara {

constexpr unsigned kMostThreads = 64;

// The most threads a call may use, counting the caller; one setting for the whole process. 0 means not set yet, and
// counts as 1. Lowering it ends workers, once the call they may be helping with is done.
unsigned team_threads();
void set_team_threads(unsigned threads);

// Sets the number unless it has been set already.
void set_default_team_threads(unsigned threads);

// Called when an environment (the main thread or a Worker) starts and ends. The worker threads end with the last one.
void team_enter();
void team_leave();

// Calls body(context, i, thread) once for every i < count, and returns when all are done. `thread` numbers the threads of
// this call: 0 is the caller, and all are below `most_threads`. `nanoseconds` estimates the whole work on one thread; it
// decides only whether to ask for help. While the team is busy with another thread's call, the caller works alone. `body`
// must not throw and must not call this function.
//
// Each thread starts with a range of its own, the same in every call with as many blocks, so that it finds in its caches
// what it left there. When its range is done it takes blocks from the others' ranges, short ones up to the last.
void run_blocks(std::size_t count, unsigned most_threads, double nanoseconds,
                void (*body)(void* context, std::size_t i, unsigned thread), void* context);

// The same for a lambda that takes i.
template <class Body>
void for_each_block(std::size_t count, double nanoseconds, Body body) {
  if (count == 1) return body(std::size_t(0));
  run_blocks(
      count, kMostThreads, nanoseconds,
      [](void* context, std::size_t i, unsigned) { (*static_cast<Body*>(context))(i); }, &body);
}

// The same for a lambda that takes i and thread.
template <class Body>
void for_each_block(std::size_t count, unsigned most_threads, double nanoseconds, Body body) {
  run_blocks(
      count, most_threads, nanoseconds,
      [](void* context, std::size_t i, unsigned thread) { (*static_cast<Body*>(context))(i, thread); }, &body);
}

}  // namespace zerokara
