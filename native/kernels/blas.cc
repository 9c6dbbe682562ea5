#include "blas.h"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

#if defined(ZEROKARA_ACCELERATE)
#include <Accelerate/Accelerate.h>
#else
#include <cblas.h>
#endif

#if defined(ZEROKARA_LINKED_STATICALLY)
// OpenBLAS's own; a shared one need not export them.
extern "C" void* blas_memory_alloc(int position);
extern "C" void blas_memory_free(void* buffer);
#endif

namespace zerokara {

namespace {

// Whether only one thread may be inside the library at a time. A serial OpenBLAS hands out its packing buffers without
// locks: unless it was built with USE_LOCKING, two concurrent calls compute wrong numbers. The library loaded at run time
// decides, not the one of the build: distributions let the administrator switch between them.
bool needs_turns() {
#if defined(ZEROKARA_ACCELERATE) || defined(ZEROKARA_BLAS_LOCKS)
  return false;
#else
  static const bool serial = openblas_get_parallel() == OPENBLAS_SEQUENTIAL;
  return serial;
#endif
}

// Holds the library for one call if calls must take turns. One lock for the process, because the library is one too.
class Turn {
 public:
  Turn() {
    if (needs_turns()) lock_ = std::unique_lock<std::mutex>(mutex());
  }

 private:
  static std::mutex& mutex() {
    static std::mutex& instance = *new std::mutex;  // never destroyed: workers may multiply while the process ends
    return instance;
  }

  std::unique_lock<std::mutex> lock_;
};

#if defined(ZEROKARA_ACCELERATE)

class PackingBuffer {
 public:
  PackingBuffer() {}  // Accelerate has its own
};

#else

// The threads with which the library was loaded, the caller included: more than one if another addon or a Worker loaded
// it (src/backend/native/address-space.ts). Asked first before the number is set to one.
int threads_of_library() {
  static const int count = openblas_get_parallel() == OPENBLAS_THREAD ? openblas_get_num_threads() : 1;
  return count;
}

// Counts OpenBLAS's packing buffers. The library maps one for each call that is inside it, and keeps it for later calls;
// this count never lets more calls inside than there is memory for.
class PackingBuffers {
 public:
  // Whether there is at least one buffer; maps the first.
  bool any() {
    if (made_.load(std::memory_order_relaxed) > 0) return true;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (made_.load() > 0) return true;
    if (!memory_for_another()) return false;
    map_first();
    made_.store(1);
    free_.store(1);
    return true;
  }

  void take() {
    if (try_take()) return;
    std::unique_lock<std::mutex> lock(mutex_);
    if (made_.load() < kMost && memory_for_another()) {
      made_.fetch_add(1);
      return;
    }
    waiting_.fetch_add(1);
    returned_.wait(lock, [this] { return try_take(); });
    waiting_.fetch_sub(1);
  }

  void give_back() {
    free_.fetch_add(1);
    if (waiting_.load() == 0) return;
    { const std::lock_guard<std::mutex> lock(mutex_); }  // no waiter is between its look at free_ and its sleep
    returned_.notify_one();
  }

 private:
  // Every build of OpenBLAS has room for 50 buffers.
  static constexpr int kMost = 48;
  static constexpr std::size_t kBytes = std::size_t(128) << 20;
  // For memory that others take between the check and OpenBLAS's request: malloc maps 128 MB to place 64 MB for a thread.
  static constexpr std::size_t kMargin = std::size_t(160) << 20;

  // OpenBLAS maps its first buffer now, while there is memory.
  static void map_first() {
#if defined(ZEROKARA_LINKED_STATICALLY)
    blas_memory_free(blas_memory_alloc(0));
#else
    // A triangular solve takes a buffer however small it is.
    double one = 1;
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasNonUnit, 1, 1, 1, &one, 1, &one, 1);
#endif
  }

  bool try_take() {
    int count = free_.load();
    while (count > 0)
      if (free_.compare_exchange_weak(count, count - 1)) return true;
    return false;
  }

  // OpenBLAS's own threads map a buffer each when they begin, which may be later than this: theirs are asked for too, one
  // by one, since a system may refuse in one piece what it gives in many.
  static bool memory_for_another() {
    struct Piece {
      Piece* next;
    };
    Piece* pieces = nullptr;
    bool enough = true;
    for (int left = threads_of_library(); enough && left > 0; --left) {
      // Without the volatile pointer the compiler may remove malloc and free.
      void* volatile memory = std::malloc(left == 1 ? kBytes + kMargin : kBytes);
      enough = memory != nullptr;
      if (enough) pieces = new (memory) Piece{pieces};
    }
    while (pieces != nullptr) std::free(std::exchange(pieces, pieces->next));
    return enough;
  }

  std::atomic<int> made_{0}, free_{0}, waiting_{0};
  std::mutex mutex_;
  std::condition_variable returned_;
};

// Never destroyed: workers may multiply while the process ends.
PackingBuffers& packing_buffers() {
  static PackingBuffers& instance = *new PackingBuffers;
  return instance;
}

class PackingBuffer {
 public:
  PackingBuffer() { packing_buffers().take(); }
  ~PackingBuffer() { packing_buffers().give_back(); }
};

#endif

CBLAS_TRANSPOSE transpose(bool flag) { return flag ? CblasTrans : CblasNoTrans; }

}  // namespace

void gemm(const MatrixProduct& s, float alpha, const float* a, const float* b, float beta, float* c) {
  const Turn turn;
  const PackingBuffer buffer;
  cblas_sgemm(CblasRowMajor, transpose(s.trans_a), transpose(s.trans_b), int(s.m), int(s.n), int(s.k), alpha, a,
              int(s.lda), b, int(s.ldb), beta, c, int(s.ldc));
}

void gemm(const MatrixProduct& s, double alpha, const double* a, const double* b, double beta, double* c) {
  const Turn turn;
  const PackingBuffer buffer;
  cblas_dgemm(CblasRowMajor, transpose(s.trans_a), transpose(s.trans_b), int(s.m), int(s.n), int(s.k), alpha, a,
              int(s.lda), b, int(s.ldb), beta, c, int(s.ldc));
}

bool blas_takes_turns() { return needs_turns(); }

#if defined(ZEROKARA_ACCELERATE)

bool blas_has_memory() { return true; }

void initialize_blas() {}

BlasFacts blas_facts() { return {"accelerate", "Accelerate.framework", "dynamic", "system", "", "", 0, false}; }

#else

bool blas_has_memory() { return packing_buffers().any(); }

void initialize_blas() {
  threads_of_library();
  // More than one OpenBLAS thread makes thin products slower and hangs child_process.spawn. An OpenMP build keeps the
  // number per calling thread.
  openblas_set_num_threads(1);
}

BlasFacts blas_facts() {
  const int parallel = openblas_get_parallel();
  const char* threading =
      parallel == OPENBLAS_THREAD ? "pthread" : parallel == OPENBLAS_OPENMP ? "openmp" : "serial";
#if defined(ZEROKARA_LINKED_STATICALLY)
  const char* linkage = "static";
#else
  const char* linkage = "dynamic";
#endif
  return {"openblas",           ZEROKARA_BLAS_LIBRARY,   linkage,
          threading,            openblas_get_config(),   openblas_get_corename(),
          openblas_get_num_threads(), needs_turns()};
}

#endif

}  // namespace zerokara
