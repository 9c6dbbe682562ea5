#!/usr/bin/env python3
"""Golden values of the optimizers: 200 updates of the weights of a random network by PyTorch, in float64.

Writes test/golden/torch-optimizers.json: for each optimizer its options, and the weights after the last update. The
gradients are made of a formula that test/optim/torch.test.ts has too, so that they need not be stored. PyTorch divides by
the bias-corrected root (epsilonPlacement 'corrected'), and its momentum is v <- a v + g, W <- W - lr v: with a constant
rate the same path as the book's.

Run with Debian's python3-torch (1.13): python3 scripts/torch-optimizers-fixtures.py
"""

import json
import math
import pathlib

import torch

torch.set_default_dtype(torch.float64)

SHAPES = [[7, 5], [5], [5, 3], [3]]
STEPS = 200


def number(a, b, c):
    """A number in [-1, 1] from three integers, the same in every language."""
    return ((7919 * a + 104729 * b + 1299709 * c) % 2001 - 1000) / 1000


def initial(k, size):
    return [number(k, i, 0) for i in range(size)]


def gradient(k, w, step):
    """A noisy pull towards 0 that depends on the weights, so that a wrong update changes all that follow."""
    noise = torch.tensor([number(k, i, step) for i in range(w.numel())]).reshape(w.shape)
    return 0.5 * w + noise


def run(make):
    parameters = [torch.tensor(initial(k, math.prod(shape))).reshape(shape) for k, shape in enumerate(SHAPES)]
    for p in parameters:
        p.requires_grad_()
    optimizer = make(parameters)
    for step in range(1, STEPS + 1):
        for k, p in enumerate(parameters):
            p.grad = gradient(k, p.detach(), step)
        optimizer.step()
    return [p.detach().flatten().tolist() for p in parameters]


CASES = [
    ("SGD", {"learningRate": 0.05, "weightDecay": 0.01}, lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=0.01)),
    ("Momentum", {"learningRate": 0.02}, lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9)),
    (
        "Momentum",
        {"learningRate": 0.02, "momentum": 0.8, "weightDecay": 0.01},
        lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8, weight_decay=0.01),
    ),
    ("AdaGrad", {"learningRate": 0.1, "epsilon": 1e-10}, lambda p: torch.optim.Adagrad(p, lr=0.1, eps=1e-10)),
    (
        "RMSProp",
        {"learningRate": 0.01, "rho": 0.99, "epsilon": 1e-8, "weightDecay": 0.01},
        lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.99, eps=1e-8, weight_decay=0.01),
    ),
    (
        "Adam",
        {"learningRate": 0.01, "epsilon": 1e-8, "epsilonPlacement": "corrected"},
        lambda p: torch.optim.Adam(p, lr=0.01),
    ),
    (
        "Adam",
        {
            "learningRate": 0.02,
            "beta1": 0.8,
            "beta2": 0.95,
            "epsilon": 1e-4,
            "epsilonPlacement": "corrected",
            "weightDecay": 0.1,
        },
        lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1),
    ),
    ("AdamW", {"learningRate": 0.01}, lambda p: torch.optim.AdamW(p, lr=0.01)),
    ("AdamW", {"learningRate": 0.01, "weightDecay": 0.3}, lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.3)),
]

target = pathlib.Path(__file__).parent.parent / "test" / "golden" / "torch-optimizers.json"
cases = [{"optimizer": name, "options": options, "weights": run(make)} for name, options, make in CASES]
target.write_text(json.dumps({"torch": torch.__version__, "shapes": SHAPES, "steps": STEPS, "cases": cases}) + "\n")
