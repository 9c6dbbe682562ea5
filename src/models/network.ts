import type { Backend, Dtype, Floats } from '../backend/backend.js';
import type { Dataset } from '../data/dataset.js';
import type { Kind } from '../data/kind.js';
import type { OwnBytes } from '../io/file-source.js';
import type { Layer, LayerState, RowWeights, Targets, Tensors } from '../layers/layer.js';
import type { Matrix, Tensor } from '../tensor/tensor.js';
import type { Values } from '../tensor/values.js';
import type { FlatRows } from './flat-rows.js';
import type { LoadStateOptions } from './foreign-state.js';
import type { StateDict } from './state.js';

/** Figures of a classifier that `evaluate` gives when it is asked for them. */
export type MetricName = 'precision' | 'recall' | 'f1Score' | 'rocAuc' | 'confusionMatrix';

/** What `evaluate` takes beside the data. */
export interface EvaluateOptions {
  /**
   * More figures of a classifier. Precision, recall and F1 are those of class 1 of two classes, else the mean over the
   * classes that occur, or over the labels of a multi-label network; the area under the ROC curve is averaged in the same way.
   */
  readonly metrics?: readonly MetricName[];
}

/** The loss and, but for a regression, the share of rows that are right; of a regression its errors. */
export interface Evaluation {
  /** Mean loss over the rows, each times its weight where the data set has weights. */
  readonly loss: number;
  /** Share of the rows whose class is right, or whose labels are all right, in [0, 1]; absent for a regression. */
  readonly accuracy?: number;
  /** The root mean square error, in the unit of the targets; `evaluate` of a regression gives it. */
  readonly rmse?: number;
  /** The mean absolute error; `evaluate` of a regression gives it. */
  readonly mae?: number;
  /** The share of the targets' variance that is explained; `evaluate` of a regression gives it, of at least 2 rows. */
  readonly r2Score?: number;
  /** If requested: of the rows that were given a class, the share that belong to it. */
  readonly precision?: number;
  /** If requested: of the rows of a class, the share that were given it. */
  readonly recall?: number;
  /** Where asked for: the harmonic mean of precision and recall. */
  readonly f1Score?: number;
  /** Where asked for: the area under the ROC curve. */
  readonly rocAuc?: number;
  /** Where asked for: entry [i][j] counts the rows of class i that were given class j. */
  readonly confusionMatrix?: readonly (readonly number[])[];
}

/** How far an evaluation has come, as plain data. */
export interface EvaluationState {
  /** Chunks of rows evaluated so far; 0 between evaluations. */
  readonly chunk: number;
  /** The sum of the losses of these rows. */
  readonly loss: number;
  /** How many of them are classified correctly. */
  readonly right: number;
}

/** Evaluates one network on one data set, with its own buffers, which are reused. */
export interface Evaluator {
  /** Works through one chunk of rows, so that others may run in between. The last chunk's call returns the result. */
  next(): Evaluation | undefined;
  /** Makes the next chunk the first. */
  restart(): void;
  /** The progress of the evaluation: after `restore` of it, the same evaluation continues. */
  state(): EvaluationState;
  /** Goes back to a state that `state` gave. */
  restore(state: EvaluationState): void;
}

/** How a network is written to a file. */
export interface SaveOptions {
  /** Write NaN and infinite numbers too. Default false: such a network is refused. */
  readonly allowNonFinite?: boolean;
}

/**
 * A network with named parameters: what the Trainer trains and users query.
 *
 * x is (N, inputSize); labels are N class indices, or one-hot or soft rows, or for multi-label and regression rows of values.
 * K are the names of the parameters: 'W1' | 'b1' | 'W2' | 'b2' of a TwoLayerNet.
 */
export interface Network<K extends string = string> {
  readonly dtype: Dtype;
  readonly backend: Backend;
  /** What the network answers: it takes data sets of this kind only. */
  readonly kind: Kind;
  /** Columns of x and of the output, where the network knows them: they are compared with those of a data set. */
  readonly inputSize?: number | undefined;
  readonly outputSize?: number | undefined;
  /** The shape of one row of x, where the network knows it: of images [height, width, channels]. */
  readonly inputShape?: readonly number[] | undefined;

  /**
   * The scale of the bytes that the network was trained on: x given as bytes is multiplied by it, floats are taken as they
   * are. Undefined if it was not trained on bytes.
   */
  byteScale?: number | undefined;

  /** Live parameters, W as (in, out): writing into them changes the network. The record is frozen. */
  readonly params: Tensors<K>;
  /** dL/dparameter of the last `lossAndGradient`: overwritten, never accumulated. */
  readonly grads: Tensors<K>;
  /** The parameters that weight decay touches: those their layers name, usually every W. Absent: every parameter. */
  readonly decayed?: readonly K[];
  /** λ of the penalty that belongs to the loss; absent or 0 without one. */
  readonly l2?: number;
  /** ½ · l2 · Σ W² over the weights that decay: the part of the loss that no row causes. */
  penalty?(): number;
  /** What is kept and saved but not trained, under names that no parameter has, e.g. runningMean1. */
  readonly buffers?: Tensors;
  /** The random state that each layer carries from step to step, first layer first; null for a layer without one. */
  layerStates?(): readonly (LayerState | null)[];
  /** Continues from what `layerStates` returned. */
  restoreLayerStates?(states: readonly (LayerState | null)[]): void;

