// What it costs two cores to share arrays: who wrote or read the cache lines before decides what the next access takes. Each pattern
// is a batch of 100 × 784 floats, or half of one; medians over rounds, by nanoseconds a line of the part that is timed.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kRounds = 600;
constexpr std::size_t kRows = 100, kColumns = 784, kFloatsOfLine = 16;
constexpr std::size_t kHalfRow = kColumns / kFloatsOfLine / 2 * kFloatsOfLine;  // whole lines; a half begins at one

alignas(64) float array[kRows * kColumns];
volatile float sink;

struct Part {
  std::size_t first_row, last_row, first_column, last_column;

  std::size_t lines() const { return (last_row - first_row) * (last_column - first_column) / kFloatsOfLine; }
};

constexpr Part kUpper = {0, kRows / 2, 0, kColumns}, kLower = {kRows / 2, kRows, 0, kColumns};
constexpr Part kLeft = {0, kRows, 0, kHalfRow}, kRight = {0, kRows, kColumns - kHalfRow, kColumns};

void write(const Part& part, float value) {
  for (std::size_t i = part.first_row; i < part.last_row; ++i)
    for (std::size_t j = part.first_column; j < part.last_column; ++j) array[i * kColumns + j] = value;
}

void read(const Part& part) {
  float sums[kFloatsOfLine] = {};
  for (std::size_t i = part.first_row; i < part.last_row; ++i)
    for (std::size_t j = part.first_column; j < part.last_column; j += kFloatsOfLine)
      for (std::size_t lane = 0; lane < kFloatsOfLine; ++lane) sums[lane] += array[i * kColumns + j + lane];
  for (const float sum : sums) sink = sum;
}

// In each round the other core does its part, and then this one does its own, which is timed.
template <class Others, class Mine>
void measure(const char* name, std::size_t lines, Others others, Mine mine) {
  std::atomic<int> turn{0};
  const auto wait_for = [&turn](int wanted) {
    while (turn.load() != wanted) {
    }
  };
  std::thread other([&] {
    for (int round = 0; round < kRounds; ++round) {
      wait_for(1);
      others(float(round));
      turn.store(0);
    }
  });
  std::vector<double> nanoseconds;
  for (int round = 0; round < kRounds; ++round) {
    turn.store(1);
    wait_for(0);
    const Clock::time_point began = Clock::now();
    mine(float(round));
    nanoseconds.push_back(std::chrono::duration<double, std::nano>(Clock::now() - began).count());
  }
  other.join();
  std::nth_element(nanoseconds.begin(), nanoseconds.begin() + kRounds / 2, nanoseconds.end());
  std::printf("%-58s %6.2f ns\n", name, nanoseconds[kRounds / 2] / double(lines));
}

}  // namespace

int main() {
  const auto nothing = [](float) {};
  const auto writing = [](const Part& part) { return [&part](float value) { write(part, value); }; };
  const auto reading = [](const Part& part) { return [&part](float) { read(part); }; };
  std::printf("for each cache line of 64 bytes\n");
  measure("read what this core wrote", kUpper.lines(), nothing, reading(kUpper));
  measure("read what the other has written", kUpper.lines(), writing(kUpper), reading(kUpper));
  measure("write again", kUpper.lines(), nothing, writing(kUpper));
  measure("write what the other has written", kUpper.lines(), writing(kUpper), writing(kUpper));
  measure("write what the other has read", kUpper.lines(), reading(kUpper), writing(kUpper));
  measure("write rows 1–50, the other has written rows 51–100", kUpper.lines(), writing(kLower), writing(kUpper));
  measure("write left halves of rows, the other right ones", kLeft.lines(), writing(kRight), writing(kLeft));
  measure("write left halves of rows, the other has read right ones", kLeft.lines(), reading(kRight), writing(kLeft));
}
