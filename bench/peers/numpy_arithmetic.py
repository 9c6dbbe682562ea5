"""NumPy in float32 on what bench/arithmetic.ts does with tensors; the loop is the twin of examples/support/chapter-four.mjs.

Arguments: the job's folder, the number of threads (which NumPy's BLAS reads from the environment).
"""

import sys

import numpy as np
import versions
from protocol import Cycle, Job, serve

EXTENTS = [(100, 50), (1000, 784), (4000, 784)]

OPERATIONS = {
    "mul2": lambda o: o.x * 2,
    "add": lambda o: o.x + o.b,
    "addRow": lambda o: o.x + o.row,
    "addColumn": lambda o: o.x + o.column,
    "sub": lambda o: o.x - o.b,
    "mul": lambda o: o.x * o.b,
    "div": lambda o: o.x / o.positive,
    "maximum": lambda o: np.maximum(o.x, 0),
    "pow2": lambda o: o.x**2,
    "exp": lambda o: np.exp(o.x),
    "log": lambda o: np.log(o.positive),
    "sqrt": lambda o: np.sqrt(o.positive),
    "abs": lambda o: np.abs(o.x),
    "neg": lambda o: -o.x,
    "sumAll": lambda o: o.x.sum(),
    "sum1": lambda o: o.x.sum(1),
    "mean0": lambda o: o.x.mean(0),
    "max1": lambda o: o.x.max(1),
    "argMax1": lambda o: o.x.argmax(1),
    "take": lambda o: o.x[o.rows],
    "mul2/out": lambda o: np.multiply(o.x, 2, out=o.out),
    "add/out": lambda o: np.add(o.x, o.b, out=o.out),
    "exp/out": lambda o: np.exp(o.x, out=o.out),
}


class Operands:
    def __init__(self, rows, columns):
        i = np.arange(rows * columns)
        self.x = self.filled((i * 37) % 1024 / 512 - 1, rows, columns)
        self.b = self.filled((i * 53) % 1024 / 512 - 1, rows, columns)
        self.positive = self.x + np.float32(1.5)
        self.row = self.filled(i[:columns] * 11 % 64 / 32, columns)
        self.column = self.filled(i[:rows] * 13 % 64 / 32, rows, 1)
        self.rows = (i[:rows] * 37 % rows).astype(np.int64)
        self.out = np.zeros_like(self.x)

    @staticmethod
    def filled(values, *shape):
        return values.astype(np.float32).reshape(shape)


def workload(operation, operands):
    run = lambda: operation(operands)
    return lambda: np.ravel(run())[:50], run


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def step(weights, x, t, learning_rate):
    W1, b1, W2, b2 = weights
    z = sigmoid(x.dot(W1) + b1)
    y = softmax(z.dot(W2) + b2)
    loss = -(t * np.log(y + 1e-7)).sum() / len(x)

    dy = (y - t) / len(x)
    dz = dy.dot(W2.T) * z * (1 - z)
    W2 -= learning_rate * z.T.dot(dy)
    b2 -= learning_rate * dy.sum(0)
    W1 -= learning_rate * x.T.dot(dz)
    b1 -= learning_rate * dz.sum(0)
    return loss


def chapter_four(job):
    one_hot = np.eye(job.sizes[-1], dtype=np.float32)[job.labels]

    def trained():
        weights = [array.copy() for layer in job.parameters for array in layer]
        draw = Cycle(job.batches)

        def run():
            batch = draw()
            return step(weights, job.x[batch], one_hot[batch], job.learning_rate)

        return run

    return lambda: [run() for run in [trained()] for _ in range(job.check_steps)], trained()


def main():
    job = Job(sys.argv[1], np.float32)
    operands = {}
    workloads = {"chapter4": lambda: chapter_four(job)}

    def made(rows, columns):
        if (rows, columns) not in operands:
            operands[rows, columns] = Operands(rows, columns)
        return operands[rows, columns]

    for rows, columns in EXTENTS:
        for name, operation in OPERATIONS.items():
            base, *variant = name.split("/")
            key = "/".join([f"{base}:{rows}x{columns}", *variant])
            workloads[key] = lambda operation=operation, rows=rows, columns=columns: workload(operation, made(rows, columns))
    serve(workloads, versions.of_numpy(np))


main()
