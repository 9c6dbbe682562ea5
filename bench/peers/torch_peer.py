"""PyTorch: eager autograd with its own modules, and the gradients written by hand into tensors that are kept.

Arguments: the job's folder, the number of threads.
"""

import sys

import numpy as np
import torch
import versions
from protocol import Cycle, Job, serve


def modules(job):
    activation = torch.nn.ReLU if job.activation == "relu" else torch.nn.Sigmoid
    layers = []
    for W, b in job.parameters:
        linear = torch.nn.Linear(*W.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(W.T.copy()))
            linear.bias.copy_(torch.from_numpy(b))
        layers += [linear, activation()]
    return torch.nn.Sequential(*layers[:-1])


class Eager:
    def __init__(self, job, x, labels):
        self.x, self.labels = x, labels
        self.net = modules(job)
        self.loss = torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=job.learning_rate)
        self.draw = Cycle(torch.from_numpy(job.batches))

    def step(self):
        batch = self.draw()
        loss = self.loss(self.net(self.x[batch]), self.labels[batch])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss


class ByHand:
    """No autograd, no allocation: every intermediate result has its own tensor, and addmm adds dW to W."""

    def __init__(self, job, x, labels):
        self.x, self.labels, self.relu = x, labels, job.activation == "relu"
        self.rate, n = job.learning_rate, job.batch_size
        self.W = [torch.from_numpy(W.copy()) for W, _ in job.parameters]
        self.b = [torch.from_numpy(b.copy()) for _, b in job.parameters]
        self.inputs = [torch.empty(n, size) for size in job.sizes[:-1]]
        self.outputs = [torch.empty(n, size) for size in job.sizes[1:]]
        self.gradients = [torch.empty(n, size) for size in job.sizes[1:]]
        self.slopes = [torch.empty(n, size) for size in job.sizes[1:]]
        self.draw = Cycle(torch.from_numpy(job.batches))
        self.rows = torch.arange(n)

    @torch.no_grad()
    def step(self):
        batch = self.draw()
        torch.index_select(self.x, 0, batch, out=self.inputs[0])
        t = self.labels[batch]
        last = len(self.W) - 1
        for l, W in enumerate(self.W):
            out = self.outputs[l] if l == last else self.inputs[l + 1]
            torch.addmm(self.b[l], self.inputs[l], W, out=out)
            if l < last:
                out.relu_() if self.relu else out.sigmoid_()
        log_y = torch.log_softmax(self.outputs[last], 1)
        loss = -log_y[self.rows, t].mean()
        dz = torch.exp(log_y, out=self.gradients[last])
        dz[self.rows, t] -= 1
        dz /= len(t)
        for l in range(last, -1, -1):
            dz = self.gradients[l]
            if l > 0:
                y, slope = self.inputs[l], self.slopes[l - 1]
                torch.mm(dz, self.W[l].T, out=self.gradients[l - 1])
                if self.relu:
                    torch.gt(y, 0, out=slope)
                else:
                    torch.mul(y, y, out=slope)
                    torch.sub(y, slope, out=slope)
                self.gradients[l - 1].mul_(slope)
            self.W[l].addmm_(self.inputs[l].T, dz, alpha=-self.rate)
            self.b[l].sub_(dz.sum(0), alpha=self.rate)
        return loss


def training(kind, job, x, labels):
    def check():
        fresh = kind(job, x, labels)
        return [fresh.step().item() for _ in range(job.check_steps)]

    return check, kind(job, x, labels).step


def prediction(job, x, batch):
    net = modules(job)
    net.append(torch.nn.Softmax(dim=1))
    batches = Cycle([x[start : start + batch] for start in range(0, len(x) - batch + 1, batch)])

    @torch.inference_mode()
    def check():
        return net(x[:10]).ravel().tolist()

    @torch.inference_mode()
    def run():
        return net(batches())

    return check, run


def main():
    folder, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    job = Job(folder, np.float32)
    x, labels = torch.from_numpy(job.x), torch.from_numpy(job.labels)
    workloads = {
        "step/eager": lambda: training(Eager, job, x, labels),
        "step/by-hand": lambda: training(ByHand, job, x, labels),
    }
    for batch in (100, 10_000):
        if batch <= len(x):
            workloads[f"predict:{batch}"] = lambda batch=batch: prediction(job, x, batch)
    serve(workloads, versions.of_torch(torch))


if __name__ == "__main__":
    main()
