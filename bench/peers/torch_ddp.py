"""PyTorch's DistributedDataParallel over gloo: one rank. Its number and theirs come from RANK and WORLD_SIZE, as torchrun sets them.

Argument: the job's folder. Lines of the bench come by the socket that BENCH_SOCKET names, and each is answered by one of JSON:
`check <steps>` gives the losses of the first steps over all rows, without dropout; `run <steps>` the microseconds of one.
"""

import json
import os
import socket
import sys
import time

import numpy as np
import torch
import torch.distributed as distributed
import torch_images
import torch_peer
import versions
from protocol import Cycle, ImageJob, Job, Rows
from torch.nn.parallel import DistributedDataParallel


class Training:
    """A rank has its part of the rows of each batch; the gradients are the means over all of them."""

    def __init__(self, folder, dropout):
        self.rank, self.size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
        if "layers" in Rows(folder, np.float32).facts:
            job = ImageJob(folder)
            height, width, channels = job.input
            # With one channel both layouts are the same bytes; channels last is the quicker one of J6.
            x = torch.from_numpy(job.x).reshape(-1, height, width, channels).permute(0, 3, 1, 2)
            self.x = x.contiguous(memory_format=torch.channels_last)
            net = torch_images.modules(job, torch.channels_last, dropout=dropout)
            self.optimizer = torch.optim.Adam(net.parameters(), lr=job.learning_rate)
        else:
            job = Job(folder, np.float32)
            self.x = torch.from_numpy(job.x)
            net = torch_peer.modules(job)
            self.optimizer = torch.optim.SGD(net.parameters(), lr=job.learning_rate)
        self.labels = torch.from_numpy(job.labels)
        self.net = DistributedDataParallel(net) if self.size > 1 else net
        self.loss = torch.nn.CrossEntropyLoss()
        self.draw = Cycle(torch.from_numpy(job.batches))

    def step(self):
        batch = self.draw()
        share = len(batch) // self.size
        batch = batch[self.rank * share : (self.rank + 1) * share]
        loss = self.loss(self.net(self.x[batch]), self.labels[batch])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss

    def whole_loss(self):
        loss = self.step().detach()
        if self.size > 1:
            distributed.all_reduce(loss)
        return loss.item() / self.size


def main():
    (folder,) = sys.argv[1:]
    torch.set_num_threads(1)
    rank = int(os.environ["RANK"])
    if int(os.environ["WORLD_SIZE"]) > 1:
        distributed.init_process_group("gloo")
    line = socket.socket(socket.AF_UNIX)
    line.connect(os.environ["BENCH_SOCKET"])
    lines = line.makefile("rw", encoding="utf8")

    def answer(reply):
        lines.write(json.dumps({"rank": rank, **reply}) + "\n")
        lines.flush()

    answer({"versions": versions.of_torch(torch)})
    timed = None
    for text in lines:
        command, steps = text.split()
        try:
            if command == "check":
                fresh = Training(folder, dropout=False)
                answer({"losses": [fresh.whole_loss() for _ in range(int(steps))]})
                continue
            if timed is None:
                timed = Training(folder, dropout=True)
                for _ in range(6):
                    timed.step()
            timed.step()
            start = time.perf_counter()
            for _ in range(int(steps) - 1):
                timed.step()
            answer({"microseconds": (time.perf_counter() - start) / (int(steps) - 1) * 1e6})
        except Exception as error:  # the bench shows it
            answer({"error": f"{type(error).__name__}: {error}"})


main()
