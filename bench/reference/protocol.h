// The child's side of the bench's line protocol: `check <workload>`, `run <workload> <milliseconds>`, `quit`.
#pragma once
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

struct Workload {
  std::function<std::vector<double>()> check;  // numbers to compare with those of the other systems
  std::function<void()> run;                   // one operation
};

inline double now_us() {
  using namespace std::chrono;
  return duration<double, std::micro>(steady_clock::now().time_since_epoch()).count();
}

// Mean microseconds of `size` operations in a row.
inline double block(const std::function<void()>& run, int size) {
  const double begin = now_us();
  for (int i = 0; i < size; ++i) run();
  return (now_us() - begin) / size;
}

// Blocks of about a millisecond, so that reading the clock costs nothing and an interrupt spoils one block only.
inline void time_and_print(const std::function<void()>& run, double milliseconds) {
  const double start = now_us();
  const double first = block(run, 1);
  const int size = std::max(1, static_cast<int>(std::lround(1000.0 / std::max(first, 0.01))));
  std::vector<double> blocks;
  if (size == 1) blocks.push_back(first);
  while (blocks.empty() || now_us() - start < milliseconds * 1000.0) blocks.push_back(block(run, size));
  std::sort(blocks.begin(), blocks.end());
  const std::size_t n = blocks.size();
  const double median = n % 2 ? blocks[n / 2] : (blocks[n / 2 - 1] + blocks[n / 2]) / 2;
  std::printf("{\"median\":%.9g,\"min\":%.9g,\"iterations\":%zu}\n", median, blocks[0], n * size);
}

inline int serve(const std::map<std::string, Workload>& workloads, const std::string& versions) {
  std::printf("{\"ready\":true,\"versions\":\"%s\",\"workloads\":[", versions.c_str());
  const char* separator = "";
  for (const auto& entry : workloads) {
    std::printf("%s\"%s\"", separator, entry.first.c_str());
    separator = ",";
  }
  std::printf("]}\n");
  std::fflush(stdout);

  for (std::string line; std::getline(std::cin, line) && line != "quit";) {
    std::istringstream words(line);
    std::string command, name;
    double milliseconds = 0;
    words >> command >> name >> milliseconds;
    const auto found = workloads.find(name);
    if (found == workloads.end()) {
      std::printf("{\"error\":\"no workload %s\"}\n", name.c_str());
    } else if (command == "run") {
      time_and_print(found->second.run, milliseconds);
    } else {
      std::printf("{\"values\":[");
      separator = "";
      for (double value : found->second.check()) {
        std::printf("%s%.9g", separator, value);
        separator = ",";
      }
      std::printf("]}\n");
    }
    std::fflush(stdout);
  }
  return 0;
}
