import { ArgumentError, show } from '../errors.js';
import type { LayerDescription, LossDescription } from '../layers/layer-types.js';
import { checkOptions, requireInteger, requireNonNegative } from '../options.js';

/**
 * A network as plain data, which JSON can hold: what `Sequential.from` builds, `describe` returns and a file keeps.
 *
 * @example { input: 784, layers: [{ type: 'affine', outputSize: 50, activation: 'relu' }, { type: 'affine', outputSize: 10 }] }
 */
export interface NetworkDescription extends LossDescription {
  /** Columns of x, or the shape of one row, e.g. [28, 28, 1]. */
  readonly input: number | readonly number[];
  /** The layers, first to last. */
  readonly layers: readonly LayerDescription[];
  /** λ: ½ · λ · Σ W² over the weights is added to the loss, as in the book's §6.4.2; at least 0, the default. */
  readonly l2?: number;
}

/** A description whose outer form has been checked; each layer's options are checked by its builder. */
export interface CheckedDescription extends LossDescription {
  readonly inputShape: readonly number[];
  readonly l2: number;
  readonly layers: readonly { readonly type: string; readonly [option: string]: unknown }[];
}

/**
 * Checks the outer form of a description that may have come from anywhere.
 *
 * @throws {ArgumentError} for anything but an object with input and a list of layers that have a type
 */
export function checkDescription(operation: string, description: unknown): CheckedDescription {
  if (typeof description !== 'object' || description === null || Array.isArray(description)) {
    throw new ArgumentError({
      operation,
      found: `the description is ${show(description)}`,
      expected: 'an object with input and layers',
      fix: typeof description === 'string' ? 'Parse its text with JSON.parse' : undefined,
    });
  }
  checkOptions(operation, description, [
    'input',
    'layers',
    'loss',
    'task',
    'unnormalized',
    'labelSmoothing',
    'delta',
    'l2',
  ]);
  const { input, layers, l2, ...loss } = description as NetworkDescription;
  const inputShape = Array.isArray(input)
    ? input.map((length, axis) => requireInteger(operation, `input[${axis}]`, length, 1))
    : [requireInteger(operation, 'input', input, 1)];
  if (inputShape.length === 0) {
    throw new ArgumentError({ operation, found: 'input is []', expected: 'the shape of one row, e.g. [28, 28, 1]' });
  }
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new ArgumentError({
      operation,
      found: `layers is ${show(layers)}`,
      expected: "a list of at least one layer, e.g. [{ type: 'affine', outputSize: 10 }]",
    });
  }
  layers.forEach((layer: unknown, i) => {
    if (typeof layer === 'object' && layer !== null && typeof (layer as { type?: unknown }).type === 'string') return;
    const found =
      typeof layer === 'object' && layer !== null
        ? `layers[${i}] has the type ${show((layer as { type?: unknown }).type)}`
        : `layers[${i}] is ${show(layer)}`;
    throw new ArgumentError({ operation, found, expected: "an object with a type, e.g. { type: 'relu' }" });
  });
  const checked = requireNonNegative(operation, 'l2', l2 ?? 0);
  return { inputShape, layers: layers as CheckedDescription['layers'], l2: checked, ...loss };
}
