import { KINDS } from '../data/kind.js';
import {
  ArgumentError,
  type Complaint,
  DivergenceError,
  ShapeError,
  StateError,
  show,
  ZerokaraError,
} from '../errors.js';
import { isClass, isInstance } from '../identity.js';
import {
  type BackwardOptions,
  JOINED,
  type Joining,
  type Layer,
  type LossLayer,
  type Passes,
  type Tensors,
} from '../layers/layer.js';
import { formatShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

const WITHOUT_INPUT_GRADIENT: BackwardOptions = Object.freeze({ inputGradient: false });

/** What is called in a pass: a layer, or the passes of two neighbours at once. */
interface Step {
  readonly passes: Passes;
  /** The places of the first and the last of its layers. */
  readonly first: number;
  readonly last: number;
}

/** One array of a layer, and where the layer keeps it. */
interface KeptArray {
  readonly layer: Layer;
  readonly index: number;
  readonly record: 'params' | 'grads';
  readonly name: string;
  readonly tensor: Tensor;
}

/**
 * Layers one after another: the one place where layers are called.
 *
 * So every error of a layer names its place in the network, and what a layer returns is checked once, here. A call
 * allocates nothing.
 */
export class LayerStack {
  readonly layers: readonly Layer[];

  readonly #network: string;
  readonly #steps: readonly Step[];
  /** The first step with parameters: backward has nothing to do before it. */
  readonly #firstTrained: number;
  /** The arrays of each layer as they were at first: the network's own records hold these. */
  readonly #kept: readonly KeptArray[];

  /**
   * @param network the name of the network or of the function that calls them, for error messages
   * @throws {ArgumentError} for an empty list, a layer that appears twice, or one that lacks a required part
   */
  constructor(network: string, layers: readonly Layer[]) {
    this.#network = network;
    this.layers = Object.freeze([...requireLayers(network, layers)]);
    this.#steps = stepsOf(this.layers);
    const trained = this.layers.findIndex(({ params }) => Object.keys(params).length > 0);
    const first = this.#steps.findIndex(({ last }) => last >= trained);
    this.#firstTrained = trained < 0 ? this.#steps.length : first;
    this.#kept = this.layers.flatMap((layer, index) =>
      (['params', 'grads'] as const).flatMap((record) =>
        Object.entries(layer[record]).map(([name, tensor]) => ({ layer, index, record, name, tensor })),
      ),
    );
  }

  /** The training pass: each layer's output is the next one's input. @returns the last output, borrowed */
  forward(method: string, x: Tensor): Tensor {
    let y = x;
    let i = 0;
    try {
      for (; i < this.#steps.length; i++) {
        const { passes, last } = this.#steps[i]!;
        y = requireRows(this.layers[last]!, 'forward', passes.forward(y), x);
      }
    } catch (error) {
      throw this.#placed(error, method, this.#steps[i]!.first);
    }
    return y;
  }

  /** The inference pass. @returns the last output, borrowed */
  infer(method: string, x: Tensor): Tensor {
    let y = x;
    let i = 0;
    try {
      for (; i < this.#steps.length; i++) {
        const { passes, last } = this.#steps[i]!;
        y =
          passes.infer === undefined
            ? requireRows(this.layers[last]!, 'forward', passes.forward(y), x)
            : requireRows(this.layers[last]!, 'infer', passes.infer(y), x);
      }
    } catch (error) {
      throw this.#placed(error, method, this.#steps[i]!.first);
    }
    return y;
  }

  /**
   * Fills the gradients of all layers from dL/dy of the last `forward`, the last layer first.
   *
   * @param inputGradient whether dL/dx of the first layer is wanted. Training does not need it: nothing reads it, and the
   *   layers before the first one with parameters are not called at all.
   * @param ready called with each layer whose gradients are complete
   * @returns dL/dx, borrowed, or undefined when it was not wanted
   */
  backward(
    method: string,
    dy: Tensor,
    { inputGradient }: { readonly inputGradient: boolean } = NOT_WANTED,
    ready?: (layer: Layer) => void,
  ): Tensor | undefined {
    const first = inputGradient ? 0 : this.#firstTrained;
    let gradient = dy;
    let i = this.#steps.length - 1;
    try {
      for (; i >= first; i--) {
        const { passes, first: lowest, last } = this.#steps[i]!;
        if (i === first && !inputGradient) passes.backward(gradient, WITHOUT_INPUT_GRADIENT);
        else gradient = requireTensor(this.layers[last]!, 'backward', passes.backward(gradient));
        if (ready !== undefined) for (let k = last; k >= lowest; k--) ready(this.layers[k]!);
      }
    } catch (error) {
      throw this.#placed(error, method, this.#steps[i]!.last); // what is wrong is mostly dy
    }
    for (let k = 0; k < this.#kept.length; k++) {
      const kept = this.#kept[k]!;
      if (kept.layer[kept.record]?.[kept.name]?.data !== kept.tensor.data) throw this.#replaced(method, kept);
    }
    return inputGradient ? gradient : undefined;
  }

  /** A layer that puts a new array in the place of one would never train: the network knows the first. */
  #replaced(method: string, { index, layer, record, name }: KeptArray): StateError {
    const found = `layer ${index + 1} (${layer.constructor.name}): ${record}.${name}`;
    return new StateError({
      operation: this.#operation(method),
      found: `${found} is another array than when the network was built`,
      expected: 'the same array throughout, which the optimizer uses',
      fix: `Write into the existing array: this.${record}.${name}.data.set(…)`,
    });
  }

  #placed(error: unknown, method: string, index: number): unknown {
    return placedError(error, this.#operation(method), index, this.layers[index]!.constructor.name);
  }

  /** `TwoLayerNet.predict`; a function of its own, which gives its name for both, is that alone. */
  #operation(method: string): string {
    return method === this.#network ? method : `${this.#network}.${method}`;
  }
}

