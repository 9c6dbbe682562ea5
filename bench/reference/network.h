// The yardstick: a fully connected classifier over cblas_sgemm and fused loops, and nothing else.
//
// Biases, activations, softmax and loss are one pass each; the first layer gets no input gradient; the weight gradient is
// accumulated straight into the weights (alpha = −learning rate, beta = 1), so there is no gradient array and no update.
#pragma once
#include <cblas.h>
#include <cmath>
#include <cstring>
#include <vector>
#include "job.h"

class Network {
 public:
  explicit Network(const Job& job) : job(job), layers(static_cast<int>(job.sizes.size()) - 1) {
    reset();
    reserve(job.batch_size);
  }

  // Back to the job's parameters and its first batch.
  void reset() {
    parameters = job.parameters;
    cursor = 0;
    float* p = parameters.data();
    W.clear();
    b.clear();
    for (int l = 0; l < layers; ++l) {
      W.push_back(p);
      b.push_back(p += std::size_t(job.sizes[l]) * job.sizes[l + 1]);
      p += job.sizes[l + 1];
    }
  }

  double step() {
    const int n = job.batch_size;
    gather(n);
    for (int l = 0; l + 1 < layers; ++l) hidden(l, A[l].data(), n);
    scores(A[layers - 1].data(), n);
    const double loss = softmax_loss(n);
    for (int l = layers - 1; l >= 0; --l) backward(l, n);
    return loss;
  }

  // Probabilities of n rows of x, in scores' place.
  const float* predict(const float* x, int n) {
    reserve(n);
    for (int l = 0; l + 1 < layers; ++l) hidden(l, l == 0 ? x : A[l].data(), n);
    scores(layers == 1 ? x : A[layers - 1].data(), n);
    softmax(n);
    return logits.data();
  }

  int classes() const { return job.sizes.back(); }

 private:
  void reserve(int n) {
    if (n <= reserved) return;
    reserved = n;
    A.resize(layers);
    D.resize(layers);
    for (int l = 0; l < layers; ++l) {
      A[l].resize(std::size_t(n) * job.sizes[l]);
      D[l].resize(std::size_t(n) * job.sizes[l + 1]);
    }
    logits.resize(std::size_t(n) * classes());
    batch_labels.resize(n);
  }

  void gather(int n) {
    const std::size_t width = job.sizes[0];
    const int32_t* index = job.indices.data() + std::size_t(cursor) * n;
    cursor = (cursor + 1) % job.steps;
    for (int i = 0; i < n; ++i) {
      std::memcpy(&A[0][i * width], &job.x[index[i] * width], width * sizeof(float));
      batch_labels[i] = job.labels[index[i]];
    }
  }

  void multiply(const float* x, int l, float* y, int n) {
    const int in = job.sizes[l], out = job.sizes[l + 1];
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, out, in, 1, x, in, W[l], out, 0, y, out);
  }

  void hidden(int l, const float* x, int n) {
    const int out = job.sizes[l + 1];
    float* y = A[l + 1].data();
    multiply(x, l, y, n);
    for (int i = 0; i < n; ++i, y += out) {
      if (job.relu)
        for (int j = 0; j < out; ++j) y[j] = std::fmax(y[j] + b[l][j], 0.0f);
      else
        for (int j = 0; j < out; ++j) y[j] = 1.0f / (1.0f + std::exp(-(y[j] + b[l][j])));
    }
  }

  void scores(const float* x, int n) {
    const int out = classes();
    multiply(x, layers - 1, logits.data(), n);
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < out; ++j) logits[i * out + j] += b[layers - 1][j];
  }

  // Each row of logits → its softmax; returns nothing but the probabilities, in place.
  void softmax(int n) {
    const int out = classes();
    for (float* row = logits.data(); n-- > 0; row += out) {
      float most = row[0], sum = 0;
      for (int j = 1; j < out; ++j) most = std::fmax(most, row[j]);
      for (int j = 0; j < out; ++j) sum += row[j] = std::exp(row[j] - most);
      for (int j = 0; j < out; ++j) row[j] /= sum;
    }
  }

  // The mean loss; D of the last layer ← (softmax − one-hot) / n.
  double softmax_loss(int n) {
    const int out = classes();
    const float scale = 1.0f / n;
    float* d = D[layers - 1].data();
    double loss = 0;
    for (int i = 0; i < n; ++i, d += out) {
      const float* row = &logits[i * out];
      float most = row[0], sum = 0;
      for (int j = 1; j < out; ++j) most = std::fmax(most, row[j]);
      for (int j = 0; j < out; ++j) sum += d[j] = std::exp(row[j] - most);
      loss += std::log(sum) - (row[batch_labels[i]] - most);
      for (int j = 0; j < out; ++j) d[j] *= scale / sum;
      d[batch_labels[i]] -= scale;
    }
    return loss / n;
  }

  // D[l] is dL/dz of this layer; leaves dL/dz of the one before in D[l − 1].
  void backward(int l, int n) {
    const int in = job.sizes[l], out = job.sizes[l + 1];
    const float rate = job.learning_rate;
    const float* d = D[l].data();
    if (l > 0)  // before W changes
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, in, out, 1, d, out, W[l], out, 0, D[l - 1].data(), in);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, in, out, n, -rate, A[l].data(), in, d, out, 1, W[l], out);
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < out; ++j) b[l][j] -= rate * d[i * out + j];
    if (l == 0) return;
    float* dy = D[l - 1].data();
    const float* y = A[l].data();
    const std::size_t count = std::size_t(n) * in;
    if (job.relu)
      for (std::size_t i = 0; i < count; ++i) dy[i] = y[i] > 0 ? dy[i] : 0.0f;
    else
      for (std::size_t i = 0; i < count; ++i) dy[i] *= y[i] * (1.0f - y[i]);
  }

  const Job& job;
  const int layers;
  int reserved = 0;
  int cursor = 0;
  std::vector<float> parameters;
  std::vector<float*> W, b;                  // into parameters; W[l] is (sizes[l], sizes[l + 1])
  std::vector<std::vector<float>> A, D;      // inputs of each layer, (n, in); dL/dz of each layer, (n, out)
  std::vector<float> logits;                 // (n, classes)
  std::vector<int32_t> batch_labels;         // n
};
