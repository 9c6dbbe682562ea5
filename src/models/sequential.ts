import type { Backend, Dtype } from '../backend/backend.js';
import { defaultBackend } from '../backend/choose/load.js';
import { Dataset } from '../data/dataset.js';
import type { Kind } from '../data/kind.js';
import { ArgumentError, DivergenceError, ShapeError, StateError } from '../errors.js';
import { numericalGradient } from '../functions/numerical.js';
import type { Layer, LayerState, LossLayer, RowWeights, Targets, Tensors } from '../layers/layer.js';
import { SoftmaxWithLoss } from '../layers/softmax-with-loss.js';
import { readTargets } from '../layers/targets.js';
import { formatShape } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';
import { toTensor, type Values } from '../tensor/values.js';
import { classesOf, countRight } from './answers.js';
import { ChunkedEvaluator } from './evaluator.js';
import { LayerStack } from './layer-stack.js';
import { requireMatch, requireOutputs } from './match.js';
import { nameTensors } from './names.js';
import type { Evaluation, Evaluator, Network } from './network.js';
import { type Architecture, saveNetwork } from './saved-network.js';
import { copyState, loadState, type StateDict } from './state.js';

/**
 * Layers one after another, and a loss at the end.
 *
 * Parameters are named by the book: the k-th layer whose first parameter is W gives its `W` and `b` as `Wk` and `bk`; layers
 * of other parameters are counted for themselves. Each layer instance may stand in a network once.
 *
 * @example new Sequential([new Affine({ inputSize: 4, outputSize: 8 }), new Relu(), new Affine({ inputSize: 8, outputSize: 3 })])
 * @throws {ArgumentError} for an empty list, a layer that stands twice, or layers of different dtypes
 */
export class Sequential<K extends string = string> implements Network<K> {
  readonly layers: readonly Layer[];
  readonly lossLayer: LossLayer;
  readonly params: Tensors<K>;
  readonly grads: Tensors<K>;
  readonly buffers: Tensors;
  readonly decayed: readonly K[];
  readonly dtype: Dtype;
  readonly backend: Backend;

  readonly kind: Kind;
  /** Columns of x and of the scores, where the first and the last layer know them. */
  readonly inputSize: number | undefined;
  readonly outputSize: number | undefined;

  readonly #name: string;
  readonly #stack: LayerStack;

