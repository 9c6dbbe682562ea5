/** One error planted in the backward pass of a correct network. */

import type { BackwardOptions, Layer, LayerState } from '../../src/layers/layer.js';
import { Sequential } from '../../src/models/sequential.js';
import { type LossVariable, trainingPass } from '../../src/models/training-pass.js';
import { Random } from '../../src/random.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { type NetworkAndBatch, randomNetwork } from './random-network.js';

/** What can be wrong: 1 % in one element, a dropped row of dW, dW transposed, grads added to, a wrong dx, db missing. */
export const ERRORS = ['element', 'row', 'transposition', 'accumulation', 'dx', 'bias'] as const;
export type PlantedError = (typeof ERRORS)[number];

export interface WrongNetwork extends NetworkAndBatch {
  readonly error: PlantedError;
}

/**
 * A network with this error, of the first seed from `seed` on in which it can be seen: it moves some element of a
 * gradient by more than the noise floor u·|L| / h, which for the error of 1 % means a gradient of 100 floors.
 */
export function wrongNetwork(error: PlantedError, seed: number): WrongNetwork {
  for (let attempt = 0; ; attempt++) {
    const wrong = planted(error, seed + 1_000_000 * attempt);
    if (wrong !== undefined) return wrong;
  }
}

function planted(error: PlantedError, seed: number): WrongNetwork | undefined {
  const right = randomNetwork(seed);
  const random = new Random(seed, 'augmentation');
  const candidates = right.layers.flatMap((layer, k) => (hasPartFor(error, layer) ? [k] : []));
  if (candidates.length === 0) return undefined;
  const k = candidates[random.integer(candidates.length)]!;
  const layers = right.layers.map((layer, i) => (i === k ? new Spoiled(layer, error, random.uniform()) : layer));
  const wrong = { ...right, layers, net: new Sequential(layers, right.lossLayer) };
  if (!isVisible(right, wrong)) return undefined;
  return { ...wrong, error, description: `${error} in layer ${k + 1} of ${right.description}` };
}

function hasPartFor(error: PlantedError, { grads }: Layer): boolean {
  if (error === 'dx') return true;
  if (error === 'bias') return biasOf(grads) !== undefined;
  if (error === 'element' || error === 'accumulation') return Object.keys(grads).length > 0;
  return grads['W']?.shape.every((size) => size > 1);
}

function biasOf(grads: Layer['grads']): Tensor | undefined {
  return grads['b'] ?? grads['beta'];
}

/** Whether some element of some gradient differs by more than rounding does in a difference of losses. */
function isVisible(right: NetworkAndBatch, wrong: NetworkAndBatch): boolean {
  const before = gradientsOf(right);
  const after = gradientsOf(wrong);
  return before.some(({ gradient, floors }, v) =>
    gradient.some((value, i) => Math.abs(value - after[v]!.gradient[i]!) > floors[i]!),
  );
}

interface Gradient {
  readonly gradient: Float64Array;
  /** u·|L| / h for each element: h the book's 10⁻⁴, relative to the element, and L the largest loss within its size. */
  readonly floors: Float64Array;
}

function gradientsOf({ net, x, labels }: NetworkAndBatch): Gradient[] {
  const pass = trainingPass(net, x, labels);
  const gradients = pass.variables.map((variable) => ({
    gradient: variable.gradient().slice(),
    floors: floorsOf(variable),
  }));
  pass.close();
  return gradients;
}
function floorsOf({ values, loss }: LossVariable): Float64Array {
  const kept = values.slice();
  const losses = [1, 0, 2].map((factor) => {
    values.set(kept.map((value) => factor * value));
    return Math.abs(loss());
  });
  values.set(kept);
  const largest = Math.max(...losses.filter(Number.isFinite));
  const typical = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length) || 1;
  return values.map((value) => (2 ** -53 * largest) / (1e-4 * Math.max(Math.abs(value), typical)));
}

/** A layer with one error in its backward pass; otherwise the layer it is given. */
class Spoiled implements Layer {
  readonly params;
  readonly grads;
  private element: number | undefined;

  /** @param place which element or row, as a share of all */
  constructor(
    private readonly layer: Layer,
    private readonly error: PlantedError,
    private readonly place: number,
  ) {
    this.params = layer.params;
    this.grads = layer.grads;
    if (layer.state !== undefined) this.state = () => layer.state!();
    if (layer.restore !== undefined) this.restore = (state) => layer.restore!(state);
  }

  state?: () => LayerState;
  restore?: (state: LayerState) => void;

  forward(x: Tensor): Tensor {
    return this.layer.forward(x);
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const before = Object.values(this.grads).map(({ data }) => data.slice());
    const dx = this.layer.backward(dy, options);
    const grads = Object.values(this.grads);
    switch (this.error) {
      case 'element':
        this.spoilElement(grads[Math.floor(this.place * grads.length)]!);
        break;
      case 'row': {
        const W = this.grads['W']!;
        const [rows, columns] = W.shape as [number, number];
        const row = Math.floor(this.place * rows);
        W.data.fill(0, row * columns, (row + 1) * columns);
        break;
      }
      case 'transposition': {
        const W = this.grads['W']!;
        W.data.set(W.transpose().data);
        break;
      }
      case 'accumulation':
        grads.forEach(({ data }, g) => {
          for (let i = 0; i < data.length; i++) data[i]! += before[g]![i]!;
        });
        break;
      case 'bias':
        biasOf(this.grads)!.data.fill(0);
        break;
      case 'dx':
        return dx === undefined ? undefined : this.spoilInputGradient(dx.clone());
    }
    return dx;
  }

  /** 1 % more in one element, always the same: of those that are not 0 at first, the one `place` of the way through. */
  private spoilElement({ data }: Tensor): void {
    const nonZero = [...data.keys()].filter((i) => data[i] !== 0);
    this.element ??= nonZero[Math.floor(((this.place * 7919) % 1) * nonZero.length)];
    if (this.element !== undefined) data[this.element]! *= 1.01;
  }

  /** One element off by 1 %, or the whole twice as large, of the other sign, or without its first row. */
  private spoilInputGradient(dx: Tensor): Tensor {
    const variant = Math.floor(((this.place * 104_729) % 1) * 4);
    if (variant === 0) this.spoilElement(dx);
    else if (variant === 1) return dx.mul(2);
    else if (variant === 2) return dx.mul(-1);
    else dx.data.fill(0, 0, dx.shape[1]!);
    return dx;
  }
}
