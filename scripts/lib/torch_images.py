"""Convolution and pooling by PyTorch in zerokara's layout: images are rows of H·W·C numbers, W is (h, w, C, F)."""

import torch
import torch.nn.functional as F


def pair(size):
    return (size, size) if isinstance(size, int) else tuple(size)


def layer_shape(layer, shape):
    """The sizes of a convolution or pooling of images of the shape [H, W, C]; None for any other layer."""
    if layer['type'] == 'globalAveragePooling':
        layer = {'poolSize': shape[:2], 'stride': 1, 'padding': 0, **layer}
    size = layer.get('kernelSize', layer.get('poolSize'))
    if size is None:
        return None
    window, stride, padding = pair(size), layer['stride'], layer['padding']
    outs, pads = zip(*(axis(length, k, stride, padding) for length, k in zip(shape, window)))
    sizes = {
        'height': shape[0], 'width': shape[1], 'channels': shape[2], 'stride': stride,
        'padTop': pads[0], 'padLeft': pads[1], 'outHeight': outs[0], 'outWidth': outs[1],
    }
    if layer['type'] == 'convolution':
        return {**sizes, 'filters': layer['filters'], 'kernelHeight': window[0], 'kernelWidth': window[1]}
    return {**sizes, 'poolHeight': window[0], 'poolWidth': window[1]}


def axis(length, window, stride, padding):
    """Outputs and padding in front of one axis; for 'same' as TensorFlow has it, with the odd place at the end."""
    if padding == 'same':
        out = -(-length // stride)
        return out, max((out - 1) * stride + window - length, 0) // 2
    pad = 0 if padding == 'valid' else padding
    return (length + 2 * pad - window) // stride + 1, pad


def images_of(rows, shape):
    """(N, H·W·C) → (N, C, H, W), as PyTorch has it."""
    return rows.reshape(-1, shape['height'], shape['width'], shape['channels']).permute(0, 3, 1, 2)


def rows_of(images):
    return images.permute(0, 2, 3, 1).reshape(len(images), -1)


def padded(images, shape, window, value):
    """The images with padding on all sides, and so much at the bottom and right that the outputs are as many as `shape` says."""
    top, left, stride = shape['padTop'], shape['padLeft'], shape['stride']
    bottom = (shape['outHeight'] - 1) * stride + window[0] - top - shape['height']
    right = (shape['outWidth'] - 1) * stride + window[1] - left - shape['width']
    return F.pad(images, (left, right, top, bottom), value=value)  # a negative one cuts off what no window reaches


def convolution(x, W, b, shape):
    images = padded(images_of(x, shape), shape, W.shape[:2], 0)
    return rows_of(F.conv2d(images, W.permute(3, 2, 0, 1).contiguous(), b, stride=shape['stride']))


def pool_of(shape):
    return shape['poolHeight'], shape['poolWidth']


def max_pooling(x, shape):
    return rows_of(F.max_pool2d(padded(images_of(x, shape), shape, pool_of(shape), -torch.inf), pool_of(shape), shape['stride']))


def winners(x, shape):
    """The place of each maximum in its window, row by row: ky · poolWidth + kx."""
    images = padded(images_of(x, shape), shape, pool_of(shape), -torch.inf)
    _, index = F.max_pool2d(images, pool_of(shape), shape['stride'], return_indices=True)
    rows, columns = index // images.shape[3], index % images.shape[3]
    row = torch.arange(shape['outHeight']).reshape(-1, 1) * shape['stride']
    column = torch.arange(shape['outWidth']) * shape['stride']
    return rows_of((rows - row) * shape['poolWidth'] + columns - column)


def average_pooling(x, shape):
    """The mean over the places inside the image: PyTorch's count_include_pad=False, which knows equal padding only."""
    pool = pool_of(shape)
    sums = F.avg_pool2d(padded(images_of(x, shape), shape, pool, 0), pool, shape['stride'], divisor_override=1)
    ones = torch.ones(1, 1, shape['height'], shape['width'], dtype=x.dtype)
    return rows_of(sums / F.avg_pool2d(padded(ones, shape, pool, 0), pool, shape['stride'], divisor_override=1))
