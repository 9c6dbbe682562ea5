// zerokara between processes: the few functions of MPI that data-parallel training needs, each checked, then called.
//
// MPI is a matter of the whole process and of the one thread that began it (MPI_THREAD_FUNNELED), and it begins and ends
// once: so the state is static, and a second environment is refused.
#include <dlfcn.h>
#include <mpi.h>

#include <climits>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "arguments.h"
#include "sums.h"
#include "watch.h"

namespace zerokara {

namespace {

enum class Phase { before, running, after };

Phase phase = Phase::before;
MPI_Comm world = MPI_COMM_NULL;
int rank = 0;
int size = 1;
// Never destroyed: MPI may write into the memory of a sum under way until the process has ended.
std::map<std::size_t, Slot>& slots = *new std::map<std::size_t, Slot>;
constexpr std::size_t kMostSlots = 1 << 16;

void require_running(const Arguments& args, const char* operation) {
  if (phase == Phase::running) return;
  const char* why = phase == Phase::before ? "MPI has not begun" : "MPI has ended";
  throw Napi::Error::New(args.env(), std::string(operation) + ": " + why);
}

// MPI's own words for an error that it returned.
void require_success(int code, const Arguments& args, const char* operation) {
  if (code == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, text, &length);
  throw Napi::Error::New(args.env(), std::string(operation) + ": MPI failed: " + std::string(text, std::size_t(length)));
}

// MPI counts with an int.
void require_countable(const Arguments& args, std::size_t count) {
  if (count > std::size_t(INT_MAX)) args.refuse("an array of fewer than 2^31 elements");
}

// MPI loads its components with dlopen. Some builds of Open MPI leave the symbols of libmpi to be found in the global scope,
// while Node loads addons, and with them libmpi, into a scope of their own.
void make_mpi_global() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&MPI_Init_thread), &info) != 0 && info.dli_fname != nullptr) {
    dlopen(info.dli_fname, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD);
  }
}

// begin() → { rank, size, localRank, localSize, library }
Napi::Value Begin(const Napi::CallbackInfo& info) {
  Arguments args(info, "begin");
  int begun = 0;
  MPI_Initialized(&begun);
  if (phase != Phase::before || begun != 0) throw Napi::Error::New(info.Env(), "begin: MPI begins once in a process");
  make_mpi_global();
  int provided = MPI_THREAD_SINGLE;
  require_success(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), args, "begin");
  require_success(MPI_Comm_dup(MPI_COMM_WORLD, &world), args, "begin");
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_set_errhandler(world, MPI_ERRORS_RETURN);
  phase = Phase::running;
  if (provided < MPI_THREAD_FUNNELED) throw Napi::Error::New(info.Env(), "begin: this MPI cannot run beside threads");

  MPI_Comm local = MPI_COMM_NULL;
  int local_rank = 0, local_size = 1;
  MPI_Comm_rank(world, &rank);
  MPI_Comm_size(world, &size);
  require_success(MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &local), args, "begin");
  MPI_Comm_rank(local, &local_rank);
  MPI_Comm_size(local, &local_size);
  MPI_Comm_free(&local);

  char library[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  MPI_Get_library_version(library, &length);
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("rank", rank);
  result.Set("size", size);
  result.Set("localRank", local_rank);
  result.Set("localSize", local_size);
  result.Set("library", std::string(library, std::size_t(length)));
  return result;
}

// setPatience(seconds)
void SetPatience(const Napi::CallbackInfo& info) {
  Arguments args(info, "setPatience");
  const double seconds = args.scalar();
  if (!(seconds >= 0)) args.refuse("a number of at least 0");
  set_patience(seconds, rank, size);
}

// allReduce(array): array ← its sum over all ranks
void AllReduce(const Napi::CallbackInfo& info) {
  Arguments args(info, "allReduce");
  const Array array = args.floats();
  require_countable(args, array.length);
  require_running(args, "allReduce");
  Waiting waiting;
  require_success(
      MPI_Allreduce(MPI_IN_PLACE, array.data, int(array.length), type_of(array), MPI_SUM, world), args, "allReduce");
}

// treeReduce(array): the same in a fixed tree, with equal bits however many ranks there are
void TreeReduce(const Napi::CallbackInfo& info) {
  Arguments args(info, "treeReduce");
  const Array array = args.floats();
  require_countable(args, array.length);
  require_running(args, "treeReduce");
  if ((size & (size - 1)) != 0) throw Napi::Error::New(info.Env(), "treeReduce: the number of ranks is not a power of 2");
  Waiting waiting;
  require_success(tree_sum(array, rank, size, world), args, "treeReduce");
}

// broadcast(array, root): array ← that of rank root
void Broadcast(const Napi::CallbackInfo& info) {
  Arguments args(info, "broadcast");
  const Array array = args.array();
  require_countable(args, array.bytes());
  const std::size_t root = args.size(std::size_t(size));
  require_running(args, "broadcast");
  require_success(MPI_Bcast(array.data, int(array.bytes()), MPI_BYTE, int(root), world), args, "broadcast");
}

