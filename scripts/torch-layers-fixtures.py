"""Writes test/golden/torch-stacks.json and torch-image-stacks.json: random networks, 100 of rows and 60 of images with
convolutions and poolings; their losses, gradients and scores by PyTorch.

    python3 scripts/torch-layers-fixtures.py      (PyTorch 1.13, as in Debian 12; float64)

Each network is a description as zerokara takes it. Its numbers (x, parameters, targets, row weights, the states of the
generators of dropout) come from a small generator that the test repeats, so the file holds the results alone, as base64 of
float64: the gradients of all parameters in order, dL/dx unless x holds ids, and the scores of inference after the step.

Some networks are ill-conditioned, e.g. a normalisation behind another one, through which next to no gradient comes. One
whose results move by more than 1e-14 of the largest number of their tensor when the last digits of its numbers change
can be compared with nothing, and the next one is taken.
"""

import itertools
import json
import os
import random

import torch
import torch.nn.functional as F
from lib.random_networks import random_description, random_image_description
from lib.torch_fixtures import Stream, base64_of
from lib.torch_images import average_pooling, convolution, layer_shape, max_pooling, pair

torch.set_default_dtype(torch.float64)
COUNTS = {'torch-stacks': 100, 'torch-image-stacks': 60}


class Xoshiro:
    """zerokara's generator, xoshiro128**, from a state of four words."""

    def __init__(self, words):
        self.words = list(words)

    def uint32(self):
        a, b, c, d = self.words
        rotate = lambda x, bits: ((x << bits) | (x >> (32 - bits))) & 0xFFFFFFFF
        result = rotate(b * 5 & 0xFFFFFFFF, 7) * 9 & 0xFFFFFFFF
        t = b << 9 & 0xFFFFFFFF
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= t
        self.words = [a, b, c, rotate(d, 11)]
        return result


ACTIVATIONS = {
    'identity': lambda x: x,
    'relu': torch.relu,
    'sigmoid': torch.sigmoid,
    'tanh': torch.tanh,
}


class Net:
    """The layers of a description by PyTorch."""

    def __init__(self, description, stream, noise):
        shape = description['input']
        shape = [shape] if isinstance(shape, int) else list(shape)
        self.layers, self.params = [], []
        for layer in description['layers']:
            own = {}
            columns = 1
            for length in shape:
                columns *= length
            kind = layer['type']
            if kind in ('affine', 'matMul'):
                own['W'] = stream.values(columns, layer['outputSize'])
                if kind == 'affine':
                    own['b'] = stream.values(layer['outputSize'])
                shape = [layer['outputSize']]
            if kind == 'convolution':
                own['W'] = stream.values(*pair(layer['kernelSize']), shape[2], layer['filters'])
                own['b'] = stream.values(layer['filters'])
            image = layer_shape(layer, shape)
            if image is not None:
                shape = [image['outHeight'], image['outWidth'], image.get('filters', image['channels'])]
            if kind == 'globalAveragePooling':
                shape = [shape[2]]
            if kind == 'embedding':
                own['W'] = stream.values(layer['vocabularySize'], layer['outputSize'])
                shape = [layer['outputSize']] if columns == 1 else [columns, layer['outputSize']]
            if kind in ('batchNormalization', 'layerNormalization'):
                size = shape[-1] if kind == 'batchNormalization' else columns
                own['gamma'] = 1 + stream.values(size) / 2
                own['beta'] = stream.values(size) / 2
            for name in own:
                own[name] = last_digits(own[name], noise).requires_grad_(True)
                self.params.append(own[name])
            running = {}
            if kind == 'batchNormalization':
                running = {'mean': torch.zeros(shape[-1]), 'variance': torch.ones(shape[-1])}
            self.layers.append((layer, own, running, image))

    def generators(self, stream):
        self.random = [
            Xoshiro([stream.integer() for _ in range(4)]) if layer['type'] == 'dropout' else None
            for layer, *_ in self.layers
        ]

    def apply(self, x, training):
        for (layer, own, running, image), chance in zip(self.layers, self.random):
            x = self.layer(x, layer, own, running, image, chance, training)
        return x

    def layer(self, x, layer, own, running, image, chance, training):
        kind = layer['type']
        if kind == 'convolution':
            return ACTIVATIONS[layer['activation']](convolution(x, own['W'], own['b'], image))
        if kind == 'maxPooling':
            return max_pooling(x, image)
        if kind in ('averagePooling', 'globalAveragePooling'):
            return average_pooling(x, image)
        if kind == 'affine':
            return ACTIVATIONS[layer['activation'] if 'activation' in layer else 'identity'](x @ own['W'] + own['b'])
        if kind == 'matMul':
            return x @ own['W']
        if kind == 'embedding':
            return F.embedding(x, own['W']).reshape(x.shape[0], -1)
        if kind == 'batchNormalization':
            rows = x.reshape(-1, len(own['gamma']))
            if training:
                y = F.batch_norm(rows, None, None, own['gamma'], own['beta'], True, 0, layer['epsilon'])
                kept = layer['momentum']
                values = {'mean': rows.mean(0), 'variance': rows.var(0, unbiased=False)}  # PyTorch would keep the unbiased one
                for name, value in values.items():
                    running[name] = kept * running[name] + (1 - kept) * value.detach()
            else:
                y = F.batch_norm(rows, running['mean'], running['variance'], own['gamma'], own['beta'], False, 0,
                                 layer['epsilon'])
            return y.reshape(x.shape)
        if kind == 'layerNormalization':
            return F.layer_norm(x, x.shape[1:], own['gamma'], own['beta'], layer['epsilon'])
        if kind == 'dropout':
            if not training:
                return x
            ratio = layer['ratio']
            mask = [0.0 if chance.uint32() < ratio * 2**32 else 1 / (1 - ratio) for _ in range(x.numel())]
            return x * torch.tensor(mask).reshape(x.shape)
        if kind == 'leakyRelu':
            return F.leaky_relu(x, layer['alpha'])
        if kind == 'gelu':
            return F.gelu(x, approximate='none' if layer['exact'] else 'tanh')
        if kind == 'softplus':
            return F.softplus(x, threshold=700)
        if kind == 'rescaling':
            return x * layer['scale'] + layer['offset']
        if kind == 'standardization':
            return (x - torch.tensor(layer['mean'])) / torch.tensor(layer['deviation'])
        return ACTIVATIONS[kind](x)


