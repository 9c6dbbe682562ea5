/** Random networks by description, of all types of layers, for comparison with other runtimes. */

import type { Activation } from '../../src/backend/backend.js';
import type { LayerDescription, LossDescription } from '../../src/layers/layer-types.js';
import { Sequential } from '../../src/models/sequential.js';
import { Random } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';

/** A network of that seed, its numbers as after some training, and rows for it. */
export function randomStack(seed: number): { readonly net: Sequential; readonly x: Tensor } {
  const random = new Random(seed, 'program');
  const oneOf = <T>(choices: readonly T[]): T => choices[random.integer(choices.length)]!;
  const upTo = (most: number): number => 1 + random.integer(most);
  const isImage = random.uniform() < 0.6;
  const readsIds = !isImage && random.uniform() < 0.2;
  const input = isImage ? [3 + upTo(7), 3 + upTo(7), upTo(3)] : [upTo(6)];
  const layers: LayerDescription[] = readsIds ? [{ type: 'embedding', vocabularySize: 7, outputSize: upTo(4) }] : [];
  const activation = (): Activation => oneOf(['identity', 'relu', 'sigmoid', 'tanh']);
  const padding = () => oneOf(['same', 'valid', 1] as const);
  const images: (() => LayerDescription)[] = [
    () => ({
      type: 'convolution',
      filters: upTo(4),
      kernelSize: oneOf([2, 3, [2, 3]]),
      stride: upTo(2),
      padding: padding(),
      activation: activation(),
    }),
    () => ({ type: 'maxPooling', poolSize: oneOf([2, 3]), stride: upTo(2), padding: oneOf(['same', 'valid']) }),
    () => ({ type: 'averagePooling', poolSize: 2, stride: upTo(3), padding: oneOf(['same', 'valid']) }),
  ];
  const any: (() => LayerDescription)[] = [
    () => ({ type: oneOf(['relu', 'sigmoid', 'tanh', 'softplus']) }),
    () => ({ type: 'leakyRelu', alpha: random.uniform() }),
    () => ({ type: 'gelu', exact: oneOf([true, false]) }),
    () => ({ type: 'dropout', ratio: 0.3 }),
    () => ({ type: 'batchNormalization', epsilon: oneOf([1e-5, 1e-3]) }),
    () => ({ type: 'layerNormalization', epsilon: oneOf([1e-5, 1e-3]) }),
    () => ({ type: 'rescaling', scale: random.normal(), offset: oneOf([0, random.normal()]) }),
  ];
  // A layer that does not fit behind the others is left out, e.g. a window larger than what is left of the image.
  const add = (layer: LayerDescription): void => {
    try {
      Sequential.from({ input, layers: [...layers, layer], loss: 'huber' }, { seed, backend: 'js' });
      layers.push(layer);
    } catch {}
  };
  for (let i = random.integer(5); i > 0; i--) add((isImage && random.uniform() < 0.6 ? oneOf(images) : oneOf(any))());
  if (isImage && random.uniform() < 0.3) add({ type: 'globalAveragePooling' });
  const loss: LossDescription = { loss: oneOf(['crossEntropy', 'binaryCrossEntropy', 'meanSquaredError', 'huber']) };
  // Some give an image, or what a normalisation leaves.
  const ends = loss.loss !== 'huber' || random.uniform() < 0.5;
  if (ends) {
    if (random.uniform() < 0.5) add({ type: 'affine', outputSize: upTo(5), activation: activation() });
    layers.push(
      oneOf([
        { type: 'affine', outputSize: 3 },
        { type: 'matMul', outputSize: 3 },
      ] as const),
    );
  } else add(any.at(-1)!());
  const net = Sequential.from({ input, layers, ...loss }, { seed });
  for (const [name, { data }] of Object.entries({ ...net.params, ...net.buffers })) {
    if (name.startsWith('W')) continue;
    const around = name.startsWith('gamma') || name.startsWith('runningVariance') ? 1 : 0;
    for (let i = 0; i < data.length; i++) data[i] = around + 0.5 * (random.uniform() - 0.5);
  }
  const rows = upTo(4);
  const x = Tensor.zeros([rows, net.inputSize!]);
  for (let i = 0; i < x.size; i++) x.data[i] = readsIds ? random.integer(7) : random.normal();
  return { net, x };
}
