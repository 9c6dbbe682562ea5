import type { Backend, Dtype } from '../backend/backend.js';
import { defaultBackend } from '../backend/choose/load.js';
import { Dataset } from '../data/dataset.js';
import { type Labels, toLabels } from '../data/labels.js';
import { ArgumentError, DivergenceError, StateError, show } from '../errors.js';
import { numericalGradient } from '../functions/numerical.js';
import type { BackwardOptions, Layer, LossLayer, Targets, Tensors } from '../layers/layer.js';
import { SoftmaxWithLoss } from '../layers/softmax-with-loss.js';
import { Tensor } from '../tensor/tensor.js';
import { toTensor, type Values } from '../tensor/values.js';
import { ChunkedEvaluator, classesOf, countRight } from './evaluator.js';
import type { Evaluation, Evaluator, Network } from './network.js';
import { type Architecture, saveNetwork } from './saved-network.js';
import { copyState, loadState } from './state.js';

const WITHOUT_INPUT_GRADIENT: BackwardOptions = Object.freeze({ inputGradient: false });

/**
 * Layers one after another, and a loss at the end.
 *
 * Parameters are named by the book: the k-th layer that has any, counted from 1, gives its `W` and `b` as `Wk` and `bk`.
 * Each layer instance may stand in a network once.
 *
 * @example new Sequential([new Affine({ inputSize: 4, outputSize: 8 }), new Relu(), new Affine({ inputSize: 8, outputSize: 3 })])
 * @throws {ArgumentError} for an empty list, a layer that stands twice, or layers of different dtypes
 */
export class Sequential<K extends string = string> implements Network<K> {
  readonly layers: readonly Layer[];
  readonly lossLayer: LossLayer;
  readonly params: Tensors<K>;
  readonly grads: Tensors<K>;
  readonly dtype: Dtype;
  readonly backend: Backend;

  private readonly name: string;
  /** The first layer with parameters: backward has nothing to do before it. */
  private readonly firstTrained: number;

  /** @param nameOf the network's name for a parameter: of the layer's own name, and the layer's number, counted from 1 */
  constructor(
    layers: readonly Layer[],
    lossLayer: LossLayer = new SoftmaxWithLoss(),
    nameOf: (name: string, number: number) => string = (name, number) => `${name}${number}`,
  ) {
    this.name = new.target.name;
    this.layers = Object.freeze([...requireLayers(this.name, layers)]);
    this.lossLayer = lossLayer;
    const trained = this.layers.filter((layer) => Object.keys(layer.params).length > 0);
    this.firstTrained = trained.length === 0 ? this.layers.length : this.layers.indexOf(trained[0]!);
    this.params = collect(this.name, trained, 'params', nameOf) as Tensors<K>;
    this.grads = collect(this.name, trained, 'grads', nameOf) as Tensors<K>;
    const tensors: Tensor[] = Object.values(this.params);
    this.dtype = tensors[0]?.dtype ?? 'float32';
    this.backend = tensors[0]?.backend ?? defaultBackend();
    for (const name in this.params) {
      const { dtype } = this.params[name];
      if (dtype === this.dtype) continue;
      throw new ArgumentError({
        operation: this.name,
        found: `${name} is ${dtype} and ${Object.keys(this.params)[0]} is ${this.dtype}`,
        expected: 'layers of one dtype',
      });
    }
  }

  predict(x: Values): Tensor {
    return this.lossLayer.predict(this.infer(this.input('predict', x))).clone();
  }

  logits(x: Values): Tensor {
    return this.infer(this.input('logits', x)).clone();
  }

  classify(x: Values): Int32Array {
    this.requireClassifier('classify');
    return classesOf(this.infer(this.input('classify', x)));
  }

  loss(dataset: Dataset): number;
  loss(x: Values, labels: Targets): number;
  loss(x: Dataset | Values, labels?: Targets): number {
    if (x instanceof Dataset) return this.evaluate(x).loss;
    return this.lossLayer.loss(this.infer(this.input('loss', x)), this.targets('loss', labels));
  }

  accuracy(dataset: Dataset): number;
  accuracy(x: Values, labels: Targets): number;
  accuracy(x: Dataset | Values, labels?: Targets): number {
    this.requireClassifier('accuracy');
    if (x instanceof Dataset) return this.evaluate(x).accuracy!;
    const scores = this.infer(this.input('accuracy', x));
    const [count, classes] = scores.shape as [number, number];
    const t = toLabels(`${this.name}.accuracy`, this.targets('accuracy', labels) as Labels, {
      count,
      classes,
      dtype: this.dtype,
      backend: this.backend,
    });
    return countRight(scores, t) / count;
  }

  evaluate(dataset: Dataset): Evaluation {
    const evaluator = this.evaluator(dataset);
    for (;;) {
      const evaluation = evaluator.next();
      if (evaluation !== undefined) return evaluation;
    }
  }