// allGather(all, own, factor): all ← own of each rank, one after another; waits for `factor` times the patience
void AllGather(const Napi::CallbackInfo& info) {
  Arguments args(info, "allGather");
  const Array all = args.array();
  require_countable(args, all.bytes());
  const Array own = args.array();
  if (own.type != all.type || own.length * std::size_t(size) != all.length) {
    args.refuse("an array of the type of the first, whose length times the ranks is that of the first");
  }
  const double factor = args.scalar();
  if (!(factor >= 0)) args.refuse("a number of at least 0");
  require_running(args, "allGather");
  const std::vector<unsigned char> copy(static_cast<unsigned char*>(own.data),
                                        static_cast<unsigned char*>(own.data) + own.bytes());  // they may overlap
  Waiting waiting(factor);
  require_success(
      MPI_Allgather(copy.data(), int(copy.size()), MPI_BYTE, all.data, int(copy.size()), MPI_BYTE, world), args,
      "allGather");
}

// barrier()
void Barrier(const Napi::CallbackInfo& info) {
  Arguments args(info, "barrier");
  require_running(args, "barrier");
  require_success(MPI_Barrier(world), args, "barrier");
}

std::vector<Array> remaining_arrays(Arguments& args) {
  if (args.left() == 0) args.refuse("followed by an array");
  std::vector<Array> arrays;
  std::size_t length = 0;
  while (args.left() > 0) {
    arrays.push_back(args.floats());
    if (arrays.back().type != arrays[0].type) args.refuse("an array of the type of the first");
    length += arrays.back().length;
    require_countable(args, length);
  }
  return arrays;
}

// startSum(slot, scale, ...arrays): begins the sum of scale times these arrays over all ranks
void StartSum(const Napi::CallbackInfo& info) {
  Arguments args(info, "startSum");
  const std::size_t place = args.size(kMostSlots);
  if (slots[place].pending) args.refuse("a slot without a sum under way");
  const double scale = args.scalar();
  const std::vector<Array> arrays = remaining_arrays(args);
  require_running(args, "startSum");
  require_success(begin_sum(slots[place], scale, arrays, world), args, "startSum");
}

// finishSum(slot, ...arrays): waits for it and writes it into these
void FinishSum(const Napi::CallbackInfo& info) {
  Arguments args(info, "finishSum");
  const std::size_t place = args.size(kMostSlots);
  Slot& slot = slots[place];
  if (!slot.pending) args.refuse("a slot with a sum under way");
  const std::vector<Array> arrays = remaining_arrays(args);
  std::size_t length = 0;
  for (const Array& array : arrays) length += array.length;
  if (arrays[0].type != slot.type || length != slot.length) args.refuse("the last array of as many numbers as were summed");
  require_running(args, "finishSum");
  Waiting waiting;
  require_success(end_sum(slot, arrays), args, "finishSum");
}

// progress(): lets MPI work on the sums under way; it does so only when it is called
void Progress(const Napi::CallbackInfo& info) {
  Arguments args(info, "progress");
  require_running(args, "progress");
  for (auto& [place, slot] : slots) {
    // A request that is complete becomes a null request, for which the wait of finishSum returns at once.
    int done = 0;
    if (slot.pending) require_success(MPI_Test(&slot.request, &done, MPI_STATUS_IGNORE), args, "progress");
  }
}

// abort(code): ends all ranks
void Abort(const Napi::CallbackInfo& info) {
  Arguments args(info, "abort");
  const std::size_t code = args.size(256);
  require_running(args, "abort");
  MPI_Abort(MPI_COMM_WORLD, int(code));
}

// end(): waits for all ranks and ends MPI
void End(const Napi::CallbackInfo& info) {
  Arguments args(info, "end");
  require_running(args, "end");
  // A rank that leaves in the middle of a step: MPI would go on with the sum while it ends, and crash.
  for (const auto& [place, slot] : slots) {
    if (slot.pending) throw Napi::Error::New(info.Env(), "end: a sum is under way");
  }
  set_patience(0, rank, size);
  phase = Phase::after;
  slots.clear();
  MPI_Comm_free(&world);
  require_success(MPI_Finalize(), args, "end");
}

Napi::Object Start(Napi::Env env, Napi::Object exports) {
  using Napi::Function;
  exports.Set("begin", Function::New<Begin>(env, "begin"));
  exports.Set("setPatience", Function::New<SetPatience>(env, "setPatience"));
  exports.Set("allReduce", Function::New<AllReduce>(env, "allReduce"));
  exports.Set("treeReduce", Function::New<TreeReduce>(env, "treeReduce"));
  exports.Set("broadcast", Function::New<Broadcast>(env, "broadcast"));
  exports.Set("allGather", Function::New<AllGather>(env, "allGather"));
  exports.Set("barrier", Function::New<Barrier>(env, "barrier"));
  exports.Set("startSum", Function::New<StartSum>(env, "startSum"));
  exports.Set("finishSum", Function::New<FinishSum>(env, "finishSum"));
  exports.Set("progress", Function::New<Progress>(env, "progress"));
  exports.Set("abort", Function::New<Abort>(env, "abort"));
  exports.Set("end", Function::New<End>(env, "end"));
  return exports;
}

}  // namespace

}  // namespace zerokara

static Napi::Object Start(Napi::Env env, Napi::Object exports) { return zerokara::Start(env, exports); }

NODE_API_MODULE(zerokara_mpi, Start)
