import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ArgumentError, DtypeError } from '../../src/errors.js';
import { loadTensors } from '../../src/io/load-tensors.js';
import { Affine } from '../../src/layers/affine.js';
import type { LayerDescription } from '../../src/layers/layer-types.js';
import type { NetworkDescription } from '../../src/models/description.js';
import type { LoadStateOptions } from '../../src/models/foreign-state.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';

/** The networks of scripts/torch-state-fixtures.py. */
const NETWORKS: Readonly<Record<string, NetworkDescription>> = {
  mlp: {
    input: 4,
    layers: [
      { type: 'affine', outputSize: 6, activation: 'relu' },
      { type: 'affine', outputSize: 3 },
    ],
  },
  convolutions: {
    input: [6, 8, 2],
    layers: [
      { type: 'convolution', filters: 3, kernelSize: 3, padding: 1 },
      { type: 'batchNormalization' },
      { type: 'relu' },
      { type: 'maxPooling', poolSize: 2 },
      { type: 'convolution', filters: 4, kernelSize: [2, 3] },
      { type: 'batchNormalization' },
      { type: 'tanh' },
      { type: 'layerNormalization' },
      { type: 'affine', outputSize: 3 },
    ],
  },
  'image-norm': {
    input: [3, 4, 2],
    layers: [{ type: 'layerNormalization' }, { type: 'matMul', outputSize: 3 }, { type: 'batchNormalization' }],
  },
  words: {
    input: 2,
    layers: [
      { type: 'embedding', vocabularySize: 7, outputSize: 3 },
      { type: 'affine', outputSize: 3 },
    ],
  },
  deep: {
    input: 3,
    layers: Array.from({ length: 6 }, () => ({ type: 'affine', outputSize: 3, activation: 'tanh' }) as const),
  },
};

type Dict = Record<string, Tensor>;

/** The state dict of a network in a file, its rows and its scores. */
async function read(file: string, network: string): Promise<{ dict: Dict; x: Tensor; y: Tensor }> {
  const all = await loadTensors(path.join(import.meta.dirname, '..', 'golden', file));
  const own = Object.entries(all).flatMap(([name, tensor]) => {
    return name.startsWith(`${network}|`) ? [[name.slice(network.length + 1), tensor] as const] : [];
  });
  const { x, y, ...dict } = Object.fromEntries(own) as Dict;
  return { dict, x: x!, y: y! };
}

const build = (network: string): Sequential =>
  Sequential.from({ ...NETWORKS[network]!, loss: 'meanSquaredError' }, { dtype: 'float64', seed: 1 });

