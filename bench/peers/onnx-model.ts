/** The networks of the jobs as ONNX files. */

import type { PeerJob } from './batches.js';
import type { PeerImageJob } from './job.js';
import { floats, model, node, wholeNumbers } from './onnx-format.js';

/** x → Gemm → activation → … → Gemm → Softmax → y */
export function onnxModel({ layers, activation }: Pick<PeerJob, 'layers' | 'activation'>): Uint8Array {
  const nodes: Uint8Array[] = [];
  const initializers: Uint8Array[] = [];
  let input = 'x';
  layers.forEach(({ inputs, outputs, W, b }, l) => {
    initializers.push(floats(`W${l}`, [inputs, outputs], W), floats(`b${l}`, [outputs], b));
    nodes.push(node('Gemm', [input, `W${l}`, `b${l}`], `z${l}`));
    const last = l + 1 === layers.length;
    nodes.push(node(last ? 'Softmax' : activation === 'relu' ? 'Relu' : 'Sigmoid', [`z${l}`], last ? 'y' : `y${l}`));
    input = `y${l}`;
  });
  return model(nodes, initializers, { inputs: layers[0]!.inputs, outputs: layers.at(-1)!.outputs });
}

/**
 * x → Conv → Relu → MaxPool → … → Gemm → Softmax → y, of images with one channel, whose rows are the same in both layouts.
 *
 * ONNX has channels first: W (h, w, C, F) becomes (F, C, h, w), and the rows of the first Gemm's W are put in its order.
 */
export function onnxImageModel({ layers, weights, input }: PeerImageJob): Uint8Array {
  const nodes: Uint8Array[] = [];
  const initializers: Uint8Array[] = [];
  let last = 'x';
  let channels = 1;
  let flat = false;
  const add = (type: string, inputs: readonly string[], attributes: Record<string, readonly number[]> = {}): void => {
    const output = `${type}${nodes.length}`;
    nodes.push(node(type, [last, ...inputs], output, attributes));
    last = output;
  };
  const reshape = (shape: readonly number[]): void => {
    const name = `shape${nodes.length}`;
    initializers.push(wholeNumbers(name, shape));
    add('Reshape', [name]);
  };
  reshape([-1, 1, input[0], input[1]]);
  let next = 0;
  for (const layer of layers) {
    if (layer.type === 'maxPooling') add('MaxPool', [], square('kernel_shape', layer.poolSize, 'strides'));
    if (layer.type !== 'convolution' && layer.type !== 'affine') continue;
    const { shape, W, b, input: before } = weights[next]!;
    const [name, bias] = [`W${next}`, `b${next}`];
    next++;
    initializers.push(floats(bias, [b.length], b));
    if (layer.type === 'convolution') {
      const size = layer.kernelSize;
      const turned = channelsFirst(W, size * size, channels, layer.filters);
      initializers.push(floats(name, [layer.filters, channels, size, size], turned));
      channels = layer.filters;
      const pads = new Array<number>(4).fill(layer.padding);
      add('Conv', [name, bias], { kernel_shape: [size, size], pads });
    } else {
      const [height, width, depth] = before;
      if (!flat) reshape([-1, height * width * depth]);
      const rows = flat ? W : rowsChannelsFirst(W, height * width, depth, layer.outputSize);
      flat = true;
      initializers.push(floats(name, shape, rows));
      add('Gemm', [name, bias]);
    }
    if (layer.activation === 'relu') add('Relu', []);
  }
  nodes.push(node('Softmax', [last], 'y'));
  return model(nodes, initializers, { inputs: input[0] * input[1], outputs: weights.at(-1)!.b.length });
}

const square = (name: string, size: number, other: string) => ({ [name]: [size, size], [other]: [size, size] });

/** (places, C, F) → (F, C, places) */
function channelsFirst(W: Float32Array, places: number, channels: number, filters: number): Float32Array {
  const turned = new Float32Array(W.length);
  for (let place = 0; place < places; place++)
    for (let c = 0; c < channels; c++)
      for (let f = 0; f < filters; f++)
        turned[(f * channels + c) * places + place] = W[(place * channels + c) * filters + f]!;
  return turned;
}

/** (places · C, columns) → (C · places, columns) */
function rowsChannelsFirst(W: Float32Array, places: number, channels: number, columns: number): Float32Array {
  const turned = new Float32Array(W.length);
  for (let place = 0; place < places; place++)
    for (let c = 0; c < channels; c++) {
      const row = place * channels + c;
      turned.set(W.subarray(row * columns, (row + 1) * columns), (c * places + place) * columns);
    }
  return turned;
}
