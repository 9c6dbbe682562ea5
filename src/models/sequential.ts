import type { Backend, Dtype } from '../backend/backend.js';
import { defaultBackend } from '../backend/choose/load.js';
import { Dataset } from '../data/dataset.js';
import type { Kind } from '../data/kind.js';
import { ArgumentError, DataError, DivergenceError, ShapeError, StateError } from '../errors.js';
import { numericalGradient } from '../functions/numerical.js';
import { brand, isInstance } from '../identity.js';
import type { StoredTensor } from '../io/safetensors.js';
import type { Layer, LayerState, LossLayer, RowWeights, Targets, Tensors } from '../layers/layer.js';
import { Rescaling } from '../layers/rescaling.js';
import { SoftmaxWithLoss } from '../layers/softmax-with-loss.js';
import { Standardization } from '../layers/standardization.js';
import { readTargets } from '../layers/targets.js';
import { checkOptions, requirePositive } from '../options.js';
import { showAsText } from '../show-as-text.js';
import { formatShape, sizeOf } from '../tensor/shape.js';
import { type Matrix, Tensor } from '../tensor/tensor.js';
import type { Values } from '../tensor/values.js';
import { classesOf, countRight, firstNonFiniteRow } from './answers.js';
import { type BuildOptions, build, type ShapeCheck } from './build.js';
import type { NetworkDescription } from './description.js';
import { digestOf } from './digest.js';
import { ChunkedEvaluator } from './evaluator.js';
import { FORMAT, type SavedNetwork } from './file-format.js';
import { inputOf, requireNoDataset } from './input.js';
import { LayerStack, requireLossLayer } from './layer-stack.js';
import { requireMatch, requireOutputs } from './match.js';
import { type Measures, measuresOf } from './measures.js';
import { type NamedTensors, type NameOf, nameTensors } from './names.js';
import type { EvaluateOptions, Evaluation, Evaluator, Network, SaveOptions } from './network.js';
import { followShapes, type RowShapes } from './row-shapes.js';
import { nonFinitePlace, readNetwork, restoreSaved, saveNetwork } from './saved-network.js';
import { copyState, loadState, type StateDict } from './state.js';
import { Summary } from './summary.js';

/** What a description knows beyond its layers. */
interface Origin {
  readonly inputShape?: readonly number[];
  readonly seed?: number;
  readonly l2?: number;
}

/** Options for building a network from a file. */
export type LoadOptions = Pick<BuildOptions, 'backend' | 'layers'>;

/**
 * Layers one after another, and a loss at the end.
 *
 * Parameters are named by the book: the k-th layer whose first parameter is W gives its `W` and `b` as `Wk` and `bk`; layers
 * with other parameters are numbered separately. Each layer instance may appear in a network once.
 *
 * @example new Sequential([new Affine({ inputSize: 4, outputSize: 8 }), new Relu(), new Affine({ inputSize: 8, outputSize: 3 })])
 * @throws {ArgumentError} for an empty list, a layer that appears twice, layers of different dtypes, or no loss layer
 */
export class Sequential<K extends string = string> implements Network<K> {
  static {
    brand(Sequential, 'Sequential');
  }

  readonly kind: Kind;
  readonly dtype: Dtype;
  /** Columns of x and of the scores; undefined where the layers do not say. */
  readonly inputSize: number | undefined;
  readonly outputSize: number | undefined;
  /** The shape of one row of x, e.g. [784], or [28, 28, 1] of images; undefined where the layers do not say. */
  readonly inputShape: readonly number[] | undefined;
  /** Seed of the initial weights; undefined for layers that were built one by one. */
  readonly seed: number | undefined;
  readonly decayed: readonly K[];
  readonly l2: number;

  // What follows is not enumerable: it would flood a console or a test's diff. A digest of the numbers takes its place.
  readonly #name: string;
  readonly #stack: LayerStack;
  readonly #lossLayer: LossLayer;
  readonly #named: NamedTensors;
  readonly #backend: Backend;
  readonly #shapes: RowShapes;
  #byteScale: number | undefined;