  /** The output, (N, outputSize), owned by the caller: probabilities, or the values of a regression. */
  predict(x: Values): Matrix;
  /**
   * The same answers as `predict`, for a service that answers a row or a few at a time: x and `out` are flat typed arrays of the
   * caller, the rows one after another, and calls with as many rows as the last make no arrays.
   *
   * x has N · inputSize numbers, floats or bytes. An array of the network's dtype is read in place: fill the same one for every
   * call. `out` has N · outputSize numbers; it is written last, so a call that throws leaves it as it was.
   *
   * NaN in gives NaN out: a row's numbers are not checked, but for the ids of an `Embedding`. Check what comes from outside.
   *
   * @returns out
   * @throws {ArgumentError} for an x or out that is not such an array
   * @throws {ShapeError} for another length than whole rows, or than the answers have
   * @throws {StateError} if the layers do not say how many numbers a row has
   * @example const [no, yes] = net.predictInto(answer, row)   // new Float32Array(2), new Float32Array(784)
   */
  predictInto<Out extends Floats>(out: Out, x: FlatRows): Out;
  /** The scores before the last layer's softmax or sigmoid, (N, outputSize), owned by the caller. */
  logits(x: Values): Matrix;
  /** The class of each row: N indices, owned by the caller. Not for multi-label, where a row has any number of them. */
  classify(x: Values): Int32Array;

  /** The mean loss over the rows. */
  loss(dataset: Dataset): number;
  /** The same for rows and their labels. */
  loss(x: Values, labels: Targets): number;
  /** The share of rows classified correctly, in [0, 1]; of a multi-label network, of rows with all labels right. */
  accuracy(dataset: Dataset): number;
  /** The same for rows and their labels. */
  accuracy(x: Values, labels: Targets): number;
  /** Loss and accuracy, or loss and errors of a regression, and what `metrics` asks for, from one forward pass. */
  evaluate(dataset: Dataset, options?: EvaluateOptions): Evaluation;
  /** The same for rows and their labels. */
  evaluate(x: Values, labels: Targets, options?: EvaluateOptions): Evaluation;
  /** The same, repeatable and in pieces: what the Trainer evaluates with. */
  evaluator(dataset: Dataset): Evaluator;

  /**
   * The mean loss of a batch; fills `grads` by backpropagation. Allocates nothing once the batch size is known.
   *
   * @param weights how much each row counts: the loss is Σ wᵢ · lossᵢ / N
   * @param ready called during backpropagation with each layer whose gradients are complete, but for a penalty; a network may
   *   leave it out
   * @throws {DivergenceError} if the loss is NaN or infinite; `grads` are left as they were
   */
  lossAndGradient(x: Values, labels: Targets, weights?: RowWeights, ready?: (layer: Layer) => void): number;
  /** The book's `gradient`: backpropagation, as copies the caller owns. */
  gradient(x: Values, labels: Targets): Record<K, Tensor>;
  /**
   * The book's `numerical_gradient`: central differences of the loss, as copies the caller owns. Independent of
   * backpropagation and slow: two forward passes for every weight. float64 networks only.
   */
  numericalGradient(x: Values, labels: Targets): Record<K, Tensor>;

  /** Copies of the parameters, and of the buffers where there are any. */
  stateDict(): Record<K, Tensor>;
  /**
   * Copies values into the parameters and buffers; all are checked before the first is written. Takes tensors, and what
   * remains of them after `structuredClone` or a message to a Worker: `{ data, shape }`.
   *
   * With `from`, the dict is that of a network of PyTorch or Keras with the same layers: names are mapped, and weights turned
   * to our layouts, also those of an affine layer behind a flattened image. A missing bias, of a layer built without one, is 0.
   *
   * @example net.loadStateDict(await loadTensors('torch.safetensors'), { from: 'pytorch' })
   * @throws {ArgumentError} for an unknown name, or layers that do not fit those of this network, naming both
   * @throws {ShapeError} or {DtypeError} for values of another shape or type than the parameter's
   */
  loadStateDict(dict: StateDict, options?: LoadStateOptions): void;
  /**
   * Writes description, parameters and buffers into one safetensors file, atomically.
   *
   * @throws {DataError} for a number that is NaN or infinite, unless `allowNonFinite` is set
   */
  save(path: string, options?: SaveOptions): Promise<void>;
  /**
   * The bytes that `save` writes, for where there are no files: a page, a database, a message. `fromBytes` reads them.
   *
   * @throws {DataError} for a number that is NaN or infinite, unless `allowNonFinite` is set
   */
  toBytes(options?: SaveOptions): OwnBytes;
}
