"""What the scripts share that compare zerokara with PyTorch: numbers that both sides make, and results as text."""

import base64
import struct

import torch


class Stream:
    """Lehmer's generator: its products stay below 2**53, so JavaScript computes the same numbers."""

    def __init__(self, seed):
        self.state = seed

    def integer(self):
        self.state = self.state * 16807 % 2147483647
        return self.state

    def value(self):
        return self.integer() / 2147483647 * 2 - 1

    def values(self, *shape):
        count = 1
        for length in shape:
            count *= length
        return torch.tensor([self.value() for _ in range(count)], dtype=torch.float64).reshape(shape)


def base64_of(tensors):
    """All their numbers as float64, little-endian."""
    values = [value for tensor in tensors for value in tensor.detach().flatten().tolist()]
    return base64.b64encode(struct.pack(f'<{len(values)}d', *values)).decode()
