// A job as the bench writes it: a folder of raw arrays that every system reads, so that all start from the same numbers.
#pragma once
#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

template <class T>
std::vector<T> read_array(const std::string& path, std::size_t count) {
  std::vector<T> values(count);
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(T))))
    throw std::runtime_error(path + " is missing or shorter than the job says");
  return values;
}

struct Job {
  int threads;
  int batch_size;
  int rows;
  int steps;        // batches in `indices`; they are used again from the front when they run out
  int check_steps;  // steps whose losses are compared before anything is timed
  bool relu;        // else sigmoid
  float learning_rate;
  std::vector<int> sizes;  // 784 50 10

  std::vector<float> x;           // rows × sizes[0], scaled to [0, 1]
  std::vector<int32_t> labels;    // rows
  std::vector<int32_t> indices;   // steps × batch_size
  std::vector<float> parameters;  // W1 b1 W2 b2 …, W stored (in, out)

  Job(const std::string& folder, int threads) : threads(threads) {
    std::ifstream text(folder + "/job.txt");
    if (!text) throw std::runtime_error(folder + " holds no job");
    for (std::string line; std::getline(text, line);) {
      std::istringstream words(line);
      std::string name;
      words >> name;
      if (name == "batchSize") words >> batch_size;
      if (name == "rows") words >> rows;
      if (name == "steps") words >> steps;
      if (name == "checkSteps") words >> check_steps;
      if (name == "learningRate") words >> learning_rate;
      if (name == "activation") relu = line == "activation relu";
      if (name == "sizes")
        for (int size; words >> size;) sizes.push_back(size);
    }

    const std::size_t width = sizes[0];
    for (uint8_t byte : read_array<uint8_t>(folder + "/x.u8", rows * width)) x.push_back(byte * (1.0f / 255.0f));
    labels = read_array<int32_t>(folder + "/labels.i32", rows);
    indices = read_array<int32_t>(folder + "/indices.i32", std::size_t(steps) * batch_size);
    std::size_t count = 0;
    for (std::size_t l = 0; l + 1 < sizes.size(); ++l) count += std::size_t(sizes[l] + 1) * sizes[l + 1];
    parameters = read_array<float>(folder + "/parameters.f32", count);
  }
};
