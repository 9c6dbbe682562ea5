"""Random networks as zerokara describes them."""

from lib.torch_images import layer_shape

ACTIVATIONS = ['identity', 'relu', 'sigmoid', 'tanh']


def random_between(chance, columns):
    """A layer without weights of its own sizes."""
    kind = chance.choice(
        ['batchNormalization'] * 3 + ['layerNormalization'] * 2 + ['dropout'] * 2
        + ['relu', 'sigmoid', 'tanh', 'leakyRelu', 'gelu', 'gelu', 'softplus', 'rescaling', 'standardization']
    )
    layer = {'type': kind}
    if kind == 'batchNormalization':
        layer.update(momentum=chance.choice([0.9, 0.5]), epsilon=chance.choice([1e-5, 1e-3]))
    if kind == 'layerNormalization':
        layer.update(epsilon=chance.choice([1e-5, 1e-2]))
    if kind == 'dropout':
        layer.update(ratio=chance.choice([0.2, 0.5]))
    if kind == 'leakyRelu':
        layer.update(alpha=chance.choice([0.01, 0.3]))
    if kind == 'gelu':
        layer.update(exact=chance.choice([True, False]))
    if kind == 'rescaling':
        layer.update(scale=0.75, offset=-0.25)
    if kind == 'standardization':
        layer.update(mean=[round(chance.uniform(-1, 1), 2) for _ in range(columns)],
                     deviation=[round(chance.uniform(0.5, 2), 2) for _ in range(columns)])
    return layer


def random_loss(chance):
    return chance.choice([
        {'loss': 'crossEntropy'},
        {'loss': 'crossEntropy', 'labelSmoothing': 0.1},
        {'loss': 'binaryCrossEntropy', 'task': 'binary'},
        {'loss': 'binaryCrossEntropy', 'task': 'multiLabel'},
        {'loss': 'meanSquaredError'},
        {'loss': 'huber', 'delta': 0.5},
    ])


def random_description(chance):
    front = chance.choice(['columns', 'columns', 'columns', 'image', 'ids'])
    layers = []
    if front == 'ids':
        shape = [chance.randint(1, 3)]
        size = chance.randint(2, 3)
        layers.append({'type': 'embedding', 'vocabularySize': 5, 'outputSize': size})
        columns = shape[0] * size
    else:
        shape = [2, 2, chance.randint(1, 2)] if front == 'image' else [chance.randint(2, 5)]
        columns = 1
        for length in shape:
            columns *= length
    if front != 'columns' or chance.random() < 0.3:
        layers.append(random_between(chance, columns))
    for _ in range(chance.randint(1, 2)):
        columns = chance.randint(2, 4)
        if chance.random() < 0.2:
            layers.append({'type': 'matMul', 'outputSize': columns})
        else:
            layers.append({'type': 'affine', 'outputSize': columns, 'activation': chance.choice(ACTIVATIONS)})
        for _ in range(chance.randint(1, 2)):
            layers.append(random_between(chance, columns))
    loss = random_loss(chance)
    outputs = 1 if loss.get('task') == 'binary' else chance.randint(2, 3)
    layers.append({'type': 'affine', 'outputSize': outputs})
    return {'input': shape[0] if len(shape) == 1 else shape, 'layers': layers, **loss}


def random_image_description(chance):
    """A network of images: convolutions and poolings, with other layers between them, in front of an affine one."""
    shape = [chance.randint(4, 7), chance.randint(4, 7), chance.randint(1, 2)]
    description = {'input': shape, 'layers': []}
    layers = description['layers']

    def add(layer):
        image = layer_shape(layer, shape)
        if image is None:
            layers.append(layer)
        elif min(image['outHeight'], image['outWidth']) >= 1 and fits(layer, image):
            layers.append(layer)
            shape[:] = [image['outHeight'], image['outWidth'], image.get('filters', image['channels'])]

    description['input'] = list(shape)
    for _ in range(chance.randint(1, 2)):
        add(random_convolution(chance))
        if chance.random() < 0.5:
            add(small_between(chance, shape))
        if chance.random() < 0.75:
            add(random_pooling(chance))
        if chance.random() < 0.3:
            add(small_between(chance, shape))
    if chance.random() < 0.25:
        layers.append({'type': 'globalAveragePooling'})
    elif chance.random() < 0.5:
        layers.append({'type': 'affine', 'outputSize': 4, 'activation': chance.choice(ACTIVATIONS)})
    loss = random_loss(chance)
    outputs = 1 if loss.get('task') == 'binary' else chance.randint(2, 3)
    layers.append({'type': 'affine', 'outputSize': outputs})
    return {**description, **loss}


def fits(layer, image):
    """Nothing of a pooled image is dropped, and no filter lies wholly in the padding."""
    if layer['type'] == 'convolution':
        return layer['padding'] != 1 or min(image['kernelHeight'], image['kernelWidth']) > 1
    inside = [image['height'] - image['poolHeight'], image['width'] - image['poolWidth']]
    return layer['padding'] == 'same' or all((2 * layer['padding'] + rest) % image['stride'] == 0 for rest in inside)


def random_convolution(chance):
    return {
        'type': 'convolution',
        'filters': chance.randint(1, 4),
        'kernelSize': chance.choice([1, 2, 3, 3, [1, 3], [3, 2]]),
        'stride': chance.choice([1, 1, 1, 2]),
        'padding': chance.choice([0, 'valid', 'same', 1]),
        'activation': chance.choice(ACTIVATIONS),
    }


def random_pooling(chance):
    size = chance.choice([2, 2, 3, [1, 2], [3, 2]])
    return {
        'type': chance.choice(['maxPooling', 'maxPooling', 'averagePooling']),
        'poolSize': size,
        'stride': chance.choice([1, 2, 2]),
        'padding': chance.choice([0, 0, 0, 1, 'same']) if size in (2, 3) else 0,
    }


def small_between(chance, shape):
    """One without a list of numbers for each of many columns."""
    while True:
        layer = random_between(chance, 1)
        if layer['type'] != 'standardization':
            return layer
