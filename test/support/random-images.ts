/** Random networks of images as descriptions, with a batch for each: convolutions, poolings and what stands between. */

import { ACTIVATIONS } from '../../src/backend/backend.js';
import type { Targets } from '../../src/layers/layer.js';
import type { LayerDescription, LossName } from '../../src/layers/layer-types.js';
import type { NetworkDescription } from '../../src/models/description.js';
import { Random } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';

export interface ImageNetwork {
  readonly description: NetworkDescription;
  readonly x: Tensor;
  readonly labels: Targets;
}

/** The network and batch of this seed: always the same. x is float64. */
export function randomImageNetwork(seed: number): ImageNetwork {
  const random = new Random(seed, 'program');
  const oneOf = <T>(choices: readonly T[]): T => choices[random.integer(choices.length)]!;
  const upTo = (most: number): number => 1 + random.integer(most);

  const input = [upTo(6), upTo(6), upTo(3)] as const;
  let [height, width] = input as readonly [number, number, number];
  const layers: LayerDescription[] = [];
  /** A window that fits, its stride and padding; the image is then as large as what comes out. */
  const window = () => {
    const size = [upTo(Math.min(height, 4)), upTo(Math.min(width, 4))] as const;
    const stride = upTo(3);
    const padding = oneOf(['valid', 'same', random.integer(Math.min(...size))] as const);
    const out = (length: number, side: number): number =>
      padding === 'same'
        ? Math.ceil(length / stride)
        : Math.floor((length + (padding === 'valid' ? 0 : 2 * padding) - side) / stride) + 1;
    [height, width] = [out(height, size[0]), out(width, size[1])];
    return { size, stride, padding };
  };
  const convolution = (): void => {
    const { size, stride, padding } = window();
    layers.push({
      type: 'convolution',
      filters: upTo(4),
      kernelSize: size,
      stride,
      padding,
      activation: oneOf(ACTIVATIONS),
      weightInitStd: 0.7,
    });
  };
  const pooling = (type: 'maxPooling' | 'averagePooling'): void => {
    const { size, stride, padding } = window();
    // Numbers refuse to drop rows and columns, which 'same' and 'valid' do not.
    layers.push({ type, poolSize: size, stride, padding: typeof padding === 'number' ? 'same' : padding });
    if (typeof padding !== 'number') return;
    [height, width] = [Math.ceil(before[0] / stride), Math.ceil(before[1] / stride)];
  };
  let before = [height, width] as const;
  for (let i = upTo(4); i > 0; i--) {
    before = [height, width];
    const type = oneOf([
      'convolution',
      'convolution',
      'maxPooling',
      'averagePooling',
      'batchNormalization',
      'dropout',
      'relu',
    ] as const);
    if (type === 'convolution') {
      convolution();
      before = [height, width];
      if (random.integer(2) === 0) pooling('maxPooling');
    } else if (type === 'maxPooling' || type === 'averagePooling') pooling(type);
    else layers.push({ type });
  }
  if (random.integer(3) === 0) layers.push({ type: 'globalAveragePooling' });

  const n = 1 + upTo(3);
  const loss = oneOf<LossName>(['crossEntropy', 'meanSquaredError']);
  const outputSize = 1 + upTo(3);
  layers.push({ type: 'affine', outputSize });
  const normals = (rows: number, columns: number): Tensor =>
    Tensor.randomNormal([rows, columns], { seed: random.uint32(), dtype: 'float64' });
  return {
    description: { input, layers, loss },
    x: normals(n, input[0] * input[1] * input[2]),
    labels:
      loss === 'crossEntropy'
        ? Int32Array.from({ length: n }, () => random.integer(outputSize))
        : normals(n, outputSize),
  };
}
