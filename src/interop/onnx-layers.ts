/** What each type of layer is in operators of ONNX. */

import type { Activation, ConvolutionShape, PoolingShape } from '../backend/backend.js';
import type { Affine } from '../layers/affine.js';
import type { AveragePooling } from '../layers/average-pooling.js';
import type { BatchNormalization } from '../layers/batch-normalization.js';
import type { Convolution } from '../layers/convolution.js';
import type { Embedding } from '../layers/embedding.js';
import type { Gelu } from '../layers/gelu.js';
import type { Layer } from '../layers/layer.js';
import type { LayerNormalization } from '../layers/layer-normalization.js';
import type { LeakyRelu } from '../layers/leaky-relu.js';
import type { MatMul } from '../layers/mat-mul.js';
import type { MaxPooling } from '../layers/max-pooling.js';
import type { Rescaling } from '../layers/rescaling.js';
import type { Standardization } from '../layers/standardization.js';
import { INT64 } from './onnx-format.js';
import type { RowGraph } from './row-graph.js';

/** The layers with a form in ONNX, by the type in their description. */
interface Exported {
  affine: Affine;
  matMul: MatMul;
  convolution: Convolution;
  maxPooling: MaxPooling;
  averagePooling: AveragePooling;
  globalAveragePooling: Layer;
  embedding: Embedding;
  relu: Layer;
  sigmoid: Layer;
  tanh: Layer;
  leakyRelu: LeakyRelu;
  gelu: Gelu;
  softplus: Layer;
  dropout: Layer;
  batchNormalization: BatchNormalization;
  layerNormalization: LayerNormalization;
  rescaling: Rescaling;
  standardization: Standardization;
}

/** Appends a layer to a graph. */
type Writer<T extends Layer> = (graph: RowGraph, layer: T) => void;

const ACTIVATION: Readonly<Record<Activation, string | undefined>> = {
  identity: undefined,
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
};

const WRITERS: { readonly [T in keyof Exported]: Writer<Exported[T]> } = {
  affine(graph, { params: { W, b }, activation }) {
    const weights = graph.weights(W); // before the value is read: it may have to become a matrix
    graph.append('Gemm', [weights, graph.parameter(b)]);
    activate(graph, activation);
  },
  matMul(graph, { params: { W } }) {
    const weights = graph.weights(W);
    graph.append('MatMul', [weights]);
  },
  convolution(graph, { params: { W, b }, sizes, activation }) {
    graph.turn();
    const { kernelHeight, kernelWidth } = sizes;
    const filters = graph.parameter(W, W.transpose([3, 2, 0, 1])); // (filters, channels, height, width)
    graph.append('Conv', [filters, graph.parameter(b)], windows(sizes, kernelHeight, kernelWidth));
    activate(graph, activation);
  },
  maxPooling(graph, { sizes }) {
    graph.turn();
    graph.append('MaxPool', [], windows(sizes, sizes.poolHeight, sizes.poolWidth));
  },
  averagePooling(graph, { sizes }) {
    graph.turn();
    graph.append('AveragePool', [], windows(sizes, sizes.poolHeight, sizes.poolWidth));
  },
  globalAveragePooling(graph) {
    graph.turn();
    graph.append('GlobalAveragePool');
    graph.shape = [1, 1, graph.shape[2]!];
    graph.turnBack();
  },
  embedding(graph, { params: { W }, inputSize, quantities, outputSize }) {
    const x = graph.value;
    if (quantities > 0) sliceColumns(graph, quantities, inputSize);
    graph.append('Cast', [], { to: INT64 });
    graph.apply('Gather', [graph.parameter(W), graph.value]); // (N, inputSize − quantities, outputSize)
    graph.asMatrix((inputSize - quantities) * outputSize);
    if (quantities === 0) return;
    const rows = graph.value;
    sliceColumns(graph, 0, quantities, x);
    graph.append('Concat', [rows], { axis: 1 });
  },
  relu: (graph) => graph.append('Relu'),
  sigmoid: (graph) => graph.append('Sigmoid'),
  tanh: (graph) => graph.append('Tanh'),
  leakyRelu: (graph, { alpha }) => graph.append('LeakyRelu', [], { alpha: { float: alpha } }),
  gelu(graph, { exact }) {
    const x = graph.value;
    const factor = exact ? halfOfErf : halfOfTanh;
    factor(graph);
    graph.append('Add', [graph.scalar('one', 1)]);
    graph.append('Mul', [x]);
    graph.append('Mul', [graph.scalar('half', 0.5)]);
  },
  softplus: (graph) => graph.append('Softplus'),
  dropout: () => undefined, // it is for training
  batchNormalization(graph, { params: { gamma, beta }, buffers: { runningMean, runningVariance }, epsilon }) {
    const channels = gamma.size;
    if (graph.isTurned && channels !== graph.shape[2]) graph.turnBack();
    const isWhole = graph.isTurned || channels === graph.columns;
    if (!isWhole) graph.asMatrix(channels); // rows of places: the channels are columns
    const columns = [gamma, beta, runningMean, runningVariance].map((tensor) => graph.parameter(tensor));
    graph.append('BatchNormalization', columns, { epsilon: { float: epsilon } });
    if (!isWhole) graph.asMatrix(graph.columns);
  },
  layerNormalization(graph, { params: { gamma, beta }, epsilon }) {
    const columns = [graph.perColumn(gamma), graph.perColumn(beta)];
    graph.append('LayerNormalization', columns, { axis: 1, epsilon: { float: epsilon } });
  },
  rescaling(graph, { scale, offset }) {
    graph.append('Mul', [graph.scalar('scale', scale)]);
    if (offset !== 0) graph.append('Add', [graph.scalar('offset', offset)]);
  },
  standardization(graph, { buffers: { mean, deviation } }) {
    graph.append('Sub', [graph.perColumn(mean)]);
    graph.append('Div', [graph.perColumn(deviation)]);
  },
};

