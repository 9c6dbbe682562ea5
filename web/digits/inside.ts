/** What is inside a network, as pictures: its first weights, and what each layer makes of one digit. */

import { type Layer, type Sequential, Tensor } from 'zerokara';
import type { LayerOutput, Pictures, Weights } from './messages.js';
import { SIDE } from './packed-digits.js';

/** The most pictures of a layer that are shown. */
const MOST = 200;

/** The outputs of the layers for one digit, one layer after another, in inference. */
export function layerOutputs(net: Sequential, pixels: Uint8Array): LayerOutput[] {
  const scale = net.byteScale ?? 1;
  const data = floatsFor(net, pixels.length);
  for (let i = 0; i < data.length; i++) data[i] = pixels[i]! * scale;
  let x: Tensor = new Tensor(data, [1, pixels.length], net.backend);
  let shape: readonly number[] = net.inputShape ?? [pixels.length];
  return net.layers.map((layer) => {
    x = layer.infer === undefined ? layer.forward(x) : layer.infer(x);
    shape = layer.outputShape?.(shape) ?? [x.size];
    const [height, width, channels] = shape.length === 3 ? (shape as [number, number, number]) : [1, 1, x.size];
    return { name: nameOf(layer), ...channelsApart(x.data, height, width, channels) };
  });
}

/** An array of the network's dtype. */
export function floatsFor({ dtype }: Sequential, length: number): Float32Array | Float64Array {
  return dtype === 'float32' ? new Float32Array(length) : new Float64Array(length);
}

const ACTIVATIONS: Readonly<Record<string, string>> = { relu: 'ReLU', sigmoid: 'sigmoid', tanh: 'tanh' };

function nameOf(layer: Layer): string {
  const { activation } = layer as { readonly activation?: string };
  const named = activation === undefined ? undefined : ACTIVATIONS[activation];
  return `${layer.constructor.name}${named === undefined ? '' : `, ${named}`}`;
}

/** Channels last, as the layers have them, to one picture after another. Also of weights, whose channels are the filters. */
function channelsApart(data: ArrayLike<number>, height: number, width: number, channels: number): Pictures {
  const count = Math.min(channels, MOST);
  const places = height * width;
  const apart = new Float32Array(count * places);
  for (let channel = 0; channel < count; channel++) {
    for (let place = 0; place < places; place++) apart[channel * places + place] = data[place * channels + channel]!;
  }
  return { count, total: channels, height, width, data: apart };
}

/**
 * The weights that meet the digit: filters of a convolution, or of an affine layer one picture of 28 × 28 for each neuron.
 * Undefined where the first layer with weights is another.
 */
export function firstWeights(net: Sequential): Weights | undefined {
  const W = net.params['W1'];
  if (W === undefined) return undefined;
  const { data, shape } = W;
  if (shape.length === 4 && shape[2] === 1) {
    const [height, width, , filters] = shape as [number, number, number, number];
    return { type: 'weights', of: 'filters', ...channelsApart(data, height, width, filters) };
  }
  if (shape.length === 2 && shape[0] === SIDE * SIDE) {
    return { type: 'weights', of: 'neurons', ...channelsApart(data, SIDE, SIDE, shape[1]!) };
  }
  return undefined;
}
