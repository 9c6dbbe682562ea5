"""Writes test/golden/torch-convolutions.json: 300 random convolutions and poolings, with their gradients, by PyTorch.

    python3 scripts/torch-convolution-fixtures.py      (PyTorch 1.13, as in Debian 12; float64)

x, W, b and dL/dy come from a small generator that the test repeats, rounded to float32, so that the same numbers serve both
types. The file holds the results as base64 of float64: of each array all elements if they are few, else a sample of them
and two projections Σ rᵢ·aᵢ with r from the same generator, which no wrong element can escape.

Where a maximum is next to another element of its window, rounding could choose the other one: such a case is left out,
and its seed counted up.
"""

import json
import os
import random

import torch
from lib.torch_fixtures import Stream, base64_of
from lib.torch_images import average_pooling, convolution, images_of, max_pooling, padded, pool_of, rows_of, winners

torch.set_default_dtype(torch.float64)

COUNTS = {'convolution': 140, 'convolutionMaxPooling': 60, 'maxPooling': 60, 'averagePooling': 40}
ALL = 24  # an array with as many elements is kept as it is
SAMPLE = 12
GAP = 1e-4  # between a maximum and the other elements of its window

ACTIVATIONS = {'identity': lambda x: x, 'relu': torch.relu, 'sigmoid': torch.sigmoid, 'tanh': torch.tanh}

# Layers of networks that people train, whose sizes the fast kernels are made for: H, W, C, F, h, w, stride, padding.
USUAL = [
    (28, 28, 1, 30, 5, 5, 1, 0), (28, 28, 1, 16, 3, 3, 1, 1), (28, 28, 1, 32, 3, 3, 1, 1), (14, 14, 16, 32, 3, 3, 1, 1),
    (14, 14, 16, 32, 3, 3, 1, 2), (16, 16, 32, 32, 3, 3, 1, 1), (8, 8, 32, 64, 3, 3, 1, 1), (8, 8, 64, 64, 3, 3, 1, 1),
    (12, 12, 3, 8, 5, 5, 2, 2), (9, 7, 16, 16, 1, 1, 1, 0), (10, 10, 3, 16, 7, 7, 2, 3), (7, 7, 24, 17, 3, 3, 1, 1),
    (11, 11, 4, 48, 3, 3, 2, 1), (6, 6, 13, 33, 3, 3, 1, 1), (32, 32, 3, 6, 5, 5, 1, 0), (14, 14, 6, 16, 5, 5, 1, 0),
]


def single(values):
    return values.float().double()


def random_side(chance, window_most):
    """Length, window, padding before and after of one axis; not every window inside, none wholly outside."""
    length = chance.choice([1, 2, 3, 3, 5, 5, 7, 7, 8, 9, 12])
    window = chance.choice([k for k in (1, 1, 2, 3, 3, 3, 4, 5) if k <= window_most])
    before, after = chance.randint(0, window - 1), chance.randint(0, window - 1)
    while length + before + after < window:
        length += 1
    return length, window, before, after


def outputs(length, window, before, after, stride):
    return (length + before + after - window) // stride + 1


def random_convolution(chance):
    if chance.random() < 0.25:
        height, width, channels, filters, h, w, stride, pad = chance.choice(USUAL)
        rows, columns = (height, h, pad, pad), (width, w, pad, pad)
    else:
        stride = chance.choice([1, 1, 1, 2, 2, 3])
        channels, filters = chance.choice([1, 1, 2, 3, 5, 7, 8, 16]), chance.choice([1, 2, 3, 5, 7, 8, 16, 17, 30])
        rows, columns = random_side(chance, 5), random_side(chance, 5)
        if chance.random() < 0.1:  # padding larger than the filter: whole windows in it
            rows, columns = (rows[0], rows[1], rows[1] + 1, rows[3]), (columns[0], columns[1], columns[1], columns[3])
    return {
        'height': rows[0], 'width': columns[0], 'channels': channels, 'filters': filters,
        'kernelHeight': rows[1], 'kernelWidth': columns[1], 'stride': stride, 'padTop': rows[2], 'padLeft': columns[2],
        'outHeight': outputs(*rows, stride), 'outWidth': outputs(*columns, stride),
    }


def products(shape):
    """Multiplications of one image; 0 for a pooling."""
    per_place = shape.get('kernelHeight', 0) * shape.get('kernelWidth', 0) * shape['channels'] * shape.get('filters', 0)
    return shape['outHeight'] * shape['outWidth'] * per_place


def random_pooling(chance):
    stride = chance.choice([1, 2, 2, 2, 3])
    rows, columns = random_side(chance, 4), random_side(chance, 4)
    return {
        'height': rows[0], 'width': columns[0], 'channels': chance.choice([1, 1, 2, 3, 5, 8, 16, 30]),
        'poolHeight': rows[1], 'poolWidth': columns[1], 'stride': stride, 'padTop': rows[2], 'padLeft': columns[2],
        'outHeight': outputs(*rows, stride), 'outWidth': outputs(*columns, stride),
    }