  evaluator(dataset: Dataset): Evaluator {
    return new ChunkedEvaluator(dataset, this, (x) => this.infer(x), this.lossLayer);
  }

  lossAndGradient(x: Values, labels: Targets): number {
    // Forward: each layer's output is the next one's input.
    let y = this.input('lossAndGradient', x);
    for (let i = 0; i < this.layers.length; i++) y = this.layers[i]!.forward(y);
    const loss = this.lossLayer.forward(y, labels);
    if (!Number.isFinite(loss)) {
      throw new DivergenceError(loss, {
        operation: `${this.name}.lossAndGradient`,
        found: `the loss is ${loss}`,
        expected: 'a finite number',
        fix: 'Use a smaller learning rate, and check that x holds no NaN',
      });
    }
    // Backward: dL/dy of the last layer first. Nobody reads dL/dx of the first one.
    let dy: Tensor | undefined = this.lossLayer.backward();
    for (let i = this.layers.length - 1; i >= this.firstTrained; i--) {
      dy = this.layers[i]!.backward(dy!, i === this.firstTrained ? WITHOUT_INPUT_GRADIENT : undefined);
    }
    return loss;
  }

  gradient(x: Values, labels: Targets): Record<K, Tensor> {
    this.lossAndGradient(x, labels);
    return copyState(this.grads);
  }

  numericalGradient(x: Values, labels: Targets): Record<K, Tensor> {
    const input = this.input('numericalGradient', x);
    const gradients = {} as Record<K, Tensor>;
    for (const name in this.params) {
      gradients[name] = numericalGradient(() => this.loss(input, labels), this.params[name]);
    }
    return gradients;
  }

  stateDict(): Record<K, Tensor> {
    return copyState(this.params);
  }

  loadStateDict(dict: Readonly<Record<string, Tensor>>): void {
    loadState(`${this.name}.loadStateDict`, this.params, dict);
  }

  save(path: string): Promise<void> {
    return saveNetwork(`${this.name}.save`, path, this.architecture(), this.params);
  }

  /** What `save` records beside the weights, so that a static `load` can build the network again. */
  protected architecture(): Architecture {
    return { network: this.name, options: {} };
  }

  /** The scores of a batch, borrowed from the last layer. */
  private infer(x: Tensor): Tensor {
    let y = x;
    for (const layer of this.layers) y = layer.infer === undefined ? layer.forward(y) : layer.infer(y);
    return y;
  }

  private input(method: string, x: Values): Tensor {
    if (x instanceof Tensor && x.dtype === this.dtype) return x;
    return toTensor(`${this.name}.${method}`, 'x', x, { dtype: this.dtype, backend: this.backend });
  }

  private targets(method: string, labels: Targets | undefined): Targets {
    if (labels !== undefined) return labels;
    throw new ArgumentError({
      operation: `${this.name}.${method}`,
      found: 'labels is undefined',
      expected: 'labels beside x, or one Dataset',
    });
  }

  private requireClassifier(method: string): void {
    if (this.lossLayer.kind === 'classification') return;
    throw new StateError({
      operation: `${this.name}.${method}`,
      found: 'this network is a regression',
      expected: 'a classifier',
      fix: method === 'classify' ? 'Use predict for its values' : 'Use loss to judge it',
    });
  }
}

function requireLayers(operation: string, layers: readonly Layer[]): readonly Layer[] {
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new ArgumentError({
      operation,
      found: `layers is ${show(layers)}`,
      expected: 'a list of at least one layer',
    });
  }
  layers.forEach((layer, i) => {
    if (typeof layer?.forward !== 'function' || typeof layer.backward !== 'function') {
      throw new ArgumentError({
        operation,
        found: `layers[${i}] is ${show(layer)}`,
        expected: 'a layer: params, grads, forward and backward',
      });
    }
    const first = layers.indexOf(layer);
    if (first === i) return;
    throw new ArgumentError({
      operation,
      found: `layers[${i}] is the same layer as layers[${first}]`,
      expected: 'each layer once, because it remembers its last input',
    });
  });
  return layers;
}

/** The layers' tensors in one frozen record: { W, b } of the first layer as W1, b1, of the second as W2, b2, … */
function collect(
  operation: string,
  layers: readonly Layer[],
  which: 'params' | 'grads',
  nameOf: (name: string, number: number) => string,
): Tensors {
  const all: Record<string, Tensor> = {};
  layers.forEach((layer, i) => {
    for (const [name, tensor] of Object.entries(layer[which])) {
      const unique = nameOf(name, i + 1);
      if (unique in all) {
        throw new ArgumentError({
          operation,
          found: `two parameters are called "${unique}"`,
          expected: 'parameter names that stay different with the number of the layer behind them',
        });
      }
      all[unique] = tensor;
    }
  });
  return Object.freeze(all);
}
