"""The child's side of the bench's line protocol, and the job's arrays: shared by the Python systems."""

import json
import os
import statistics
import sys
import time

import numpy as np


class Job:
    """The job of a folder: x (rows, inputs) in [0, 1], labels (rows), batches (steps, batch size), weights and biases."""

    def __init__(self, folder, dtype):
        with open(os.path.join(folder, "job.txt"), encoding="utf8") as text:
            facts = dict(line.rstrip("\n").split(" ", 1) for line in text)
        self.sizes = [int(size) for size in facts["sizes"].split()]
        self.activation = facts["activation"]
        self.batch_size = int(facts["batchSize"])
        self.check_steps = int(facts["checkSteps"])
        self.learning_rate = float(facts["learningRate"])
        self.x, self.labels = self._rows(folder, "", dtype)
        self.test_x, self.test_labels = self._rows(folder, "test-", dtype)
        indices = np.fromfile(os.path.join(folder, "indices.i32"), np.int32)
        self.batches = indices.reshape(-1, self.batch_size).astype(np.int64)
        flat = np.fromfile(os.path.join(folder, "parameters.f32"), np.float32).astype(dtype)
        self.parameters = []  # (W, b) of each layer, W (in, out)
        for inputs, outputs in zip(self.sizes, self.sizes[1:]):
            W, b, flat = np.split(flat, [inputs * outputs, (inputs + 1) * outputs])
            self.parameters.append((W.reshape(inputs, outputs), b))

    def _rows(self, folder, prefix, dtype):
        pixels = np.fromfile(os.path.join(folder, prefix + "x.u8"), np.uint8).reshape(-1, self.sizes[0])
        labels = np.fromfile(os.path.join(folder, prefix + "labels.i32"), np.int32).astype(np.int64)
        return pixels.astype(dtype) / np.array(255, dtype), labels


class Cycle:
    """The batches of a job, starting over after the last."""

    def __init__(self, batches):
        self.batches = batches
        self.next = 0

    def __call__(self):
        batch = self.batches[self.next]
        self.next = (self.next + 1) % len(self.batches)
        return batch


def serve(workloads, versions):
    """workloads: name → function without arguments that makes (check, run) or (check, run, figures)."""
    answer({"ready": True, "versions": versions, "workloads": list(workloads)})
    made = {}
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            break
        try:
            if words[1] not in made:
                made[words[1]] = workloads[words[1]]()
            check, run, *figures = made[words[1]]
            if words[0] == "check":
                answer({"values": [float(value) for value in check()]})
            else:
                answer({**timing(run, float(words[2])), **({"figures": figures[0]()} if figures else {})})
        except Exception as error:  # the bench shows it and continues with the others
            answer({"error": f"{type(error).__name__}: {error}"})


def timing(run, milliseconds):
    """Blocks of about a millisecond, as in the other processes; a longer operation is a block of its own."""
    start = time.perf_counter()
    first = block(run, 1)
    size = max(1, round(1000 / max(first, 0.01)))
    blocks = [first] if size == 1 else []
    while not blocks or (time.perf_counter() - start) * 1000 < milliseconds:
        blocks.append(block(run, size))
    return {"median": statistics.median(blocks), "min": min(blocks), "iterations": len(blocks) * size}


def block(run, size):
    """Mean microseconds of `size` operations in a row."""
    begin = time.perf_counter()
    for _ in range(size):
        run()
    return (time.perf_counter() - begin) / size * 1e6


def answer(reply):
    print(json.dumps(reply), flush=True)
