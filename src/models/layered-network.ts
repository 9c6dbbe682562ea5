import type { Backend, Dtype, Floats } from '../backend/backend.js';
import { defaultBackend } from '../backend/choose/load.js';
import { Dataset } from '../data/dataset.js';
import type { Kind } from '../data/kind.js';
import { ArgumentError, DataError, DivergenceError, StateError } from '../errors.js';
import { numericalGradient } from '../functions/numerical.js';
import { isInstance, isNamed } from '../identity.js';
import type { Layer, LayerState, LossLayer, RowWeights, Targets, Tensors } from '../layers/layer.js';
import { SoftmaxWithLoss } from '../layers/softmax-with-loss.js';
import { readTargets } from '../layers/targets.js';
import { requireNoPromise, requireNoSecond, requirePositive } from '../options.js';
import type { Matrix, Tensor } from '../tensor/tensor.js';
import type { Values } from '../tensor/values.js';
import { classesOf, countRight, firstNonFiniteRow } from './answers.js';
import { digestOf } from './digest.js';
import { ChunkedEvaluator } from './evaluator.js';
import { FlatRowReader, type FlatRows, requireOutput } from './flat-rows.js';
import { inputRows, requireNoDataset } from './input.js';
import { LayerStack, requireLossLayer } from './layer-stack.js';
import { requireMatch, requireOutputs } from './match.js';
import { type Measures, measuresOf } from './measures.js';
import { type NamedTensors, type NameOf, nameTensors, requireOneDtype } from './names.js';
import type { EvaluateOptions, Evaluation, Evaluator } from './network.js';
import { notFinite } from './not-finite.js';
import { followShapes, type RowShapes, sizeOrUndefined } from './row-shapes.js';
import { copyState } from './state.js';

/** What a description knows beyond its layers. */
interface Origin {
  readonly inputShape?: readonly number[];
  readonly seed?: number;
  readonly l2?: number;
}

/** What `classify` says to those who give it a threshold. */
const OWN_THRESHOLD =
  'Of two classes it takes the likelier one; for a threshold of your own, compare predict(x).data with it';

/** What a network is as data. */
interface Parts {
  /** Its class, for error messages. */
  readonly name: string;
  /** All that a file holds, by name: layer by layer, parameters before buffers. */
  readonly tensors: Tensors;
  readonly shapes: RowShapes;
}

/**
 * Layers one after another, and a loss at the end: what they compute. `Sequential` adds descriptions and files.
 *
 * @throws {ArgumentError} for an empty list, a layer that appears twice, layers of different dtypes, or no loss layer
 */
