"""Writes test/golden/torch-state.safetensors and keras-state.safetensors: state dicts of small networks, with rows and scores.

    python3 scripts/torch-state-fixtures.py      (PyTorch 1.13, as in Debian 12; float64)

Names are `network|name of PyTorch`, in the order of the state dict; `network|x` are rows as zerokara has them, images with
channels last, and `network|y` the scores. The files are safetensors, written by the lines below: the test reads them as
users' files are read, and NumPy's npz would need a reader of zip archives.

Keras is no package of Debian. Its file holds the same networks with PyTorch's numbers, put by NumPy into the layouts that
Keras documents: Dense kernels (in, out), Conv2D kernels (height, width, in, out), images flattened with channels last.
"""

import json
import os
import struct

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
GOLDEN = os.path.join(os.path.dirname(__file__), '..', 'test', 'golden')


class Mlp(nn.Module):
    shape = (4,)

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 6)
        self.fc2 = nn.Linear(6, 3)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


class Convolutions(nn.Module):
    """Modules by sort, as many programs have them, not in the order of the forward pass."""

    shape = (6, 8, 2)  # height, width, channels

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 3, 3, padding=1)
        self.conv2 = nn.Conv2d(3, 4, (2, 3), bias=False)
        self.bn1 = nn.BatchNorm2d(3)
        self.bn2 = nn.BatchNorm2d(4)
        self.norm = nn.LayerNorm(16)
        self.fc = nn.Linear(16, 3)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 2)  # 3 x 4, 3 channels
        x = torch.tanh(self.bn2(self.conv2(x)))  # 2 x 2, 4 channels
        return self.fc(self.norm(x.flatten(1)))


class ImageNorm(nn.Module):
    shape = (3, 4, 2)

    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm((2, 3, 4))
        self.out = nn.Linear(24, 3, bias=False)
        self.last = nn.BatchNorm1d(3, affine=False)

    def forward(self, x):
        return self.last(self.out(self.norm(x).flatten(1)))


class Words(nn.Module):
    shape = (2,)

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(7, 3)
        self.out = nn.Linear(6, 3)

    def forward(self, x):
        return self.out(self.words(x.long()).flatten(1))


def deep():
    """Twelve modules of equal shapes: sorted by name, 10 comes before 2."""
    return nn.Sequential(*(module for _ in range(6) for module in (nn.Linear(3, 3), nn.Tanh())))


deep.shape = (3,)

NETWORKS = {'mlp': Mlp, 'convolutions': Convolutions, 'image-norm': ImageNorm, 'words': Words, 'deep': deep}

# The layers of Keras in the order of the forward pass, and the module whose numbers they have.
KERAS = {
    'mlp': {'dense': 'fc1', 'dense_1': 'fc2'},
    'convolutions': {
        'conv2d': 'conv1', 'batch_normalization': 'bn1', 'conv2d_1': 'conv2', 'batch_normalization_1': 'bn2',
        'layer_normalization': 'norm', 'dense': 'fc',
    },
    'image-norm': {'layer_normalization': 'norm', 'dense': 'out', 'batch_normalization': 'last'},
    'words': {'embedding': 'words', 'dense': 'out'},
    'deep': {'dense' + (f'_{i}' if i else ''): str(2 * i) for i in range(6)},
}

# What is flattened before: the columns of its numbers are (channels, height, width) in PyTorch.
FLATTENED = {('convolutions', 'norm'): (4, 2, 2), ('convolutions', 'fc'): (4, 2, 2), ('image-norm', 'out'): (2, 3, 4)}


def keras_arrays(network, name, module, layer):
    arrays = {key: value.numpy() for key, value in module.state_dict().items()}
    image = FLATTENED.get((network, name))
    if isinstance(module, (nn.Linear, nn.LayerNorm)) and image:
        arrays = {
            key: value if key == 'bias' and isinstance(module, nn.Linear)
            else np.moveaxis(value.reshape(value.shape[:-1] + image), -3, -1).reshape(value.shape)
            for key, value in arrays.items()
        }
    if isinstance(module, nn.LayerNorm):
        arrays = {'gamma': arrays['weight'], 'beta': arrays['bias']}
        if arrays['gamma'].ndim == 3:
            arrays = {key: value.transpose(1, 2, 0) for key, value in arrays.items()}
    elif isinstance(module, nn.Linear):
        arrays = {'kernel': arrays['weight'].T, **{key: arrays[key] for key in arrays if key == 'bias'}}
    elif isinstance(module, nn.Conv2d):
        arrays = {'kernel': arrays['weight'].transpose(2, 3, 1, 0), **{key: arrays[key] for key in arrays if key == 'bias'}}
    elif isinstance(module, nn.Embedding):
        arrays = {'embeddings': arrays['weight']}
    else:
        names = {'weight': 'gamma', 'bias': 'beta', 'running_mean': 'moving_mean', 'running_var': 'moving_variance'}
        arrays = {names[key]: arrays[key] for key in arrays if key in names}
    return {f'{layer}/{key}:0': value for key, value in arrays.items()}


def write_safetensors(path, arrays):
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header, end = {}, 0
    for name, array in arrays.items():
        dtype = {'float64': 'F64', 'int64': 'I64'}[array.dtype.name]
        header[name] = {'dtype': dtype, 'shape': array.shape, 'data_offsets': [end, end + array.nbytes]}
        end += array.nbytes
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + b''.join(array.tobytes() for array in arrays.values()))


torch_file, keras_file = {}, {}
for seed, (network, make) in enumerate(NETWORKS.items()):
    torch.manual_seed(seed)
    net = make()
    shape = make.shape
    as_torch = lambda x: x.permute(0, 3, 1, 2) if len(shape) == 3 else x
    for parameter in net.parameters():
        parameter.data.add_(0.1 * torch.randn_like(parameter))  # the ones and zeros of normalisations too
    rows = lambda n: torch.randint(7, (n, *shape)).double() if network == 'words' else torch.randn(n, *shape)
    with torch.no_grad():
        for _ in range(3):
            net(as_torch(rows(8)))  # in training, for the running statistics
        net.eval()
        x = rows(3)
        y = net(as_torch(x))
    common = {'x': x.reshape(3, -1).numpy(), 'y': y.numpy()}
    state = {name: value.numpy() for name, value in net.state_dict().items()}
    torch_file.update({f'{network}|{name}': value for name, value in {**state, **common}.items()})
    modules = dict(net.named_modules())
    for layer, name in KERAS[network].items():
        arrays = keras_arrays(network, name, modules[name], layer)
        keras_file.update({f'{network}|{key}': value for key, value in arrays.items()})
    keras_file.update({f'{network}|{name}': value for name, value in common.items()})

write_safetensors(os.path.join(GOLDEN, 'torch-state.safetensors'), torch_file)
write_safetensors(os.path.join(GOLDEN, 'keras-state.safetensors'), keras_file)