/**
 * The error of a layer as the network reports it: `TwoLayerNet.predict: layer 2 (Affine): x has shape …`, of the same type.
 * Errors that are not ours pass unchanged.
 */
export function placedError(error: unknown, operation: string, index: number, layer: string): unknown {
  if (!isInstance(error, ZerokaraError) || isInstance(error, DivergenceError)) return error;
  const { operation: inner, found, ...rest } = error.complaint;
  if (inner === operation) return error; // it has been placed, or is not about a layer
  const own = inner.split('.')[0]!.toLowerCase() === layer.toLowerCase();
  const complaint: Complaint = {
    operation,
    found: `layer ${index + 1} (${layer}): ${own ? found : `${inner}: ${found}`}`,
    ...rest,
  };
  return new (error.constructor as typeof ArgumentError)(complaint, { cause: error });
}

const NOT_WANTED = Object.freeze({ inputGradient: false });

/** The layers in order, neighbours together where the library can run them at once. */
function stepsOf(layers: readonly Layer[]): readonly Step[] {
  const steps: Step[] = [];
  for (let i = 0; i < layers.length; i++) {
    const next: Joining | undefined = layers[i + 1];
    const passes = next?.[JOINED]?.(layers[i]!);
    if (passes === undefined) steps.push({ passes: layers[i]!, first: i, last: i });
    else steps.push({ passes, first: i, last: ++i });
  }
  return steps;
}

/** What a layer returned, if it is a tensor; for anything else, the next layer could not say whose mistake it is. */
function requireTensor(layer: Layer, method: string, returned: Tensor | undefined): Tensor {
  if (returned?.data !== undefined && Array.isArray(returned.shape)) return returned;
  throw new ArgumentError({
    operation: layer.constructor.name,
    found: `${method} returned ${show(returned)}`,
    expected: method === 'backward' ? 'dL/dx, a tensor of the shape of x' : 'a tensor, a row for each row of x',
  });
}

