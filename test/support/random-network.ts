/** One generator of random networks with a batch: all layers and losses, all scales, including kinks, all correct. */

import { ACTIVATIONS } from '../../src/backend/backend.js';
import { Affine } from '../../src/layers/affine.js';
import { Dropout } from '../../src/layers/dropout.js';
import { Gelu } from '../../src/layers/gelu.js';
import { IdentityWithLoss } from '../../src/layers/identity-with-loss.js';
import type { Layer, LossLayer, Targets } from '../../src/layers/layer.js';
import { LeakyRelu } from '../../src/layers/leaky-relu.js';
import { MatMul } from '../../src/layers/mat-mul.js';
import { Relu } from '../../src/layers/relu.js';
import { Rescaling } from '../../src/layers/rescaling.js';
import { Sigmoid } from '../../src/layers/sigmoid.js';
import { SigmoidWithLoss } from '../../src/layers/sigmoid-with-loss.js';
import { SoftmaxWithLoss } from '../../src/layers/softmax-with-loss.js';
import { Softplus } from '../../src/layers/softplus.js';
import { Standardization } from '../../src/layers/standardization.js';
import { Tanh } from '../../src/layers/tanh.js';
import { Sequential } from '../../src/models/sequential.js';
import { Random } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { BatchNormalization, Square } from './layers.js';

export interface NetworkAndBatch {
  readonly layers: readonly Layer[];
  readonly lossLayer: LossLayer;
  readonly net: Sequential;
  readonly x: Tensor;
  readonly labels: Targets;
  /** What it is made of, for messages. */
  readonly description: string;
}

/** The network of this seed: always the same. */
export function randomNetwork(seed: number): NetworkAndBatch {
  const random = new Random(seed, 'program');
  const oneOf = <T>(choices: readonly T[]): T => choices[random.integer(choices.length)]!;
  const chance = (share: number): boolean => random.uniform() < share;
  const normals = (rows: number, columns: number, scale: number, whole = false): Tensor => {
    const values = Float64Array.from({ length: rows * columns }, () => scale * random.normal());
    return new Tensor(whole ? values.map(Math.round) : values, [rows, columns]);
  };

  const n = 1 + random.integer(6);
  const inputs = 1 + random.integer(5);
  const scale = 10 ** (-3 + 9 * random.uniform());
  // Whole numbers put many sums on exactly 0.
  const whole = chance(0.1);
  const x = normals(n, inputs, whole ? 1 : scale, whole);
  // Rows of zeros meet biases of zero: every ReLU behind them stands at its kink.
  if (chance(0.2)) x.data.fill(0, 0, inputs);

  let width = inputs;
  const layers: Layer[] = [];
  const names: string[] = [];
  const add = (layer: Layer, name: string): void => {
    layers.push(layer);
    names.push(name);
  };
  const affine = (outputSize: number, first: boolean): void => {
    // Half of the networks have weights that bring the inputs to a size near 1, as training would.
    const fitting = first && front === 'none' && chance(0.5) ? 1 / scale : 1;
    const activation = oneOf(ACTIVATIONS);
    const layer = new Affine({ inputSize: width, outputSize, activation, seed: random.uint32(), dtype: 'float64' });
    layer.params.W.data.forEach((value, i) => {
      layer.params.W.data[i] = whole ? Math.round(2 * value) : fitting * value;
    });
    if (chance(0.5)) layer.params.b.data.set(normals(1, outputSize, 0.5, whole).data);
    add(layer, `Affine(${width}, ${outputSize}, ${activation})`);
    width = outputSize;
  };
  const withoutWeights = {
    Relu: () => new Relu(),
    Sigmoid: () => new Sigmoid(),
    Tanh: () => new Tanh(),
    Square: () => new Square(),
    Dropout: () => new Dropout({ ratio: 0.3, seed: random.uint32() }),
    LeakyRelu: () => new LeakyRelu({ alpha: 0.1 }),
    Gelu: () => new Gelu({ exact: chance(0.5) }),
    Softplus: () => new Softplus(),
    BatchNormalization: () => new BatchNormalization(width),
  };

  const front = oneOf(['none', 'none', 'none', 'Rescaling', 'Standardization']);
  if (front === 'Rescaling') add(new Rescaling({ scale: 1 / scale, offset: random.normal() }), front);
  if (front === 'Standardization') {
    // Columns far from 0, as years are.
    const mean = Array.from({ length: inputs }, () => 100 * scale * random.normal());
    for (let i = 0; i < x.size; i++) x.data[i]! += mean[i % inputs]!;
    add(new Standardization({ mean, deviation: mean.map(() => scale), dtype: 'float64' }), front);
  }

  const hidden = random.integer(4);
  for (let i = 0; i < hidden; i++) {
    const type = oneOf([
      'affine',
      'affine',
      'matMul',
      ...(Object.keys(withoutWeights) as (keyof typeof withoutWeights)[]),
    ] as const);
    if (type === 'affine') affine(1 + random.integer(6), i === 0);
    else if (type === 'matMul') {
      const outputs = 1 + random.integer(5);
      add(new MatMul(normals(width, outputs, 1 / Math.sqrt(width))), `MatMul(${width}, ${outputs})`);
      width = outputs;
    } else add(withoutWeights[type](), type);
  }

  const loss = oneOf(['softmax', 'soft softmax', 'binary', 'multiLabel', 'regression', 'regression'] as const);
  const outputs =
    loss === 'binary'
      ? 1
      : loss === 'softmax' || loss === 'soft softmax'
        ? 2 + random.integer(3)
        : 1 + random.integer(4);
  affine(outputs, hidden === 0);

  let lossLayer: LossLayer;
  let labels: Targets;
  if (loss === 'softmax') {
    lossLayer = new SoftmaxWithLoss();
    labels = Int32Array.from({ length: n }, () => random.integer(outputs));
  } else if (loss === 'soft softmax') {
    const unnormalized = chance(0.3);
    lossLayer = new SoftmaxWithLoss({ unnormalized });
    labels = Array.from({ length: n }, () => {
      const shares = Array.from({ length: outputs }, () => random.uniform());
      const sum = unnormalized ? 1 : shares.reduce((a, b) => a + b);
      return shares.map((share) => share / sum);
    });
  } else if (loss === 'binary') {
    lossLayer = new SigmoidWithLoss();
    labels = Int32Array.from({ length: n }, () => random.integer(2));
  } else if (loss === 'multiLabel') {
    lossLayer = new SigmoidWithLoss({ kind: 'multiLabel' });
    labels = Array.from({ length: n }, () => Array.from({ length: outputs }, () => random.integer(2)));
  } else {
    lossLayer = new IdentityWithLoss();
    labels = normals(n, outputs, 10 ** (-3 + 9 * random.uniform()));
  }
  const net = new Sequential(layers, lossLayer);
  // Converged networks: the targets are the answers, or nearly.
  if (loss === 'regression' && chance(0.3)) labels = net.logits(x).add(normals(n, outputs, oneOf([0, 1e-12, 1e-6])));
  return {
    layers,
    lossLayer,
    net,
    x,
    labels,
    description: `seed ${seed}: x ${n}×${inputs} of ${scale.toExponential(1)}, ${names.join(', ')}, ${loss}`,
  };
}