export abstract class LayeredNetwork<K extends string = string> {
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
  readonly #flatRows: FlatRowReader = new FlatRowReader();
  /** The name of that call in messages, made once: joining strings is garbage. */
  readonly #predictInto: string;
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
    this.#predictInto = `${this.#name}.predictInto`;
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
    if (isNamed(front, 'Rescaling') || isNamed(front, 'Standardization') || front!.readsIndices) this.#byteScale = 1;
  }

  /** The layers, first to last, without the loss layer. */
  get layers(): readonly Layer[] {
    return this.#stack.layers;
  }

  /** The layer that turns scores and targets into the loss. */
  get lossLayer(): LossLayer {
    return this.#lossLayer;
  }

  /** Live parameters, W as (in, out): writing into them changes the network. */
  get params(): Tensors<K> {
    return this.#named.params as Tensors<K>;
  }

  /** dL/dparameter of the last `lossAndGradient`: overwritten, never accumulated. */
  get grads(): Tensors<K> {
    return this.#named.grads as Tensors<K>;
  }

  /** What is kept and saved but not trained, e.g. runningMean1. */
  get buffers(): Tensors {
    return this.#named.buffers;
  }

  /** Where the network computes. */
  get backend(): Backend {
    return this.#backend;
  }

  /** What x given as bytes is multiplied by; undefined if the network was not trained on bytes. */
  get byteScale(): number | undefined {
    return this.#byteScale;
  }

  /** A positive number, or undefined. */
  set byteScale(scale: number | undefined) {
    if (scale !== undefined) requirePositive(this.#name, 'byteScale', scale);
    this.#byteScale = scale;
  }

  /** The output, (N, outputSize), owned by the caller: probabilities, or the values of a regression. */
  predict(x: Values): Matrix {
    return this.lossLayer.predict(this.#infer('predict', x)).clone() as Matrix;
  }

  /** The answers of `predict` into a flat array of the caller, for a row or a few at a time; see `Network`. */
  predictInto<Out extends Floats>(out: Out, x: FlatRows): Out {
    const operation = this.#predictInto;
    const input = this.#flatRows.read(operation, this, x);
    const rows = input.shape[0]!;
    if (this.outputSize !== undefined) requireOutput(operation, out, rows, this.outputSize);
    const y = this.lossLayer.predict(this.#stack.infer('predictInto', input));
    requireOutput(operation, out, rows, y.size / rows);
    out.set(y.data);
    return out;
  }

  /** The scores before the last layer's softmax or sigmoid, (N, outputSize), owned by the caller. */
  logits(x: Values): Matrix {
    return this.#infer('logits', x).clone() as Matrix;
  }

  /** The class of each row: N indices, owned by the caller. Not for multi-label. */
  classify(x: Values): Int32Array;
  classify(x: Values, ...more: readonly unknown[]): Int32Array {
    requireNoSecond(`${this.#name}.classify`, more, 'x alone', OWN_THRESHOLD);
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
    const scores = this.#stack.infer('loss', this.#rows('loss', x));
    return this.lossLayer.loss(scores, this.#targets('loss', labels)) + this.penalty();
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
    const input = this.#rows('accuracy', x);
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
    const input = this.#rows('evaluate', x);
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

  /** The evaluation, repeatable and in pieces: what the Trainer evaluates with. */
  evaluator(dataset: Dataset): Evaluator {
    return this.#evaluatorOf('evaluator', dataset);
  }

  /** The mean loss of a batch; fills `grads` by backpropagation. @throws {DivergenceError} if the loss is NaN or infinite */
  lossAndGradient(x: Values, labels: Targets, weights?: RowWeights, ready?: (layer: Layer) => void): number {
    const scores = this.#stack.forward('lossAndGradient', this.#rows('lossAndGradient', x));
    const loss = this.lossLayer.forward(scores, labels, weights) + this.penalty();
    if (!Number.isFinite(loss)) {
      throw new DivergenceError(loss, {
        operation: `${this.#name}.lossAndGradient`,
        found: `the loss is ${loss}`,
        expected: 'a finite number',
        fix: 'Use a smaller learning rate, and check that x holds no NaN',
      });
    }
    this.#stack.backward('lossAndGradient', this.lossLayer.backward(), undefined, ready);
    this.#addPenaltyGradient();
    return loss;
  }

  /** ½ · l2 · Σ W² over the weights that decay: the part of the loss that no row causes. */
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

  /** The book's `gradient`: backpropagation, as copies the caller owns. */
  gradient(x: Values, labels: Targets): Record<K, Tensor> {
    requireNoDataset(`${this.#name}.gradient`, x);
    this.lossAndGradient(x, labels);
    return copyState(`${this.#name}.gradient`, this.grads);
  }

  /** The book's `numerical_gradient`: central differences of the loss; float64 networks only. */
  numericalGradient(x: Values, labels: Targets): Record<K, Tensor> {
    const input = this.#rows('numericalGradient', x);
    const gradients = {} as Record<K, Tensor>;
    for (const name in this.params) {
      gradients[name] = numericalGradient(() => this.loss(input, labels), this.params[name]);
    }
    return gradients;
  }

  /** The random state of each layer, first layer first; null for a layer without one. */
  layerStates(): readonly (LayerState | null)[] {
    return this.layers.map((layer, i) => this.#sync(layer, i, 'state', layer.state?.() ?? null));
  }

  /** Continues from what `layerStates` returned. */
  restoreLayerStates(states: readonly (LayerState | null)[]): void {
    this.layers.forEach((layer, i) => {
      const state = states[i] ?? null;
      if (state !== null) this.#sync(layer, i, 'restore', layer.restore?.(state));
    });
  }

  #sync<T>(layer: Layer, i: number, method: string, answer: T): T {
    const { name } = layer.constructor;
    return requireNoPromise(this.#name, `layers[${i}] (${name}): ${method}`, answer);
  }

  /** @internal */
  protected get parts(): Parts {
    return { name: this.#name, tensors: this.#named.tensors, shapes: this.#shapes };
  }

  /** The scores of a batch, borrowed from the last layer. */
  #infer(method: string, x: Values): Tensor {
    return this.#stack.infer(method, this.#input(method, x));
  }

  #input(method: string, x: Values): Tensor {
    return inputRows(`${this.#name}.${method}`, this, x);
  }

  /** x of which a mean over the rows is taken: of no rows there is none. */
  #rows(method: string, x: Values): Tensor {
    const input = this.#input(method, x);
    if (input.shape[0] !== 0) return input;
    throw new DataError({
      operation: `${this.#name}.${method}`,
      found: 'x has no rows',
      expected: 'at least one, to take the mean over',
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

  #notFinite(method: string, x?: Tensor, row?: number): DataError | StateError {
    return notFinite(`${this.#name}.${method}`, this.dtype, this.#named.tensors, x, row);
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
