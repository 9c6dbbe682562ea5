"""NumPy as the book uses it: one class per layer, gradients in a dictionary, a second forward pass to note the loss.

Arguments: the job's folder, the dtype, the number of threads (which NumPy's BLAS reads from the environment).
After Saito, Deep Learning from Scratch, chapter 5; x has the dtype of the weights, so that no product converts it.
"""

import sys

import numpy as np
import versions
from protocol import Cycle, Job, serve


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return np.dot(dout, self.W.T)


class Relu:
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout[self.mask] = 0
        return dout


class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t  # one-hot rows
        shifted = np.exp(x - np.max(x, axis=1, keepdims=True))
        self.y = shifted / np.sum(shifted, axis=1, keepdims=True)
        picked = self.y[np.arange(len(t)), t.argmax(axis=1)]
        return -np.sum(np.log(picked + 1e-7)) / len(t)

    def backward(self):
        return (self.y - self.t) / len(self.t)


class Network:
    def __init__(self, job):
        self.rate = job.learning_rate
        self.affine = [Affine(W.copy(), b.copy()) for W, b in job.parameters]
        activation = Relu if job.activation == "relu" else Sigmoid
        self.layers = [self.affine[0]]
        for affine in self.affine[1:]:
            self.layers += [activation(), affine]
        self.last = SoftmaxWithLoss()

    def scores(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def predict(self, x):
        scores = self.scores(x)
        shifted = np.exp(scores - np.max(scores, axis=1, keepdims=True))
        return shifted / np.sum(shifted, axis=1, keepdims=True)

    def loss(self, x, t):
        return self.last.forward(self.scores(x), t)

    def update(self, x, t):
        """One step of gradient descent; returns the loss before it."""
        loss = self.loss(x, t)
        dout = self.last.backward()
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        for affine in self.affine:
            affine.W -= self.rate * affine.dW
            affine.b -= self.rate * affine.db
        return loss

    def accuracy(self, x, t):
        return np.mean(np.argmax(self.scores(x), axis=1) == np.argmax(t, axis=1))


def step(job, second_loss):
    one_hot = np.eye(job.sizes[-1], dtype=job.x.dtype)[job.labels]
    net, draw = Network(job), Cycle(job.batches)

    def check():
        fresh, batches = Network(job), Cycle(job.batches)
        rows = [batches() for _ in range(job.check_steps)]
        return [fresh.update(job.x[batch], one_hot[batch]) for batch in rows]

    def run():
        batch = draw()
        x, t = job.x[batch], one_hot[batch]
        net.update(x, t)
        if second_loss:
            net.loss(x, t)

    return check, run


def prediction(job, batch):
    net = Network(job)
    batches = Cycle([job.x[start : start + batch] for start in range(0, len(job.x) - batch + 1, batch)])
    return lambda: net.predict(job.x[:10]).ravel(), lambda: net.predict(batches())


def full(job, second_loss, steps=10_000):
    """The book's run; each epoch's accuracies after its first update."""
    one_hot = np.eye(job.sizes[-1], dtype=job.x.dtype)
    t, test_t = one_hot[job.labels], one_hot[job.test_labels]
    per_epoch = max(len(job.x) // job.batch_size, 1)
    reached = {}

    def run():
        net, random, losses = Network(job), np.random.default_rng(1), []
        for i in range(steps):
            batch = random.choice(len(job.x), job.batch_size)
            x_batch, t_batch = job.x[batch], t[batch]
            loss = net.update(x_batch, t_batch)
            losses.append(net.loss(x_batch, t_batch) if second_loss else loss)
            if i % per_epoch == 0:
                net.accuracy(job.x, t)
                reached["accuracy"] = float(net.accuracy(job.test_x, test_t))

    return lambda: [], run, lambda: reached


def main():
    folder, dtype = sys.argv[1:3]
    job = Job(folder, np.dtype(dtype))
    workloads = {
        "step/book": lambda: step(job, True),
        "step/one-loss": lambda: step(job, False),
        "full/book": lambda: full(job, True),
        "full/one-loss": lambda: full(job, False),
    }
    for batch in (100, 10_000):
        if batch <= len(job.x):
            workloads[f"predict:{batch}"] = lambda batch=batch: prediction(job, batch)
    serve(workloads, versions.of_numpy(np))


main()
