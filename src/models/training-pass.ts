/** The loss of one batch, by the training pass, as a function of each array in a network. */

import { DivergenceError, StateError } from '../errors.js';
import { isInstance } from '../identity.js';
import type { Layer, LayerState, LossLayer, Targets } from '../layers/layer.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Values } from '../tensor/values.js';
import { inputRows } from './input.js';
import { LayerStack } from './layer-stack.js';
import type { Network } from './network.js';

/** One array of numbers that the loss depends on. */
export interface LossVariable {
  /** `W1`, `x of layer 2 (Relu)`, or `scores`. */
  readonly name: string;
  readonly of: 'parameter' | 'input';
  /** Live: what is written here, `loss` and `gradient` see. */
  readonly values: Float64Array;
  readonly shape: readonly number[];
  /** The loss of the training pass. NaN or infinite where it has no finite value. */
  loss(): number;
  /** dL/dvalues by backpropagation, borrowed; NaN where the loss is not finite. */
  gradient(): Float64Array;
}

/** A network seen from its loss. */
export interface TrainingPass {
  readonly variables: readonly LossVariable[];
  /** What the loss is computed from: the parameters, and x if the pass has a copy of it. */
  readonly sources: readonly Float64Array[];
  /** The loss with the sources as they are. */
  loss(): number;
  /** The parts of this network that cannot be checked, as phrases. */
  readonly unchecked: readonly string[];
  /** Restores buffers and generators to what they were. */
  close(): void;
}

const OPERATION = 'gradientCheck';

/** Two losses of the same batch may differ by this part: the order of a sum may change, random numbers may not. */
const REPEATED = 1e-9;

/** A network that exposes its layers, as Sequential does. */
type Layered = Network & { readonly layers: readonly Layer[]; readonly lossLayer: LossLayer };

/**
 * @throws {StateError} for a network whose loss differs from call to call: a layer draws numbers and has no `state` and
 *   `restore` by which they could be drawn again; or a layer that writes into its x or dy
 * @throws {DivergenceError} if the loss of this batch is not finite
 */
export function trainingPass(net: Network, x: Values, labels: Targets): TrainingPass {
  const memory = new Memory(net);
  try {
    return passOf(net, x, labels, memory);
  } catch (error) {
    memory.restore();
    throw error;
  }
}

function passOf(net: Network, x: Values, labels: Targets, memory: Memory): TrainingPass {
  const loss = wholeLoss(net, x, labels, memory);
  const first = net.lossAndGradient(x, labels);
  const repeated = loss();
  const parameters = parametersOf(net, loss);
  const sources = parameters.map(({ values }) => values);
  const close = (): void => memory.restore();
  if (!isLayered(net)) {
    requireRepeated(first, repeated, 'the loss of this network');
    const unchecked = ['dL/dx of the layers, which this network does not expose'];
    return { variables: parameters, sources, loss, unchecked, close };
  }

  const layers = new LayerwisePass(net, inputRows(OPERATION, net, x).clone(), labels, memory);
  if (differs(first, repeated)) layers.requireRepeatedOutputs();
  requireRepeated(first, repeated, 'the loss of this network');
  const byLayers = layers.lossFrom(0);
  if (differs(first, byLayers)) {
    const unchecked = [`dL/dx of the layers, because their loss is ${byLayers} and that of the network ${first}`];
    return { variables: parameters, sources, loss, unchecked, close };
  }
  const inputs = layers.inputs();
  return {
    variables: [...parameters.map((parameter) => layers.quicker(parameter)), ...inputs],
    sources: layers.readsIndices ? sources : [...sources, inputs[0]!.values],
    loss: () => layers.lossFrom(0),
    unchecked: [],
    close,
  };
}

/** The loss as the network itself gives it; its gradients are filled too. */
function wholeLoss(net: Network, x: Values, labels: Targets, memory: Memory): () => number {
  return () => {
    memory.restore();
    try {
      return net.lossAndGradient(x, labels);
    } catch (error) {
      if (isInstance(error, DivergenceError)) return error.loss;
      throw error;
    }
  };
}

/** The parameters, with the loss and the gradient that the network itself gives. */
function parametersOf(net: Network, loss: () => number): LossVariable[] {
  return Object.keys(net.params).map((name) => ({
    name,
    of: 'parameter',
    ...numbersOf(net.params[name]!),
    loss,
    gradient: () => (Number.isFinite(loss()) ? numbersOf(net.grads[name]!).values : notANumber(net.params[name]!)),
  }));
}

/** The same network layer by layer: the input of each layer, and of the loss, is a variable too. */
class LayerwisePass {
  /** The layers from the k-th on. */
  private readonly tails: readonly LayerStack[];
  /** The input of the k-th layer; the last one is that of the loss. */
  private readonly arrived: readonly Tensor[];

