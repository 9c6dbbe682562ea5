import type { Kind } from '../data/kind.js';
import { ArgumentError, DataError, StateError, show } from '../errors.js';
import type { Tensors } from '../layers/layer.js';
import { requireMemory } from '../layers/require-memory.js';
import { adviceForOwner } from '../models/match.js';
import { followShapes } from '../models/row-shapes.js';
import { Sequential } from '../models/sequential.js';
import { requireInstance, requireNoSecond } from '../options.js';
import { placeOf } from '../tensor/shape.js';
import { appendLayer, EXPORTED } from './onnx-layers.js';
import { RowGraph } from './row-graph.js';

/** Readers of protocol buffers count bytes in 31 bits. */
const LARGEST_FILE = 2 ** 31;

/** The operator that turns scores into what `predict` gives. */
const OUTPUT: Readonly<Record<Kind, { readonly type?: string; readonly gives: string }>> = {
  classification: { type: 'Softmax', gives: 'probabilities of the classes' },
  binary: { type: 'Sigmoid', gives: 'the probability of yes' },
  multiLabel: { type: 'Sigmoid', gives: 'the probability of each label' },
  regression: { gives: 'values' },
};

/**
 * A network as an ONNX file, for other runtimes: onnxruntime in Python, C++, on phones and in browsers.
 *
 * Input `x`: (N, inputSize) floats, rows as the network takes them, images with channels last. Output `y`: what `predict`
 * gives, (N, outputSize): probabilities, or the values of a regression. All numbers are float32; those of a float64 network
 * are rounded. Operators are of opset 17, ONNX IR version 8. Dropout and the loss are for training and not in the file.
 *
 * A network trained on bytes multiplies bytes by its `byteScale`, and a runtime gives floats: multiply them by it, or
 * begin the network with a `rescaling` layer, which is in the file.
 *
 * @example await writeFile('digits.onnx', exportOnnx(net))
 * @throws {ArgumentError} for anything but a network alone, a layer or loss that is not the library's, naming it, or more than 2 GiB
 * @throws {StateError} where no layer fixes the columns of x
 * @throws {DataError} for a parameter that is NaN or infinite in float32
 */
export function exportOnnx<K extends string>(net: Sequential<K>): Uint8Array;
export function exportOnnx<K extends string>(net: Sequential<K>, ...more: readonly unknown[]): Uint8Array {
  const operation = 'exportOnnx';
  const path = typeof more[0] === 'string' ? more[0] : 'net.onnx';
  const written = `Write them to a file: fs.writeFileSync(${show(path)}, exportOnnx(net))`;
  requireNoSecond(operation, more, 'the network alone: it returns the bytes of the file', written);
  const fix = adviceForOwner(net) ?? 'Build one with Sequential.from';
  requireInstance(operation, 'net', net as unknown, Sequential, 'a network', fix);
  const { layers, lossLayer, inputShape, byteScale } = net;
  const types = layers.map((layer, i) => {
    const type = layer.describe?.().type;
    if (type !== undefined && EXPORTED.includes(type)) return type;
    throw new ArgumentError({
      operation,
      found: `layer ${i + 1} (${layer.constructor.name}) has no form in ONNX`,
      expected: `layers of the types ${EXPORTED.join(', ')}`,
    });
  });
  if (lossLayer.describe === undefined) {
    throw new ArgumentError({
      operation,
      found: `the loss layer (${lossLayer.constructor.name}) has no form in ONNX`,
      expected: 'a built-in loss',
    });
  }
  if (inputShape === undefined) {
    throw new StateError({
      operation,
      found: 'the columns of x are not known',
      expected: 'inputSize on the first layer',
    });
  }
  const tensors = { ...net.params, ...net.buffers } as Tensors;
  requireFloat32(operation, tensors);

  const graph = new RowGraph(inputShape, tensors);
  const { outputs } = followShapes(operation, layers, inputShape);
  layers.forEach((layer, i) => {
    graph.enter(`layer${i + 1}`);
    appendLayer(graph, types[i]!, layer);
    graph.shape = outputs[i]!;
  });
  graph.turnBack();
  graph.enter('loss');
  const { type, gives } = OUTPUT[lossLayer.kind];
  if (type !== undefined) graph.append(type);
  const rows = inputShape.length === 1 ? `${inputShape[0]} numbers` : `${inputShape.join(' × ')}, channels last`;
  const bytes = byteScale === undefined || byteScale === 1 ? '' : `, bytes times ${byteScale}`;
  return graph.encode(net.constructor.name, `x: rows of ${rows}${bytes}. y: ${gives}.`);
}

/** Checks the numbers as float32, and how many there are. */
function requireFloat32(operation: string, tensors: Tensors): void {
  let bytes = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    requireMemory(operation, name, tensor);
    const { data, shape, dtype } = tensor;
    const i = data.findIndex((value) => !Number.isFinite(Math.fround(value)));
    if (i >= 0) {
      throw new DataError({
        operation,
        found: `${name}${placeOf(i, shape)} is ${data[i]}`,
        expected: dtype === 'float32' ? 'finite numbers' : 'numbers that are finite in float32',
      });
    }
    bytes += 4 * data.length;
  }
  requireReadable(operation, bytes);
}

/** @throws {ArgumentError} for parameters of more bytes than a reader takes @internal */
export function requireReadable(operation: string, bytes: number): void {
  if (bytes < LARGEST_FILE) return;
  throw new ArgumentError({
    operation,
    found: `the parameters take ${bytes} bytes`,
    expected: `fewer than ${LARGEST_FILE}, the most that a reader of ONNX takes`,
  });
}
