import {
  Dataset,
  type Layer,
  type LayerDescription,
  type NetworkDescription,
  registerLayer,
  Sequential,
  type Tensor,
  Trainer,
} from 'zerokara';

declare module 'zerokara' {
  interface LayerTypes {
    power: { exponent: number };
  }
}

/** y = xⁿ, a layer of our own with an option. */
class Power implements Layer {
  readonly params = {};
  readonly grads = {};
  private x: Tensor | undefined;

  constructor(private readonly exponent: number) {}

  forward(x: Tensor): Tensor {
    this.x = x;
    return x.pow(this.exponent);
  }

  backward(dy: Tensor): Tensor {
    return dy.mul(this.x!.pow(this.exponent - 1)).mul(this.exponent);
  }

  describe(): LayerDescription {
    return { type: 'power', exponent: this.exponent };
  }
}

registerLayer('power', ({ exponent }) => new Power(exponent));

// Sizes from a list, a layer of our own, and built-in ones side by side.
const hidden = [8, 6];
const net = Sequential.from(
  {
    input: 2,
    layers: [
      ...hidden.map((outputSize) => ({ type: 'affine', outputSize, activation: 'tanh' }) as const),
      { type: 'power', exponent: 2 },
      { type: 'affine', outputSize: 2, weightInitStd: 'he' },
    ],
  },
  { seed: 1, dtype: 'float64' },
);

// A description that stands elsewhere, as constant, typed, or parsed.
const constant = {
  input: [2, 1],
  layers: [
    { type: 'rescaling', scale: 1 / 255 },
    { type: 'affine', outputSize: 3, activation: 'relu' },
    { type: 'relu' },
  ],
  loss: 'binaryCrossEntropy',
} as const;
const images = {
  input: [8, 6, 1],
  layers: [
    { type: 'convolution', filters: 4, kernelSize: [3, 1], padding: 'same', activation: 'relu' },
    { type: 'maxPooling', poolSize: [2, 3], stride: 1 },
    { type: 'globalAveragePooling' },
    { type: 'affine', outputSize: 2 },
  ],
} as const;
const typed: NetworkDescription = { input: 2, layers: [{ type: 'affine', outputSize: 1 }], task: 'regression' };
const layers: LayerDescription[] = [];
layers.push({ type: 'standardization', mean: [0, 1], deviation: [1, 2] });
for (const outputSize of hidden) layers.push({ type: 'matMul', outputSize });

const nets: Sequential[] = [
  Sequential.from(constant),
  Sequential.from(images),
  Sequential.from(typed),
  Sequential.from({ input: 2, layers, loss: 'meanSquaredError' }),
  Sequential.fromJSON(JSON.parse(JSON.stringify(net.describe()))),
  Sequential.fromJSON({ input: 2, layers: [{ type: 'cube' }] }, { layers: { cube: () => new Power(3) } as object }),
];
console.log(nets.map(({ kind, outputSize }) => `${kind} ${outputSize}`).join(', '));

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
new Trainer(net, { train: Dataset.from({ x, labels: [0, 1, 1, 0] }), epochs: 1_000 }).fitSync();
console.log(net.classify(x));

const summary = net.summary();
const total: number = summary.layers.reduce((sum, { parameters }) => sum + parameters, 0);
console.log(String(summary), total === summary.parameters);