  /**
   * @param nameOf the network's name for a parameter: of the layer's own name, and the layer's number among those with the
   *   same first parameter, counted from 1
   */
  constructor(layers: readonly Layer[], lossLayer?: LossLayer, nameOf?: NameOf);
  /** @param origin what a description knows beyond its layers @internal */
  constructor(layers: readonly Layer[], lossLayer?: LossLayer, nameOf?: NameOf, origin?: Origin);
  constructor(
    layers: readonly Layer[],
    lossLayer: LossLayer = new SoftmaxWithLoss(),
    nameOf: NameOf = (name, number) => `${name}${number}`,
    origin: Origin = {},
  ) {
    this.#name = new.target.name;
    this.#stack = new LayerStack(this.#name, layers);
    requireLossLayer(this.#name, lossLayer);
    this.#lossLayer = lossLayer;
    this.#named = nameTensors(this.#name, this.layers, nameOf);
    this.#shapes = followShapes(this.#name, this.layers, origin.inputShape);
    const [first] = Object.values(this.#named.tensors);
    this.#backend = first?.backend ?? defaultBackend();
    this.dtype = requireOneDtype(this.#name, this.#named.tensors);
    this.kind = lossLayer.kind;
    this.inputSize = sizeOrUndefined(this.#shapes.input);
    this.inputShape = this.#shapes.input;
    this.outputSize = sizeOrUndefined(this.#shapes.outputs.at(-1));
    if (this.outputSize !== undefined) requireOutputs(this.#name, this.kind, this.outputSize);
    this.seed = origin.seed;
    this.l2 = origin.l2 ?? 0;
    this.decayed = this.#named.decayed as readonly K[];
    Object.defineProperty(this, 'numbers', { enumerable: true, get: () => digestOf(this.#named.tensors) });
    // Such a layer scales what comes, or counts it, so that bytes come as they are.
    const [front] = this.layers;
    if (isInstance(front, Rescaling) || isInstance(front, Standardization) || front!.readsIndices) this.#byteScale = 1;
  }

  /**
   * Builds a network from its description: a list of layers, each a plain object with its type and options.
   *
   * @example
   * Sequential.from({
   *   input: 784,
   *   layers: [
   *     { type: 'affine', outputSize: 50, activation: 'relu' },
   *     { type: 'affine', outputSize: 10 },
   *   ],
   * })
   * @throws {ArgumentError} for an unknown type or option, naming the layer's position
   * @throws {ShapeError} for layers that do not fit together
   */
  static from(description: NetworkDescription, options: BuildOptions = {}): Sequential {
    return sequentialFrom('Sequential.from', description, options);
  }

  /** The same from parsed JSON of unknown content: everything is checked, as in `from`. */
  static fromJSON(description: unknown, options: BuildOptions = {}): Sequential {
    return sequentialFrom('Sequential.fromJSON', description, options);
  }

  /**
   * Reads a network that `save` wrote, of any class; its parameters are equal to the bit.
   *
   * @param options `layers`: builders of layers that are neither built in nor registered with `registerLayer`
   * @throws {DataError} if the file is missing, damaged, or describes an unknown layer
   */
  static async load(path: string, options: LoadOptions = {}): Promise<Sequential> {
    const operation = 'Sequential.load';
    checkOptions(operation, options, ['backend', 'layers']);
    const { saved, tensors } = await readNetwork(operation, path);
    return Sequential.restore(operation, path, saved, tensors, options);
  }

  /** Builds the network that a file describes, and fills in its arrays. @internal */
  static restore(
    operation: string,
    path: string,
    saved: SavedNetwork,
    tensors: Readonly<Record<string, StoredTensor>>,
    options: LoadOptions = {},
  ): Sequential {
    const { description, built } = saved;
    return restoreSaved(operation, path, saved, tensors, (check) => {
      return sequentialFrom(operation, description, { ...built, ...options }, check);
    });
  }

  /** The layers, first to last, without the loss layer. */
  get layers(): readonly Layer[] {
    return this.#stack.layers;
  }

  /** The layer that turns scores and targets into the loss. */
  get lossLayer(): LossLayer {
    return this.#lossLayer;
  }

  get params(): Tensors<K> {
    return this.#named.params as Tensors<K>;
  }

  get grads(): Tensors<K> {
    return this.#named.grads as Tensors<K>;
  }

  get buffers(): Tensors {
    return this.#named.buffers;
  }

  /** Where the network computes. */
  get backend(): Backend {
    return this.#backend;
  }

  get byteScale(): number | undefined {
    return this.#byteScale;
  }

  set byteScale(scale: number | undefined) {
    if (scale !== undefined) requirePositive(this.#name, 'byteScale', scale);
    this.#byteScale = scale;
  }

  predict(x: Values): Matrix {
    return this.lossLayer.predict(this.#infer('predict', x)).clone() as Matrix;
  }

  logits(x: Values): Matrix {
    return this.#infer('logits', x).clone() as Matrix;
  }

  classify(x: Values): Int32Array {
    if (this.kind === 'multiLabel') {
      throw new StateError({
        operation: `${this.#name}.classify`,
        found: 'this network gives a row any number of labels',
        expected: 'one class per row',
        fix: 'Use predict: a row has the labels whose probability is above 0.5',
      });
    }
    this.#requireClassifier('classify');
    const input = this.#input('classify', x);
    const scores = this.#stack.infer('classify', input);
    const classes = classesOf(this.kind, scores);
    const row = firstNonFiniteRow(this.kind, scores, classes);
    if (row >= 0) throw this.#notFinite('classify', input, row);
    return classes;
  }

  /** The mean loss over the rows. */
  loss(dataset: Dataset): number;
  loss(x: Values, labels: Targets): number;
  loss(x: Dataset | Values, labels?: Targets): number {
    if (isInstance(x, Dataset)) return this.#evaluateDataset('loss', x).loss;
    return this.lossLayer.loss(this.#infer('loss', x), this.#targets('loss', labels)) + this.penalty();
  }

  /** The share of rows classified correctly, in [0, 1]; of a multi-label network, of rows with all labels right. */
  accuracy(dataset: Dataset): number;
  accuracy(x: Values, labels: Targets): number;
  accuracy(x: Dataset | Values, labels?: Targets): number {
    this.#requireClassifier('accuracy');
    if (isInstance(x, Dataset)) {
      const { loss, accuracy } = this.#evaluateDataset('accuracy', x);
      if (!Number.isFinite(loss)) throw this.#notFinite('accuracy');
      return accuracy!;
    }
    const input = this.#input('accuracy', x);
    return this.#accuracyOf('accuracy', input, this.#stack.infer('accuracy', input), labels);
  }

  /**
   * Loss and accuracy, or loss, rmse, mae and r2Score of a regression, from one forward pass.
   *
   * @example net.evaluate(test, { metrics: ['f1Score'] })   // { loss: 0.12, accuracy: 0.96, f1Score: 0.94 }
   * @throws {ArgumentError} for a metric that is not known, or that a network of this kind does not have
   */
  evaluate(dataset: Dataset, options?: EvaluateOptions): Evaluation;
  evaluate(x: Values, labels: Targets, options?: EvaluateOptions): Evaluation;
  evaluate(x: Dataset | Values, second?: Targets | EvaluateOptions, third: EvaluateOptions = {}): Evaluation {
    const options = isInstance(x, Dataset) ? ((second ?? {}) as EvaluateOptions) : third;
    const measures = measuresOf(`${this.#name}.evaluate`, this.kind, options);
    if (isInstance(x, Dataset)) return this.#evaluateDataset('evaluate', x, measures);
    const labels = second as Targets | undefined;
    const input = this.#input('evaluate', x);
    const scores = this.#stack.infer('evaluate', input);
    const targets = this.#targets('evaluate', labels);
    const loss = this.lossLayer.loss(scores, targets) + this.penalty();
    if (measures !== undefined) {
      const { unnormalized } = this.lossLayer;
      const read = readTargets(`${this.#name}.evaluate`, this.kind, scores, targets, unnormalized);
      measures.add(scores, read, (of) => this.lossLayer.predict(of));
    }
    const accuracy =
      this.kind === 'regression' ? {} : { accuracy: this.#accuracyOf('evaluate', input, scores, labels) };
    return { loss, ...accuracy, ...measures?.result() };
  }

  evaluator(dataset: Dataset): Evaluator {
    return this.#evaluatorOf('evaluator', dataset);
  }

  lossAndGradient(x: Values, labels: Targets, weights?: RowWeights): number {
    const scores = this.#stack.forward('lossAndGradient', this.#input('lossAndGradient', x));
    const loss = this.lossLayer.forward(scores, labels, weights) + this.penalty();
    if (!Number.isFinite(loss)) {
      throw new DivergenceError(loss, {
        operation: `${this.#name}.lossAndGradient`,
        found: `the loss is ${loss}`,
        expected: 'a finite number',
        fix: 'Use a smaller learning rate, and check that x holds no NaN',
      });
    }
    this.#stack.backward('lossAndGradient', this.lossLayer.backward());
    this.#addPenaltyGradient();
    return loss;
  }

  penalty(): number {
    if (this.l2 === 0) return 0;
    let squares = 0;
    for (const name of this.decayed)
      squares += this.backend.sumOfSquares(this.params[name].data, this.params[name].size);
    return (this.l2 / 2) * squares;
  }

  /** dW ← dW + l2 · W, for every weight that decays. */
  #addPenaltyGradient(): void {
    if (this.l2 === 0) return;
    for (const name of this.decayed) {
      const { data: W, size } = this.params[name];
      this.backend.axpy(size, this.l2, W, this.grads[name].data);
    }
  }

  gradient(x: Values, labels: Targets): Record<K, Tensor> {
    requireNoDataset(`${this.#name}.gradient`, x);
    this.lossAndGradient(x, labels);
    return copyState(`${this.#name}.gradient`, this.grads);
  }

  numericalGradient(x: Values, labels: Targets): Record<K, Tensor> {
    const input = this.#input('numericalGradient', x);
    const gradients = {} as Record<K, Tensor>;
    for (const name in this.params) {
      gradients[name] = numericalGradient(() => this.loss(input, labels), this.params[name]);
    }
    return gradients;
  }

  layerStates(): readonly (LayerState | null)[] {
    return this.layers.map((layer) => layer.state?.() ?? null);
  }

  restoreLayerStates(states: readonly (LayerState | null)[]): void {
    this.layers.forEach((layer, i) => {
      const state = states[i] ?? null;
      if (state !== null) layer.restore?.(state);
    });
  }

  stateDict(): Record<K, Tensor> {
    return copyState(`${this.#name}.stateDict`, this.#named.tensors as Tensors<K>);
  }

  loadStateDict(dict: StateDict): void {
    loadState(`${this.#name}.loadStateDict`, this.#named.tensors, dict);
  }

  /** The names of all that a file holds, layer by layer, parameters before buffers. @internal */
  get tensorNames(): readonly string[] {
    return Object.keys(this.#named.tensors);
  }

  /**
   * The network as plain data: from which `Sequential.from` builds it again, with other weights.
   *
   * @throws {StateError} for a custom layer or loss without `describe`, or where no layer fixes the columns of x
   */
  describe(): NetworkDescription {
    return this.#describe('describe');
  }

  #describe(method: string): NetworkDescription {
    const refuse = (found: string, expected: string): never => {
      throw new StateError({ operation: `${this.#name}.${method}`, found, expected });
    };
    const layers = this.layers.map((layer, i) => {
      const description = layer.describe?.();
      if (typeof description?.type === 'string') return description;
      const what = layer.describe === undefined ? 'has no describe' : 'describes itself without a type';
      return refuse(
        `layer ${i + 1} (${layer.constructor.name}) ${what}`,
        "describe() { return { type: '…' } } on each layer",
      );
    });
    const loss = this.lossLayer.describe?.();
    const { input } = this.#shapes;
    if (loss === undefined)
      refuse(`the loss layer (${this.lossLayer.constructor.name}) has no describe`, 'a built-in loss');
    if (input === undefined) refuse('the columns of x are not known', 'inputSize on the first layer');
    const { l2 } = this;
    return { input: input!.length === 1 ? input![0]! : input!, layers, ...loss, ...(l2 === 0 ? {} : { l2 }) };
  }

  /** Layers, shapes and numbers of parameters: `String(net.summary())` is a table. */
  summary(): Summary {
    return new Summary(this.#name, this, this.layers, this.lossLayer, this.#shapes);
  }

  /** The table of the summary, which `console.log` shows too. */
  toString(): string {
    return String(this.summary());
  }

  /** What JSON and test runners show: the summary, not the numbers. */
  toJSON(): Summary {
    return this.summary();
  }

  /** Everything that a file needs to build this network again, except the numbers. @internal */
  saved(operation = 'saved'): SavedNetwork {
    const { dtype, seed, byteScale } = this;
    return {
      format: FORMAT,
      network: this.#name,
      description: this.#describe(operation),
      built: { dtype, ...(seed === undefined ? {} : { seed }) },
      tensors: this.tensorNames,
      ...(byteScale === undefined ? {} : { byteScale }),
    };
  }

  async save(path: string, options: SaveOptions = {}): Promise<void> {
    const operation = `${this.#name}.save`;
    checkOptions(operation, options, ['allowNonFinite']);
    await saveNetwork(operation, path, this.saved('save'), this.#named.tensors, options);
  }

  /** The scores of a batch, borrowed from the last layer. */
  #infer(method: string, x: Values): Tensor {
    return this.#stack.infer(method, this.#input(method, x));
  }

  #input(method: string, x: Values): Tensor {
    const isReady = isInstance(x, Tensor) && x.dtype === this.dtype;
    const tensor = isReady ? x : inputOf(`${this.#name}.${method}`, this, x);
    if (tensor.rank < 2) throw this.#notRows(method, tensor);
    return tensor;
  }

  #notRows(method: string, x: Tensor): ShapeError {
    const width = this.inputSize;
    return new ShapeError({
      operation: `${this.#name}.${method}`,
      found: `x has shape ${formatShape(x.shape)}`,
      expected: `[N, ${width ?? 'inputSize'}], a row for each sample`,
      fix:
        x.rank === 0 || width === 1
          ? 'Nest single numbers, as in [[1], [2]]'
          : 'Wrap one row in [ ], as in [[1, 2, 3]]',
    });
  }

  #evaluatorOf(method: string, dataset: Dataset, measures?: Measures): Evaluator {
    requireMatch(`${this.#name}.${method}`, 'dataset', this, dataset);
    return new ChunkedEvaluator(dataset, this, (x) => this.#stack.infer(method, x), this.lossLayer, measures);
  }

  #evaluateDataset(method: string, dataset: Dataset, measures?: Measures): Evaluation {
    const evaluator = this.#evaluatorOf(method, dataset, measures);
    for (;;) {
      const evaluation = evaluator.next();
      if (evaluation !== undefined) return evaluation;
    }
  }

  #accuracyOf(method: string, input: Tensor, scores: Tensor, labels: Targets | undefined): number {
    const operation = `${this.#name}.${method}`;
    const { unnormalized } = this.lossLayer;
    const t = readTargets(operation, this.kind, scores, this.#targets(method, labels), unnormalized);
    const row =
      this.kind === 'multiLabel'
        ? Math.floor(scores.data.findIndex((score) => !Number.isFinite(score)) / scores.shape[1]!)
        : firstNonFiniteRow(this.kind, scores, classesOf(this.kind, scores));
    if (row >= 0) throw this.#notFinite(method, input, row);
    return countRight(this.kind, scores, t) / scores.shape[0]!;
  }

  /** Why scores are NaN or infinite: the first non-finite input of that row, or else the first such parameter. */
  #notFinite(method: string, x?: Tensor, row = 0): DataError | StateError {
    const operation = `${this.#name}.${method}`;
    const width = x?.shape[1] ?? 0;
    const column = x === undefined ? -1 : x.data.subarray(row * width, (row + 1) * width).findIndex(isNotFinite);
    if (column >= 0) {
      const found = `x[${row}][${column}] is ${x!.data[row * width + column]}`;
      return new DataError({ operation, found, expected: 'finite numbers' });
    }
    const place = nonFinitePlace(this.#named.tensors);
    return new StateError({
      operation,
      found: `the scores${x === undefined ? '' : ` of row ${row}`} are not finite`,
      expected: 'finite numbers to compare',
      fix:
        place === undefined
          ? `x and the parameters are finite, so a product exceeds what ${this.dtype} can hold`
          : `The cause is in the parameters: ${place}`,
    });
  }

  #targets(method: string, labels: Targets | undefined): Targets {
    if (labels !== undefined) return labels;
    throw new ArgumentError({
      operation: `${this.#name}.${method}`,
      found: 'labels is undefined',
      expected: 'labels in addition to x, or a Dataset',
    });
  }

  #requireClassifier(method: string): void {
    if (this.kind !== 'regression') return;
    throw new StateError({
      operation: `${this.#name}.${method}`,
      found: 'this network is a regression',
      expected: 'a classifier',
      fix: method === 'classify' ? 'Use predict for its values' : 'Use loss to judge it',
    });
  }
}

showAsText(Sequential);

function sequentialFrom(
  operation: string,
  description: unknown,
  options: BuildOptions,
  check?: ShapeCheck,
): Sequential {
  const { layers, lossLayer, ...origin } = build(operation, description, options, check);
  return new Sequential(layers, lossLayer, undefined, origin);
}

const isNotFinite = (value: number): boolean => !Number.isFinite(value);

function requireOneDtype(operation: string, tensors: Tensors): Dtype {
  const [first, ...others] = Object.entries(tensors);
  if (first === undefined) return 'float32';
  const [name, { dtype }] = first;
  const other = others.find(([, tensor]) => tensor.dtype !== dtype);
  if (other === undefined) return dtype;
  throw new ArgumentError({
    operation,
    found: `${other[0]} is ${other[1].dtype} and ${name} is ${dtype}`,
    expected: 'layers of the same dtype',
  });
}

function sizeOrUndefined(shape: readonly number[] | undefined): number | undefined {
  return shape === undefined ? undefined : sizeOf(shape);
}
