import type { GatherOfParts, Layer } from '../layers/layer.js';
import type { Link } from './link.js';

/**
 * Statistics of each batch, which its layers share over the ranks. Each such layer exchanges once in each pass; a rank that has no
 * rows of a batch, or cannot go on with it, takes part all the same.
 */
export class SharedStatistics {
  private readonly layers: readonly Layer[];
  /** How many layers have exchanged in the forward pass of this step, and in the backward pass. */
  private forward = 0;
  private backward = 0;
  private readonly gather: GatherOfParts;

  constructor(link: Link, layers: readonly Layer[]) {
    this.layers = layers.filter(({ synchronize }) => synchronize !== undefined);
    this.gather = (own) => {
      if (this.forward < this.layers.length) this.forward++;
      else this.backward++;
      return link.gather(own, 1);
    };
  }

  begin(): void {
    this.forward = 0;
    this.backward = 0;
    for (const layer of this.layers) layer.synchronize!(this.gather);
  }

  /** Outside a step the layers have all rows, e.g. in a check of gradients. */
  end(): void {
    for (const layer of this.layers) layer.synchronize!(undefined);
  }

  /** Exchanges for the layers that have not done so in the forward pass, without rows. */
  catchUpForward(): void {
    while (this.forward < this.layers.length) this.exchangeNothing(this.layers[this.forward]!);
  }

  /** The same for this layer in the backward pass. */
  catchUpBackward(layer: Layer): void {
    if (this.layers[this.layers.length - 1 - this.backward] === layer) this.exchangeNothing(layer);
  }

  private exchangeNothing(layer: Layer): void {
    this.gather(new Float64Array(layer.synchronize!(undefined)));
  }
}