  constructor(
    private readonly net: Layered,
    x: Tensor,
    private readonly labels: Targets,
    private readonly memory: Memory,
  ) {
    this.tails = net.layers.map((_, k) => new LayerStack(OPERATION, net.layers.slice(k)));
    memory.restore();
    const arrived = [x];
    net.layers.forEach((layer, k) => {
      const given = arrived.at(-1)!.clone();
      const stack = new LayerStack(OPERATION, [layer]);
      const y = stack.forward(OPERATION, given).clone();
      requireUntouched(layer, k, 'forward', 'x', given, arrived.at(-1)!);
      const dy = y.clone();
      stack.backward(OPERATION, dy, { inputGradient: layer.readsIndices !== true });
      requireUntouched(layer, k, 'backward', 'dy', dy, y);
      arrived.push(y);
    });
    this.arrived = arrived;
  }

  /** The loss by way of the k-th layer and those after it. */
  lossFrom(k: number): number {
    this.memory.restore();
    const scores = this.tails[k]?.forward(OPERATION, this.arrived[k]!) ?? this.arrived[k]!;
    return this.net.lossLayer.forward(scores, this.labels) + (this.net.penalty?.() ?? 0);
  }

  /** dL/dx of the k-th layer; after the last one, of the loss. */
  private gradientInto(k: number): Float64Array {
    if (!Number.isFinite(this.lossFrom(k))) return notANumber(this.arrived[k]!);
    const dy = this.net.lossLayer.backward();
    return numbersOf(this.tails[k]?.backward(OPERATION, dy, { inputGradient: true }) ?? dy).values;
  }

  /** Whether x names rows: then there is nothing to differentiate by. */
  get readsIndices(): boolean {
    return this.net.layers[0]?.readsIndices === true;
  }

  /** The inputs of each layer and of the loss, as variables. */
  inputs(): LossVariable[] {
    const { layers } = this.net;
    const variables = this.arrived.map<LossVariable>((values, k) => ({
      name: k < layers.length ? `x of layer ${k + 1} (${layers[k]!.constructor.name})` : 'scores',
      of: 'input',
      ...numbersOf(values),
      loss: () => this.lossFrom(k),
      gradient: () => this.gradientInto(k),
    }));
    return this.readsIndices ? variables.slice(1) : variables;
  }

  /** A parameter; its loss is computed from its layer on, because the layers before do not depend on it. */
  quicker(parameter: LossVariable): LossVariable {
    const k = this.net.layers.findIndex(({ params }) =>
      Object.values(params).some(({ data }) => data === parameter.values),
    );
    return k < 0 ? parameter : { ...parameter, loss: () => this.lossFrom(k) };
  }

  /** @throws {StateError} naming the first layer whose output differs for the same input */
  requireRepeatedOutputs(): void {
    this.net.layers.forEach((layer, k) => {
      this.memory.restore();
      const stack = new LayerStack(OPERATION, [layer]);
      const first = stack.forward(OPERATION, this.arrived[k]!).clone();
      this.memory.restore();
      const second = stack.forward(OPERATION, this.arrived[k]!);
      first.data.forEach((value, i) => {
        requireRepeated(value, second.data[i]!, `the output of layer ${k + 1} (${layer.constructor.name})`);
      });
    });
  }
}

/** What a network remembers from pass to pass besides its parameters: buffers and the states of its generators. */
class Memory {
  private readonly states: readonly (LayerState | null)[] | undefined;
  private readonly buffers: readonly (readonly [buffer: Tensor, kept: Tensor])[];

  constructor(private readonly net: Network) {
    this.states = net.layerStates?.();
    this.buffers = Object.values(net.buffers ?? {}).map((buffer) => [buffer, buffer.clone()]);
  }

  restore(): void {
    if (this.states !== undefined) this.net.restoreLayerStates?.(this.states);
    for (const [buffer, kept] of this.buffers) buffer.data.set(kept.data);
  }
}

function isLayered(net: Network): net is Layered {
  const { layers, lossLayer } = net as Partial<Layered>;
  return Array.isArray(layers) && typeof lossLayer?.forward === 'function';
}

function differs(a: number, b: number): boolean {
  return Math.abs(a - b) > REPEATED * Math.max(Math.abs(a), Math.abs(b));
}

function requireRepeated(first: number, second: number, what: string): void {
  if (!differs(first, second)) return;
  throw new StateError({
    operation: OPERATION,
    found: `${what} is ${first} once and ${second} the next time`,
    expected: 'the same for the same input: otherwise there is no derivative to compare',
    fix: 'Give layers that draw numbers the methods state and restore, so that the same ones can be drawn again',
  });
}

/** @throws {StateError} if a layer has written into what it was given: the caller and other layers still read that */
function requireUntouched(layer: Layer, k: number, method: string, what: string, given: Tensor, before: Tensor): void {
  if (given.data.every((value, i) => Object.is(value, before.data[i]))) return;
  throw new StateError({
    operation: OPERATION,
    found: `layer ${k + 1} (${layer.constructor.name}): ${method} writes into its ${what}`,
    expected: `it left as it is: ${what === 'x' ? 'the caller, or the layer before,' : 'the layer behind, or the loss,'} reads it again`,
    fix: `Write into a new tensor, as ${what}.mul and ${what}.clone make`,
  });
}

/** The numbers of a float64 tensor. */
function numbersOf({ data, shape }: Tensor): Pick<LossVariable, 'values' | 'shape'> {
  return { values: data as Float64Array, shape };
}

function notANumber({ size }: Tensor): Float64Array {
  return new Float64Array(size).fill(Number.NaN);
}
