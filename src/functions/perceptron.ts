/**
 * The perceptron and the logic gates made of it.
 *
 * Source: Saito, Deep Learning from Scratch, chapter 2.
 */

import { ArgumentError, ShapeError, show } from '../errors.js';
import { keepName, typedArrayName } from '../identity.js';
import { requireFinite } from '../options.js';

/** What a perceptron answers. */
export type Bit = 0 | 1;

/**
 * A neuron that fires or does not: 1 if w·x + b > 0, else 0. It separates its inputs by one straight line (plane, …).
 *
 * @example new Perceptron([0.5, 0.5], -0.7).output([1, 1])   // 1, the AND gate
 */
export class Perceptron {
  static {
    keepName(Perceptron, 'Perceptron');
  }

  readonly weights: readonly number[];
  readonly bias: number;

  /**
   * @param weights one for each input, at least one
   * @throws {ArgumentError} unless all are finite numbers
   */
  constructor(weights: ArrayLike<number>, bias: number) {
    this.weights = Object.freeze(finiteNumbers('Perceptron', 'weights', weights));
    if (this.weights.length === 0) {
      throw new ArgumentError({ operation: 'Perceptron', found: 'weights is []', expected: 'a weight for each input' });
    }
    this.bias = requireFinite('Perceptron', 'bias', bias);
  }

  /**
   * a = w·x + b, before the threshold.
   *
   * @throws {ShapeError} unless there is one input for each weight
   * @throws {ArgumentError} unless all are finite numbers
   */
  weightedSum(x: ArrayLike<number>): number {
    const inputs = finiteNumbers('Perceptron', 'x', x);
    if (inputs.length !== this.weights.length) {
      const found = `x has ${inputs.length} inputs`;
      const expected = `${this.weights.length}, one for each weight`;
      throw new ShapeError({ operation: 'Perceptron', found, expected });
    }
    return this.weights.reduce((sum, weight, i) => sum + weight * inputs[i]!, 0) + this.bias;
  }

  /** 1 if the weighted sum is greater than 0, else 0. @throws as `weightedSum` does */
  output(x: ArrayLike<number>): Bit {
    return this.weightedSum(x) > 0 ? 1 : 0;
  }
}

/** A gate of two inputs, with its perceptron. */
export interface Gate {
  (x1: number, x2: number): Bit;
  readonly perceptron: Perceptron;
}

/** 1 if both are 1. */
export const AND: Gate = gate('AND', [0.5, 0.5], -0.7);

/** 1 if at least one is 1. */
export const OR: Gate = gate('OR', [0.5, 0.5], -0.2);

/** 0 if both are 1. */
export const NAND: Gate = gate('NAND', [-0.5, -0.5], 0.7);

/** 1 if exactly one is 1: two layers of gates, since no single straight line separates the two inputs that give 1 from the other two. */
export function XOR(x1: number, x2: number): Bit {
  return AND(NAND(x1, x2), OR(x1, x2));
}

function gate(name: string, weights: readonly number[], bias: number): Gate {
  const perceptron = new Perceptron(weights, bias);
  const output = (x1: number, x2: number): Bit => perceptron.output([x1, x2]);
  return Object.assign(Object.defineProperty(output, 'name', { value: name }), { perceptron });
}

function finiteNumbers(operation: string, name: string, values: unknown): number[] {
  if (!Array.isArray(values) && typedArrayName(values) === undefined) {
    throw new ArgumentError({ operation, found: `${name} is ${show(values)}`, expected: 'an array of numbers' });
  }
  return Array.from(values as ArrayLike<unknown>, (value, i) => requireFinite(operation, `${name}[${i}]`, value));
}
