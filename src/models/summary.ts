import type { Backend, BackendName, Dtype } from '../backend/backend.js';
import type { Kind } from '../data/kind.js';
import type { Layer, LossLayer } from '../layers/layer.js';
import { sizeOf } from '../tensor/shape.js';
import type { RowShapes } from './row-shapes.js';

/** One layer of a network. */
export interface SummaryRow {
  /** The layer's class. */
  readonly layer: string;
  /** More about it, e.g. its activation; absent for a layer that gives no more. */
  readonly activation?: string;
  /** The shape of one row of its output; absent where it is unknown. */
  readonly outputShape?: readonly number[];
  /** How many trained numbers it has. */
  readonly parameters: number;
}

/**
 * A network at a glance: `String(net.summary())` is a table of layers, output shapes and parameters.
 *
 * @example String(new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10 }).summary())
 */
export class Summary {
  /** The network's class. */
  readonly network: string;
  readonly kind: Kind;
  readonly dtype: Dtype;
  readonly backend: BackendName;
  /** The shape of one row of x; absent where it is unknown. */
  readonly inputShape?: readonly number[];
  readonly layers: readonly SummaryRow[];
  /** The loss layer's class. */
  readonly loss: string;
  /** How many numbers are trained in all. */
  readonly parameters: number;

  constructor(
    network: string,
    { kind, dtype, backend }: { readonly kind: Kind; readonly dtype: Dtype; readonly backend: Backend },
    layers: readonly Layer[],
    lossLayer: LossLayer,
    { input, outputs }: RowShapes,
  ) {
    this.network = network;
    this.kind = kind;
    this.dtype = dtype;
    this.backend = backend.name;
    if (input !== undefined) this.inputShape = input;
    this.layers = layers.map((layer, i) => rowOf(layer, outputs[i]));
    this.loss = lossLayer.constructor.name;
    this.parameters = this.layers.reduce((sum, { parameters }) => sum + parameters, 0);
  }

  /** The table. */
  toString(): string {
    const rows: [string, string, string][] = [
      ['layer', 'output', 'parameters'],
      ['x', formatRow(this.inputShape), ''],
      ...this.layers.map(({ layer, activation, outputShape, parameters }): [string, string, string] => [
        activation === undefined ? layer : `${layer}, ${activation}`,
        formatRow(outputShape),
        formatCount(parameters),
      ]),
      [this.loss, '', formatCount(this.parameters)],
    ];
    const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
    const lines = rows.map(([layer, output, parameters]) =>
      `  ${layer.padEnd(widths[0]!)}  ${output.padStart(widths[1]!)}  ${parameters.padStart(widths[2]!)}`.trimEnd(),
    );
    return [`${this.network}, ${this.kind}, ${this.dtype}, ${this.backend}`, ...lines].join('\n');
  }
}

function rowOf(layer: Layer, outputShape: readonly number[] | undefined): SummaryRow {
  const { activation } = layer as Layer & { readonly activation?: unknown };
  return {
    layer: layer.constructor.name,
    ...(typeof activation === 'string' && activation !== 'identity' ? { activation } : {}),
    ...(outputShape === undefined ? {} : { outputShape }),
    parameters: Object.values(layer.params).reduce((sum, { shape }) => sum + sizeOf(shape), 0),
  };
}

/** A shape of a row: 784 for [784], 28 × 28 × 1 for [28, 28, 1]. */
function formatRow(shape: readonly number[] | undefined): string {
  return shape === undefined ? '?' : shape.join(' × ');
}

/** 39,760. */
function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