def row_losses(description, scores, stream):
    """Targets from the stream, and the loss of each row."""
    n, outputs = scores.shape
    loss, task = description['loss'], description.get('task')
    if loss == 'crossEntropy':
        labels = torch.tensor([stream.integer() % outputs for _ in range(n)])
        return F.cross_entropy(scores, labels, reduction='none', label_smoothing=description.get('labelSmoothing', 0.0))
    if loss == 'binaryCrossEntropy':
        labels = torch.tensor([stream.integer() % 2 for _ in range(n * outputs)]).reshape(n, outputs)
        return F.binary_cross_entropy_with_logits(scores, labels.double(), reduction='none').sum(1)
    targets = stream.values(n, outputs)
    if loss == 'huber':
        return F.huber_loss(scores, targets, reduction='none', delta=description['delta']).sum(1)
    return F.mse_loss(scores, targets, reduction='none').sum(1) / 2


def last_digits(tensor, noise):
    """The tensor, with its numbers moved by at most one unit in the last place."""
    if noise is None:
        return tensor
    return tensor * (1 + torch.tensor([noise.choice([-1, 0, 1]) * 2.0**-52 for _ in range(tensor.numel())]).reshape(tensor.shape))


def run(describe, seed, noise=None):
    """The description with its results; the latter as tensors."""
    chance = random.Random(seed)
    description = describe(chance)
    rows = chance.randint(5, 8)
    weighted = chance.random() < 0.5
    stream = Stream(seed)
    size = description['input']
    columns = size if isinstance(size, int) else size[0] * size[1] * size[2]
    ids = description['layers'][0]['type'] == 'embedding'
    if ids:
        x = torch.tensor([stream.integer() % 5 for _ in range(rows * columns)]).reshape(rows, columns)
    else:
        x = last_digits(stream.values(rows, columns), noise).requires_grad_(True)
    net = Net(description, stream, noise)
    net.generators(stream)
    scores = net.apply(x, True)
    losses = row_losses(description, scores, stream)
    weights = torch.tensor([abs(stream.value()) * 2 for _ in range(rows)]) if weighted else torch.ones(rows)
    loss = (weights * losses).sum() / rows
    loss.backward()
    gradients = [tensor.grad for tensor in net.params] + ([] if ids else [x.grad])
    facts = {'seed': seed, 'description': description, 'rows': rows, 'weighted': weighted, 'loss': loss.item()}
    return facts, gradients, net.apply(x, False).detach()


def is_well_conditioned(describe, seed):
    _, gradients, scores = run(describe, seed)
    most = max(gradient.abs().max() for gradient in gradients)
    for trial in range(4):
        _, moved, moved_scores = run(describe, seed, random.Random(trial))
        for gradient, other in zip(gradients, moved):
            if (gradient - other).abs().max() > 1e-14 * max(gradient.abs().max(), 1e-3 * most):
                return False
        if (scores - moved_scores).abs().max() > 1e-14 * scores.abs().max():
            return False
    return True


def stack(describe, seed):
    facts, gradients, scores = run(describe, seed)
    return {**facts, 'gradients': base64_of(gradients), 'scores': base64_of([scores])}


for name, describe in (('torch-stacks', random_description), ('torch-image-stacks', random_image_description)):
    seeds = (seed for seed in itertools.count(1) if is_well_conditioned(describe, seed))
    stacks = [stack(describe, seed) for seed in itertools.islice(seeds, COUNTS[name])]
    path = os.path.join(os.path.dirname(__file__), '..', 'test', 'golden', f'{name}.json')
    with open(path, 'w') as file:
        file.write('[\n' + ',\n'.join(json.dumps(each, separators=(',', ':')) for each in stacks) + '\n]\n')
    print(f'{name}: seeds to {stacks[-1]["seed"]}, {os.path.getsize(path)} bytes, PyTorch {torch.__version__}')