const sorted = (dict: Dict): Dict => Object.fromEntries(Object.entries(dict).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The scores after loading differ from the other program's in the last digits only. */
function expectScores(net: Sequential, { x, y }: { readonly x: Tensor; readonly y: Tensor }): void {
  const scores = net.predict(x);
  expect(scores.shape).toEqual(y.shape);
  for (let i = 0; i < y.size; i++) expect(Math.abs(scores.data[i]! - y.data[i]!)).toBeLessThan(1e-13);
}

const SOURCES = [
  ['pytorch', 'torch-state.safetensors'],
  ['keras', 'keras-state.safetensors'],
] as const;

describe('loadStateDict of another program', () => {
  for (const [from, file] of SOURCES) {
    test.each(Object.keys(NETWORKS))(`gives %s the scores that it has in ${from}`, async (network) => {
      const { dict, ...rows } = await read(file, network);
      const net = build(network);
      net.loadStateDict(dict, { from });
      expectScores(net, rows);
    });

    test.each(Object.keys(NETWORKS))(`takes the layers of %s by name, as ${from} has them`, async (network) => {
      const { dict, ...rows } = await read(file, network);
      const names = Object.keys(dict).map((name) => name.slice(0, name.lastIndexOf(from === 'keras' ? '/' : '.')));
      // PyTorch's dict of `convolutions` has both convolutions before the normalisations.
      const layers =
        from === 'pytorch' && network === 'convolutions'
          ? ['conv1', 'bn1', 'conv2', 'bn2', 'norm', 'fc']
          : [...new Set(names)];
      const net = build(network);
      net.loadStateDict(dict, { from, layers });
      expectScores(net, rows);
    });
  }

  test.each(['mlp', 'convolutions', 'deep'])(
    'takes %s from a file sorted by name, numbers by their value',
    async (network) => {
      for (const [from, file] of SOURCES) {
        const { dict, ...rows } = await read(file, network);
        const net = build(network);
        net.loadStateDict(sorted(dict), { from });
        expectScores(net, rows);
      }
    },
  );

  test('loads what a message left of tensors, and keeps what the dict knows nothing of', async () => {
    const { dict, ...rows } = await read('torch-state.safetensors', 'mlp');
    const { input, layers } = NETWORKS['mlp']!;
    const front: LayerDescription = { type: 'standardization', mean: [0, 0, 0, 0], deviation: [1, 1, 1, 1] };
    const net = Sequential.from({ input, layers: [front, ...layers], loss: 'huber' }, { dtype: 'float64' });
    net.loadStateDict(
      structuredClone(Object.fromEntries(Object.entries(dict).map(([k, { data, shape }]) => [k, { data, shape }]))),
      { from: 'pytorch' },
    );
    expectScores(net, rows);
  });

  test('has memory of its own', async () => {
    const { dict, ...rows } = await read('keras-state.safetensors', 'mlp');
    const net = build('mlp');
    net.loadStateDict(dict, { from: 'keras' });
    for (const { data } of Object.values(dict)) data.fill(0);
    expectScores(net, rows);
  });

  const tensor = (...shape: number[]) => Tensor.zeros(shape);
  const linear = (inputs: number, outputs: number, name: string) => ({
    [`${name}.weight`]: tensor(outputs, inputs),
    [`${name}.bias`]: tensor(outputs),
  });
  const TWO = { inputSize: 4, hiddenSize: 6, outputSize: 3, seed: 1 } as const;
  const NOTHING = 'TwoLayerNet.loadStateDict: nothing in dict fits layer 2 (Affine); expected weight [3, 6], bias [3].';
  const refused: readonly [string, Record<string, unknown>, LoadStateOptions, string][] = [
    [
      'a layer of another size',
      { ...linear(4, 6, 'fc1'), ...linear(6, 4, 'fc2') },
      { from: 'pytorch' },
      `${NOTHING} Next is "fc2" with weight [4, 6], bias [4]`,
    ],
    ['too few layers', linear(4, 6, 'fc1'), { from: 'pytorch' }, `${NOTHING} Every layer of dict is taken`],
    [
      'too many layers',
      { ...linear(4, 6, 'fc1'), ...linear(6, 3, 'fc2'), ...linear(3, 3, 'fc3') },
      { from: 'pytorch' },
      'TwoLayerNet.loadStateDict: "fc3" with weight [3, 3], bias [3] is left over; expected one layer for each of layer 1 (Affine), layer 2 (Affine)',
    ],
    [
      'an array that our layer does not have',
      { ...linear(4, 6, 'fc1'), ...linear(6, 3, 'fc2'), 'fc2.scale': tensor(3) },
      { from: 'pytorch' },
      `${NOTHING} Next is "fc2" with weight [3, 6], bias [3], scale [3]`,
    ],
    [
      'layers by name, of which one does not fit',
      { ...linear(4, 6, 'fc1'), ...linear(6, 3, 'fc2') },
      { from: 'pytorch', layers: ['fc2', 'fc1'] },
      'TwoLayerNet.loadStateDict: "fc2" with weight [3, 6], bias [3] does not fit layer 1 (Affine); expected weight [6, 4], bias [6]',
    ],
    [
      'too few layers by name',
      { ...linear(4, 6, 'fc1'), ...linear(6, 3, 'fc2') },
      { from: 'pytorch', layers: ['fc1'] },
      'TwoLayerNet.loadStateDict: layers has 1 name; expected 2, one for each of layer 1 (Affine), layer 2 (Affine)',
    ],
    [
      'a layer by a wrong name',
      { ...linear(4, 6, 'fc1'), ...linear(6, 3, 'fc2') },
      { from: 'pytorch', layers: ['fc1', 'fc3'] },
      'TwoLayerNet.loadStateDict: layers[1] is "fc3"; expected one of "fc1", "fc2", each once. Did you mean "fc1"?',
    ],
    [
      'a layer named twice',
      { ...linear(4, 6, 'fc1'), ...linear(6, 3, 'fc2') },
      { from: 'pytorch', layers: ['fc1', 'fc1'] },
      'TwoLayerNet.loadStateDict: layers[1] is "fc1", which is named twice; expected one of "fc1", "fc2", each once',
    ],
    [
      'a layer that is not named',
      { ...linear(4, 6, 'fc1'), ...linear(6, 3, 'fc2'), ...linear(3, 3, 'fc3') },
      { from: 'pytorch', layers: ['fc1', 'fc2'] },
      'TwoLayerNet.loadStateDict: "fc3" with weight [3, 3], bias [3] is left over; expected one layer for each of layer 1 (Affine), layer 2 (Affine)',
    ],
    [
      'a value that is no tensor',
      { ...linear(4, 6, 'fc1'), 'fc2.weight': [[1]] },
      { from: 'pytorch' },
      'TwoLayerNet.loadStateDict: "fc2.weight" is [[1]]; expected a tensor, or { data, shape } with a typed array',
    ],
    [
      'no object',
      null as unknown as Record<string, unknown>,
      { from: 'keras' },
      'TwoLayerNet.loadStateDict: dict is null; expected an object of tensors by name',
    ],
    [
      'an unknown program',
      {},
      { from: 'kears' as 'keras' },
      'TwoLayerNet.loadStateDict: from is "kears"; expected "pytorch" or "keras". Did you mean "keras"?',
    ],
    [
      'layers of our own dict',
      {},
      { layers: ['W1'] },
      'TwoLayerNet.loadStateDict: layers is given without from; expected from: "pytorch" or "keras", whose layers they are',
    ],
    [
      'an unknown option',
      {},
      { form: 'keras' } as LoadStateOptions,
      'TwoLayerNet.loadStateDict: unknown option "form"; did you mean "from"?',
    ],
    [
      'names of PyTorch without from',
      linear(4, 6, 'fc1'),
      {},
      'TwoLayerNet.loadStateDict: unknown parameter "fc1.weight"; expected W1, b1, W2, b2. Give { from: \'pytorch\' } for a dict of PyTorch',
    ],
    [
      'names of Keras without from',
      { 'dense/kernel:0': tensor(4, 6) },
      {},
      'TwoLayerNet.loadStateDict: unknown parameter "dense/kernel:0"; expected W1, b1, W2, b2. Give { from: \'keras\' } for a dict of Keras',
    ],
  ];
  test.each(refused)('refuses %s, and writes nothing', (_, dict, options, message) => {
    const net = new TwoLayerNet(TWO);
    const before = net.stateDict();
    expectRefusal(() => net.loadStateDict(dict as Dict, options), ArgumentError, message);
    expect(net.stateDict()).toEqual(before);
  });

  test('refuses numbers of another type', () => {
    const wide = new TwoLayerNet({ ...TWO, dtype: 'float64' });
    expectRefusal(
      () => wide.loadStateDict({ ...linear(4, 6, 'fc1'), ...linear(6, 3, 'fc2') }, { from: 'pytorch' }),
      DtypeError,
      'TwoLayerNet.loadStateDict: "fc1.weight" is float32; expected float64 (the dtype of this network)',
    );
  });

  test('refuses layers of which the order of names does not say which is first', () => {
    const net = Sequential.from({
      input: 3,
      layers: [
        { type: 'matMul', outputSize: 3 },
        { type: 'matMul', outputSize: 3 },
      ],
    });
    const dict = { 'decode.weight': tensor(3, 3), 'encode.weight': tensor(3, 3) };
    expectRefusal(
      () => net.loadStateDict(dict, { from: 'pytorch' }),
      ArgumentError,
      'Sequential.loadStateDict: "decode" and "encode" both fit layer 1 (MatMul), and dict is in the order of its names; expected the order of the layers. Name them in the option layers, e.g. layers: ["decode", "encode"]',
    );
    dict['encode.weight'].data[0] = 1;
    net.loadStateDict(dict, { from: 'pytorch', layers: ['encode', 'decode'] });
    expect([net.params['W1']!.data[0], net.params['W2']!.data[0]]).toEqual([1, 0]);
  });

  test('takes layers that fit alike in the order of a dict that nobody sorted', () => {
    const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 3, outputSize: 3, seed: 1 });
    const dict = { ...linear(3, 3, 'decode'), ...linear(3, 3, 'encode') };
    dict['encode.weight']!.data[0] = 1;
    net.loadStateDict(dict, { from: 'pytorch' });
    expect([net.params.W1.data[0], net.params.W2.data[0]]).toEqual([0, 1]);
  });

  const RUNNING = { 'norm.running_mean': tensor(3), 'norm.running_var': tensor(3) };
  const NORM = { 'norm.bias': tensor(3), ...RUNNING, 'norm.weight': tensor(3) };
  /** The first number of each W, after loading into affine, batch normalisation, affine. */
  const firstWeights = (dict: Record<string, unknown>, from: 'pytorch' | 'keras' = 'pytorch'): number[] => {
    const affine = { type: 'affine', outputSize: 3 } as const;
    const net = Sequential.from({ input: 3, layers: [affine, { type: 'batchNormalization' }, affine] });
    net.loadStateDict(dict as Dict, { from });
    return [net.params['W1']!.data[0]!, net.params['W2']!.data[0]!];
  };
  const marked = (mark: number) =>
    Tensor.from([
      [mark, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);

  test.each<[string, Record<string, unknown>, 'pytorch' | 'keras']>([
    [
      'layers in F16 behind one in F32',
      {
        ...NORM,
        ...{ 'fc10.bias': tensor(3), 'fc10.weight': marked(10), 'fc2.bias': tensor(3), 'fc2.weight': marked(2) },
      },
      'pytorch',
    ],
    [
      'weights in F32, biases in F16',
      {
        ...{ 'fc10.weight': marked(10), 'fc2.weight': marked(2), ...RUNNING, 'norm.weight': tensor(3) },
        ...{ 'fc10.bias': tensor(3), 'fc2.bias': tensor(3), 'norm.bias': tensor(3) },
      },
      'pytorch',
    ],
    [
      'a piece that ends within a layer',
      {
        ...{ 'fc10.bias': tensor(3), 'fc10.weight': marked(10), 'fc2.weight': marked(2) },
        ...{ 'fc2.bias': tensor(3), ...NORM },
      },
      'pytorch',
    ],
    [
      'F32, BF16 and F16',
      {
        ...{ ...RUNNING, 'norm.weight': tensor(3) },
        ...{ 'fc10.weight': marked(10), 'fc2.bias': tensor(3), 'fc2.weight': marked(2), 'norm.bias': tensor(3) },
        'fc10.bias': tensor(3),
      },
      'pytorch',
    ],
    [
      'names of Keras',
      {
        ...{ 'norm/beta': tensor(3), 'norm/gamma': tensor(3) },
        ...{ 'norm/moving_mean': tensor(3), 'norm/moving_variance': tensor(3) },
        ...{ 'dense_10/bias': tensor(3), 'dense_10/kernel': marked(10), 'dense_2/bias': tensor(3) },
        'dense_2/kernel': marked(2),
      },
      'keras',
    ],
  ])('lets numbers decide in a file sorted by dtype, then by name: %s', (_, dict, from) => {
    expect(firstWeights(dict, from)).toEqual([2, 10]);
  });

  test('refuses layers that fit alike in a file with counts before its floats', () => {
    const floats = {
      ...{ 'decode.bias': tensor(3), 'decode.weight': tensor(3, 3) },
      ...{ 'encode.bias': tensor(3), 'encode.weight': tensor(3, 3) },
      ...NORM,
    };
    const counts = { 'norm.num_batches_tracked': { data: BigInt64Array.of(7n), shape: [] } };
    for (const dict of [floats, { ...counts, ...floats }]) {
      expectRefusal(
        () => firstWeights(dict),
        ArgumentError,
        'Sequential.loadStateDict: "decode" and "encode" both fit layer 1 (Affine), and dict is in the order of its names; expected the order of the layers. Name them in the option layers, e.g. layers: ["decode", "encode"]',
      );
    }
  });

  test.each<[string, Record<string, unknown>]>([
    [
      'PyTorch made it',
      {
        ...{ 'fc10.weight': marked(10), 'fc10.bias': tensor(3) },
        ...{ 'norm.weight': tensor(3), 'norm.bias': tensor(3), ...RUNNING },
        'norm.num_batches_tracked': { data: BigInt64Array.of(7n), shape: [] },
        ...{ 'fc2.weight': marked(2), 'fc2.bias': tensor(3) },
      },
    ],
    ['no layer has a weight and a bias', { ...RUNNING, 'fc10.weight': marked(10), 'fc2.weight': marked(2) }],
    [
      'it has more pieces than there are dtypes, as of layers whose bias PyTorch has first (after pruning)',
      {
        ...{ 'up.bias': tensor(3), 'up.weight': marked(10) },
        ...{ 'norm.weight': tensor(3), 'norm.bias': tensor(3), ...RUNNING },
        ...{ 'mid.bias': tensor(3), 'mid.weight': marked(2) },
      },
    ],
  ])('keeps the order of a dict that is no sorted file: %s', (_, dict) => {
    expect(firstWeights(dict)).toEqual([10, 2]);
  });

  test('refuses a layer that the other program does not have', () => {
    class Own extends Affine {
      override describe = () => ({ type: 'own' }) as never;
    }
    const sizes = { inputSize: 2, outputSize: 2, seed: 1 };
    const net = new Sequential([new Affine(sizes), new Own(sizes)]);
    expectRefusal(
      () => net.loadStateDict(linear(2, 2, 'fc'), { from: 'pytorch' }),
      ArgumentError,
      'Sequential.loadStateDict: layer 2 (Own) has no counterpart in PyTorch; expected layers with weights of the types affine, matMul, convolution, embedding, batchNormalization, layerNormalization',
    );
  });
});
