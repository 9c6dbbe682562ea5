/*
 * α, β and γ of the network between two ranks: half round trips by size, the sum of float32 and a copy on one core, and whole sums
 * over all ranks, by which the model of their cost is judged.
 *
 * usage: mpirun -n 2 link TRANSPORT; rank 0 prints JSON. The name of the transport is only repeated.
 *
 * Each time is the least of many: ranks poll, so that anything else that wants a core delays a message by a whole time slice.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST (4 << 20)

/* Keeps the lesser of two times, in microseconds; a turn below 0 warms up. */
static void keep(double* least, double seconds, int turn) {
  if (turn >= 0 && seconds * 1e6 < *least) *least = seconds * 1e6;
}

/* Fewer turns for long messages: all sizes take about as long. */
static int turns_of(int bytes) {
  const int turns = 40000000 / (bytes + 20000);
  return turns > 801 ? 801 : turns + 20;
}

static double half_round_trip(char* buffer, int bytes, int rank) {
  double least = 1e9;
  const int turns = turns_of(bytes);
  for (int turn = -3; turn < turns; turn++) {
    const double start = MPI_Wtime();
    if (rank == 0) {
      MPI_Send(buffer, bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
      MPI_Recv(buffer, bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    } else if (rank == 1) {
      MPI_Recv(buffer, bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
      MPI_Send(buffer, bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
    }
    keep(&least, (MPI_Wtime() - start) / 2, turn);
  }
  return least;
}

static double sum_of_all(char* buffer, int bytes) {
  double least = 1e9;
  const int turns = turns_of(bytes);
  for (int turn = -3; turn < turns; turn++) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    MPI_Allreduce(MPI_IN_PLACE, buffer, bytes / 4, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    keep(&least, MPI_Wtime() - start, turn);
  }
  return least;
}

/* Microseconds in which this core adds a byte: a bucket as large as the largest gradient of J2. */
static double per_byte_added(const char* a, char* b) {
  double least = 1e9;
  for (int turn = -1; turn < 40; turn++) {
    const double start = MPI_Wtime();
    MPI_Reduce_local(a, b, LARGEST / 4, MPI_FLOAT, MPI_SUM);
    keep(&least, MPI_Wtime() - start, turn);
  }
  return least / LARGEST;
}

static double per_byte_copied(const char* a, char* b) {
  double least = 1e9;
  for (int turn = -1; turn < 40; turn++) {
    const double start = MPI_Wtime();
    memcpy(b, a, LARGEST);
    keep(&least, MPI_Wtime() - start, turn);
  }
  return least / LARGEST;
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank, size;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  char* a = calloc(LARGEST, 1);
  char* b = calloc(LARGEST, 1);
  if (a == NULL || b == NULL) MPI_Abort(MPI_COMM_WORLD, 1);
  memset(a, 0, LARGEST); /* touched before it is timed */

  if (rank == 0) printf("{\"transport\":\"%s\",\"ranks\":%d,\"halfRoundTrips\":[", argc > 1 ? argv[1] : "", size);
  for (int bytes = 1; bytes <= LARGEST; bytes *= 4) {
    const double time = size > 1 ? half_round_trip(a, bytes, rank) : 0;
    if (rank == 0) printf("%s{\"bytes\":%d,\"microseconds\":%.3f}", bytes > 1 ? "," : "", bytes, time);
  }
  /* One after the other: cores that add at the same time share the memory's bandwidth, in a real sum too, but γ is one core's. */
  double added = 0, copied = 0;
  for (int r = 0; r < size; r++) {
    MPI_Barrier(MPI_COMM_WORLD);
    if (r != rank) continue;
    added = per_byte_added(a, b);
    copied = per_byte_copied(a, b);
  }
  if (rank == 0) printf("],\"perByteAdded\":%.4e,\"perByteCopied\":%.4e,\"sums\":[", added, copied);
  for (int bytes = 1024; bytes <= LARGEST; bytes *= 4) {
    const double time = sum_of_all(b, bytes);
    if (rank == 0) printf("%s{\"bytes\":%d,\"microseconds\":%.3f}", bytes > 1024 ? "," : "", bytes, time);
  }
  if (rank == 0) printf("]}\n");
  free(a);
  free(b);
  MPI_Finalize();
  return 0;
}
