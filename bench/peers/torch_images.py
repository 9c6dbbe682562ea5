"""PyTorch on networks of images, in both of its layouts: NCHW and channels last.

Arguments: the job's folder, the number of threads. The layers come from the job; Adam is PyTorch's own. For the check,
dropout is off: the systems draw different masks.
"""

import sys

import numpy as np
import torch
import versions
from learning import learning
from protocol import Cycle, ImageJob, serve

PREDICTED = (1, 1_000)
LAYOUTS = {"nchw": torch.contiguous_format, "channels-last": torch.channels_last}


class Flatten(torch.nn.Module):
    """(N, C, H, W) → (N, H·W·C), so that the weights behind it keep their order. Channels last, it copies nothing."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).reshape(len(x), -1)


def modules(job, layout, parameters=None, dropout=True):
    """The job's network; W of a convolution is (h, w, C, F) in the job and (F, C, h, w) here."""
    flat = job.parameters if parameters is None else parameters
    height, width, channels = job.input
    columns = None  # of rows, once there are no images any more
    made = []

    def take(*shape):
        nonlocal flat
        values, flat = np.split(flat, [int(np.prod(shape))])
        return torch.from_numpy(values.reshape(shape).copy())

    for layer in job.layers:
        kind = layer["type"]
        if kind == "convolution":
            size, pad = layer["kernelSize"], layer.get("padding", 0)
            module = torch.nn.Conv2d(channels, layer["filters"], size, padding=pad)
            fill(module, take(size, size, channels, layer["filters"]).permute(3, 2, 0, 1), take(layer["filters"]))
            height, width = height + 2 * pad - size + 1, width + 2 * pad - size + 1
            channels = layer["filters"]
            made.append(module)
        elif kind == "maxPooling":
            made.append(torch.nn.MaxPool2d(layer["poolSize"]))
            height, width = height // layer["poolSize"], width // layer["poolSize"]
        elif kind == "affine":
            if columns is None:
                columns = height * width * channels
                made.append(Flatten())
            module = torch.nn.Linear(columns, layer["outputSize"])
            fill(module, take(columns, layer["outputSize"]).T, take(layer["outputSize"]))
            columns = layer["outputSize"]
            made.append(module)
        elif kind == "dropout":
            if dropout:
                made.append(torch.nn.Dropout(layer["ratio"]))
        else:
            raise ValueError(f"a layer of type {kind}")
        if layer.get("activation") == "relu":
            made.append(torch.nn.ReLU())
    return torch.nn.Sequential(*made).to(memory_format=layout)


@torch.no_grad()
def fill(module, weight, bias):
    module.weight.copy_(weight)
    module.bias.copy_(bias)


class Training:
    def __init__(self, job, x, labels, layout, dropout=True):
        self.x, self.labels = x, labels
        self.net = modules(job, layout, dropout=dropout)
        self.loss = torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=job.learning_rate)
        self.draw = Cycle(torch.from_numpy(job.batches))

    def step(self):
        batch = self.draw()
        loss = self.loss(self.net(self.x[batch]), self.labels[batch])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss


def training(job, x, labels, layout):
    def check():
        fresh = Training(job, x, labels, layout, dropout=False)
        return [fresh.step().item() for _ in range(job.check_steps)]

    return check, Training(job, x, labels, layout).step


def prediction(job, x, layout, size):
    net = torch.nn.Sequential(modules(job, layout, dropout=False), torch.nn.Softmax(dim=1))
    batches = Cycle([x[start : start + size] for start in range(0, len(x) - size + 1, size)])

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
    job = ImageJob(folder)
    height, width, channels = job.input
    # With one channel both layouts are the same bytes; the label decides which kernels PyTorch takes.
    x = torch.from_numpy(job.x).reshape(-1, height, width, channels).permute(0, 3, 1, 2)
    labels = torch.from_numpy(job.labels)
    workloads = {}
    for name, layout in LAYOUTS.items():
        images = x.contiguous(memory_format=layout)
        workloads[f"step/{name}"] = lambda x=images, layout=layout: training(job, x, labels, layout)
        for size in PREDICTED:
            workloads[f"predict:{size}/{name}"] = lambda x=images, layout=layout, size=size: prediction(job, x, layout, size)
    if job.seeds > 0:
        workloads["learn/channels-last"] = lambda: learning(job, modules)
    serve(workloads, versions.of_torch(torch))


if __name__ == "__main__":
    main()
