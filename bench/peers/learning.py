"""J9 by PyTorch: from the files of MNIST to an accuracy on the test set, with the job's initial weights and row order."""

import gzip
import os
import time

import numpy as np
import torch

EVALUATED = 1_000  # rows at once


def learning(job, modules):
    """Each run takes the next seed. Channels last, PyTorch's faster layout for this network."""
    state = {"seed": 0}

    def run():
        state["seed"] = state["seed"] % job.seeds + 1
        state["figures"] = learn(job, modules, state["seed"])

    # What the network computes has been compared in the job of its training step.
    return lambda: [], run, lambda: state["figures"]


def learn(job, modules, seed):
    """Seconds to each accuracy, loading and evaluations included."""
    start = time.perf_counter()
    x, labels = read_mnist(job, "train")
    test_x, test_labels = read_mnist(job, "t10k")
    net = modules(job, torch.channels_last, parameters=job.learning_parameters(seed))
    order = torch.from_numpy(job.learning_order(seed))
    loss = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=job.learning_rate)
    figures = {}
    for epoch in range(1, len(order) + 1):
        net.train()
        for batch in order[epoch - 1].split(job.batch_size):
            optimizer.zero_grad()
            loss(net(x[batch]), labels[batch]).backward()
            optimizer.step()
        accuracy = accuracy_of(net, test_x, test_labels)
        for mark in job.marks:
            if accuracy >= mark:
                figures.setdefault(f"s to {mark}", time.perf_counter() - start)
        if accuracy >= job.marks[-1]:
            break
    return {**figures, "epochs": epoch, "accuracy": accuracy}


@torch.inference_mode()
def accuracy_of(net, x, labels):
    net.eval()
    right = sum(
        (net(rows).argmax(1) == classes).sum().item()
        for rows, classes in zip(x.split(EVALUATED), labels.split(EVALUATED))
    )
    return right / len(labels)


def read_mnist(job, name):
    """Images in [0, 1], (N, C, H, W) in channels last, and labels."""
    pixels, labels = (read_idx(name, kind) for kind in ("images-idx3", "labels-idx1"))
    height, width, channels = job.input
    x = torch.from_numpy(pixels).reshape(-1, height, width, channels).permute(0, 3, 1, 2).float().div_(255)
    return x.contiguous(memory_format=torch.channels_last), torch.from_numpy(labels).long()


def read_idx(name, kind):
    path = os.path.join(os.environ["MNIST_DIR"], f"{name}-{kind}-ubyte")
    opened = open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz")
    with opened as file:
        data = np.frombuffer(file.read(), np.uint8)
    header = 4 + 4 * data[3]  # the magic number, whose last byte counts the axes, and their lengths
    return data[header:].copy()