/** The types of layers that have a form in ONNX. */
export const EXPORTED = Object.keys(WRITERS);

/** Appends a layer of one of the types in `EXPORTED`. */
export function appendLayer(graph: RowGraph, type: string, layer: Layer): void {
  const write = WRITERS[type as keyof Exported] as unknown as Writer<Layer>;
  write(graph, layer);
}

function activate(graph: RowGraph, activation: Activation): void {
  const type = ACTIVATION[activation];
  if (type !== undefined) graph.append(type);
}

/** The columns of a value from one to before another. */
function sliceColumns(graph: RowGraph, from: number, to: number, value: string = graph.value): void {
  const [start, end, axis] = [graph.list('from', [from]), graph.list('to', [to]), graph.list('axis', [1])];
  graph.apply('Slice', [value, start, end, axis]);
}

/** erf(x / √2), which with + 1 and · ½ is Φ(x). */
function halfOfErf(graph: RowGraph): void {
  graph.append('Div', [graph.scalar('sqrt2', Math.SQRT2)]);
  graph.append('Erf');
}

/** tanh(√(2/π) · (x + 0.044715 x³)), computed as √(2/π) · x · (1 + 0.044715 x²). */
function halfOfTanh(graph: RowGraph): void {
  const x = graph.value;
  graph.append('Mul', [x]);
  graph.append('Mul', [graph.scalar('cubic', 0.044715)]);
  graph.append('Add', [graph.scalar('one', 1)]);
  graph.append('Mul', [x]);
  graph.append('Mul', [graph.scalar('root', Math.sqrt(2 / Math.PI))]);
  graph.append('Tanh');
}

/** Windows on an image. Padding at the bottom and right is as much as the last window needs. */
function windows(sizes: ConvolutionShape | PoolingShape, height: number, width: number) {
  const { stride, padTop, padLeft, outHeight, outWidth } = sizes;
  const bottom = (outHeight - 1) * stride + height - padTop - sizes.height;
  const right = (outWidth - 1) * stride + width - padLeft - sizes.width;
  return {
    kernel_shape: [height, width],
    strides: [stride, stride],
    pads: [padTop, padLeft, Math.max(bottom, 0), Math.max(right, 0)],
  };
}
