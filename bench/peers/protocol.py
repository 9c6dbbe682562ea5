"""The child's side of the bench's line protocol, and the job's arrays: shared by the Python systems."""

import json
import os
import statistics
import sys
import time

import numpy as np


class Rows:
    """What every job has: x (rows, inputs) in [0, 1], labels (rows), batches (steps, batch size)."""

    def __init__(self, folder, dtype):
        self.folder = folder
        with open(os.path.join(folder, "job.txt"), encoding="utf8") as text:
            self.facts = dict(line.rstrip("\n").split(" ", 1) for line in text)
        self.sizes = [int(size) for size in self.facts["sizes"].split()]
        self.batch_size = int(self.facts["batchSize"])
        self.check_steps = int(self.facts["checkSteps"])
        self.learning_rate = float(self.facts["learningRate"])
        self.x, self.labels = self._rows("", dtype)
        self.test_x, self.test_labels = self._rows("test-", dtype)
        self.batches = self._array("indices.i32", np.int32).reshape(-1, self.batch_size).astype(np.int64)

    def _rows(self, prefix, dtype):
        pixels = self._array(prefix + "x.u8", np.uint8).reshape(-1, self.sizes[0])
        labels = self._array(prefix + "labels.i32", np.int32).astype(np.int64)
        return pixels.astype(dtype) / np.array(255, dtype), labels

    def _array(self, name, dtype):
        return np.fromfile(os.path.join(self.folder, name), dtype)


class Job(Rows):
    """A fully connected network, as weights and biases."""

    def __init__(self, folder, dtype):
        super().__init__(folder, dtype)
        self.activation = self.facts["activation"]
        flat = self._array("parameters.f32", np.float32).astype(dtype)
        self.parameters = []  # (W, b) of each layer, W (in, out)
        for inputs, outputs in zip(self.sizes, self.sizes[1:]):
            W, b, flat = np.split(flat, [inputs * outputs, (inputs + 1) * outputs])
            self.parameters.append((W.reshape(inputs, outputs), b))


class ImageJob(Rows):
    """A network of images, as layers; its parameters one after another in zerokara's order and layout."""

    def __init__(self, folder):
        super().__init__(folder, np.float32)
        self.input = [int(length) for length in self.facts["input"].split()]
        self.layers = json.loads(self.facts["layers"])
        self.parameters = self._array("parameters.f32", np.float32)
        # Of J9, else absent: how many seeds, and the accuracies to reach.
        self.seeds = int(self.facts.get("seeds", 0))
        self.marks = [float(mark) for mark in self.facts.get("marks", "").split()]

    def learning_parameters(self, seed):
        return self._array(f"parameters-{seed}.f32", np.float32)

    def learning_order(self, seed):
        """(epochs, rows)"""
        return self._array(f"order-{seed}.i32", np.int32).reshape(int(self.facts["epochs"]), -1).astype(np.int64)


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