def random_pooled(chance):
    shape = random_convolution(chance)
    while min(shape['outHeight'], shape['outWidth']) < 2:
        shape = random_convolution(chance)
    side = min(shape['outHeight'], shape['outWidth'], 3)
    pool = (2, 2) if chance.random() < 0.6 else (chance.randint(1, side), chance.randint(1, side))
    stride = chance.choice([max(pool), max(pool), 1, 2])
    return {
        **shape, 'poolHeight': pool[0], 'poolWidth': pool[1], 'poolStride': stride,
        'pooledHeight': (shape['outHeight'] - pool[0]) // stride + 1,
        'pooledWidth': (shape['outWidth'] - pool[1]) // stride + 1,
    }


def pooling_of(shape):
    """The pooling behind the convolution of a pooled one."""
    return {
        'height': shape['outHeight'], 'width': shape['outWidth'], 'channels': shape['filters'],
        'poolHeight': shape['poolHeight'], 'poolWidth': shape['poolWidth'], 'stride': shape['poolStride'],
        'padTop': 0, 'padLeft': 0, 'outHeight': shape['pooledHeight'], 'outWidth': shape['pooledWidth'],
    }


def gap(x, shape):
    """The least distance of a maximum from the rest of its window."""
    windows = torch.nn.functional.unfold(
        padded(images_of(x, shape), shape, pool_of(shape), -1e9), pool_of(shape), stride=shape['stride']
    ).reshape(len(x), shape['channels'], -1, shape['outHeight'] * shape['outWidth'])
    if windows.shape[2] == 1:
        return torch.inf
    most = windows.topk(2, dim=2).values
    return (most[:, :, 0] - most[:, :, 1]).min().item()


def kept(array, stream):
    """All of it, or a sample and two projections."""
    flat = array.detach().flatten()
    if len(flat) <= ALL:
        return [flat]
    sample = torch.stack([flat[stream.integer() % len(flat)] for _ in range(SAMPLE)])
    return [sample] + [(stream.values(len(flat)) * flat).sum().reshape(1) for _ in range(2)]


def case(kind, seed):
    """The case of a seed, or None where a maximum is close to another element."""
    chance, stream = random.Random(seed), Stream(seed * 7919)
    make = {'convolution': random_convolution, 'convolutionMaxPooling': random_pooled}.get(kind, random_pooling)
    shape = make(chance)
    images = chance.choice([1, 1, 2, 3])
    if products(shape) > 200_000:  # enough for every kernel, and a test must not take long
        images = 1
    facts = {'kind': kind, 'seed': seed, 'images': images, 'shape': shape}
    x = single(stream.values(facts['images'], shape['height'] * shape['width'] * shape['channels']))
    params = []
    if kind == 'maxPooling' and chance.random() < 0.4:  # many equal maxima
        facts['levels'] = 2
        x = torch.round(x * 2) / 2
    x.requires_grad_(True)
    if 'filters' in shape:
        W = single(stream.values(shape['kernelHeight'], shape['kernelWidth'], shape['channels'], shape['filters']))
        params = [W.requires_grad_(True), single(stream.values(shape['filters'])).requires_grad_(True)]
        y = convolution(x, *params, shape)
    if kind == 'convolutionMaxPooling':
        pooling = pooling_of(shape)
        facts['activation'] = chance.choice(list(ACTIVATIONS))
        z = y
        y = max_pooling(ACTIVATIONS[facts['activation']](z), pooling)
        # Where sigmoid and tanh are flat, two elements lie closer behind them than before them.
        near = gap(torch.tanh(z.detach() / 2), pooling) if facts['activation'] in ('sigmoid', 'tanh') else gap(z.detach(), pooling)
        chosen = winners(z.detach(), pooling)  # of the argument of f, which has no ties where f is flat
    if kind == 'maxPooling':
        y = max_pooling(x, shape)
        near = torch.inf if 'levels' in facts else gap(x.detach(), shape)
        chosen = winners(x.detach(), shape)
    if kind == 'averagePooling':
        y = average_pooling(x, shape)
    if kind.endswith('axPooling') and near < GAP:
        return None
    y.backward(single(stream.values(*y.shape)))
    arrays = [y, x.grad] + [parameter.grad for parameter in params]
    if kind.endswith('axPooling'):
        arrays.append(chosen.double())
    return {**facts, 'results': base64_of([part for array in arrays for part in kept(array, stream)])}


cases, seed = [], 0
for kind, count in COUNTS.items():
    end = len(cases) + count
    while len(cases) < end:
        seed += 1
        cases += [made for made in [case(kind, seed)] if made is not None]
path = os.path.join(os.path.dirname(__file__), '..', 'test', 'golden', 'torch-convolutions.json')
with open(path, 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(each, separators=(',', ':')) for each in cases) + '\n]\n')
print(f'{len(cases)} cases of the seeds to {seed}, {os.path.getsize(path)} bytes, PyTorch {torch.__version__}')