  /**
   * @param nameOf the network's name for a parameter: of the layer's own name, and the layer's number among those with the
   *   same first parameter, counted from 1
   */
  constructor(
    layers: readonly Layer[],
    lossLayer: LossLayer = new SoftmaxWithLoss(),
    nameOf: (name: string, number: number) => string = (name, number) => `${name}${number}`,
  ) {
    this.#name = new.target.name;
    this.#stack = new LayerStack(this.#name, layers);
    this.layers = this.#stack.layers;
    this.lossLayer = lossLayer;
    this.kind = lossLayer.kind;
    this.inputSize = sizeOf(this.layers[0]!, 'inputSize');
    this.outputSize = sizeOf(this.layers.at(-1)!, 'outputSize');
    if (this.outputSize !== undefined) requireOutputs(this.#name, this.kind, this.outputSize);
    const named = nameTensors(this.#name, this.layers, nameOf);
    this.params = named.params as Tensors<K>;
    this.grads = named.grads as Tensors<K>;
    this.buffers = named.buffers;
    this.decayed = named.decayed as readonly K[];
    const tensors: [string, Tensor][] = Object.entries({ ...this.params, ...this.buffers });
    const [first] = tensors;
    this.dtype = first?.[1].dtype ?? 'float32';
    this.backend = first?.[1].backend ?? defaultBackend();
    for (const [name, { dtype }] of tensors) {
      if (dtype === this.dtype) continue;
      throw new ArgumentError({
        operation: this.#name,
        found: `${name} is ${dtype} and ${first![0]} is ${this.dtype}`,
        expected: 'layers of one dtype',
      });
    }
  }

  predict(x: Values): Tensor {
    return this.lossLayer.predict(this.#infer('predict', x)).clone();
  }

  logits(x: Values): Tensor {
    return this.#infer('logits', x).clone();
  }

  classify(x: Values): Int32Array {
    if (this.kind === 'multiLabel') {
      throw new StateError({
        operation: `${this.#name}.classify`,
        found: 'this network gives a row any number of labels',
        expected: 'one class a row',
        fix: 'Use predict: a row has the labels whose probability is above 0.5',
      });
    }
    this.#requireClassifier('classify');
    return classesOf(this.kind, this.#infer('classify', x));
  }

  loss(dataset: Dataset): number;
  loss(x: Values, labels: Targets): number;
  loss(x: Dataset | Values, labels?: Targets): number {
    if (x instanceof Dataset) return this.#evaluateDataset('loss', x).loss;
    return this.lossLayer.loss(this.#infer('loss', x), this.#targets('loss', labels));
  }

  accuracy(dataset: Dataset): number;
  accuracy(x: Values, labels: Targets): number;
  accuracy(x: Dataset | Values, labels?: Targets): number {
    this.#requireClassifier('accuracy');
    if (x instanceof Dataset) return this.#evaluateDataset('accuracy', x).accuracy!;
    return this.#accuracyOf('accuracy', this.#infer('accuracy', x), labels);
  }

  evaluate(dataset: Dataset): Evaluation;
  evaluate(x: Values, labels: Targets): Evaluation;
  evaluate(x: Dataset | Values, labels?: Targets): Evaluation {
    if (x instanceof Dataset) return this.#evaluateDataset('evaluate', x);
    const scores = this.#infer('evaluate', x);
    const loss = this.lossLayer.loss(scores, this.#targets('evaluate', labels));
    return this.kind === 'regression' ? { loss } : { loss, accuracy: this.#accuracyOf('evaluate', scores, labels) };
  }

  evaluator(dataset: Dataset): Evaluator {
    return this.#evaluatorOf('evaluator', dataset);
  }

  lossAndGradient(x: Values, labels: Targets, weights?: RowWeights): number {
    const scores = this.#stack.forward('lossAndGradient', this.#input('lossAndGradient', x));
    const loss = this.lossLayer.forward(scores, labels, weights);
    if (!Number.isFinite(loss)) {
      throw new DivergenceError(loss, {
        operation: `${this.#name}.lossAndGradient`,
        found: `the loss is ${loss}`,
        expected: 'a finite number',
        fix: 'Use a smaller learning rate, and check that x holds no NaN',
      });
    }
    this.#stack.backward('lossAndGradient', this.lossLayer.backward());
    return loss;
  }

  gradient(x: Values, labels: Targets): Record<K, Tensor> {
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
    return copyState(`${this.#name}.stateDict`, this.#tensors());
  }

  loadStateDict(dict: StateDict): void {
    loadState(`${this.#name}.loadStateDict`, this.#tensors(), dict);
  }

  /** All that a file holds: parameters and buffers. */
  #tensors(): Tensors<K> {
    return { ...this.params, ...this.buffers };
  }

  save(path: string): Promise<void> {
    return saveNetwork(`${this.#name}.save`, path, this.architecture(), this.params);
  }

  /** What `save` records beside the weights, so that a static `load` can build the network again. */
  protected architecture(): Architecture {
    return { network: this.#name, options: {} };
  }

  /** The scores of a batch, borrowed from the last layer. */
  #infer(method: string, x: Values): Tensor {
    return this.#stack.infer(method, this.#input(method, x));
  }

  #input(method: string, x: Values): Tensor {
    const isReady = x instanceof Tensor && x.dtype === this.dtype;
    const tensor = isReady
      ? x
      : toTensor(`${this.#name}.${method}`, 'x', x, { dtype: this.dtype, backend: this.backend });
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

  #evaluatorOf(method: string, dataset: Dataset): Evaluator {
    requireMatch(`${this.#name}.${method}`, 'dataset', this, dataset);
    return new ChunkedEvaluator(dataset, this, (x) => this.#stack.infer(method, x), this.lossLayer);
  }

  #evaluateDataset(method: string, dataset: Dataset): Evaluation {
    const evaluator = this.#evaluatorOf(method, dataset);
    for (;;) {
      const evaluation = evaluator.next();
      if (evaluation !== undefined) return evaluation;
    }
  }

  #accuracyOf(method: string, scores: Tensor, labels: Targets | undefined): number {
    const t = readTargets(
      `${this.#name}.${method}`,
      this.kind,
      scores,
      this.#targets(method, labels),
      this.lossLayer.unnormalized,
    );
    return countRight(this.kind, scores, t) / scores.shape[0]!;
  }

  #targets(method: string, labels: Targets | undefined): Targets {
    if (labels !== undefined) return labels;
    throw new ArgumentError({
      operation: `${this.#name}.${method}`,
      found: 'labels is undefined',
      expected: 'labels beside x, or one Dataset',
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

/** A size that a layer tells, as Affine does. */
function sizeOf(layer: Layer, name: 'inputSize' | 'outputSize'): number | undefined {
  const size = (layer as Layer & { readonly inputSize?: unknown; readonly outputSize?: unknown })[name];
  return typeof size === 'number' ? size : undefined;
}
