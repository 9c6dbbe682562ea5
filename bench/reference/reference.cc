// The C++ reference of the bench: the same jobs over the system's OpenBLAS, in a process of its own.
//
// Arguments: the job's folder, the number of threads. g++ -O3 -march=native -ffast-math reference.cc -lopenblas
#include <memory>
#include "network.h"
#include "protocol.h"

// Not in every cblas.h, but in every OpenBLAS.
extern "C" {
void openblas_set_num_threads(int);
char* openblas_get_corename(void);
char* openblas_get_config(void);
}

namespace {

Workload training_step(Network& net, const Job& job) {
  auto check = [&] {
    net.reset();
    std::vector<double> losses;
    for (int i = 0; i < job.check_steps; ++i) losses.push_back(net.step());
    return losses;
  };
  return {check, [&] { net.step(); }};
}

Workload prediction(Network& net, const Job& job, int batch) {
  auto check = [&net, &job] {
    net.reset();
    const float* y = net.predict(job.x.data(), 10);
    return std::vector<double>(y, y + 10 * net.classes());
  };
  auto first = std::make_shared<int>(0);  // walks over the rows, batch by batch
  auto run = [&net, &job, batch, first] {
    net.predict(&job.x[std::size_t(*first) * job.sizes[0]], batch);
    *first = *first + 2 * batch <= job.rows ? *first + batch : 0;
  };
  return {check, run};
}

// c ← op(a)·b, or its accumulation into c; c is m × n, the values are whole numbers so that the check is exact.
Workload product(bool transposed, int m, int n, int k) {
  struct Operands {
    std::vector<float> a, b, c;
  };
  auto o = std::make_shared<Operands>();
  for (int i = 0; i < m * k; ++i) o->a.push_back(float(i % 7 - 3));
  for (int i = 0; i < k * n; ++i) o->b.push_back(float(i % 5 - 2));
  o->c.resize(std::size_t(m) * n);
  auto run = [=] {
    cblas_sgemm(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, m, n, k, 1, o->a.data(),
                transposed ? m : k, o->b.data(), n, 0, o->c.data(), n);
  };
  auto check = [=] {
    run();
    return std::vector<double>(o->c.begin(), o->c.begin() + std::min<std::size_t>(o->c.size(), 64));
  };
  return {check, run};
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) throw std::runtime_error("expected a job folder and a number of threads");
  const Job job(argv[1], std::stoi(argv[2]));
  openblas_set_num_threads(job.threads);
  Network net(job);
  std::map<std::string, Workload> workloads;
  workloads["step"] = training_step(net, job);
  for (int batch : {100, 10000})
    if (batch <= job.rows) workloads["predict:" + std::to_string(batch)] = prediction(net, job, batch);
  workloads["gemm:N:100:50:784"] = product(false, 100, 50, 784);
  workloads["gemm:T:784:50:100"] = product(true, 784, 50, 100);
  workloads["gemm:T:50:784:100"] = product(true, 50, 784, 100);
  workloads["gemm:N:256:1000:1000"] = product(false, 256, 1000, 1000);
  workloads["gemm:T:1000:1000:256"] = product(true, 1000, 1000, 256);
  return serve(workloads, std::string(openblas_get_config()) + ", kernel " + openblas_get_corename());
} catch (const std::exception& error) {
  std::printf("{\"error\":\"%s\"}\n", error.what());
  return 1;
}