/** What a layer returned, if it has as many rows as x: otherwise scores and labels would not belong together. */
function requireRows(layer: Layer, method: string, returned: Tensor, x: Tensor): Tensor {
  const y = requireTensor(layer, method, returned);
  if (y.shape[0] === x.shape[0]) return y;
  const rows = x.shape[0] === 1 ? '1 row' : `${x.shape[0]} rows`;
  throw new ShapeError({
    operation: layer.constructor.name,
    found: `${method} returned ${formatShape(y.shape)}`,
    expected: `${rows}, one for each row of x`,
  });
}

/** @throws {ArgumentError} unless it is a loss layer: one of the library, or an object with all its required parts */
export function requireLossLayer(operation: string, lossLayer: LossLayer): void {
  const refuse = (found: string): never => {
    throw new ArgumentError({ operation, found, expected: 'a loss layer, e.g. new SoftmaxWithLoss()' });
  };
  if (isClass(lossLayer)) refuse(`lossLayer is the class ${lossLayer.name}`);
  if (typeof lossLayer !== 'object' || lossLayer === null) refuse(`lossLayer is ${show(lossLayer)}`);
  const missing = (['forward', 'backward', 'loss', 'predict'] as const).find(
    (method) => typeof lossLayer[method] !== 'function',
  );
  if (missing !== undefined) refuse(`lossLayer is ${show(lossLayer)} without the method ${missing}`);
  if (!KINDS.includes(lossLayer.kind)) refuse(`lossLayer is ${show(lossLayer)} whose kind is ${show(lossLayer.kind)}`);
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
    requireLayer(operation, `layers[${i}]`, layer);
    requireFront(operation, `layers[${i}] (${layer.constructor.name})`, layer, i);
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

/** @throws {ArgumentError} for a layer that reads whole numbers and does not come first */
export function requireFront(operation: string, place: string, { readsIndices }: Layer, index: number): void {
  if (readsIndices !== true || index === 0) return;
  throw new ArgumentError({
    operation,
    found: `${place} reads whole numbers behind another layer`,
    expected: 'it as the first layer, where x comes from the data',
  });
}

/** @throws {ArgumentError} unless the layer has forward, backward, and a gradient of the same shape for each parameter */
export function requireLayer(operation: string, place: string, layer: Layer): void {
  const refuse = (found: string, expected: string): never => {
    throw new ArgumentError({ operation, found, expected });
  };
  if (typeof layer?.forward !== 'function' || typeof layer.backward !== 'function') {
    refuse(`${place} is ${show(layer)}`, 'a layer: params, grads, forward and backward');
  }
  const named = `${place} (${layer.constructor.name})`;
  for (const part of ['params', 'grads', 'buffers'] as const) {
    if (part === 'buffers' && layer.buffers === undefined) continue;
    const tensors: unknown = layer[part];
    if (typeof tensors !== 'object' || tensors === null) {
      refuse(`${named} has no ${part}`, 'a record of tensors, empty for a layer that trains nothing');
    }
    for (const [name, tensor] of Object.entries(tensors as Tensors)) {
      if (tensor?.data === undefined || !Array.isArray(tensor.shape)) {
        refuse(`${named}: ${part}.${name} is ${show(tensor)}`, 'a tensor');
      }
    }
  }
  const { params, grads, decayed = [] } = layer;
  const unknown = decayed.find((name) => !Object.hasOwn(params, name));
  if (unknown !== undefined) {
    refuse(`${named}: decayed names "${unknown}"`, 'names of its parameters');
  }
  for (const name of new Set([...Object.keys(params), ...Object.keys(grads)])) {
    const shapes = [params[name]?.shape, grads[name]?.shape].map((shape) => shape?.join(', '));
    if (shapes[0] === shapes[1]) continue;
    const [parameter, gradient] = shapes.map((shape) => (shape === undefined ? 'missing' : `of shape [${shape}]`));
    refuse(
      `${named}: params.${name} is ${parameter} and grads.${name} is ${gradient}`,
      'a gradient of the same shape for each parameter',
    );
  }
}
